"""What people send that is no plain table, and what they are told."""

import pytest

from troth.bringing.rules.tables import NotATable, Wanted, decoded, heads_of, read_table


@pytest.mark.parametrize("raw", [b"PK\x03\x04sentinel", b"\xd0\xcf\x11\xe0\xa1\xb1sentinel"])
def test_a_workbook_is_called_one(raw: bytes) -> None:
    with pytest.raises(NotATable, match=r"workbook.*save it as") as told:
        decoded(raw)
    assert "sentinel" not in str(told.value)


def test_a_picture_has_no_heads() -> None:
    with pytest.raises(NotATable, match=r"first line is not text"):
        heads_of(decoded(b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"))


@pytest.mark.parametrize("first", ["sep=;", "SEP=;", "sep="])
def test_the_line_in_which_excel_says_what_stands_between_is_no_head(first: str) -> None:
    text = decoded(f"\ufeff{first}\r\nNo;Name\r\n7;Zoë\r\n8\r\n".encode())
    assert heads_of(text) == ["No", "Name"]
    read = read_table(text, {"no": Wanted(())}, {"no": 0, "name": 1})
    assert read.rows == [(3, {"no": "7", "name": "Zoë"})]
    assert [each.line for each in read.faults] == [4]  # as the spreadsheet counts them
