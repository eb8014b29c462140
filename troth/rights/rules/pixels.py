"""
A page as pixels, some of them black: what is removed from a file is nowhere in what is made of it (LAW-4.8, decision 0210).

A PDF becomes pictures of its pages in a new PDF; a picture becomes its pixels. No text, no metadata, no earlier revision, no
attachment of the original goes over, whatever stood below a rectangle or beside it.

This file runs by itself, in a process that is handed the file and no key, with bounds on its memory and time. It runs as the same
user: a file that takes over what reads it can reach what that user can. It imports nothing of ours, reads a line of JSON and the
file, and writes a line of JSON and what it made.
"""

import io
import json
import math
import resource
import sys
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL import Image, ImageDraw, ImageOps

#: Dots to an inch: small print stays readable.
DOTS, POINTS = 150, 72
#: A page that claims to be larger is drawn smaller.
LONGEST_SIDE = 3_500
MOST_PIXELS = 60_000_000
MEMORY, SECONDS = 2 * 1024**3, 300
PICTURES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/png"}  # and as what each is written
#: How dark the middle of what was blackened must be once it was read again.
DARK = 24

Boxes = dict[int, list[list[int]]]  # page: left, top, width, height, each in thousandths of the page


def _look(content: bytes) -> dict[str, Any]:
    """How many pages there are."""
    if content[:1024].find(b"%PDF-") >= 0:
        with pdfium.PdfDocument(content) as document:
            return {"pages": len(document), "media_type": "application/pdf"}
    with _picture(content) as picture:
        return {"pages": 1, "media_type": PICTURES[picture.format or ""]}


def _words(content: bytes) -> dict[str, Any]:
    """The text of each page of a PDF, and last what it says of itself; a picture has none that is known."""
    if content[:1024].find(b"%PDF-") < 0:
        return {"words": []}
    with pdfium.PdfDocument(content) as document:
        found = [page.get_textpage().get_text_bounded() for page in document]
        return {"words": [*found, "\n".join(document.get_metadata_dict().values())]}


def _draw(content: bytes, page: int, boxes: Boxes, width: int) -> bytes:
    """One page as it will read, as a PNG so many pixels wide."""
    if _look(content)["media_type"] == "application/pdf":
        with pdfium.PdfDocument(content) as document:
            drawn = _page(document[page - 1], boxes.get(page, []))
    else:
        drawn = _blackened(_pixels(content), boxes.get(page, []))
    drawn.thumbnail((width, width * 4))
    return _written(drawn, "PNG")


def _make(content: bytes, boxes: Boxes) -> tuple[dict[str, Any], bytes]:
    """The file without what lies below the rectangles."""
    known = _look(content)
    if known["media_type"] != "application/pdf":
        drawn = _blackened(_pixels(content), boxes.get(1, []))
        return known, _written(drawn, "JPEG" if known["media_type"] == "image/jpeg" else "PNG")
    made = pdfium.PdfDocument.new()
    with pdfium.PdfDocument(content) as document:
        for number in range(1, len(document) + 1):
            page = document[number - 1]
            wide, high = page.get_size()
            picture = pdfium.PdfImage.new(made)
            picture.load_jpeg(io.BytesIO(_written(_page(page, boxes.get(number, [])), "JPEG")), inline=True)
            picture.set_matrix(pdfium.PdfMatrix().scale(wide, high))
            into = made.new_page(wide, high)
            into.insert_obj(picture)
            into.gen_content()
            into.close()
            page.close()
    written = io.BytesIO()
    made.save(written, 17)  # PDF 1.7
    made.close()
    return known, written.getvalue()


def _check(content: bytes, boxes: Boxes) -> dict[str, Any]:
    """What a file that was made still has beside pixels, and which rectangles are not black in it: both should be empty."""
    left: list[str] = []
    if content[:1024].find(b"%PDF-") < 0:
        with _picture(content) as picture:
            left += [
                f"metadata: {name}"
                for name in picture.info
                if name not in {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
            ]
        pages = {1: _pixels(content)}
    else:
        left += ["more than one revision"] if content.count(b"%%EOF") != 1 else []
        with pdfium.PdfDocument(content) as document:
            left += [
                f"metadata: {name}"
                for name, value in document.get_metadata_dict().items()
                if value and name not in _OURS
            ]
            left += ["attachments"] if document.count_attachments() else []
            left += ["a form"] if document.get_formtype() else []
            pages = {}
            for number in range(1, len(document) + 1):
                page = document[number - 1]
                left += [f"text on page {number}"] if page.get_textpage().count_chars() else []
                left += [f"notes on page {number}"] if raw.FPDFPage_GetAnnotCount(page.raw) else []
                kinds = {each.type for each in page.get_objects()}
                left += [f"more than a picture on page {number}"] if kinds != {raw.FPDF_PAGEOBJ_IMAGE} else []
                if boxes.get(number):
                    pages[number] = _page(page, [])
                page.close()
    bare = [
        [number, *box]
        for number, wanted in boxes.items()
        for box in wanted
        if number not in pages or not _is_dark(pages[number], box)
    ]
    return {"left": left, "not_black": bare}


#: What the maker of a PDF writes into every one, of itself.
_OURS = frozenset({"Creator", "Producer", "CreationDate", "ModDate"})


def _is_dark(drawn: Image.Image, box: list[int]) -> bool:
    left, top, right, bottom = _corners(drawn, box)
    inner = (left + 2, top + 2, right - 2, bottom - 2)  # a lossy edge is grey
    area = inner if inner[2] > inner[0] and inner[3] > inner[1] else (left, top, right, bottom)
    return max(high for _, high in drawn.crop(area).convert("RGB").getextrema()) <= DARK  # type: ignore[misc]


def _page(page: Any, boxes: list[list[int]]) -> Image.Image:
    wide, high = page.get_size()
    scale = min(DOTS / POINTS, LONGEST_SIDE / max(wide, high, 1))
    return _blackened(page.render(scale=scale, may_draw_forms=True).to_pil().convert("RGB"), boxes)


def _picture(content: bytes) -> Image.Image:
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    return Image.open(io.BytesIO(content), formats=tuple(PICTURES))


def _pixels(content: bytes) -> Image.Image:
    """The pixels of a picture, upright, on a white ground, and nothing that stood beside them."""
    with _picture(content) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise ValueError("too many pixels")
        upright = ImageOps.exif_transpose(opened).convert("RGBA")
    made = Image.new("RGB", upright.size, "white")
    made.paste(upright, mask=upright.getchannel("A"))
    return made


def _blackened(drawn: Image.Image, boxes: list[list[int]]) -> Image.Image:
    pen = ImageDraw.Draw(drawn)
    for box in boxes:
        left, top, right, bottom = _corners(drawn, box)
        pen.rectangle((left, top, max(right - 1, left), max(bottom - 1, top)), fill="black")
    return drawn


def _corners(drawn: Image.Image, box: list[int]) -> tuple[int, int, int, int]:
    """A rectangle in pixels: rather a pixel more than one less."""
    left, top, width, height = box
    return (
        math.floor(left * drawn.width / 1000),
        math.floor(top * drawn.height / 1000),
        min(math.ceil((left + width) * drawn.width / 1000), drawn.width),
        min(math.ceil((top + height) * drawn.height / 1000), drawn.height),
    )


def _written(drawn: Image.Image, kind: str) -> bytes:
    into = io.BytesIO()
    drawn.save(into, kind, **({"quality": 85} if kind == "JPEG" else {}))
    return into.getvalue()


def _main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    asked = json.loads(sys.stdin.buffer.readline())
    content = sys.stdin.buffer.read()
    boxes = {int(page): found for page, found in asked.get("boxes", {}).items()}
    made = b""
    if asked["do"] == "draw":
        said: dict[str, Any] = {}
        made = _draw(content, asked["page"], boxes, asked["width"])
    elif asked["do"] == "make":
        said, made = _make(content, boxes)
    elif asked["do"] == "check":
        said = _check(content, boxes)
    elif asked["do"] == "words":
        said = _words(content)
    else:
        said = _look(content)
    sys.stdout.buffer.write(json.dumps(said).encode() + b"\n" + made)


if __name__ == "__main__":
    _main()
