"""Where data goes: the picture, its table and its files say the same, and nobody else reads them."""

import csv
import io
import json
import subprocess
from collections.abc import Callable

from django.test import Client
from django.utils import timezone

from tests.stores import Home
from troth.notice import datamap

Runner = Callable[..., "subprocess.CompletedProcess[str]"]


def test_picture_and_table_say_the_same(officer: Client) -> None:
    picture = officer.get("/office/data-flow/?purpose=care").content.decode()
    table = officer.get("/office/data-flow/?view=table").content.decode()
    known = datamap.map_in_force(timezone.now())
    for use in known.uses:
        assert f"?purpose={use.purpose}" in picture and use.title in table
    for held in known.held:
        assert held.words.split()[0] in picture and held.words in table
    assert "Looking after your condition" in picture and 'aria-current="true"' in picture
    rows = list(csv.reader(io.StringIO(officer.get("/office/data-flow/csv/").content.decode())))
    assert len(rows) == len(known.uses) + 1 and rows[0][1] == "Purpose"
    assert officer.get("/office/data-flow/svg/?purpose=care").content.startswith(
        b'<svg xmlns="http://www.w3.org/2000/svg"'
    )


def test_an_unknown_purpose_shows_the_first_of_the_clinic(officer: Client) -> None:
    page = officer.get("/office/data-flow/?purpose=<script>").content.decode()
    assert "Opening your account" in page and "<script>" not in page.split("</head>")[1].split("<main")[1]


def test_the_record_is_a_page_and_json_and_the_command_prints_the_same(
    officer: Client, clinic: Home, run_troth: Runner
) -> None:
    page = officer.get("/office/record/").content.decode()
    assert (
        "Aldersyke Care Ltd" in page and "Looking after your condition" in page and "Declared, not stored yet" in page
    )
    document = json.loads(officer.get("/office/record/json/").content)
    printed = run_troth("datamap", "--json", home=clinic)
    assert printed.returncode == 0 and json.loads(printed.stdout) == document
    assert "Looking after your condition" in run_troth("datamap", home=clinic).stdout


def test_without_a_notice_the_command_says_so(home: Home, run_troth: Runner) -> None:
    answer = run_troth("datamap", home=home)
    assert answer.returncode == 1 and "No notice is in force" in answer.stderr


def test_other_roles_stay_out(colleague: Callable[[str], Client]) -> None:
    finance = colleague("finance")
    for path in ("data-flow/", "data-flow/svg/", "data-flow/csv/", "record/", "record/json/"):
        assert finance.get(f"/office/{path}").status_code == 403
