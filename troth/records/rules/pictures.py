"""A photograph made anew from its points alone: what a camera writes beside them, such as where it stood, is left behind (B18)."""

import warnings
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps

from troth.records.rules import NotPossible

LARGEST = 25 * 1024 * 1024  # bytes, of what is sent
MOST_POINTS = 60_000_000
#: The longer side of what is kept, and of the small one that pages show.
LONG_SIDE, SMALL_SIDE = 3000, 800
_FORMATS = ("JPEG", "PNG", "WEBP")


@dataclass(frozen=True)
class Picture:
    """What is kept of a photograph: JPEG, upright, without anything but its points."""

    whole: bytes
    small: bytes


def make_anew(content: bytes) -> Picture:
    """
    Decode a photograph and write it again.

    :raises NotPossible: it is too large, or no picture of a kind that every browser shows.
    """
    if len(content) > LARGEST:
        raise NotPossible("The photograph is larger than 25 MB. Take it again in a smaller size.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(content), formats=_FORMATS) as sent:
                if sent.width * sent.height > MOST_POINTS:
                    raise NotPossible(
                        "The photograph has too many points to be kept. Take it again in a smaller size."
                    )
                upright = ImageOps.exif_transpose(sent).convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise NotPossible("That is no photograph that we can show. Send it as JPEG, PNG or WebP.") from None
    return Picture(_written(upright, LONG_SIDE), _written(upright, SMALL_SIDE))


def _written(picture: Image.Image, side: int) -> bytes:
    """The points alone, no side longer than so many: a new picture carries nothing over."""
    bare = Image.new("RGB", picture.size)
    bare.paste(picture)
    bare.thumbnail((side, side))
    into = BytesIO()
    bare.save(into, "JPEG", quality=88)
    return into.getvalue()
