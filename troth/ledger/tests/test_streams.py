"""What other systems read: every column goes out, nothing is held, and nothing that is read can run or break a line."""

import csv
import io
import json
import re
from datetime import timedelta

import pytest

from troth.design.spreadsheets import as_csv, guarded
from troth.ledger import streams
from troth.ledger.names import Event
from troth.ledger.sealing import seal
from troth.ledger.tests.factories import AYLA, CLINICIAN, NOON, draft
from troth.ledger.writing import write

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def events():
    write([draft(request="r0", objects="records.clinicalnote/a1/b2", at=NOON)])
    seal()
    write(
        [
            draft(event=Event.REFUSED, outcome="refused", check="basis", rule="LAW-3.7", request="r1", at=NOON),
            draft(event=Event.SIGN_IN_FAILED, outcome="done", purpose="account_security", request="r2", at=NOON),
            draft(actor_kind="service", actor="reminders", request="r3", at=NOON),
            draft(request="later", at=NOON + DAY),
        ]
    )


def made(form):
    return list(streams.lines(form, NOON, NOON + DAY))


def test_a_period_begins_with_its_first_moment_and_ends_before_its_last():
    assert len(made("ocsf")) == 4
    assert len(list(streams.lines("ocsf", NOON, NOON + 2 * DAY))) == 5


def test_ocsf_has_what_the_classes_ask_for():
    opened, refused, failed, service = (json.loads(line) for line in made("ocsf"))
    for each in (opened, refused, failed, service):
        assert each["type_uid"] == each["class_uid"] * 100 + each["activity_id"]
        assert each["category_uid"] == each["class_uid"] // 1000
        assert each["metadata"]["version"] and each["metadata"]["product"]["name"] == "Troth"
        assert each["time"] == int(NOON.timestamp() * 1000)
    assert (opened["class_uid"], opened["activity_id"], opened["status_id"]) == (6003, 2, 1)
    assert opened["actor"]["user"]["uid"] == CLINICIAN and opened["resources"][0]["uid"] == AYLA
    assert opened["resources"][1]["uid"] == "records.clinicalnote/a1/b2" and opened["metadata"]["sequence"] == 0
    assert (refused["status_id"], refused["action_id"], refused["unmapped"]["rule"]) == (2, 2, "LAW-3.7")
    assert "sequence" not in refused["metadata"]  # it is not sealed yet
    assert (failed["class_uid"], failed["activity_id"], failed["status_id"]) == (3002, 1, 2)
    assert service["actor"] == {"app_name": "reminders"}


def test_syslog_lines_are_of_rfc_5424():
    for line in made("syslog"):
        assert re.fullmatch(
            r"<1[01][0-9]>1 2026-03-02T12:00:00\.\d{6}Z \S+ troth - \S+ \[troth@32473( [a-z_]+=\"[^\"]*\")+\] [^\n]+\n",
            line,
        )
    assert made("syslog")[1].startswith("<109>")  # a refusal is a notice, a look is information
    assert made("syslog")[0].startswith("<110>")
    assert streams._quoted('a"]\\') == 'a\\"\\]\\\\'


def test_csv_has_every_column_and_no_cell_that_runs():
    head, *rows = list(csv.reader(io.StringIO("".join(made("csv")))))
    assert head == [*streams.COLUMNS, "leaf"] and len(rows) == 4
    assert rows[0][head.index("objects")] == "records.clinicalnote/a1/b2"
    for cell in (
        "=1+1",
        "+1",
        "-1",
        "@x",
        "\tx",
        "\rx",
        " =1",
        "\u00a0=1",
        "\ufeff=1",
        "＝1+1",
        "＠x",
        "\u00ad=1",
        "\u202d=1",
        "\x00=1",
    ):
        assert guarded(cell) == f"'{cell}"
    assert guarded(" " * 60 + "=1").startswith("'")
    assert (guarded("a=1"), guarded(None), guarded(7)) == ("a=1", "", "7")
    assert as_csv(("a", "b"), [("=x", 'say "so"')]) == 'a,b\r\n\'=x,"say ""so"""\r\n'


def test_a_stream_is_read_in_pieces(monkeypatch):
    monkeypatch.setattr(streams, "PIECE", 2)
    assert [entry.request for entry, _ in streams.read_events(NOON, NOON + DAY)] == ["r0", "r1", "r2", "r3"]
    with pytest.raises(KeyError):
        next(streams.lines("other", NOON, NOON))
