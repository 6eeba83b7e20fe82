#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# The sinusoid example: every algorithm leaves the JSON that is promised; what is not offered is refused in one sentence.
set -u
. "$(dirname "$0")/harness.sh"
needs sinusoid

refuses "no option '--sed'" sinusoid --sed 1 --json out.json
refuses "no option 'maml'" sinusoid maml --json out.json
refuses "maml, fomaml, reptile, meta_sgd, anil, boil, averaging or joint" sinusoid --algorithm imaml --json out.json
refuses "5 or 10" sinusoid --train-shots 7 --json out.json
refuses "1 or 5" sinusoid --steps=2 --json out.json
refuses "he, glorot, truncated_normal or zero" sinusoid --initializer xavier --json out.json
refuses "--train-shots does not go with reptile" sinusoid --algorithm reptile --train-shots 10 --json out.json
refuses "--steps does not go with reptile" sinusoid --algorithm reptile --steps 5 --json out.json
refuses "a whole number" sinusoid --seed -1 --json out.json
refuses "a whole number" sinusoid --seed 1.5 --json out.json
refuses "a whole number from 1 on" sinusoid --iterations 0 --json out.json
refuses "a whole number from 1 to 1024" sinusoid --threads two --json out.json
refuses "a whole number from 1 to 1024, not '1025'" sinusoid --threads 1025 --json out.json
refuses "a number above 0" sinusoid --rate nan --json out.json
refuses "a number above 0" sinusoid --rate -0.1 --json out.json
refuses "a number above 0" sinusoid --minutes 0 --json out.json
refuses "wants a value" sinusoid --json out.json --rate
refuses "wants a value" sinusoid --rate --json out.json
refuses "takes no value" sinusoid --quiet=yes --json out.json
refuses "given twice" sinusoid --seed 1 --seed 2 --json out.json
refuses "does not exist" sinusoid --iterations 10 --json nowhere/out.json
refuses "is a folder" sinusoid --iterations 10 --json .
echo file >file
refuses "is not a folder" sinusoid --iterations 10 --json out.json --plot file/plots
refuses "cannot be made: File name too long" sinusoid --iterations 10 --json out.json --plot "$(printf %300d 0)"

"$programs/sinusoid" --help >help.txt || wrong "--help: status $?"
for option in algorithm train-shots steps rate initializer seed iterations minutes threads json plot quiet help; do
    grep -q -e "--$option" help.txt || wrong "--help does not list --$option"
done

keys='["algorithm", "seed", "iterations", "seconds", "threads", "parameter_count", "settings", "evaluation"]'
evaluation='all(list(e) == ["shots", "tasks", "steps", "mse", "median", "ci95", "diverged"] for e in r["evaluation"])
    and [e["shots"] for e in r["evaluation"]] == [5, 10]
    and all(e["tasks"] == 2000 and e["steps"] == [0, 1, 5, 10, 32] for e in r["evaluation"])
    and all(len(e[k]) == 5 for e in r["evaluation"] for k in ("mse", "median", "ci95", "diverged"))
    and all(0 <= d <= 1 for e in r["evaluation"] for d in e["diverged"])
    and all(e["mse"][0] > 0 and e["diverged"][0] == 0 for e in r["evaluation"])'
for algorithm in maml fomaml reptile meta_sgd anil boil averaging joint; do
    "$programs/sinusoid" --algorithm $algorithm --iterations 200 --seed 3 --quiet --json $algorithm.json >stdout.txt 2>&1 ||
        wrong "$algorithm: status $?"
    [ -s stdout.txt ] && wrong "$algorithm --quiet says: $(cat stdout.txt)"
    json $algorithm.json "list(r) == $keys and r['algorithm'] == '$algorithm' and r['seed'] == 3 and r['iterations'] == 200"
    json $algorithm.json "($evaluation)"
done
json maml.json 'r["parameter_count"] == 1761 and r["settings"]["train_shots"] == 10 and r["settings"]["steps"] == 1'
json meta_sgd.json 'r["parameter_count"] == 2 * 1761'
json reptile.json 'r["parameter_count"] == 4353 and r["settings"]["meta_batch"] == 1'

# The numbers depend on the seed, and not on threads, pictures, or how an option is written.
numbers() { sed 's/"seconds": [^,]*, "threads": [0-9]*, //' "$1"; }
"$programs/sinusoid" --iterations=200 --seed=3 --threads=2 --quiet --plot=plots --json=again.json || wrong "--plot: status $?"
[ "$(numbers again.json)" = "$(numbers maml.json)" ] || wrong "threads or pictures change the numbers"
for picture in task error_by_steps learning_curve; do
    [ -s plots/maml_$picture.csv ] || wrong "there is no plots/maml_$picture.csv"
done
"$programs/sinusoid" --iterations 200 --seed 4 --quiet --json other.json || wrong "seed 4: status $?"
[ "$(numbers other.json)" = "$(numbers maml.json)" ] && wrong "another seed gives the same numbers"

# The other sizes, and a training that the clock ends.
for options in "--train-shots 5 --steps 5" "--train-shots 5" "--steps 5 --rate 0.01 --initializer truncated_normal"; do
    # shellcheck disable=SC2086
    "$programs/sinusoid" --iterations 50 --quiet --json sizes.json $options || wrong "$options: status $?"
    json sizes.json "($evaluation)"
done
json sizes.json 'r["settings"]["steps"] == 5 and r["settings"]["rate"] == 0.01'
"$programs/sinusoid" --minutes 0.005 --quiet --json clock.json || wrong "--minutes: status $?"
json clock.json '0 < r["iterations"] < 70000 and r["seconds"] < 30 and r["settings"]["ending"] == "time"'

# The first Ctrl-C ends the training; the results so far are written. (Shells start background jobs with it ignored.)
if command -v python3 >/dev/null; then
    python3 - "$programs/sinusoid" <<'SCRIPT' || wrong "Ctrl-C: the program did not end well"
import signal, subprocess, sys, time
run = subprocess.Popen([sys.argv[1], "--quiet", "--json", "interrupted.json"])
time.sleep(1)
run.send_signal(signal.SIGINT)
sys.exit(run.wait(60))
SCRIPT
    json interrupted.json '0 < r["iterations"] < 70000 and r["settings"]["ending"] == "stopped"'
fi

exit $failed
