"""Makes embed.html from the page: the same page in one file.

usage: make_embed.py FOLDER HOST.js OUT.html
FOLDER has index.html and all files that it references. HOST.js becomes the last script.
"""
import pathlib
import re
import sys


def packed(data):
    """Bytes as text of a script element, one character per byte: a fifth smaller than base64 after compression.

    Characters that HTML would change (NUL, CR, < before / or !) and the backslash itself become a backslash
    and the character with a code higher by 0x30. parts.js unpacks it.
    """
    text = re.sub(rb"[\x00\r\\]|<(?=[/!])", lambda found: b"\\" + bytes([found[0][0] + 0x30]), data)
    return text.decode("latin-1")


def replaced(page, old, new):
    """Replaces a piece of the page that must occur exactly once."""
    if page.count(old) != 1:
        sys.exit(f"make_embed.py: expected {old} once in index.html")
    return page.replace(old, new)


def script(text, attributes=""):
    if re.search(r"</script|<!--", text, re.IGNORECASE):
        sys.exit("make_embed.py: a script has </script or <!-- in it")
    return f"<script{attributes}>{text}</script>"


folder, host, out = map(pathlib.Path, sys.argv[1:])
read = lambda path: path.read_text(encoding="utf-8")
page = read(folder / "index.html")
page, preloads = re.subn(r'<link rel="preload".*>\n', "", page)
page = replaced(page, '<link rel="stylesheet" href="page.css">', f"<style>\n{read(folder / 'page.css')}</style>")
page = replaced(page, '<script src="playground.js"></script>', "\n".join([
    script(read(folder / "playground.js"), ' id="program"'),
    script(read(folder / "worker.js"), ' id="worker" type="text/plain"'),
    script(packed((folder / "playground.wasm").read_bytes()), ' id="wasm" type="text/plain"')]))
page = replaced(page, '<script src="parts.js"></script>', script("\n" + read(folder / "parts.js")))
page = replaced(page, '<script src="files.js"></script>', script("\n" + read(folder / "files.js")))
page = replaced(page, '<script src="input.js"></script>', script("\n" + read(folder / "input.js")))
page = replaced(page, '<script src="page.js"></script>',
                script("\n" + read(folder / "page.js")) + "\n" + script("\n" + read(host)))
left = re.findall(r'(?:src|href)="(?!#|data:)[^"]*"', re.sub(r"(<script[^>]*>).*?</script>", r"\1", page, flags=re.S))
if preloads != 1 or left:
    sys.exit(f"make_embed.py: index.html references parts that embed.html does not have: {left}")
out.write_text(page, encoding="utf-8", newline="")
