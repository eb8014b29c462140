"""The published schema and the table of codes are as fresh as the code they come from."""

import json

from troth.notice.lint.codes import CODES
from troth.notice.lint.reference import lint_reference
from troth.notice.schema import json_schema
from troth.notice.tests.factories import ROOT, pack_values

REFERENCE = ROOT / "docs" / "reference"


def test_the_schema_is_fresh():
    assert (REFERENCE / "notice.schema.json").read_text("utf-8") == json_schema()


def test_the_table_of_codes_is_fresh():
    assert (REFERENCE / "lint.md").read_text("utf-8") == lint_reference()


def test_the_table_describes_every_code_once():
    page = lint_reference()
    for code in CODES.values():
        assert page.count(f"\n### {code.code} ") == 1
        assert code.law and code.cure.endswith(".") and code.shown


def test_the_schema_refuses_unknown_names_everywhere():
    definitions = json.loads(json_schema())["$defs"]
    objects = [name for name, part in definitions.items() if part.get("type") == "object"]
    assert len(objects) > 40
    assert all(definitions[name]["additionalProperties"] is False for name in objects)


def test_the_schema_knows_every_part_of_the_pack():
    assert set(pack_values()) <= set(json.loads(json_schema())["properties"])
