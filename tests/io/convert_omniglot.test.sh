#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# The converter of the official Omniglot archive, on a small archive made here: two characters, one of them for testing.
set -eu
converter=$(cd "$(dirname "$0")/../.." && pwd)/examples/convert_omniglot.py
if ! command -v python3 >/dev/null; then
    echo "python3 is not installed: the converter is not tested"
    exit 77
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# Drawings of one bit a pixel: a bar of ink from column 15 to column 29, four output pixels wide, 4 to 7.
python3 - <<'SCRIPT'
import pathlib, struct, zlib
def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
row = b"\0" + int("".join("0" if 15 <= x < 30 else "1" for x in range(112)), 2).to_bytes(14, "big")
png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 105, 105, 1, 0, 0, 0, 0))
png += chunk(b"IDAT", zlib.compress(row * 105)) + chunk(b"IEND", b"")
for place, number in (("background/Armenian/character01", 27), ("evaluation/ULOG/character26", 1623)):
    path = pathlib.Path("archive", "images_" + place)
    path.mkdir(parents=True)
    for drawing in range(1, 21):
        (path / f"{number:04}_{drawing:02}.png").write_bytes(png)
SCRIPT

failed=0
expect() { # <what> <wanted> <found>
    [ "$2" = "$3" ] && return
    printf '%s: expected\n%s\nfound\n%s\n' "$1" "$2" "$3"
    failed=1
}

for reduction in area nearest; do
    python3 "$converter" archive "$reduction" --reduction "$reduction" --quiet
    expect "$reduction: classes" "class_id,lake_number,alphabet_id,alphabet,character,lake_split,vinyals_split
0,27,0,Armenian,character01,background,val
1,1623,1,ULOG,character26,evaluation,test" "$(cat "$reduction/classes.csv")"
    found=$(python3 -c "
data = open('$reduction/omniglot28_bits.npy', 'rb').read()
wanted = int(('0' * 4 + '1' * 4 + '0' * 20) * 28, 2).to_bytes(98, 'big') * 40
print(b\"'shape': (2, 20, 98), \" in data[:128], data[128:] == wanted)")
    expect "$reduction: images" "True True" "$found"
done

refused() { # <what> <sentence>
    status=0
    sentence=$(python3 "$converter" archive none 2>&1) || status=$?
    expect "status of $1" 2 "$status"
    expect "sentence about $1" "convert_omniglot.py: $2" "$sentence"
    [ ! -e none ] || { echo "$1: a refused archive leaves files"; failed=1; }
}

known=archive/images_background/Armenian/character01
mv $known/0027_20.png kept.png
cp archive/images_evaluation/ULOG/character26/1623_20.png $known
refused "another character's drawing" "'$known/1623_20.png': expected a drawing of character 0027, as '0027_01.png' beside \
it; unpack the archive anew."
rm $known/1623_20.png
mv kept.png $known/0027_20.png
mkdir archive/images_evaluation/Armenian
cp -r $known archive/images_evaluation/Armenian
refused "a character in both sets" "'archive/images_evaluation/Armenian/character01': the same character is in '$known'; \
unpack the archive anew."
rm -r archive/images_evaluation/Armenian

truncate -s 60 archive/images_evaluation/ULOG/character26/1623_07.png
refused "a drawing cut off" "'archive/images_evaluation/ULOG/character26/1623_07.png' is cut off; unpack the archive anew."
exit "$failed"
