"""The page `docs/reference/lint.md`, written from the table of codes."""

from troth.notice.lint.codes import FAMILIES

_HEAD = """# What the linter of notices says

`troth notice lint FILE` looks at a notice file and lists what is wrong with it: the code, how grave it is, the line,
the law, and how it is mended. A notice with an *error* cannot be published; a *warning* does not stop it; *advice* is
for the writer. Rules look at the structure of the file. Only a few look at words: family S, a repealed Act (F-01), a
list that ends in 'and other' (F-14), a fee for a copy (F-29), a late answer to a complaint (F-32), a period without a fact
in it (F-33), clauses of the EU alone (F-38), gaps that a template left (F-43), times that are not those kept (K08), and
what a text takes that the law does not give (A08, F-08, F-29, F-32, F-33, F-40, F-48).

The command ends with 0 where there is no error, with 1 where there is one, and with 2 where the file cannot be opened
or the command is misspelt. `--json` prints one object:

| name | value |
|---|---|
| `file` | the name of the file, as it was given |
| `errors`, `warnings` | how many findings have that level |
| `findings` | a list by line; empty where nothing is wrong |

Each finding has `code`, `severity` (`error`, `warning` or `advice`), `line` (from 1), `law`, `cure`, `message`, and `path`,
the way to the place: `purposes.14.basis` is the basis of the fourteenth purpose. Names are never taken away or given
another meaning; new ones may come.

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
