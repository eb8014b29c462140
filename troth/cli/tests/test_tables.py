"""Files as other systems write them: encodings, separators, heads, days and times."""

from datetime import date, time
from pathlib import Path

import pytest

from troth.bringing.rules.tables import MOST_BYTES, Fault, Unreadable, Wanted, read_date, read_time
from troth.cli.bring_in import read_file
from troth.cli.stopped import Stopped

WANTED = {
    "reference": Wanted(("id",), needed=True),
    "family_name": Wanted(("surname",), needed=True),
    "note": Wanted(()),
}


def file_of(tmp_path: Path, raw: bytes) -> Path:
    path = tmp_path / "sentinel.csv"
    path.write_bytes(raw)
    return path


@pytest.mark.parametrize(
    "raw",
    [
        b"\xef\xbb\xbf" + "ID,Surname\r\n7,Ó Dálaigh\r\n".encode(),
        "ID;Surname\n7;Ó Dálaigh\n".encode("cp1252"),
        "ID\tSurname\n7\tÓ Dálaigh\n".encode("utf-16"),
        '"ID","Surname"\n"7"," Ó Dálaigh "\n\n'.encode(),
    ],
)
def test_a_file_is_read_in_whichever_letters_and_with_whichever_separator(tmp_path: Path, raw: bytes) -> None:
    read = read_file(file_of(tmp_path, raw), WANTED, {})
    assert [row for _, row in read.rows] == [{"reference": "7", "family_name": "Ó Dálaigh"}] and read.faults == []


def test_each_line_that_cannot_be_read_is_named_and_nothing_of_it_repeated(tmp_path: Path) -> None:
    raw = b'Ref no,Last,Shoe size,Note\n1,Quill,9,"two\nlines"\n2,Quill,9\n,Quill,9,x\n4,Qu\x81ill,9,x\n5,Vane,9,\n'
    read = read_file(file_of(tmp_path, raw), WANTED, {"reference": "Ref no", "family_name": "last"})
    assert [(line, row["reference"]) for line, row in read.rows] == [(3, "1"), (7, "5")]
    assert read.unread == ["Shoe size"]
    assert read.faults == [
        Fault(4, "It has 3 columns, and the first line 4"),
        Fault(5, "It has no reference"),
        Fault(6, "It holds a letter that cannot be read: save the file as UTF-8"),
    ]


def test_a_file_without_a_column_or_with_an_open_quotation_is_turned_back(tmp_path: Path) -> None:
    with pytest.raises(Stopped, match="no column for family name"):
        read_file(file_of(tmp_path, b"id,name\n1,x\n"), WANTED, {})
    with pytest.raises(Stopped, match="no column “Nom”"):
        read_file(file_of(tmp_path, b"id,name\n1,x\n"), WANTED, {"family_name": "Nom"})
    with pytest.raises(Stopped, match="no first line"):
        read_file(file_of(tmp_path, b""), WANTED, {})
    with pytest.raises(Stopped, match="Line 3") as stopped:
        read_file(file_of(tmp_path, b'id,surname\n1,x\n2,"sentinel\n'), WANTED, {})
    assert "sentinel\n" not in str(stopped.value)
    with pytest.raises(Stopped, match="cannot be read"):
        read_file(tmp_path / "nowhere", WANTED, {})


def test_a_file_without_heads_has_nothing_of_its_first_line_repeated(tmp_path: Path) -> None:
    with pytest.raises(Stopped, match="no column for") as stopped:
        read_file(file_of(tmp_path, b"7,Sentinel,Quill\n"), WANTED, {})
    assert "sentinel" not in str(vars(stopped.value)).casefold() and "3 columns" in str(vars(stopped.value))
    with pytest.raises(Stopped) as stopped:
        read_file(file_of(tmp_path, b"id,Sentinel,Quill\n"), WANTED, {"note": "Nom"})
    assert "sentinel" not in str(vars(stopped.value)).casefold()


def test_a_head_that_is_named_is_found_in_any_letters_and_stands_once(tmp_path: Path) -> None:
    raw = "ID,名,姓,Last name,Last-name\n7,a,b,c,d\n".encode()
    read = read_file(file_of(tmp_path, raw), WANTED, {"family_name": "姓"})
    assert read.rows == [(2, {"reference": "7", "family_name": "b"})]
    read = read_file(file_of(tmp_path, raw), WANTED, {"family_name": "Last-name"})
    assert read.rows[0][1]["family_name"] == "d"
    with pytest.raises(Stopped, match="no column “字”"):
        read_file(file_of(tmp_path, raw), WANTED, {"family_name": "字"})
    with pytest.raises(Stopped, match="more than one column “lastname”"):
        read_file(file_of(tmp_path, raw), WANTED, {"family_name": "lastname"})


def test_one_wrong_byte_or_one_cell_too_long_is_a_fault_of_its_line_alone(tmp_path: Path) -> None:
    raw = "id,surname\n1,Ó Dálaigh\n2,Qu".encode() + b"\xffill\n3," + b"x" * 1_000_001 + b"\n4,Vane\n"
    read = read_file(file_of(tmp_path, raw), WANTED, {})
    assert [row["family_name"] for _, row in read.rows] == ["Ó Dálaigh", "Vane"]
    assert [fault.line for fault in read.faults] == [3, 4]


def test_days_have_the_day_first_and_times_are_of_a_clock() -> None:
    assert read_date("03/05/1984") == read_date("3.5.1984") == read_date("1984-05-03") == date(1984, 5, 3)
    assert read_time("14:30") == read_time("2:30 PM") == read_time("14.30:00") == time(14, 30)
    assert read_time("12:05am") == time(0, 5)
    for wrong in ("05/31/1984", "3/5/84", "29/02/2023", "3 May 1984", ""):
        with pytest.raises(Unreadable, match="day first"):
            read_date(wrong)
    for wrong in ("24:00", "9", "13:00pm", "0:30am", "9:61"):
        with pytest.raises(Unreadable, match="14:30"):
            read_time(wrong)


def test_a_file_that_is_too_large_is_turned_back_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = file_of(tmp_path, b"id,surname\n")
    with path.open("r+b") as file:
        file.truncate(MOST_BYTES + 1)
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("it was read"))
    with pytest.raises(Stopped, match="larger than 64 MB"):
        read_file(path, WANTED, {})
