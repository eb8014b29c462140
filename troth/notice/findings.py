"""A finding: what is wrong with a notice file, where, under which law, and how it is mended."""

from dataclasses import dataclass
from enum import StrEnum

Path = tuple[str | int, ...]


class Level(StrEnum):
    """How grave a finding is. A notice with an `error` is not published."""

    ERROR = "error"
    WARNING = "warning"
    ADVICE = "advice"


@dataclass(frozen=True)
class Finding:
    """One thing found in a notice file. `line` counts from 1; `path` leads to the node: `purposes.3.basis`."""

    code: str
    level: Level
    line: int
    path: str
    message: str
    law: str
    cure: str


def in_words(path: Path) -> str:
    """The way to a node as one string; places in lists count from 1, as people count."""
    return ".".join(str(step + 1) if isinstance(step, int) else step for step in path)


class FaultyNotice(Exception):
    """A notice has error-level findings and can be neither compiled nor published."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        first = findings[0]
        others = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
        super().__init__(f"Line {first.line}: {first.message} [{first.code}]{others}")
