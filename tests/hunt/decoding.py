"""What bytes may hold besides what they show: archives, compressed streams and the ways of writing bytes as text."""

import base64
import binascii
import bz2
import html
import lzma
import quopri
import re
import zlib
from collections.abc import Callable, Iterator
from urllib.parse import unquote_to_bytes

#: However small a bomb, no more than this is taken out of it.
LARGEST = 64 * 1024 * 1024
_BASE64 = re.compile(rb"(?:[A-Za-z0-9+/_-]{4,}[\r\n]{0,2}[ \t]{0,4}){2,}")
_HEX = re.compile(rb"(?:[0-9A-Fa-f]{2}){5,}[0-9A-Fa-f]?|(?:[0-9A-Fa-f]{2}[ :]){5,}(?:[0-9A-Fa-f]{2})?")
_PERCENT = re.compile(rb"%[0-9A-Fa-f]{2}")
_ESCAPE = re.compile(rb"\\(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[0-3][0-7]{2})")
_ENTITY = re.compile(rb"&(?:#\d+|#x[0-9A-Fa-f]+|\w+);")
_QUOTED = re.compile(rb"=(?:\r?\n|[0-9A-F]{2})")
_WIDE = re.compile(rb"(?:[\x20-\x7e]\0{1,3}){4,}|(?:\0{1,3}[\x20-\x7e]){4,}")
_NEAR = 32  # bytes
_UNICODE = re.compile(rb"\\u([0-9A-Fa-f]{4})")
_BYTE = re.compile(rb"\\x([0-9A-Fa-f]{2})")
_OCTAL = re.compile(rb"\\([0-3][0-7]{2})")
_PDF_TEXT = re.compile(rb"\(((?:\\.|[^\\()]){1,200})\)")
_GZIP, _ZLIB, _ZIP = b"\x1f\x8b\x08", re.compile(rb"[\x48\x58\x68\x78][\x01\x5e\x9c\xda]"), b"PK\x03\x04"
_SPACE = re.compile(rb"[\s]+")
_BY_CHANCE = 16  # bytes that random bits may give before they stop looking like a stream


def decodings(data: bytes) -> Iterator[tuple[str, bytes, bytes]]:
    """
    Yield (how, content, deeper) for what lies in these bytes in another form.

    `content` is to be searched; `deeper` is that part of it in which looking further makes sense: four readings of one run of
    base64 give one text and three times noise, in which more noise would be found without end.
    """
    for how, content in (*_zipped(data), *_compressed(data), *_rewritten(data)):
        yield how, content, content
    for how, runs in _written(data):
        yield how, b"\n".join(runs), b"\n".join(run for run in runs if _means_something(run))


def _zipped(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Every entry whose local header is there, be the archive whole or torn."""
    start = data.find(_ZIP)
    while start >= 0:
        method = int.from_bytes(data[start + 8 : start + 10], "little")
        name_ends = start + 30 + int.from_bytes(data[start + 26 : start + 28], "little")
        begins = name_ends + int.from_bytes(data[start + 28 : start + 30], "little")
        opener: Callable[[memoryview], bytes] | None = {8: _inflated(-15), 12: _bunzipped}.get(method)
        if opener is not None:
            yield "ZIP", opener(memoryview(data)[begins:])
        start = data.find(_ZIP, start + 4)


def _compressed(data: bytes) -> Iterator[tuple[str, bytes]]:
    for magic, how, opener in (
        (_GZIP, "gzip", _inflated(31)),
        (b"BZh", "bzip2", _bunzipped),
        (b"\xfd7zXZ\0", "xz", _unxzed),
    ):
        start = data.find(magic)
        while start >= 0:
            yield how, opener(memoryview(data)[start:])
            start = data.find(magic, start + 1)
    inflate = _inflated(15)
    for found in _ZLIB.finditer(data):
        content = inflate(memoryview(data)[found.start() :])
        if len(content) > _BY_CHANCE:
            yield "zlib", content


def _inflated(window: int) -> Callable[[memoryview], bytes]:
    def inflate(data: memoryview) -> bytes:
        """What comes out before it breaks: a torn stream gives its beginning."""
        taker, out = zlib.decompressobj(window), bytearray()
        for start in range(0, len(data), 4096):
            try:
                out += taker.decompress(data[start : start + 4096], LARGEST)
            except zlib.error:
                break
            if taker.eof or len(out) > LARGEST:
                break
        return bytes(out)

    return inflate


def _bunzipped(data: memoryview) -> bytes:
    try:
        return bz2.BZ2Decompressor().decompress(data, LARGEST)
    except (OSError, ValueError):
        return b""


def _unxzed(data: memoryview) -> bytes:
    try:
        return lzma.LZMADecompressor().decompress(data, LARGEST)
    except lzma.LZMAError:
        return b""


def _written(data: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """Base64 and hexadecimal: every run, in each of the ways in which it could be meant."""
    runs: list[bytes] = []
    for found in _BASE64.finditer(data):
        run = _SPACE.sub(b"", found[0]).translate(_SAFE)
        runs += [_base64(run[start:]) for start in range(4)]
    if runs:
        yield "base64", runs
    runs = []
    for found in _HEX.finditer(data):
        run = found[0].replace(b" ", b"").replace(b":", b"")
        runs += [binascii.unhexlify(run[start : start + (len(run) - start) // 2 * 2]) for start in (0, 1)]
    if runs:
        yield "hex", runs


def _means_something(run: bytes) -> bool:
    """Whether it begins like a compressed stream, or is text, plain or wide."""
    if run.startswith((_GZIP, b"BZh", b"\xfd7zXZ\0", _ZIP)) or _ZLIB.match(run):
        return True
    return len(run) > 5 and sum(32 <= byte < 127 or byte in b"\t\r\n\0" for byte in run[:64]) > 0.9 * len(run[:64])


def _rewritten(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Escapes and wide letters: only the surroundings of what is written so."""
    wide = [found[0].replace(b"\0", b"") for found in _WIDE.finditer(data)]
    if wide:
        # UTF-16 and UTF-32 of plain letters, whichever end comes first.
        yield "wide text", b"\n".join(wide)
    ways: list[tuple[str, re.Pattern[bytes], Callable[[bytes], bytes]]] = [
        ("URL", _PERCENT, unquote_to_bytes),
        ("escapes", _ESCAPE, _unescaped),
    ]
    if _is_text(data):
        ways += [
            ("entities", _ENTITY, lambda part: html.unescape(part.decode("latin-1")).encode()),
            ("quoted-printable", _QUOTED, quopri.decodestring),
        ]
        if b"TJ" in data or b"Tj" in data:
            yield "PDF text", b"".join(_PDF_TEXT.findall(data))
    for how, pattern, decode in ways:
        parts = [decode(part) for part in _around(pattern, data)]
        if parts:
            yield how, b"\n".join(parts)


def _around(pattern: re.Pattern[bytes], data: bytes) -> Iterator[bytes]:
    """What is written so, with a little of what stands before and after; neighbours together."""
    begin = end = -1
    for found in pattern.finditer(data):
        if begin >= 0 and found.start() - _NEAR <= end:
            end = found.end() + _NEAR
            continue
        if begin >= 0:
            yield data[begin:end]
        begin, end = max(found.start() - _NEAR, 0), found.end() + _NEAR
    if begin >= 0:
        yield data[begin:end]


def _unescaped(part: bytes) -> bytes:
    part = _UNICODE.sub(lambda found: chr(int(found[1], 16)).encode(errors="replace"), part)
    part = _BYTE.sub(lambda found: bytes([int(found[1], 16)]), part)
    return _OCTAL.sub(lambda found: bytes([int(found[1], 8)]), part)


_SAFE = bytes.maketrans(b"-_", b"+/")


def _base64(run: bytes) -> bytes:
    whole = run[: len(run) // 4 * 4]
    rest = run[len(whole) :]
    return base64.b64decode(whole) + (base64.b64decode(rest + b"=" * (4 - len(rest))) if len(rest) > 1 else b"")


def _is_text(data: bytes) -> bool:
    sample = data[:4096]
    return (
        bool(sample)
        and sum(byte >= 32 or byte in b"\t\r\n" for byte in sample) > len(sample) * 0.9
        and b"\0" not in sample
    )
