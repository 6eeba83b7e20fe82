#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
# Makes the packed Omniglot folder that <priori/io/omniglot.hpp> reads, from the official archive.
"""Packs the official Omniglot archive for Priori.

Give the folder that holds images_background and images_evaluation, as the archives images_background.zip and
images_evaluation.zip of github.com/brendenlake/omniglot unpack:

    ARCHIVE/images_background/<Alphabet>/character<NN>/<number>_<drawing>.png   105 x 105, ink black

What is written to OUT:

    omniglot28_bits.npy   u8 (1623, 20, 98): 28 x 28 pixels, one bit each, row-major, the most significant bit first,
                          1 = ink
    classes.csv           a row for each character, in the order of the archive's own numbers: class_id, lake_number,
                          alphabet_id, alphabet, character, lake_split, vinyals_split

Reduction from 105 x 105 to 28 x 28:

    area      (the default) ink where at least --threshold of the output pixel's area of 3.75 x 3.75 pixels is ink. With
              0.3, strokes three pixels wide stay whole, and come out somewhat bolder.
    nearest   the pixel at the centre of each output pixel's area, which breaks thin strokes. It is what a script gets
              that asks Pillow to resize these images as they are: they have one bit a pixel, and for those Pillow takes
              the nearest pixel whichever filter it is asked for.

The split of Vinyals et al. (2016) follows the archive's numbers: characters above 1200 are for testing (423), those of
five alphabets for validation (172), the others for training (1028).

Needs Python 3.8 or later and nothing else. Takes about a minute.
"""

import argparse
import csv
import functools
import os
import pathlib
import re
import struct
import sys
import zlib

SIDE, OUT_SIDE, DRAWINGS = 105, 28, 20
VALIDATION = {"Armenian", "Bengali", "Early_Aramaic", "Hebrew", "Mkhedruli_(Georgian)"}
LAST_NOT_TESTED = 1200


class Refused(Exception):
    """One sentence for the user."""


def read_png(path):
    """Rows of the image as lists of True for ink: dark pixels of a grey or palette PNG of 1, 2, 4 or 8 bits."""
    data = path.read_bytes()
    if data[:8] != b"\x89PNG\r\n\x1a\n":
        raise Refused(f"'{path}' is not a PNG file.")
    at, packed, header, palette = 8, b"", None, None
    while at + 12 <= len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        chunk = data[at + 8:at + 8 + length]
        if kind == b"IHDR":
            header = struct.unpack(">IIBBBBB", chunk)
        elif kind == b"PLTE":
            palette = [sum(chunk[i:i + 3]) < 3 * 128 for i in range(0, len(chunk), 3)]
        elif kind == b"IDAT":
            packed += chunk
        elif kind == b"IEND":
            break
        at += 12 + length
    else:
        raise Refused(f"'{path}' is cut off; unpack the archive anew.")
    width, height, depth, colour, _, _, interlaced = header
    if (width, height) != (SIDE, SIDE) or colour not in (0, 3) or depth > 8 or interlaced:
        raise Refused(f"'{path}': expected {SIDE} x {SIDE} pixels, grey or palette, found {width} x {height}, "
                      f"colour type {colour}, {depth} bits.")
    try:
        raw = zlib.decompress(packed)
    except zlib.error as reason:
        raise Refused(f"'{path}' is damaged ({reason}); unpack the archive anew.")
    stride = (width * depth + 7) // 8
    if len(raw) != height * (stride + 1):
        raise Refused(f"'{path}' is damaged: {len(raw)} bytes of pixels; unpack the archive anew.")
    levels = 1 << depth
    is_ink = palette if colour == 3 else [2 * level < levels for level in range(levels)]
    mask, rows, above = levels - 1, [], bytes(stride)
    for y in range(height):
        begin = y * (stride + 1)
        above = unfiltered(raw[begin], raw[begin + 1:begin + 1 + stride], above, path)
        rows.append([is_ink[above[x * depth >> 3] >> (8 - depth - (x * depth & 7)) & mask] for x in range(width)])
    return rows


def unfiltered(kind, line, above, path):
    """A line of bytes without PNG's filter (PNG specification, section 9), for pixels of at most one byte."""
    if kind == 0:
        return line
    if kind > 4:
        raise Refused(f"'{path}' is damaged: it has no filter {kind}; unpack the archive anew.")
    out = bytearray()
    left = corner = 0
    for byte, up in zip(line, above):
        if kind == 4:
            estimate = left + up - corner
            guess = min((left, up, corner), key=lambda value: abs(estimate - value))
        else:
            guess = (0, left, up, (left + up) // 2)[kind]
        left = (byte + guess) & 255
        corner = up
        out.append(left)
    return bytes(out)


def reduced_nearest(rows):
    centres = [(2 * i + 1) * SIDE // (2 * OUT_SIDE) for i in range(OUT_SIDE)]
    return [rows[y][x] for y in centres for x in centres]


def shares():
    """For each input pixel: the output pixels that it lies in, and the shares of its length, in units of 1/4."""
    result = []
    for i in range(SIDE):
        parts = {}
        for quarter in range(4 * i, 4 * i + 4):
            parts[quarter // 15] = parts.get(quarter // 15, 0) + 1  # 15/4 input pixels an output pixel
        result.append(list(parts.items()))
    return result


def reduced_area(rows, threshold, parts=tuple(shares())):
    ink = [0] * (OUT_SIDE * OUT_SIDE)
    for y, row in enumerate(rows):
        for x, is_ink in enumerate(row):
            if is_ink:
                for oy, dy in parts[y]:
                    for ox, dx in parts[x]:
                        ink[oy * OUT_SIDE + ox] += dy * dx
    return [amount >= threshold * 15 * 15 for amount in ink]


def bytes_of(pixels):
    number = int("".join("1" if pixel else "0" for pixel in pixels), 2)
    return number.to_bytes(OUT_SIDE * OUT_SIDE // 8, "big")


def find_characters(archive):
    """(the archive's number, alphabet, character, set, its images), by number."""
    found = []
    first = {}  # where a number, and a character, was met first
    for part in ("background", "evaluation"):
        folder = archive / f"images_{part}"
        if not folder.is_dir():
            raise Refused(f"'{folder}' is not there; unpack images_{part}.zip of the official archive into "
                          f"'{archive}'.")
        for character in sorted(folder.glob("*/character*")):
            images = sorted(character.glob("*.png"))
            if len(images) != DRAWINGS:
                raise Refused(f"'{character}': expected {DRAWINGS} drawings, found {len(images)}; "
                              f"unpack the archive anew.")
            numbers = [re.match(r"(\d{4})_\d\d$", image.stem) for image in images]
            for image, number in zip(images, numbers):
                if not number:
                    raise Refused(f"'{image}': expected a name such as 0001_01.png.")
                if number[1] != numbers[0][1]:
                    raise Refused(f"'{image}': expected a drawing of character {numbers[0][1]}, as '{images[0].name}' "
                                  f"beside it; unpack the archive anew.")
            for what in (numbers[0][1], (character.parent.name, character.name)):
                if first.setdefault(what, character) != character:
                    raise Refused(f"'{character}': the same character is in '{first[what]}'; unpack the archive anew.")
            found.append((int(numbers[0][1]), character.parent.name, character.name, part, images))
    if not found:
        raise Refused(f"'{archive}' holds no characters; expected images_background/<Alphabet>/character<NN>/*.png.")
    return sorted(found)


def split_of(number, alphabet):
    if number > LAST_NOT_TESTED:
        return "test"
    return "val" if alphabet in VALIDATION else "train"


def npy_bytes(shape, data):
    header = f"{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}, }}".encode()
    header += b" " * (-(len(header) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data


def convert(archive, out, reduce, is_quiet):
    characters = find_characters(archive)
    alphabets = sorted({alphabet for _, alphabet, *_ in characters})
    data = bytearray()
    for done, (*_, images) in enumerate(characters):
        for image in images:
            data += bytes_of(reduce(read_png(image)))
        if not is_quiet and (done + 1) % 100 == 0:
            print(f"{done + 1} of {len(characters)} characters", flush=True)

    out.mkdir(parents=True, exist_ok=True)
    partial = out / "classes.csv.partial"
    with partial.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["class_id", "lake_number", "alphabet_id", "alphabet", "character", "lake_split",
                         "vinyals_split"])
        for i, (number, alphabet, character, part, _) in enumerate(characters):
            writer.writerow([i, number, alphabets.index(alphabet), alphabet, character, part,
                             split_of(number, alphabet)])
    os.replace(partial, out / "classes.csv")
    partial = out / "omniglot28_bits.npy.partial"
    partial.write_bytes(npy_bytes((len(characters), DRAWINGS, OUT_SIDE * OUT_SIDE // 8), bytes(data)))
    os.replace(partial, out / "omniglot28_bits.npy")
    return len(characters)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archive", metavar="ARCHIVE", type=pathlib.Path)
    parser.add_argument("out", metavar="OUT", type=pathlib.Path)
    parser.add_argument("--reduction", choices=["area", "nearest"], default="area")
    parser.add_argument("--threshold", type=float, default=0.3,
                        help="for area: the share of ink from 0 to 1 (default 0.3)")
    parser.add_argument("--quiet", action="store_true")
    options = parser.parse_args()
    if not 0 < options.threshold <= 1:
        parser.error(f"argument --threshold: expected a share above 0 and at most 1, found {options.threshold}")
    reduce = reduced_nearest
    if options.reduction == "area":
        reduce = functools.partial(reduced_area, threshold=options.threshold)
    try:
        count = convert(options.archive, options.out, reduce, options.quiet)
    except (Refused, OSError) as reason:
        print(f"convert_omniglot.py: {reason}", file=sys.stderr)
        return 2
    if not options.quiet:
        print(f"{count} characters written to {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
