"""Does to a copy of the source what a how-to page says: the blocks of code under sentences that name a file."""

import re
from pathlib import Path

STEP = re.compile(
    r"^(?:New file `(?P<new>[^`]+)`|At the end of `(?P<end>[^`]+)`|In `(?P<within>[^`]+)`, below `(?P<anchor>[^`]+)`):\n\n"
    r"```\w+\n(?P<code>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


def follow(page: str, root: Path) -> list[str]:
    """
    Carry out every step of a page below a folder, and give the files that were touched.

    :raises ValueError: a line to write below is not there, or there twice; a new file is not new.
    """
    touched = []
    for step in STEP.finditer(page):
        name = step["new"] or step["end"] or step["within"]
        path, code = root / name, step["code"]
        if step["new"]:
            if path.exists():
                raise ValueError(f"{name} is there already")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(code, encoding="utf-8")
        elif step["end"]:
            path.write_text(f"{path.read_text(encoding='utf-8')}\n\n{code}", encoding="utf-8")
        else:
            lines = path.read_text(encoding="utf-8").splitlines()
            if lines.count(step["anchor"]) != 1:
                raise ValueError(f"{name} has the line {step['anchor']!r} {lines.count(step['anchor'])} times")
            place = lines.index(step["anchor"]) + 1
            path.write_text("\n".join([*lines[:place], *code.splitlines(), *lines[place:]]) + "\n", encoding="utf-8")
        touched.append(name)
    return touched
