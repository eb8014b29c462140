"""The linter of notices: rules over the structure of a notice, one code each (docs/reference/lint.md)."""

from datetime import date

from troth.notice.files import ParsedNotice
from troth.notice.findings import Finding, in_words
from troth.notice.lint import (
    bases,
    held,
    keeping,
    kernel,
    overreach,
    particulars,
    people,
    reach,
    rights,
    sharing,
    statements,
    times,
)
from troth.notice.lint.codes import CODES
from troth.notice.lint.draft import Draft, Found

RULES = (
    *kernel.RULES,
    *bases.RULES,
    *people.RULES,
    *held.RULES,
    *sharing.RULES,
    *keeping.RULES,
    *rights.RULES,
    *reach.RULES,
    *statements.RULES,
    *times.RULES,
    *particulars.RULES,
    *overreach.RULES,
)


def lint(parsed: ParsedNotice, *, on: date) -> list[Finding]:
    """All findings on a notice file on a day, by line. A file that does not fit the format has only those."""
    if parsed.notice is None:
        return list(parsed.findings)
    draft = Draft(parsed, parsed.notice, on)
    found = dict.fromkeys(each for rule in RULES for each in rule(draft))
    return sorted((_finding(parsed, each) for each in found), key=lambda each: (each.line, each.code, each.path))


def _finding(parsed: ParsedNotice, found: Found) -> Finding:
    code = CODES[found.code]
    line = parsed.line(found.path)
    return Finding(code.code, code.level, line, in_words(found.path), found.message, code.law, code.cure)


__all__ = ["lint"]
