"""The page `docs/reference/lint.md`, written from the table of codes."""

from troth.notice.lint.codes import FAMILIES

_HEAD = """# What the linter of notices says

`troth notice lint FILE` looks at a notice file and lists what is wrong with it: the code, how grave it is, the line,
the law, and how it is mended. A notice with an *error* cannot be published; a *warning* does not stop it; *advice* is
for the writer. Rules look at the structure of the file, not for words, save those of family S.

This page is written by `python -m troth.notice.lint > docs/reference/lint.md` from the linter's own table.
"""


def lint_reference() -> str:
    """The page, as text."""
    parts = [_HEAD]
    for title, family in FAMILIES:
        parts.append(f"\n## {title}\n")
        for code in family.values():
            parts.append(
                f"\n### {code.code} {code.title}\n\n"
                f"- Level: {code.level}\n- Law: {code.law}\n- Shown by: {code.shown}\n- Cure: {code.cure}\n"
            )
    return "".join(parts)
