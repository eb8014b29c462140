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
_PERCENT = re.compile(rb"[\w.~+-]*(?:%[0-9A-Fa-f]{2}[\w.~+-]*)+")
_UNICODE = re.compile(rb"\\u([0-9A-Fa-f]{4})")
_BYTE = re.compile(rb"\\x([0-9A-Fa-f]{2})")
_OCTAL = re.compile(rb"\\([0-3][0-7]{2})")
_PDF_TEXT = re.compile(rb"\(((?:\\.|[^\\()]){1,200})\)")
_GZIP, _ZLIB, _ZIP = b"\x1f\x8b\x08", re.compile(rb"[\x48\x58\x68\x78][\x01\x5e\x9c\xda]"), b"PK\x03\x04"
_SPACE = re.compile(rb"[\s]+")
_BY_CHANCE = 16  # bytes that random bits may give before they stop looking like a stream


def decodings(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield (how, content) for everything that lies in these bytes in another form."""
    yield from _zipped(data)
    yield from _compressed(data)
    if b"\0" in data:
        # UTF-16 and UTF-32 of plain letters, whichever end comes first.
        yield "wide text", data.replace(b"\0", b"")
    yield from _written(data)
    if _is_text(data):
        yield from _marked_up(data)


def _zipped(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Every entry whose local header is there, be the archive whole or torn."""
    start = data.find(_ZIP)
    while start >= 0:
        method = int.from_bytes(data[start + 8 : start + 10], "little")
        name_ends = start + 30 + int.from_bytes(data[start + 26 : start + 28], "little")
        begins = name_ends + int.from_bytes(data[start + 28 : start + 30], "little")
        opener: Callable[[bytes], bytes] | None = {8: _inflated(-15), 12: _bunzipped}.get(method)
        if opener is not None:
            yield "ZIP", opener(data[begins:])
        start = data.find(_ZIP, start + 4)


def _compressed(data: bytes) -> Iterator[tuple[str, bytes]]:
    for magic, how, opener in ((_GZIP, "gzip", _inflated(31)), (b"BZh", "bzip2", _bunzipped), (b"\xfd7zXZ\0", "xz", _unxzed)):
        start = data.find(magic)
        while start >= 0:
            yield how, opener(data[start:])
            start = data.find(magic, start + 1)
    inflate = _inflated(15)
    for found in _ZLIB.finditer(data):
        content = inflate(data[found.start() :])
        if len(content) > _BY_CHANCE:
            yield "zlib", content


def _inflated(window: int) -> Callable[[bytes], bytes]:
    def inflate(data: bytes) -> bytes:
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


def _bunzipped(data: bytes) -> bytes:
    try:
        return bz2.BZ2Decompressor().decompress(data, LARGEST)
    except (OSError, ValueError):
        return b""


def _unxzed(data: bytes) -> bytes:
    try:
        return lzma.LZMADecompressor().decompress(data, LARGEST)
    except lzma.LZMAError:
        return b""


def _written(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Base64, hexadecimal, addresses and escapes: all runs of one kind together, one to a line."""
    runs: list[bytes] = []
    for found in _BASE64.finditer(data):
        run = _SPACE.sub(b"", found[0]).translate(_SAFE)
        runs += [_base64(run[start:]) for start in range(4)]
    if runs:
        yield "base64", b"\n".join(runs)
    runs = []
    for found in _HEX.finditer(data):
        run = found[0].replace(b" ", b"").replace(b":", b"")
        runs += [binascii.unhexlify(run[start : start + (len(run) - start) // 2 * 2]) for start in (0, 1)]
    if runs:
        yield "hex", b"\n".join(runs)
    if b"%" in data:
        runs = [unquote_to_bytes(found[0]) for found in _PERCENT.finditer(data)]
        if runs:
            yield "URL", b"\n".join(runs)
    if b"\\" in data:
        escaped = _UNICODE.sub(lambda found: chr(int(found[1], 16)).encode(errors="replace"), data)
        escaped = _BYTE.sub(lambda found: bytes([int(found[1], 16)]), escaped)
        escaped = _OCTAL.sub(lambda found: bytes([int(found[1], 8)]), escaped)
        if escaped != data:
            yield "escapes", escaped


_SAFE = bytes.maketrans(b"-_", b"+/")


def _base64(run: bytes) -> bytes:
    whole = run[: len(run) // 4 * 4]
    rest = run[len(whole) :]
    return base64.b64decode(whole) + (base64.b64decode(rest + b"=" * (4 - len(rest))) if len(rest) > 1 else b"")


def _is_text(data: bytes) -> bool:
    sample = data[:4096]
    return bool(sample) and sum(byte >= 32 or byte in b"\t\r\n" for byte in sample) > len(sample) * 0.9 and b"\0" not in sample


def _marked_up(data: bytes) -> Iterator[tuple[str, bytes]]:
    if b"&" in data:
        plain = html.unescape(data.decode("latin-1")).encode("utf-8")
        if plain != data:
            yield "entities", plain
    if re.search(rb"=(?:\r?\n|[0-9A-Fa-f]{2})", data):
        yield "quoted-printable", quopri.decodestring(data)
    if b"TJ" in data or b"Tj" in data:
        yield "PDF text", b"".join(_PDF_TEXT.findall(data))
