"""What a code of the linter is."""

from dataclasses import dataclass

from troth.notice.findings import Level

ERROR, WARNING, ADVICE = Level.ERROR, Level.WARNING, Level.ADVICE


@dataclass(frozen=True)
class Code:
    """One code: what it means, how grave, under which law, how to mend it, and how a file shows it."""

    code: str
    level: Level
    title: str
    law: str
    cure: str
    shown: str


def table(*rows: Code) -> dict[str, Code]:
    """Codes by their name; a name given twice is a mistake of ours."""
    found = {row.code: row for row in rows}
    assert len(found) == len(rows)
    return found
