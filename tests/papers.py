"""The words of a PDF as a reader gets them: from its text operators through each font's map, and from its metadata."""

import re
import zlib
from typing import Any

_OBJECT = re.compile(rb"(\d+) 0 obj\b(.*?)\bendobj", re.DOTALL)
_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_FONT = re.compile(rb"/([A-Za-z0-9]+) (\d+) 0 R")
_HEX = re.compile(rb"<([0-9a-fA-F\s]+)>")


def text_of(pdf: bytes) -> str:
    """Everything that can be read out of a PDF of ours. Spaces between pieces set by position are kept as Typst writes them."""
    objects = {int(number): body for number, body in _OBJECT.findall(pdf)}
    streams = {number: _opened(body) for number, body in objects.items() if b"stream" in body}
    for number, body in list(streams.items()):
        if b"/ObjStm" in objects[number]:
            objects |= _inner(objects[number], body)
    fonts = {}
    for number, body in objects.items():
        found = re.search(rb"/ToUnicode (\d+) 0 R", body)
        if found:
            fonts[number] = _map(streams[int(found[1])])
    names = {}
    for body in objects.values():
        page = re.search(rb"/Contents (\d+) 0 R", body)
        if page:
            names[int(page[1])] = _fonts_of(body, objects, fonts, deep=3)
    said = [pdf.decode("latin-1")]  # names and strings that lie in the open, such as the title
    for number, body in streams.items():
        if b" Tf" in body:
            said.append(_words(body, names.get(number, {})))
        elif b"/Metadata" in objects[number] or b"xpacket" in body:
            said.append(body.decode("utf-8", "replace"))
    said += [body.decode("latin-1") for body in objects.values() if b"stream" not in body]
    return "\n".join(said)


def _fonts_of(
    body: bytes, objects: dict[int, bytes], fonts: dict[int, dict[int, str]], *, deep: int
) -> dict[bytes, Any]:
    """The fonts of a page by the names that it gives them, which another page gives to others: straight, or by its resources."""
    found = {}
    for name, number in _FONT.findall(body):
        if int(number) in fonts:
            found[name] = fonts[int(number)]
        elif deep and name in {b"Resources", b"Font"}:
            found |= _fonts_of(objects[int(number)], objects, fonts, deep=deep - 1)
    return found


def _opened(body: bytes) -> bytes:
    found = _STREAM.search(body)
    if found is None:
        return b""
    return zlib.decompressobj().decompress(found[1]) if b"/FlateDecode" in body else found[1]


def _inner(header: bytes, body: bytes) -> dict[int, bytes]:
    first = int(re.search(rb"/First (\d+)", header)[1])  # type: ignore[index]
    numbers = list(map(int, body[:first].split()))
    places = [*zip(numbers[::2], numbers[1::2], strict=True), (0, len(body) - first)]
    return {
        number: body[first + place : first + places[index + 1][1]]
        for index, (number, place) in enumerate(places[:-1])
    }


def _map(cmap: bytes) -> dict[int, str]:
    found: dict[int, str] = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        parts = _HEX.findall(block)
        for code, to in zip(parts[::2], parts[1::2], strict=True):
            found[int(code, 16)] = bytes.fromhex(to.decode()).decode("utf-16-be")
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", cmap, re.DOTALL):
        for low, high, to in re.findall(rb"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>", block):
            start = int(to, 16)
            for offset in range(int(high, 16) - int(low, 16) + 1):
                found[int(low, 16) + offset] = chr(start + offset)
    return found


def _words(content: bytes, names: dict[bytes, Any]) -> str:
    said, font = [], {}
    for piece in re.finditer(
        rb"/([A-Za-z0-9]+) [\d.]+ Tf|<([0-9a-fA-F]+)>|\((?:\\.|[^\\)])*\)|\bTJ\b|\bTj\b|\bBT\b", content
    ):
        if piece[1]:
            font = names.get(piece[1], {})
        elif piece[2]:
            said.append("".join(font.get(int(piece[2][at : at + 4], 16), "?") for at in range(0, len(piece[2]), 4)))
        elif piece[0][:1] == b"(":
            said.append(_string(piece[0][1:-1], font))
        elif piece[0] == b"BT":
            said.append(" ")
    return "".join(said)


def _string(raw: bytes, font: dict[int, str]) -> str:
    escapes = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
    plain = re.sub(
        rb"\\([0-7]{1,3}|.)",
        lambda m: bytes([int(m[1], 8)]) if m[1].isdigit() else escapes.get(m[1], m[1]),
        raw,
        flags=re.DOTALL,
    )
    return "".join(font.get(int.from_bytes(plain[at : at + 2], "big"), "?") for at in range(0, len(plain) - 1, 2))
