"""Exports are checked as a stranger would: by the one file, in a process that knows nothing of us."""

import importlib.util
import json
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest

from troth.ledger import check_export as checker
from troth.ledger import proving, rows, signing
from troth.ledger.models import Checkpoint, LedgerEvent
from troth.ledger.sealing import seal
from troth.ledger.tests.factories import AYLA, BRAM, NOON, draft
from troth.ledger.writing import write

pytestmark = pytest.mark.django_db


@pytest.fixture
def export():
    for n in range(5):
        write([draft(subject=UUID(int=2 + each % 9).hex, request=f"r{n}") for each in range(100)])
        seal()
    return json.loads(proving.export_person(AYLA, NOON))


def fails(export, words, **given):
    with pytest.raises(checker.CheckFailed, match=words):
        checker.check_export(export, **given)


def test_export_holds(export):
    assert len(export["events"]) == 60
    assert [event["columns"]["request"] for event in export["events"]] == [
        f"r{n}" for n in range(5) for _ in range(12)
    ]
    found = checker.check_export(export, key=signing.signer().public, checkpoint=rows.last_checkpoint()[2])
    assert "60 events, numbered 1 to 60" in " ".join(found)


def _swap(export, one, other):
    events = export["events"]
    events[one], events[other] = events[other], events[one]


TAMPERED = {
    "changed": (lambda e: e["events"][3]["columns"].update(request="elsewhere"), "event number 4 was changed"),
    "removed": (lambda e: e["events"].pop(9), "event number 10 is missing"),
    "removed at the end": (lambda e: e["events"].pop(), "events are missing at the end"),
    "added": (
        lambda e: e["events"].append({**e["events"][-1], "subject_seq": len(e["events"]) + 1}),
        "event number 61 does not follow",
    ),
    "reordered": (lambda e: _swap(e, 4, 5), "event number 5 is missing or out of order"),
    "proof swapped": (
        lambda e: e["events"][2].update(path=e["events"][30]["path"]),
        "event number 3 was changed, or its proof belongs to another",
    ),
    "leaf number changed": (
        lambda e: e["events"][2].update(index=e["events"][2]["index"] + 1),
        "event number 3 was changed, or its proof belongs to another",
    ),
    "somebody else's name": (lambda e: e.update(subject=BRAM), "event number 1 is about somebody else"),
}


@pytest.fixture
def alone(tmp_path):
    """Runs the one file where nothing but `cryptography` and the standard library can be imported, not even us."""
    packages = tmp_path / "packages"
    packages.mkdir()
    for name in ("cryptography", "cffi", "_cffi_backend"):
        found = importlib.util.find_spec(name)
        where = Path(found.submodule_search_locations[0] if found.submodule_search_locations else found.origin)
        (packages / where.name).symlink_to(where)
    program = tmp_path / "check_export.py"
    shutil.copy(checker.__file__, program)
    start = (
        f"import sys, runpy; sys.path.insert(0, {str(packages)!r}); sys.argv = sys.argv[1:]; "
        "runpy.run_path(sys.argv[0], run_name='__main__')"
    )

    def run(*arguments):
        return subprocess.run(
            [sys.executable, "-I", "-S", "-c", start, str(program), *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd=tmp_path,
        )

    nothing = subprocess.run([sys.executable, "-I", "-S", "-c", "import troth"], capture_output=True, cwd=tmp_path)
    assert nothing.returncode == 1, "the test would not notice what else is imported"
    return run


def test_each_tampering_of_an_export_is_named_away_from_us(export, alone, tmp_path):
    path = tmp_path / "who-looked.json"
    path.write_text(json.dumps(export))
    whole = alone(path)
    assert (whole.returncode, whole.stdout.splitlines()[0]) == (0, "HOLDS")
    for name, (tamper, words) in TAMPERED.items():
        spoiled = json.loads(json.dumps(export))
        tamper(spoiled)
        path.write_text(json.dumps(spoiled))
        told = alone(path)
        assert told.returncode == 1 and words in told.stderr, f"{name}: {told.stderr}"


def test_what_goes_with_an_export_is_looked_at_away_from_us(export, alone, tmp_path):
    path = tmp_path / "who-looked.json"
    text = json.dumps(export)
    path.write_text(text)
    other = signing.Signer("troth.ledger/other", bytes(32))
    told = alone(path, "--key", str(other.public))
    assert told.returncode == 1 and "signed with another key" in told.stderr
    resigned = {**export, "public_key": str(other.public)}
    path.write_text(json.dumps(resigned))
    told = alone(path)
    assert told.returncode == 1 and "not signed with this key" in told.stderr
    path.write_text(text)
    head = checker.Head.parse(export["checkpoint"])
    forked = checker.Head(head.origin, head.size, bytes(32), head.at)
    (tmp_path / "elsewhere.txt").write_text(signing.signer().sign(forked.text))
    told = alone(path, "--checkpoint", tmp_path / "elsewhere.txt")
    assert told.returncode == 1 and "FAILED" in told.stderr
    path.write_text(text[: len(text) // 2])
    told = alone(path)
    assert told.returncode == 2 and "Cannot read" in told.stderr and "Traceback" not in told.stderr
    path.rename(tmp_path / "renamed.json")
    told = alone(path)
    assert told.returncode == 2 and "Cannot read" in told.stderr and "Traceback" not in told.stderr


def test_export_seals_what_waits(export):
    write([draft()])
    assert len(json.loads(proving.export_person(AYLA, NOON))["events"]) == 61


def test_someone_without_events_gets_a_signed_none(export):
    nobody = json.loads(proving.export_person(UUID(int=999).hex, NOON))
    assert nobody["events"] == []
    checker.check_export(nobody)
    nobody["subject"] = AYLA
    fails(nobody, "signed count")


def test_an_empty_ledger_has_nothing_to_export():
    with pytest.raises(proving.NotSealed):
        proving.export_person(AYLA, NOON)
    with pytest.raises(proving.NotSealed):
        proving.prove(1)


@pytest.mark.parametrize("column", checker.COLUMNS)
def test_a_changed_column_fails(export, column):
    export["events"][7]["columns"][column] += "1"
    fails(export, "about somebody else" if column == "subject" else "event number 8 was changed")


def test_a_dropped_event_fails(export):
    del export["events"][7]
    fails(export, "event number 8 is missing")


def test_the_last_event_dropped_fails(export):
    del export["events"][-1]
    fails(export, "missing at the end")


def test_a_dropped_event_with_the_numbers_closed_up_fails(export):
    del export["events"][7]
    for number, event in enumerate(export["events"], 1):
        event["subject_seq"] = number
    fails(export, "event number 8 does not follow")


def test_reordered_events_fail(export):
    events = export["events"]
    events[3], events[4] = events[4], events[3]
    fails(export, "event number 4 is missing or out of order")


def test_swapped_proofs_fail(export):
    one, other = export["events"][3], export["events"][40]
    one["path"], other["path"] = other["path"], one["path"]
    fails(export, "event number 4 was changed, or its proof belongs to another")


def test_another_place_fails(export):
    export["events"][3]["index"] += 1
    fails(export, "event number 4")


def test_somebody_elses_events_fail(export):
    other = json.loads(proving.export_person(BRAM, NOON))
    export["events"] = other["events"]
    fails(export, "about somebody else")


def test_another_key_fails(export):
    other = signing.Signer("elsewhere", b"\x01" * 32)
    fails(export, "another key", key=other.public)
    export["public_key"] = str(other.public)
    fails(export, "not signed with this key")


def test_a_forged_checkpoint_fails(export):
    other = signing.Signer(signing.signer().name, b"\x01" * 32)
    export["checkpoint"] = other.sign(checker.Head.parse(export["checkpoint"]).text)
    fails(export, "not signed with this key")
    export["checkpoint"] = rows.last_checkpoint()[2].replace("\n500\n", "\n501\n")
    fails(export, "signature on the note does not hold")


def test_a_forged_statement_fails(export):
    export["statement"] = export["statement"].replace("events 60", "events 61")
    fails(export, "signature on the note does not hold")


def test_a_flawed_event_is_spoken_of(export, monkeypatch):
    monkeypatch.setattr("troth.ledger.strands.find_flaws", lambda events: {int(events[0][0]): "gap"})
    write([draft()])
    found = checker.check_export(json.loads(proving.export_person(AYLA, NOON)))
    assert "something was amiss with event 61" in found[-1]


def test_a_known_checkpoint_is_compared(export):
    old = Checkpoint.objects.get(size=200).note
    fails(export, "ask for an export that can be", checkpoint=old)
    comparable = json.loads(proving.export_person(AYLA, NOON, known=[old]))
    assert "200 events belongs to the same history" in checker.check_export(comparable, checkpoint=old)[-1]
    head = checker.Head.parse(old)
    fork = signing.signer().sign(checker.Head(head.origin, 200, b"\x01" * 32, head.at).text)
    fails(comparable, "another history", checkpoint=fork)
    fork = signing.signer().sign(checker.Head(head.origin, 500, b"\x01" * 32, head.at).text)
    fails(comparable, "different roots", checkpoint=fork)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda export: export.pop("events"),
        lambda export: export.update(events=3),
        lambda export: export["events"][0].pop("path"),
        lambda export: export["events"][0].update(previous="zz"),
        lambda export: export.update(format="other"),
        lambda export: export.update(public_key="x"),
        lambda export: export.update(checkpoint="x\n\n"),
        lambda export: export["events"][0].update(path=["%"]),
        lambda export: export["events"][0]["columns"].pop("id"),
        lambda export: export["events"][0]["columns"].update(id=5),
    ],
)
def test_a_broken_file_fails_with_a_sentence(export, spoil):
    spoil(export)
    with pytest.raises(checker.CheckFailed):
        checker.check_export(export)


def test_prove_and_consistency(export):
    event = LedgerEvent.objects.order_by("id")[321]
    proof = proving.prove(event.pk)
    head = checker.Head.parse(signing.signer().public.check(proof.checkpoint))
    checker.check_inclusion(proof.leaf, 321, head.size, proof.path, head.root)
    old = checker.Head.parse(Checkpoint.objects.get(size=300).note)
    checker.check_consistency(300, old.root, 500, head.root, proving.prove_consistency(300, 500))
    with pytest.raises(proving.NotSealed):
        proving.prove(10**9)


# The one file, on its own


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", "check_export.py", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )


def test_the_checker_runs_alone(export, tmp_path):
    shutil.copy(checker.__file__, tmp_path / "check_export.py")
    (tmp_path / "mine.json").write_text(json.dumps(export))
    (tmp_path / "checkpoint").write_text(rows.last_checkpoint()[2])
    (tmp_path / "key").write_text(proving.public_key())
    good = run(tmp_path, "mine.json", "--checkpoint", "checkpoint", "--key", "key")
    assert good.returncode == 0, good.stderr
    assert good.stdout.startswith("HOLDS")
    assert "What it does not" in good.stdout
    assert run(tmp_path, "mine.json", "--key", proving.public_key()).returncode == 0

    export["events"][0]["columns"]["what"] = "identity"
    (tmp_path / "mine.json").write_text(json.dumps(export))
    bad = run(tmp_path, "mine.json")
    assert bad.returncode == 1
    assert "FAILED: event number 1 was changed" in bad.stderr
    assert "Traceback" not in bad.stderr

    (tmp_path / "mine.json").write_text("[1")
    for arguments in (("mine.json",), ("nowhere.json",)):
        unreadable = run(tmp_path, *arguments)
        assert unreadable.returncode == 2
        assert "Cannot read" in unreadable.stderr


# The key file


def test_the_key_is_made_once_and_only_its_owner_may_read_it(settings, tmp_path):
    settings.TROTH_KEYS = tmp_path / "keys"
    made = signing.signer()
    path = tmp_path / "keys" / signing.FILE_NAME
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == [signing.FILE_NAME]
    signing._read.cache_clear()
    assert signing.signer() == made
    signing._make(path)  # a second process that saw no file
    signing._read.cache_clear()
    assert signing.signer() == made


def test_a_damaged_key_file_is_refused(settings, tmp_path):
    settings.TROTH_KEYS = tmp_path
    (tmp_path / signing.FILE_NAME).write_text("PRIVATE+KEY+x+00000000+AQID\n")
    with pytest.raises(checker.BadNote, match="damaged"):
        signing.signer()


def test_a_public_key_reads_back():
    key = signing.signer().public
    assert checker.PublicKey.parse(str(key)) == key
    for text in ("x", "a+b+c", str(key).replace("troth.ledger", "troth.other")):
        with pytest.raises(checker.BadNote):
            checker.PublicKey.parse(text)
