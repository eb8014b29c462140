"""Papers of the record, set by Typst in this process from text that it never runs: PDF declared as PDF/UA-1 (decision 0128)."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.utils import timezone

from troth.design.papers import MEDIA_TYPE as MEDIA_TYPE
from troth.design.papers import set_pdf
from troth.notice import selectors as notices

_TEMPLATE = Path(__file__).parent.parent / "templates" / "records" / "paper.typ"


def clinic_now(at: datetime) -> tuple[str, str]:
    """The clinic's name and address as the notice in force has them."""
    version = notices.version_in_force(at)
    who = notices.notice_of(version).controller if version else None
    return ((who and (who.trading_name or who.legal_name)) or "The clinic", (who and who.address) or "")


def set_paper(
    *,
    title: str,
    paragraphs: Sequence[str],
    on: datetime,
    at: datetime,
    to: Sequence[str] = (),
    rows: Sequence[tuple[str, str]] = (),
    signed: Sequence[tuple[str, str]] = (),
    drawing: str = "",
    drawn_by: str = "",
) -> bytes:
    """
    A paper as PDF: to whom, what it is about in rows, its words, and who signed. `drawing` is a signature as SVG. A letter that the
    face has not stands as a box: PDF/UA-1 refuses the whole paper for one.

    :raises typst.TypstError: it could not be set as PDF/UA-1.
    """
    clinic, address = clinic_now(at)
    return set_pdf(
        _TEMPLATE,
        {
            "clinic": clinic,
            "clinic_address": address,
            "title": title,
            "to": list(to),
            "day": f"{timezone.localtime(on):%-d %B %Y}",
            "rows": [list(row) for row in rows if row[1]],
            "paragraphs": list(paragraphs),
            "signed": [list(row) for row in signed if row[1]],
            "drawn_by": drawn_by,
        },
        drawing=drawing,
    )


def set_letter(*, title: str, to: str, words: str, about: str, signer: str, at: datetime) -> bytes:
    """
    A letter as PDF, as it goes out.

    :raises typst.TypstError: it could not be set as PDF/UA-1.
    """
    return set_paper(
        title=title,
        to=[line.strip() for line in to.splitlines() if line.strip()],
        rows=(("About", about),),
        paragraphs=paragraphs_of(words),
        signed=(("Signed by", signer),),
        on=at,
        at=at,
    )


def paragraphs_of(words: str) -> list[str]:
    """Words as paragraphs: an empty line ends one."""
    return [" ".join(part.split()) for part in words.replace("\r\n", "\n").split("\n\n") if part.strip()]
