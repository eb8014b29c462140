"""
Papers to print: PDF declared as PDF/UA-1 (tagged, with language, title and headings; decision 0128).

They are set by Typst in this process, from JSON that it shows as text and never runs; nothing is fetched and nothing
touches a disk. The one face, Libertinus Serif, has the letters of Europe. What it has not stands as a box: PDF/UA-1 refuses
a whole paper for one.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

MEDIA_TYPE = "application/pdf"
_BOX = "□"
_SHOWN = re.compile(
    "[^\n\x20-\x7e\xa0-\u0377\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u04ff\u1e00-\u1eff\u2010-\u2027\u2030-\u203a\u2044"
    "\u20a0-\u20c0\u2122\u2190-\u22ff\u25a0-\u25ff]"
)


def set_pdf(template: Path, values: Mapping[str, Any], **drawn: str) -> bytes:
    """
    A paper as PDF, from a Typst file that reads its `data`. `drawn`: drawings beside the values, as SVG.

    :raises typst.TypstError: it could not be set as PDF/UA-1.
    """
    made: bytes = typst.compile(
        _read(template),
        sys_inputs={"data": json.dumps({**letters_shown(values)[0], **drawn}, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
    )
    return made


def letters_shown(value: Any) -> tuple[Any, bool]:
    """A value with a box for each letter that the face has not, and whether there was one."""
    found = False

    def walk(each: Any) -> Any:
        nonlocal found
        if isinstance(each, str):
            shown = _SHOWN.sub(_BOX, unicodedata.normalize("NFC", each.replace("\r\n", "\n").replace("\t", " ")))
            found = found or _BOX in shown
            return shown
        if isinstance(each, Mapping):
            return {key: walk(item) for key, item in each.items()}
        if isinstance(each, list | tuple):
            return [walk(item) for item in each]
        return each

    return walk(value), found


@lru_cache(maxsize=16)
def _read(template: Path) -> bytes:
    return template.read_bytes()
