"""The directory of GP practices: read from a file as the NHS publishes it, looked up, and what is wrong with a line said."""

from datetime import timedelta

import pytest

from troth.ledger.models import LedgerEvent
from troth.prescribing.rules.directory import COLUMNS, read_directory
from troth.prescribing.selectors import directory
from troth.prescribing.services import listing
from troth.records.tests.factories import LATER


def line(code: str = "A81001", name: str = "THE DENSHAM SURGERY", **other: str) -> str:
    """One line, with everything in its column."""
    cells = [""] * COLUMNS
    cells[0:2] = [code, name]
    cells[4:6] = [other.get("street", "THE HEALTH CENTRE"), other.get("town", "STOCKTON-ON-TEES")]
    cells[9], cells[12], cells[25] = (
        other.get("postcode", "TS18 1HU"),
        other.get("status", "A"),
        other.get("setting", "4"),
    )
    return ",".join(f'"{cell}"' for cell in cells)


def test_a_file_is_read_as_the_nhs_writes_it() -> None:
    text = "\n".join(
        [
            line(),
            line("A81002", "ST JOHN'S AND O'BRIEN", status="C"),
            line("Y00001", "HMP SOMEWHERE", setting="11"),  # no general practice
            "",
        ]
    )
    found, faults = read_directory(text)
    assert faults == []
    assert [(each.name, each.is_open) for each in found] == [
        ("The Densham Surgery", True),
        ("St John's And O'Brien", False),
    ]
    assert found[0].address == "The Health Centre, Stockton-On-Tees"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("a,b,c", "3 columns"),
        (line("81001"), "no code"),
        (line(name=""), "no name"),
        (line(status="X"), "status"),
        (line(postcode="NOWHERE"), "no postcode"),
        (f"{line()}\n{line()}", "twice"),
        ('"A81001,THE DENSHAM SURGERY', "no line of a CSV file"),
        (line(name="A" * 121), "name is longer than 120"),
        (line(street="A" * 301), "address is longer than 300"),
        (line(postcode="TS18 1HU X", status="C"), "postcode is longer than 8"),
    ],
)
def test_what_is_wrong_with_a_line_is_said_by_its_number(wrong: str, said: str) -> None:
    found, faults = read_directory(f"{line('A80000')}\n{wrong}\n{line('A89999')}")
    assert {each.code for each in found} >= {"A80000", "A89999"}  # it costs that line, and none after it
    assert len(faults) == 1 and said in faults[0].words and faults[0].line >= 2


def test_it_is_looked_up_by_name_and_postcode_and_what_left_the_file_is_closed(notice_in_force: None) -> None:
    first = read_directory(f"{line()}\n{line('A81002', 'TANYARD SURGERY', postcode='NE46 1AA')}")[0]
    assert listing.read_in_from_a_terminal(first, at=LATER) == (2, 0)
    assert [each.code for each in directory.find("tanyard")] == ["A81002"]
    for said in ("ne46", "NE461AA", "ne46 1aa"):
        assert [each.code for each in directory.find(said)] == ["A81002"], said
    assert directory.find("ta") == [] and directory.find("%%%") == []
    assert listing.read_in_from_a_terminal(first[:1], at=LATER + timedelta(days=30)) == (1, 1)
    assert directory.find("tanyard") == []
    assert directory.is_kept()
    assert LedgerEvent.objects.filter(event="prescribing:gp_directory_read", subject="").count() == 2
