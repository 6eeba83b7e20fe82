#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# The example `omniglot` on a small packed folder made here: 30 characters of random strokes, 20 drawings of each with a
# few pixels turned over; on a folder as the official archive has it; and on made-up characters. The parts that are built
# with everything else learn to tell the characters apart; bad input is refused.
# From the environment: PRIORI_BUILD, the build folder.
set -u
curves=$(cd "$(dirname "$0")/../../examples" && pwd)/omniglot_curves.py
# shellcheck source=tests/examples/harness.sh
. "$(dirname "$0")/harness.sh"
needs omniglot
needs ../tests/drawings
for part in maml_dense_5w1s maml_conv4_strided_5w1s reptile_dense_5w1s maml++_dense_5w1s proto_dense_5w1s; do
    needs "omniglot.parts/$part"
done

# An npy file of u8 (30, 20, 98): magic, version 1.0, a header of 118 bytes, and the bits.
mkdir data
{
    printf '\223NUMPY\001\000\166\000'
    printf '%-117s\n' "{'descr': '|u1', 'fortran_order': False, 'shape': (30, 20, 98), }"
    awk 'BEGIN {
        state = 7
        for (c = 0; c < 30; c++) {
            for (i = 0; i < 98; i++) { state = (state * 16807) % 2147483647; kind[i] = state % 3 == 0 ? int(state / 64) % 256 : 0 }
            for (d = 0; d < 20; d++)
                for (i = 0; i < 98; i++) {
                    state = (state * 16807) % 2147483647
                    printf "\\%03o", state % 50 == 0 ? int(state / 64) % 256 : kind[i]
                }
        }
    }' >bits
    # shellcheck disable=SC2059
    printf "$(cat bits)"
} >data/omniglot28_bits.npy
{
    echo class_id,alphabet_id,alphabet,character,lake_split,vinyals_split
    awk 'BEGIN { for (c = 0; c < 30; c++) print c "," int(c / 3) ",Made" int(c / 3) ",character" c "," \
        (c < 21 ? "background" : "evaluation") "," (c < 18 ? "train" : c < 24 ? "val" : "test") }'
} >data/classes.csv

# The official folders, small: 24 characters of six alphabets, and nine of three to test on; six drawings of each.
awk 'BEGIN {
    for (a = 0; a < 9; a++) for (c = 0; c < (a < 6 ? 4 : 3); c++) {
        n++
        set = a < 6 ? "background" : "evaluation"
        for (d = 1; d <= 6; d++)
            printf "official/images_%s/Made%d/character0%d/%04d_0%d.png %d %d\n", set, a, c, n, d, n, d
    }
}' >drawings.txt
sed 's|/[^/]*$||' drawings.txt | sort -u | xargs mkdir -p
"$programs/../tests/drawings" <drawings.txt || wrong "no drawings"

# run <name> <option>...: the results on $data in <name>.json, with everything that they always have.
data=data
run() {
    name=$1
    shift
    "$programs/omniglot" --data "$data" --test-tasks 10 --quiet --json "$name.json" "$@" >stdout.txt 2>stderr.txt ||
        wrong "omniglot $*: status $?: $(cat stderr.txt)"
    [ -s stdout.txt ] && [ "$name" != drawn ] && wrong "omniglot $*: not quiet: $(cat stdout.txt)"
    json "$name.json" "(all(key in r for key in ('algorithm', 'ways', 'shots', 'model', 'seed', 'iterations', 'seconds',
        'threads', 'ending', 'loss_convention', 'split', 'settings', 'curve', 'parameter_count')) and
        [sorted(e) for e in r['evaluation']] == 2 * [['accuracy', 'ci95', 'normalization', 'steps', 'tasks']] and
        0.3 < r['evaluation'][0]['accuracy'] <= 1)"
}
run maml --model dense --iterations 10 --threads 2 --plot plot --confusion --save learned.safetensors
json maml.json "((r['algorithm'], r['ways'], r['shots'], r['model'], r['iterations']) == ('maml', 5, 1, 'dense', 10) and
    [e['normalization'] for e in r['evaluation']] == ['transductive', 'support_statistics'] and
    r['curve'][-1]['iteration'] == 10 and isinstance(r['confusion'], list) and r['split'] == 'vinyals')"
[ -s plot/omniglot_maml_learning_curve.csv ] || wrong "maml writes no CSV of the learning curve"
grep -q '</svg>' plot/omniglot_maml_episode.svg || wrong "maml draws no episode"
[ "$(grep -c '<circle' plot/omniglot_maml_episode.svg)" = 5 ] || wrong "the picture has not 5 drawings given"

# The picture of learning curves, of files that are named as their presets.
mkdir rows
python3 "$curves" rows rows.svg >stdout.txt 2>stderr.txt && wrong "omniglot_curves.py without results: status 0"
grep -q "'rows' has no JSON file of a preset" stderr.txt || wrong "$(cat stderr.txt)"
cp maml.json rows/maml_5w1s.json
python3 "$curves" rows rows.svg || wrong "omniglot_curves.py: status $?"
[ "$(grep -c '<polyline' rows.svg)" = 1 ] && grep -q '>maml<' rows.svg || wrong "omniglot_curves.py draws no curve"

# The same numbers on any number of threads, and when a training is saved and goes on.
run again --model dense --iterations 10 --threads 1
json again.json "r['evaluation'] == json.load(open('maml.json'))['evaluation']"
run first --model dense --iterations 6 --save six.safetensors
run second --model dense --iterations 10 --load six.safetensors
json second.json "r['evaluation'] == json.load(open('maml.json'))['evaluation'] and r['iterations'] == 10"
run loaded --load learned.safetensors
json loaded.json "r['evaluation'] == json.load(open('maml.json'))['evaluation']"

# Given episodes: five characters that are trained on and not turned, two queries of each; image 20 c + d.
awk 'BEGIN {
    print "episode,role,label,image"
    for (e = 0; e < 2; e++) for (c = 0; c < 5; c++) {
        print "e" e ",support,char" c "," 20 * (c + 5 * e) + 3
        for (d = 0; d < 2; d++) print "e" e ",query,char" c "," 20 * (c + 5 * e) + 7 + d
    }
}' >episodes.csv

# What a file was learned by, at which rate and from which seed is the file's, unless the options say otherwise.
run slow --model dense --algorithm reptile --inner-rate 0.002 --seed 3 --iterations 5 --save slow.safetensors
run slow_loaded --load slow.safetensors
json slow_loaded.json "((r['algorithm'], r['model'], r['seed'], r['settings']['inner_rate'], r['settings']['normalization']) ==
    ('reptile', 'dense', 3, 0.002, 'support_statistics') and
    r['evaluation'] == json.load(open('slow.json'))['evaluation'])"
# Reptile learns the same by either normalization, so that one training makes two rows of the table.
run slow_turned --model dense --algorithm reptile --inner-rate 0.002 --seed 3 --iterations 5 --normalization transductive
json slow_turned.json "(r['settings']['normalization'] == r['evaluation'][0]['normalization'] == 'transductive' and
    r['evaluation'][::-1] == json.load(open('slow.json'))['evaluation'])"
run otherwise --model dense --load slow.safetensors --preset reptile_5w1s --split vinyals --inner-rate 0.003 --seed 4
json otherwise.json "(r['algorithm'], r['seed'], r['settings']['inner_rate']) == ('reptile', 4, 0.003)"
# Another algorithm, or normalization, takes the parameters alone, by their names; what is learned beside them has to be there.
run net --model dense --save net.safetensors --iterations 4
"$programs/omniglot" --data data --load net.safetensors --algorithm maml++ --test-tasks 1 >stdout.txt 2>stderr.txt &&
    wrong "--load without learned rates: status 0"
grep -q "net.safetensors': there is no tensor 'adapt_0.rate', which is learned here" stderr.txt || wrong "$(cat stderr.txt)"
run support --load net.safetensors --normalization support_statistics --iterations 2
json support.json "(r['iterations'], r['curve'][-1]['iteration'], r['settings']['normalization']) == (2, 2, 'support_statistics')"
run turned --load net.safetensors --normalization support_statistics
json turned.json "(sorted(r['evaluation'], key=lambda e: e['normalization']) ==
    sorted(json.load(open('net.json'))['evaluation'], key=lambda e: e['normalization']))"
# As if another algorithm had learned it; and as a file of before there were such notes. The names are as long.
run rate --model dense --inner-rate 0.3 --seed 3 --iterations 5 --save rate.safetensors
sed 's/"note.algorithm": "maml"/"note.algorithm": "anil"/' rate.safetensors >anil.safetensors
run anil --model dense --load anil.safetensors --algorithm maml --iterations 6
[ -s stderr.txt ] && wrong "--quiet says: $(cat stderr.txt)"
json anil.json "(r['algorithm'], r['seed'], r['settings']['inner_rate']) == ('maml', 3, 0.4)"
"$programs/omniglot" --data data --model dense --load anil.safetensors --algorithm maml --test-tasks 1 >stdout.txt \
    2>stderr.txt || wrong "--load of another algorithm: status $?"
[ "$(cat stderr.txt)" = "anil.safetensors was learned by anil; maml goes on from it" ] ||
    wrong "--load of another algorithm: $(cat stderr.txt)"
sed 's/note\.algorithm/note.algorithn/; s/note\.inner_rate/note.inner_ratf/; s/note\.model/note.modem/' rate.safetensors >older.safetensors
run older --model dense --load older.safetensors
json older.json "(r['algorithm'], r['seed'], r['settings']['inner_rate']) == ('maml', 1, 0.4)"

run average --model dense --iterations 10 --average yes --save average.safetensors
json average.json "r['settings']['average'] and r['evaluation'] != json.load(open('maml.json'))['evaluation']"
run average_loaded --model dense --load average.safetensors
json average_loaded.json "r['evaluation'] == json.load(open('average.json'))['evaluation']"
run begun_average --model dense --iterations 6 --average yes --save begun_average.safetensors
run whole_average --model dense --iterations 10 --load begun_average.safetensors
json whole_average.json "r['settings']['average'] and r['evaluation'] == json.load(open('average.json'))['evaluation']"
sed 's/"note.algorithm": "maml"/"note.algorithm": "anil"/' average.safetensors >average_anil.safetensors
run average_anil --model dense --load average_anil.safetensors --algorithm maml
json average_anil.json "not r['settings']['average'] and r['evaluation'] == json.load(open('average.json'))['evaluation']"
run last_added --model dense --load average.safetensors --average no
json last_added.json "r['evaluation'] == json.load(open('maml.json'))['evaluation']"

run mirrored --model dense --iterations 10 --reflections yes
json mirrored.json "r['settings']['reflections'] and r['evaluation'] != json.load(open('maml.json'))['evaluation']"
json maml.json "not r['settings']['reflections'] and not r['settings']['average']"

# As papers test: one query of each class, by maml of characters in a turn at random, by reptile of ones not turned.
for protocol in five_queries maml reptile; do
    run "by_$protocol" --load learned.safetensors --protocol $protocol --confusion
    json "by_$protocol.json" "r['settings']['protocol'] == '$protocol'"
    [ $protocol = five_queries ] || # ten episodes of five different queries
        json "by_$protocol.json" "all(abs(50 * e['accuracy'] - round(50 * e['accuracy'])) < 1e-9 for e in r['evaluation'])"
done
json by_five_queries.json "r['evaluation'] == json.load(open('maml.json'))['evaluation']"
json by_reptile.json "not any('turned' in c['truth'] + c['prediction'] for c in r['confusion'])"
json by_maml.json "r['evaluation'] != json.load(open('by_reptile.json'))['evaluation']"
"$programs/omniglot" --data "$data" --load learned.safetensors --protocol maml --test-tasks 1 --plot asked \
    >stdout.txt 2>stderr.txt || wrong "--protocol --plot: $(cat stderr.txt)"
grep -q "test characters (--protocol maml)" stdout.txt || wrong "the table does not say the protocol: $(cat stdout.txt)"
[ "$(grep -c '<text' asked/omniglot_maml_episode.svg)" -le "$(($(grep -c '<text' plot/omniglot_maml_episode.svg) - 20))" ] ||
    wrong "--protocol --plot draws queries that are not asked"

run conv4 --preset maml_5w1s --iterations 5 --split lake
json conv4.json "r['model'] == 'conv4_strided' and r['split'] == 'lake' and r['settings']['preset'] == 'maml_5w1s'"
run reptile --preset reptile_transductive_5w1s --model dense --iterations 5 --split vinyals
json reptile.json "r['split'] == 'vinyals' and r['settings']['normalization'] == 'transductive' and r['settings']['final_rate'] == 0"
run ingredients --algorithm maml++ --model dense --normalization transductive --iterations 9 --first-order 4 \
    --multi-step 6 --ensemble 2 --final-rate 0
json ingredients.json "(r['members'] == 1 and r['settings']['final_rate'] == 0 and r['settings']['first_order'] == 4 and r['settings']['multi_step'] == 6 and
    r['settings']['learned_rates'] and r['inner_rates'][0] < 0.1 < r['inner_rates'][1])"
run plain --algorithm maml++ --model dense --normalization transductive --iterations 9 --first-order 0 --multi-step 0 \
    --ensemble 0 --learned-rates no --rate 1e-3 --final-rate 1e-3 --save plain.safetensors
json plain.json "('inner_rates' not in r and not r['settings']['learned_rates'] and
    r['settings']['final_rate'] == r['settings']['rate'])"
run plain_loaded --load plain.safetensors
json plain_loaded.json "r['algorithm'] == 'maml++' and all(abs(rate - 0.1) < 1e-7 for rate in r['inner_rates'])"
run preset --preset maml++_5w1s --model dense --iterations 10 --split vinyals
json preset.json "(r['settings']['first_order'] == 5 and r['settings']['multi_step'] == 1 and r['settings']['ensemble'] == 5 and
    r['settings']['learned_rates'] and r['settings']['final_rate'] < r['settings']['rate'])"
json maml.json "'inner_rates' not in r and 'inner_rate' in r['settings'] and 'learned_rates' not in r['settings']"
run fitted --algorithm maml++ --model dense --normalization transductive --minutes 0.02 --first-order 3 --multi-step 7
json fitted.json "(r['settings']['first_order'] == 3 and r['settings']['multi_step'] == 7 and
    r['settings']['iterations'] < r['settings']['planned_iterations'])"

# An ensemble: saved and loaded whole, and the last parameters are those of --ensemble 0; a training goes on with it.
pair() {
    name=$1
    shift
    run "$name" --model dense --meta-batch 2 --episodes episodes.csv --predictions "$name.csv" "$@"
}
pair two --iterations 130 --ensemble 2 --save two.safetensors
json two.json "r['members'] == 2"
pair two_loaded --load two.safetensors
json two_loaded.json "r['members'] == 2 and r['evaluation'] == json.load(open('two.json'))['evaluation']"
cmp -s two.csv two_loaded.csv || wrong "a loaded ensemble predicts otherwise than the one saved"
pair last --load two.safetensors --ensemble 0
pair alone --iterations 130
json last.json "r['members'] == 1"
cmp -s last.csv alone.csv || wrong "--ensemble 0 does not predict with the last parameters"
cmp -s last.csv two.csv && wrong "an ensemble of two predicts as the last one alone"
pair begun --iterations 100 --ensemble 2 --save begun.safetensors
pair gone_on --iterations 130 --ensemble 2 --load begun.safetensors
json begun.json "r['members'] == 1 and len(r['curve']) == 1"
json gone_on.json "r['members'] == 2 and len(r['curve']) == 1" # the one of the file and the last
"$programs/omniglot" --data data --algorithm maml++ --model dense --normalization per_step --iterations 5 \
    --test-tasks 5 --quiet --json per_step.json || wrong "per_step: status $?"
json per_step.json "[e['normalization'] for e in r['evaluation']] == ['per_step']"
# Three iterations on made-up characters, without --data, of every algorithm that has a part for the dense net.
for part in "$programs"/omniglot.parts/*_dense_5w1s; do
    algorithm=$(basename "$part" _dense_5w1s)
    "$programs/omniglot" --algorithm "$algorithm" --model dense --iterations 3 --test-tasks 5 --quiet \
        --json glyphs.json || wrong "$algorithm on made-up characters: status $?"
    json glyphs.json "((r['algorithm'], r['data'], r['iterations'], r['curve'][-1]['iteration']) ==
        ('$algorithm', 'glyphs', 3, 3) and 0 < r['evaluation'][0]['accuracy'] <= 1)"
    rm -f glyphs.json
done

# The official folders, and episodes of files in them: as those of the same drawings by their numbers, 6 c + d.
data=official
run official --model dense --split random --iterations 10 --save official.safetensors
json official.json "r['data'] == 'omniglot' and r['split'] == 'random'"
run lake --model dense --split lake --iterations 5
for by in path number; do
    awk -v by="$by" 'BEGIN { print "episode,role,label,image" } $2 <= 5 && $3 <= 3 {
        print "e," ($3 == 1 ? "support" : "query") ",char" $2 "," (by == "path" ? $1 : 6 * ($2 - 1) + $3 - 1)
    }' drawings.txt >"by_$by.csv"
    run "by_$by" --model dense --split random --load official.safetensors --episodes "by_$by.csv" \
        --predictions predicted.csv
    json "by_$by.json" "r['given']['episodes'] == 1 and r['given']['queries'] == 10"
    cut -d , -f 1,3- predicted.csv >"predicted_by_$by"
done
cmp -s predicted_by_path predicted_by_number || wrong "by path: $(cat predicted_by_path)"
data=data

run given --model dense --load learned.safetensors --episodes episodes.csv --predictions predictions.csv
json given.json "r['given']['episodes'] == 2 and r['given']['queries'] == 20 and r['given']['accuracy'] > 0.3"
[ "$(wc -l <predictions.csv)" = 21 ] || wrong "predictions.csv has not a line for each query and a header"
[ "$(head -n 1 predictions.csv)" = episode,image,label,prediction,p0,p1,p2,p3,p4 ] || wrong "$(head -n 1 predictions.csv)"
awk -F , 'NR > 1 { p = 0; s = 0; best = 0; for (i = 0; i < 5; i++) { s += $(5 + i); if ($(5 + i) > p) { p = $(5 + i); best = i } }
    if (s < 0.999 || s > 1.001 || $4 != "char" best) exit 1 }' predictions.csv || wrong "probabilities: $(cat predictions.csv)"

# What was learned replaced by numbers so large that sums of them are none: the predictions are "?", the picture has no
# points, and one episode no interval.
header=$((8 + $(od -An -t u8 -N 8 learned.safetensors)))
{
    head -c $header learned.safetensors
    head -c $(($(wc -c <learned.safetensors) - header)) /dev/zero | tr '\0' '\177'
} >huge.safetensors
"$programs/omniglot" --data data --model dense --load huge.safetensors --episodes episodes.csv --test-tasks 1 \
    --predictions huge.csv --plot huge --json huge.json >stdout.txt 2>stderr.txt ||
    wrong "huge numbers: $(cat stderr.txt)"
json huge.json "r['given']['ci95'] == 0 and all(e['ci95'] is None and e['accuracy'] == 0 for e in r['evaluation'])"
awk -F , 'NR > 1 && $4 != "?" { exit 1 }' huge.csv || wrong "huge numbers: $(cat huge.csv)"
grep -q -e nan -e inf huge/omniglot_maml_episode.svg && wrong "the picture of huge numbers has some that are none"
grep -qx "given: 2 episodes, 20 queries: 0.0 +- 0.0 %" stdout.txt || wrong "given episodes: $(cat stdout.txt)"
grep "^transductive" stdout.txt | grep -q -e '+-' && wrong "one episode has an interval: $(cat stdout.txt)"

# Under the support set's statistics a prediction does not depend on the other queries; under the queries' own it does.
awk 'BEGIN {
    print "episode,role,label,image"
    for (e = 0; e < 2; e++) {
        for (c = 0; c < 5; c++) print "e" e ",support,char" c "," 20 * c + 3
        print "e" e ",query,char0,7"
        for (c = 1; c < 5 && e; c++) print "e" e ",query,char" c "," 20 * c + 9
    }
}' >others.csv
run honest --model dense --normalization support_statistics --iterations 10 --save support_statistics.safetensors
cp learned.safetensors transductive.safetensors
for normalization in support_statistics transductive; do
    run "$normalization" --model dense --load "$normalization.safetensors" --normalization "$normalization" --episodes others.csv \
        --predictions others_predicted.csv
    same=$(sed -n 's/^e[01],7,//p' others_predicted.csv | sort -u | wc -l)
    [ "$same" = "$([ "$normalization" = transductive ] && echo 2 || echo 1)" ] ||
        wrong "$normalization: $(cat others_predicted.csv)"
done

"$programs/omniglot" --help >help.txt || wrong "--help: status $?"
grep -E '(\[[^]]*\]) *\1' help.txt && wrong "--help says a default twice"

# refused <words of the sentence> <option>...: as refuses, with --json and few tasks, and no other output.
refused() {
    sentence=$1
    shift
    refuses "$sentence" omniglot --json out.json --iterations 1 --test-tasks 1 "$@"
    [ ! -e saved ] && [ ! -e predicted ] || wrong "$*: there is output"
    rm -f saved predicted
}
spoiled() { # a copy of the data, to be spoiled
    rm -rf spoiled
    cp -r data spoiled
}
refused "'nowhere' holds neither omniglot28_bits.npy nor images_background; give the packed folder" --data nowhere \
    --model dense
refused "'official': the validation part of the split vinyals gives 0 classes" --data official \
    --model dense --split vinyals
refused "'official': the validation part of the split random gives 2 classes (its characters), an episode takes 5; give" \
    --data official --model dense --split random --protocol reptile
mkdir half
cp -r official/images_background half
refused "'half/images_evaluation' is not there; unpack images_evaluation.zip" --data half --model dense
broken_picture=images_background/Made0/character02/0003_03.png
cp -r official broken
head -c 5000 official/$broken_picture >broken/$broken_picture
refused "'broken/$broken_picture' is cut off" --data broken --model dense --split random --save saved
echo broken/$broken_picture 3 3 3 | "$programs/../tests/drawings"
refused "'broken/$broken_picture': expected 105 x 105 pixels (height x width), found 21 x 21" --data broken --model dense \
    --split random --save saved
refused "--ways 3 is not offered; choose one of 5 or 20." --data data --ways 3
refused "--protocol finn is not offered; choose one of five_queries, maml or reptile." --data data --protocol finn
refused "--shots 2 is not offered; choose one of 1 or 5." --data data --shots 2
refused "the combination r2d2_dense_20w1s is not offered; r2d2 comes as dense_5w1s, conv4_5w1s" --data data \
    --algorithm r2d2 --model dense --ways 20
refused "--preset maml_5w2s is not there" --data data --preset maml_5w2s
refused "belong to --algorithm maml++" --data data --model dense --multi-step 3
refused "belong to --algorithm maml++" --data data --model dense --learned-rates no
refused "per_step belongs to --algorithm maml++" --data data --model dense --normalization per_step
refused "--inner-rate does not go with r2d2, which takes no inner steps; leave it out." --data data --algorithm r2d2 \
    --model dense --inner-rate 0.1
refused "leave it out for glyphs" --data glyphs --model dense --split lake
refused "leave it out for glyphs" --model dense --split lake
refused "cannot become one" --data data --model dense --plot data/classes.csv
refused "cannot be made: File name too long" --data data --model dense --plot "$(printf %300d 0)"
refuses "--test-tasks wants a whole number from 1 to 1000000, not '2000000'" omniglot --model dense --test-tasks 2000000
refused "--meta-batch wants a whole number from 1 to 1000000, not '0'" --data data --model dense --meta-batch 0
refused "lies in a folder that does not exist" --data data --model dense --save nowhere/saved
refused "'nowhere'" --data data --model dense --load nowhere --save saved
refused "--iterations 1: --load learned.safetensors has 10 behind it, and they are counted from the beginning" \
    --data data --model dense --load learned.safetensors --save saved --plot none/at/all
[ ! -e none ] || wrong "a refused --load leaves the folder of --plot"
python3 -c "
import json, struct
data = open('learned.safetensors', 'rb').read()
size, = struct.unpack('<Q', data[:8])
head = json.loads(data[8:8 + size])
head['__metadata__']['iteration'] = '60000'
text = json.dumps(head).encode()
text += b' ' * (-len(text) % 8)
open('whole.safetensors', 'wb').write(struct.pack('<Q', len(text)) + text + data[8 + size:])"
refuses "--minutes: --load whole.safetensors has 60000 behind it, and the schedule ends after 60000; give --iterations with more, too." \
    omniglot --data data --model dense --load whole.safetensors --minutes 0.01 --test-tasks 1 --quiet
refused "it was learned on Omniglot's characters; give --data DIR, or --data glyphs" --load learned.safetensors --save saved
sed 's/"note.algorithm": "maml"/"note.algorithm": "mole"/' rate.safetensors >unknown.safetensors
refused "it was learned with --algorithm 'mole', which is not offered; name the --algorithm that goes on from it." \
    --data data --model dense --load unknown.safetensors
refused "it was learned on the split vinyals, and --split lake tests on characters that it was trained on; give --split vinyals." \
    --data data --model dense --split lake --load learned.safetensors --save saved
head -c 5000 learned.safetensors >short.safetensors
refused "short.safetensors" --data data --model dense --load short.safetensors --save saved
# What is written takes the place of nothing else.
cp learned.safetensors kept.safetensors
cp episodes.csv kept.csv
ln -s learned.safetensors linked.safetensors
same_file() {
    sentence=$1
    shift
    refuses "$sentence are the same file" omniglot --data data --model dense --iterations 20 --test-tasks 1 "$@"
    [ ! -e saved ] || wrong "$*: there is output"
}
same_file "--predictions and --episodes" --episodes episodes.csv --predictions ./episodes.csv --save saved
same_file "--save and --episodes" --episodes episodes.csv --save "$PWD/episodes.csv" --json out.json
same_file "--json and --load" --load learned.safetensors --json linked.safetensors --save saved
same_file "--json and --save" --save new --json plot/../new
same_file "--json and --predictions" --episodes episodes.csv --predictions new --json new
same_file "--json and --plot" --json new --plot ./new
same_file "--save and --plot" --save new --plot ./new
same_file "--json and --data" --json ./data/classes.csv
same_file "--save and --data" --save data/omniglot28_bits.npy
cmp -s learned.safetensors kept.safetensors && cmp -s episodes.csv kept.csv ||
    wrong "a refused run writes over its input"
refused "--predictions wants --episodes" --data data --model dense --predictions predicted
spoiled
head -c 30000 data/omniglot28_bits.npy >spoiled/omniglot28_bits.npy
refused "omniglot28_bits.npy" --data spoiled --model dense --save saved
spoiled
sed 's/^7,2,/7,14,/' data/classes.csv >spoiled/classes.csv
refused "expected a whole number from 0 to 9" --data spoiled --model dense
spoiled
sed 's/^7,/700,/' data/classes.csv >spoiled/classes.csv
refused "expected 7, the classes in order, found 700" --data spoiled --model dense
spoiled
sed '/^29,/d' data/classes.csv >spoiled/classes.csv
refused "has 29 classes, the images are of 30" --data spoiled --model dense
spoiled
cut -d , -f 1-4,6 data/classes.csv >spoiled/classes.csv
refused "lacks the column lake_split" --data spoiled --model dense --split lake
spoiled
sed 's/,val$/,train/' data/classes.csv >spoiled/classes.csv
refused "'spoiled': the validation part of the split vinyals gives 0 classes (its characters in four orientations)" \
    --data spoiled --model dense
refused "'data': the validation part of the split random gives 4 classes" --data data --model dense --split random
spoiled
sed 's/character20/character2/; s/^20,6,Made6/20,0,Made0/' data/classes.csv >spoiled/classes.csv
refused "'spoiled/classes.csv', line 22, column 'character': the character 'Made0/character2' is the class of line 4" \
    --data spoiled --model dense
spoiled # 75 classes of 8 drawings: too few for ten given and five asked
sed 's/(30, 20, 98)/(75, 8, 98) /' data/omniglot28_bits.npy >spoiled/omniglot28_bits.npy
{
    head -n 1 data/classes.csv
    awk 'BEGIN { for (c = 0; c < 75; c++) print c ",0,Made,character" c ",background," (c < 40 ? "train" : c < 60 ? "val" : "test") }'
} >spoiled/classes.csv
refused "'spoiled': the character Made/character0, in the training part of the split vinyals, has 8 drawings" \
    --data spoiled --algorithm reptile --model dense

# unread <words> <episodes>: refused before anything is computed; telling how many iterations fit would take two minutes.
unread() {
    refuses "$1" omniglot --json out.json --data data --model dense --minutes 100 --episodes "$2" \
        --predictions predicted --save saved
    [ ! -e saved ] && [ ! -e predicted ] || wrong "--episodes $2: there is output"
}
# bad_row <words> <line of episodes.csv> <text in its place>
bad_row() {
    sed "$2s/.*/$3/" episodes.csv >bad.csv
    unread "$1" bad.csv
}
bad_row "'bad.csv', line 3, column 'label': no support image of the episode 'e0' has the query's label 'charm'" 3 \
    e0,query,charm,7
bad_row "'bad.csv', line 3, column 'role': expected support or query, found 'asked'" 3 e0,asked,char0,7
bad_row "'bad.csv', line 3, column 'image': expected the number of an image, from 0 to 599, found '600'" 3 \
    e0,query,char0,600
bad_row "the episode 'e0' has 2 support images of the label 'char0', expected 1" 3 e0,support,char0,8
bad_row "'bad.csv', line 3" 3 e0,query,char0
unread "missing.csv" missing.csv
sed 1q episodes.csv >empty.csv
unread "'empty.csv'" empty.csv
cut -d , -f 1-3 episodes.csv >columns.csv
unread "image" columns.csv

# Files that are not there or cut off, by the path that the CSV gives.
picture=official/images_background/Made0/character02/0003_02.png
sed "s|$picture|$picture.jpg|" by_path.csv >lost.csv
unread "'lost.csv', line 9, column 'image': there is no image '$picture.jpg'" lost.csv
head -c 5000 $picture >cut.png
sed "s|$picture|cut.png|" by_path.csv >cut.csv
unread "'cut.png' is cut off" cut.csv
echo small.png 2 3 3 | "$programs/../tests/drawings"
sed "s|$picture|small.png|" by_path.csv >small.csv
unread "'small.png': expected 28 x 28 or, as in the archives, 105 x 105 pixels, found 21 x 21" small.csv
exit "$failed"
