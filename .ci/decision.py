"""Starts the next decision record: takes the next free number and copies the form of 0000-form.md."""

import re
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "decisions"
NAME = re.compile(r"^(\d{4})-[a-z0-9-]+\.md$")


def main() -> int:
    """Writes the file and prints its path; asks for a title when there is none."""
    title = " ".join(sys.argv[1:]).strip()
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    if not slug:
        sys.stderr.write('Say what was decided: make decision TITLE="Backups go to two places"\n')
        return 1
    numbers = [int(match[1]) for path in FOLDER.iterdir() if (match := NAME.match(path.name))]
    number = max(numbers, default=0) + 1
    path = FOLDER / f"{number:04}-{slug}.md"
    form = (FOLDER / "0000-form.md").read_text(encoding="utf-8")
    path.write_text(form.replace("0000. What was decided", f"{number:04}. {title}"), encoding="utf-8")
    print(path.relative_to(FOLDER.parent.parent))
    return 0


sys.exit(main())
