"""Every code of the linter, once. `docs/reference/lint.md` is written from here."""

from troth.notice.lint.codes.code import Code
from troth.notice.lint.codes.contents import CONTENTS
from troth.notice.lint.codes.faults import FAULTS
from troth.notice.lint.codes.form import FORM
from troth.notice.lint.codes.law import ARTICLE_9, DEVICES, KERNEL, STALE

FAMILIES: tuple[tuple[str, dict[str, Code]], ...] = (
    ("What a notice must contain (N)", CONTENTS),
    ("Faults found in real notices (F)", FAULTS),
    ("The kernel's own purposes (K)", KERNEL),
    ("Special category data (A)", ARTICLE_9),
    ("Marketing and devices (E)", DEVICES),
    ("Stale law (S)", STALE),
    ("The form of the file (Y)", FORM),
)
CODES: dict[str, Code] = {name: code for _, family in FAMILIES for name, code in family.items()}

__all__ = ["CODES", "FAMILIES", "Code"]
