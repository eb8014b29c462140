"""
Writes the generated pages of docs/reference, or, with `--check`, fails when one is not as it would be written now.

A page is one line in PAGES: its file, and the function without arguments that gives its whole text.
"""

import sys
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

# File in docs/reference, module and function. Modules are imported without Django being set up; a function may set it up.
PAGES: list[tuple[str, str, str]] = [
    ("notice.schema.json", "troth.notice.schema", "json_schema"),
    ("lint.md", "troth.notice.lint.reference", "lint_reference"),
    ("orm-contract.md", "tests.structure.orm_contract", "orm_contract_page"),
    ("commands.md", "tests.structure.reference", "commands_page"),
    ("events.md", "tests.structure.reference", "events_page"),
    ("purposes.md", "tests.structure.reference", "purposes_page"),
    ("url-table.md", "tests.structure.reference", "url_table_page"),
    ("states.md", "tests.structure.reference", "states_page"),
    ("settings.md", "tests.structure.settings", "settings_page"),
]


def main() -> int:
    """Writes or compares every page, and names those that were stale."""
    stale = []
    for name, module, function in PAGES:
        page = ROOT / "docs" / "reference" / name
        text = getattr(import_module(module), function)()
        if page.exists() and page.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if "--check" not in sys.argv[1:]:
            page.write_text(text, encoding="utf-8")
    if "--check" not in sys.argv[1:]:
        print(f"docs/reference: {len(PAGES)} generated pages, {len(stale)} written anew")
        return 0
    for name in stale:
        print(f"docs/reference/{name} is not what the code would generate now; run make docs and commit it")
    return 1 if stale else 0


sys.exit(main())
