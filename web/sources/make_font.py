"""Writes a font as C++ bytes, cut down to what the playground shows.

usage: make_font.py FONT.ttf NAME OUT.cpp; wants fontTools (Debian: fonttools).
"""
import io
import sys

from fontTools import subset, ttLib

CHARACTERS = "".join(map(chr, range(0x20, 0x7F))) + "\u00a0±µ·×–—‘’“”…→↑↓≤≥"

source, name, out = sys.argv[1:]
font = ttLib.TTFont(source)
options = subset.Options(layout_features=[], hinting=False, name_IDs=[], notdef_outline=True)
subsetter = subset.Subsetter(options)
subsetter.populate(text=CHARACTERS)
subsetter.subset(font)
data = io.BytesIO()
font.save(data)
numbers = [str(byte) for byte in data.getvalue()]
lines = [",".join(numbers[i : i + 24]) for i in range(0, len(numbers), 24)]
with open(out, "w", encoding="utf-8") as file:
    file.write(
        "// Made by make_font.py: a subset of Roboto, (c) Google, Apache License 2.0.\n"
        '#include "web/playground/fonts.hpp"\n\n'
        "namespace evenkeel {\n"
        f"const unsigned char {name}Bytes[] = {{\n" + ",\n".join(lines) + "};\n"
        f"const FontFile {name}Font = {{{name}Bytes, sizeof {name}Bytes}};\n"
        "}  // namespace evenkeel\n"
    )
