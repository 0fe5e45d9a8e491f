"""Copies a script of the page without its indentation and without lines and ends of lines that are comments.

usage: bare.py IN.js OUT.js
"""
import pathlib
import re
import sys

source, out = map(pathlib.Path, sys.argv[1:])
lines = source.read_text(encoding="utf-8").splitlines()
if any(line.count("`") % 2 for line in lines):
    sys.exit(f"bare.py: {source} has a text of several lines, whose indentation means something")
bare = (re.sub(r"([;{,]) // .*$", r"\1", line.strip()) for line in lines)
text = "".join(line + "\n" for line in bare if line and not line.startswith("//"))
if not out.exists() or out.read_text(encoding="utf-8") != text:
    out.write_text(text, encoding="utf-8", newline="")
