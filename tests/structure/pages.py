"""What Markdown pages claim, taken out of their text: links, pictures, commands, settings, files."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from tests.structure.source import ROOT

FENCE = re.compile(r"^```(?P<language>\w*)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\((?P<to>[^)\s]+)\)")
PICTURE = re.compile(r"!\[(?P<words>[^\]]*)\]\((?P<to>[^)\s]+)\)")
INLINE = re.compile(r"`([^`\n]+)`")
SETTING = re.compile(r"\bTROTH_[A-Z0-9_]+\b")
FILE = re.compile(r"^(?:troth|tests|docs|bench|\.ci)/[\w./-]+$")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Page:
    """A Markdown page by its path from the root."""

    path: str
    text: str

    @property
    def folder(self) -> Path:
        """Where its links count from."""
        return (ROOT / self.path).parent

    @property
    def prose(self) -> str:
        """Its text without blocks of code."""
        return FENCE.sub("", self.text)

    @property
    def shell(self) -> list[str]:
        """The lines that a reader would type."""
        blocks = [block["code"] for block in FENCE.finditer(self.text) if block["language"] in {"", "sh"}]
        return [line.strip() for block in blocks for line in block.splitlines() if line.strip()]


def anchor_of(heading: str) -> str:
    """As the usual viewers of Markdown make it."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def find_broken_links(page: Page) -> list[str]:
    """Links and pictures that lead nowhere. Nothing outside the repository is asked."""
    found = []
    for match in LINK.finditer(page.prose):
        target, _, anchor = match["to"].partition("#")
        if "://" in target or target.startswith("mailto:"):
            continue
        path = page.folder / target
        if not path.exists():
            found.append(f"{page.path}: {match['to']} leads nowhere")
            continue
        text = path.read_text(encoding="utf-8") if target and anchor else page.text
        if anchor and anchor not in map(anchor_of, HEADING.findall(text)):
            found.append(f"{page.path}: {match['to']} has no such heading")
    return found


def find_missing_files(page: Page) -> list[str]:
    """Files named in the text, or run in a block, that are not there: from the root, or from the page's own folder."""
    named = [word for span in INLINE.findall(page.prose) for word in span.split()]
    named += [word for line in page.shell for word in line.split()]
    said = {word.strip("`,.;:") for word in named if FILE.match(word.strip("`,.;:"))}
    gone = [name for name in sorted(said) if not (ROOT / name).exists() and not (page.folder / name).exists()]
    return [f"{page.path} names {name}, which is not there" for name in gone]


def find_unknown_settings(page: Page, known: set[str]) -> list[str]:
    """Variables that no example explains."""
    return [
        f"{page.path} names {name}, which .env.example does not"
        for name in sorted(set(SETTING.findall(page.text)) - known)
    ]


def find_commands(page: Page) -> list[list[str]]:
    """Every `troth …` of its blocks and of its sentences, as words after `troth`."""
    lines = page.shell + INLINE.findall(page.prose)
    typed = [line.partition("#")[0].strip() for line in lines]
    return [shlex.split(line)[1:] for line in typed if line.startswith("troth ")]
