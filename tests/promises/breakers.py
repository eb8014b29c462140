"""For each live check, a way in which a deployment is really spoilt, so that the check must say so."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock
from uuid import uuid4

from django.conf import settings
from django.db import connection, connections
from django.http import HttpResponse
from django.test.utils import override_settings

from tests.promises.deployment import Deployment, forget_throttle, key_files, stored_files
from troth.billing.models import BankDetails, BankRefund, Invoice
from troth.delivery.rules import LETTERS, Kind
from troth.diary.models import guards as diary_guards
from troth.gate import emergency, facts, rules
from troth.gate.actors import Actor, person
from troth.gate.acts import act
from troth.gate.refusals import Decision
from troth.law.applicability import Applies
from troth.law.bases import Basis
from troth.ledger import guards as ledger_guards
from troth.ledger.names import Event
from troth.notice import guards as notice_guards
from troth.notice.purposes import Purpose
from troth.people.models import Session
from troth.people.selectors.sessions import owner_of
from troth.rights.models import CaseStep
from troth.rights.selectors import wishes
from troth.vault.models import Subject

#: A breaker spoils the deployment, and keeps it so within its context. It may say at what later moment to look.
Breaker = Callable[[Deployment], Any]


def _notice(change: Callable[[dict[str, Any]], object], **columns: Any) -> Breaker:
    return lambda home: home.slip_in(change, **columns)


def _sql(statement: str, *parameters: Any, alias: str = "default") -> Breaker:
    return lambda home: home.sql(statement, list(parameters), alias=alias)


def _settings(**changed: Any) -> Breaker:
    return lambda home: override_settings(**changed)


def _without_middleware(name: str) -> Breaker:
    return lambda home: override_settings(MIDDLEWARE=[each for each in settings.MIDDLEWARE if each != name])


def _later(**gone: int) -> Breaker:
    return lambda home: home.at + timedelta(**gone)


def _template(name: str, text: str) -> Breaker:
    def spoil(home: Deployment) -> Any:
        path = home.scratch / "templates" / name
        path.parent.mkdir(parents=True)
        path.write_text(text)
        return override_settings(TEMPLATES=[{**settings.TEMPLATES[0], "DIRS": [home.scratch / "templates"]}])

    return spoil


def _no_backups(home: Deployment) -> None:
    for path in settings.TROTH_BACKUPS.rglob("*.backup"):
        path.unlink()


def _other_copy(home: Deployment) -> None:
    for path in Path(settings.TROTH_BACKUPS_2 or "").rglob("*.backup"):
        path.write_bytes(path.read_bytes() + b"\0")


def _lost_journal(home: Deployment) -> None:
    (Path(settings.TROTH_BACKUPS_2 or "") / "journal.jsonl").unlink()


@contextmanager
def _open_gate(home: Deployment) -> Iterator[None]:
    """A change of code that lets everything through."""
    with mock.patch("troth.gate.opened.decide", lambda *given: Decision(allowed=True)):
        yield


@contextmanager
def _basis_forgotten(home: Deployment) -> Iterator[None]:
    """A change of code that no longer asks for the basis."""
    rules.decide.cache_clear()
    with mock.patch.object(rules, "_basis_fails", lambda *given: None):
        yield
    rules.decide.cache_clear()


@contextmanager
def _door_open(home: Deployment) -> Iterator[None]:
    """A change of code that answers strangers."""
    with mock.patch("troth.gate.table._sign_in_first", lambda request: HttpResponse("come in")):
        yield


@act(Event.FACT_RECORDED, purpose=Purpose.STAFF)
def _give_role(subject: Any, role: str, *, by: Actor, at: datetime) -> None:
    """A role that the notice does not know, given by an act."""
    facts.record(subject, facts.FactKind.ROLE, at=at, value=role)


def _unknown_role(home: Deployment) -> None:
    _give_role(home.staff, "emperor", by=Actor("person", home.staff), at=home.at - timedelta(seconds=5))


@contextmanager
def _no_diary_guards(home: Deployment) -> Iterator[None]:
    diary_guards.drop_guards(connection)
    yield
    diary_guards.make_guards(connection)


def _no_run_for_years(home: Deployment) -> datetime:
    """Nothing of theirs is open any more, and nobody ran what ends its time."""
    for table, state in (
        ("rights_rightscase", "done"),
        ("billing_invoice", "settled"),
        ("billing_payment", "captured"),
    ):
        home.sql(f"UPDATE {table} SET state = %s", [state])
    return home.at + timedelta(days=5 * 366)


def _no_ledger_guards(home: Deployment) -> None:
    ledger_guards.drop_guards(connection)


def _altered_event(home: Deployment) -> None:
    ledger_guards.drop_guards(connection)
    home.sql("UPDATE ledger_event SET purpose = 'marketing' WHERE id = (SELECT min(id) FROM ledger_event)")
    ledger_guards.make_guards(connection)


def _altered_version(home: Deployment) -> None:
    notice_guards.drop_guards(connection)
    home.sql("UPDATE notice_version SET text = replace(text, 'Hexham', 'Elsewhere')")
    notice_guards.make_guards(connection)


def _leaver_signed_in(home: Deployment) -> None:
    gone = Subject.objects.create(kind="staff").id
    Session.objects.create(
        id="0" * 64,
        owner=owner_of(gone),
        sealed=b"x",
        made_at=home.at - timedelta(hours=1),
        seen_at=home.at,
        expires_at=home.at + timedelta(hours=1),
    )


@act(Event.FACT_RECORDED, purpose=Purpose.RIGHTS)
def _act_for(subject: Any, other: Any, *, by: Actor, at: datetime) -> None:
    """An authority that nobody checked, given by an act."""
    facts.record(subject, facts.FactKind.REPRESENTATIVE, at=at, purpose=Purpose.RIGHTS, other=other, value="0" * 32)


def _unchecked_authority(home: Deployment) -> None:
    _act_for(home.patient, uuid4(), by=person(home.patient, at=home.at), at=home.at - timedelta(seconds=5))


@act(Event.CASE_STEP, purpose=Purpose.RIGHTS)
def _ask_anyway(case: Any, subject: Any, *, by: Actor, at: datetime) -> None:
    """A question that the code does not ask."""
    CaseStep.objects.create(
        subject_id=subject, case_id=case, kind="identity_asked", on=at.date(), words="", detail={}
    )


def _asked_again(home: Deployment) -> None:
    _ask_anyway(home.case, home.patient, by=person(home.patient, at=home.at), at=home.at)


@contextmanager
def _refusals_bare(home: Deployment) -> Iterator[None]:
    """A change of code that lets a refusal go without its exemption."""
    with mock.patch("troth.rights.rules.outcomes.NEEDS_GROUND", frozenset()):
        yield


def _never_told(home: Deployment) -> None:
    Subject.objects.create(kind="patient")


def _readable_key(home: Deployment) -> None:
    key_files()[0].chmod(0o644)


def _changed_file(home: Deployment) -> None:
    """One bit of a stored file turned, its length as before."""
    path = stored_files()[0]
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _plain_name(home: Deployment) -> None:
    home.sql("UPDATE people_identity SET given_name = %s", [b"Maureen"])


def _stray_key(home: Deployment) -> None:
    connections["keys"].cursor().execute(
        "INSERT INTO vault_datakey (subject, compartment, scope, master, wrapped, made_at)"
        " SELECT subject, 'somebody.elses', '', master, wrapped, made_at FROM vault_datakey LIMIT 1"
    )


def _part(name: str, **new: Any) -> Callable[[dict[str, Any]], object]:
    return lambda values: values[name].update(new)


def _drop(*path: str) -> Callable[[dict[str, Any]], object]:
    def change(values: dict[str, Any]) -> None:
        for step in path[:-1]:
            values = values[step]
        del values[path[-1]]

    return change


def _row(values: dict[str, Any], purpose: str) -> dict[str, Any]:
    return next(each for each in values["purposes"] if each["id"] == purpose)


@contextmanager
def _unlocked(home: Deployment) -> Iterator[None]:
    """A change of code after which what is locked opens to whoever looks after somebody, under a notice that covers it."""
    home.slip_in(lambda values: _row(values, "care")["categories"].append("genetic"))
    rules.decide.cache_clear()
    with mock.patch.object(rules, "_need_fails", lambda *given: None):
        yield
    rules.decide.cache_clear()


def _clip_kept(home: Deployment) -> None:
    """A clip of last year, from a camera that nobody knows."""
    home.sql(
        "INSERT INTO records_cameraclip (id, recorded_at, recorded_by, changed_at, changed_by, subject_id, happened_on, camera)"
        " VALUES (%s, %s, 'x', %s, 'x', %s, %s, %s)",
        [uuid4().hex, home.at, home.at, home.patient.hex, home.at.date() - timedelta(days=400), uuid4().hex],
    )


def _unreviewed(home: Deployment) -> datetime:
    """A record opened in an emergency, which nobody has looked at ten days later."""
    doctor = person(home.prescriber, at=home.at, second_factor_at=home.at)
    emergency.break_glass(home.patient, note="Collapsed at home, an ambulance asks", by=doctor, at=home.at)
    return home.at + timedelta(days=10)


@contextmanager
def _restriction_forgotten(home: Deployment) -> Iterator[None]:
    """A change of code that no longer asks whether somebody stopped the use of their record."""
    rules.decide.cache_clear()
    with mock.patch.object(rules, "_restriction_fails", lambda *given: None):
        yield
    rules.decide.cache_clear()


@contextmanager
def _interests_forgotten(home: Deployment) -> Iterator[None]:
    """A change of code after which nobody is asked about uses by interest."""
    with mock.patch.dict("troth.rights.selectors.wishes._KINDS"):
        del wishes._KINDS[Basis.LEGITIMATE_INTERESTS]
        yield


def _passed_on_to_a_stranger(home: Deployment) -> None:
    home.sql(
        "INSERT INTO sharing_disclosure (id, recorded_at, recorded_by, changed_at, changed_by, subject_id, recipient,"
        " purpose, categories, disclosed_at, chosen) VALUES (%s, %s, 'x', %s, 'x', %s, 'newspaper', 'care', 'health', %s, %s)",
        [uuid4().hex, home.at, home.at, home.patient.hex, home.at, False],
    )


def _told_to_us_in_silence(home: Deployment) -> None:
    """A GP told something last winter, and nobody told the person or recorded why not."""
    home.sql(
        "INSERT INTO rights_obtained (id, recorded_at, recorded_by, changed_at, changed_by, subject_id, origin, kinds,"
        " received_on, due_on, unreached, concealed) VALUES (%s, %s, 'x', %s, 'x', %s, 'gp', 'health', %s, %s, %s, %s)",
        [uuid4().hex, home.at, home.at, home.patient.hex, "2026-01-05", "2026-02-05", False, False],
    )


def _picture_kept(home: Deployment) -> None:
    """Somebody looked at a document last year, and its picture is still here."""
    check = uuid4().hex
    home.sql(
        "INSERT INTO prescribing_identitycheck (id, recorded_at, recorded_by, changed_at, changed_by, subject_id, state, sent_at,"
        " decided_at) VALUES (%s, %s, 'x', %s, 'x', %s, 'decided', %s, %s)",
        [check, home.at, home.at, home.patient.hex, "2025-11-05 09:00:00", "2025-11-05 09:00:00"],
    )
    home.sql(
        "INSERT INTO prescribing_documentpicture (id, recorded_at, recorded_by, changed_at, changed_by, subject_id, check_of_id)"
        " VALUES (%s, %s, 'x', %s, 'x', %s, %s)",
        [uuid4().hex, home.at, home.at, home.patient.hex, check],
    )


def _case_of_rights(home: Deployment, right: str) -> str:
    """A case of rights that was answered, with nothing in it."""
    case = uuid4().hex
    home.sql(
        'INSERT INTO rights_rightscase (id, recorded_at, recorded_by, changed_at, changed_by, subject_id, "right", about, state,'
        " received_on, due_on, route, waits_for, close_account)"
        " VALUES (%s, %s, 'x', %s, 'x', %s, %s, 'everything', 'done', %s, %s, 'portal', '', %s)",
        [case, home.at, home.at, home.patient.hex, right, home.at.date(), home.at.date(), b""],
    )
    return case


def _corrected_in_silence(home: Deployment) -> None:
    """A contact detail that was put right, and nobody told the post room, which has the old one."""
    case = _case_of_rights(home, "rectification")
    home.sql(
        "INSERT INTO rights_correction (id, recorded_at, recorded_by, changed_at, changed_by, subject_id, case_id, item,"
        " category, field) VALUES (%s, %s, 'x', %s, 'x', %s, %s, %s, 'contact', 'address')",
        [uuid4().hex, home.at, home.at, home.patient.hex, case, uuid4().hex],
    )
    home.sql(
        "INSERT INTO sharing_disclosure (id, recorded_at, recorded_by, changed_at, changed_by, subject_id, recipient,"
        " purpose, categories, disclosed_at, chosen) VALUES (%s, %s, 'x', %s, 'x', %s, 'post', 'care', 'contact', %s, %s)",
        [uuid4().hex, home.at, home.at, home.patient.hex, home.at, True],
    )


def _sent_in_silence(home: Deployment) -> None:
    """What went to another clinic, of which the log of what was passed on knows nothing."""
    home.sql(
        "INSERT INTO rights_casestep"
        ' (id, recorded_at, recorded_by, changed_at, changed_by, subject_id, case_id, kind, "on", number)'
        " VALUES (%s, %s, 'x', %s, 'x', %s, %s, 'sent', %s, 99)",
        [uuid4().hex, home.at, home.at, home.patient.hex, _case_of_rights(home, "portability"), home.at.date()],
    )


@act(Event.FACT_RECORDED, purpose=Purpose.STAFF)
def _objection_ended(subject: Any, *, since: datetime, by: Actor, at: datetime) -> None:
    facts.record(subject, facts.FactKind.OBJECTION, at=since, purpose=Purpose.MARKETING)
    facts.end(subject, facts.FactKind.OBJECTION, at=at, purpose=Purpose.MARKETING)


def _objection_refused(home: Deployment) -> None:
    """An objection to news that an officer decided against: it ends as its case is closed."""
    by, at = Actor("person", home.staff), home.at - timedelta(seconds=5)
    _objection_ended(home.patient, since=at - timedelta(days=1), by=by, at=at)
    home.sql(
        "INSERT INTO rights_casestep"
        ' (id, recorded_at, recorded_by, changed_at, changed_by, subject_id, case_id, kind, "on", number)'
        " VALUES (%s, %s, 'x', %s, 'x', %s, %s, 'closed', %s, 99)",
        [uuid4().hex, at, at, home.patient.hex, _case_of_rights(home, "objection"), at.date()],
    )


def _case_in_wrong_hands(home: Deployment) -> None:
    """A case whose handler is the claimant."""
    home.sql(
        "INSERT INTO medicolegal_case (id, recorded_at, recorded_by, changed_at, changed_by, subject_id, stage,"
        " instructed_by, handler, instructed_at, stage_since) VALUES (%s, %s, 'x', %s, 'x', %s, 'accepted', %s, %s, %s, %s)",
        [uuid4().hex, home.at, home.at, *[home.patient.hex] * 3, home.at, home.at],
    )


def _report_gone_in_silence(home: Deployment) -> None:
    """A case that counts as released, of which the log of what was passed on knows nothing."""
    home.sql(
        "INSERT INTO medicolegal_case (id, recorded_at, recorded_by, changed_at, changed_by, subject_id, stage, instructed_by,"
        " handler, expert, examination_at, instructed_at, stage_since)"
        " VALUES (%s, %s, 'x', %s, 'x', %s, 'released', %s, %s, %s, %s, %s, %s)",
        [uuid4().hex, home.at, home.at, *[home.patient.hex] * 4, home.at, home.at, home.at],
    )


@contextmanager
def _cases_open_to_any_firm(home: Deployment) -> Iterator[None]:
    """A change of code that no longer asks which firm instructed a case."""
    _case_in_wrong_hands(home)
    with mock.patch("troth.medicolegal.selectors.instructed_by", lambda actor, subjects, *, at: set(subjects)):
        yield


@contextmanager
def _everything_portable(home: Deployment) -> Iterator[None]:
    """A change of code that gives the right on whatever a use rests."""
    with mock.patch("troth.rights.selectors.porting.applies", lambda right, basis: Applies.YES):
        yield


@act(Event.FACT_RECORDED, purpose=Purpose.STAFF)
def _consent_slipped_in(subject: Any, *, by: Actor, at: datetime) -> None:
    facts.record(subject, facts.FactKind.CONSENT, at=at, purpose=Purpose.MARKETING, value="email")


def _consent_unsaid(home: Deployment) -> None:
    """A consent that stands, and nobody gave."""
    _consent_slipped_in(home.patient, by=Actor("person", home.staff), at=home.at - timedelta(seconds=5))


@contextmanager
def _news_without_a_way_out(home: Deployment) -> Iterator[None]:
    """A change of the letter that leaves its link out."""
    with mock.patch.dict(LETTERS, {Kind.NEWS: replace(LETTERS[Kind.NEWS], action="")}):
        yield


@act(Event.BANK_DETAILS_GIVEN, purpose=Purpose.RIGHTS)
def _leave_details(subject: Any, *, by: Actor, at: datetime) -> None:
    """Bank details of a refund that was paid, which the code would have destroyed."""
    year, on = at.year, at.date()
    invoice = Invoice.objects.create(
        subject_id=subject, kind="invoice", number=1, issued_on=on, due_on=on, disposal_year=year
    )
    refund = BankRefund.objects.create(subject_id=subject, invoice=invoice, paid_at=at, disposal_year=year)
    BankDetails.objects.create(subject_id=subject, refund=refund, account="55779911")


def _details_left_over(home: Deployment) -> None:
    _leave_details(home.patient, by=person(home.patient, at=home.at), at=home.at - timedelta(seconds=5))


@contextmanager
def _cards_taken(home: Deployment) -> Iterator[None]:
    """A change of code that finds no card numbers any more."""
    with mock.patch("troth.vault.cards.holds_card_number", lambda text: False):
        yield


@contextmanager
def _everything_objected(home: Deployment) -> Iterator[None]:
    """A change of code that promises an objection to every use."""
    with mock.patch("troth.rights.selectors.matrix.applies", lambda right, basis: Applies.YES):
        yield


def _told_nobody(home: Deployment) -> datetime:
    """A version that has held for five days, about which nobody was gone through."""
    home.slip_in(lambda values: None, material=True, announced_at=home.at)
    return home.at + timedelta(days=5)


BREAKERS: dict[str, Breaker] = {
    "records.locked": _unlocked,
    "records.recordings": _clip_kept,
    "diary.clashes": _no_diary_guards,
    "diary.pages": _notice(
        lambda values: values.update(purposes=[each for each in values["purposes"] if each["id"] != "booking"])
    ),
    "billing.bank_details": _details_left_over,
    "billing.card_numbers": _cards_taken,
    "consent.proofs": _consent_unsaid,
    "consent.way_out": _news_without_a_way_out,
    "copies.daily": _no_backups,
    "copies.drilled": _later(days=40),
    "copies.journal": _lost_journal,
    "copies.two_places": _other_copy,
    "gate.bases": _basis_forgotten,
    "gate.facts": _sql("UPDATE gate_fact SET value = 'administrator' WHERE kind = 'role'"),
    "gate.pages": _without_middleware("troth.gate.boundary.BoundaryMiddleware"),
    "gate.refuses": _open_gate,
    "gate.restricted": _restriction_forgotten,
    "gate.roles": _unknown_role,
    "ledger.rows": _sql("UPDATE prescribing_medicationrequest SET recorded_by = changed_by, changed_by = 'x'"),
    "ledger.stands": _no_ledger_guards,
    "ledger.whole": _altered_event,
    "medicolegal.hands": _case_in_wrong_hands,
    "medicolegal.own_cases": _cases_open_to_any_firm,
    "medicolegal.released": _report_gone_in_silence,
    "rights.matrix": _everything_objected,
    "rights.announced": _told_nobody,
    "notice.ahead": _notice(lambda values: None, material=True),
    "notice.bases": _notice(lambda values: _row(values, "feedback").pop("interest")),
    "notice.controller": _notice(_drop("controller", "ico_registration")),
    "notice.dated": _notice(lambda values: values.update(issued="2021-03-26")),
    "notice.lints": _notice(_drop("controller")),
    "notice.marketing": _notice(lambda values: values["marketing"]["channels"][0].update(out_in_every_message=False)),
    "notice.officer": _notice(lambda values: values["dpo"].update(email=values["controller"]["email"])),
    "notice.promises": _notice(lambda values: values["promises"].append("OC-3.11")),
    "notice.recipients": _notice(
        lambda values: values.update(recipients=[each for each in values["recipients"] if each["id"] != "pharmacy"])
    ),
    "notice.regulator": _notice(_drop("complaints", "regulator")),
    "notice.sections": _notice(_drop("rights")),
    "notice.terms": _notice(_drop("terms")),
    "notice.transfers": _notice(_part("transfers", routes=[])),
    "notice.versions": _altered_version,
    "people.leavers": _leaver_signed_in,
    "people.passwords": _settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]),
    "people.second_factor": _sql("DELETE FROM people_authenticator"),
    "people.sessions": _later(days=2),
    "people.throttled": lambda home: forget_throttle(),
    "people.told": _never_told,
    "intake.questionnaires": _sql("UPDATE intake_questionnaire SET text = '{}'"),
    "prescribing.documents": _picture_kept,
    "prescribing.gated": _sql(
        "INSERT INTO prescribing_prescription (id, recorded_at, recorded_by, changed_at, changed_by, status, number, prescriber, "
        "signed_at, file_hash, signature, request_id, subject_id) SELECT id, recorded_at, recorded_by, changed_at, changed_by, "
        "'signed', 'ABCD-EFGH-JKLM', prescriber, requested_at, '', '', id, subject_id FROM prescribing_medicationrequest"
    ),
    "prescribing.followed_up": _sql(
        "INSERT INTO prescribing_prescription (id, recorded_at, recorded_by, changed_at, changed_by, status, number, prescriber, "
        "signed_at, pharmacist, checked_at, dispatched_at, task, file_hash, signature, request_id, subject_id) SELECT id, "
        "recorded_at, recorded_by, changed_at, changed_by, 'dispatched', 'ABCD-EFGH-JKLM', prescriber, requested_at, id, "
        "requested_at, '2020-01-01 09:00:00', id, '', '', id, subject_id FROM prescribing_medicationrequest"
    ),
    "prescribing.by_a_prescriber": _sql("UPDATE prescribing_medicationrequest SET changed_by = 'service:robot'"),
    "rights.authorities": _unchecked_authority,
    "rights.clocks": _sql("UPDATE rights_rightscase SET due_on = '2030-01-01'"),
    "rights.complaints": _sql("UPDATE rights_rightscase SET \"right\" = 'complaint', due_on = '2026-07-20'"),
    "rights.identity": _asked_again,
    "rights.refusals": _refusals_bare,
    "rights.correcting": _corrected_in_silence,
    "rights.sources": _told_to_us_in_silence,
    "rights.straight": _sent_in_silence,
    "rights.weighing": _objection_refused,
    "rights.certificates": _sql("UPDATE rights_rightscase SET state = 'done'"),
    "rights.choices": _interests_forgotten,
    "rights.emergencies": _unreviewed,
    "rights.in_time": _later(days=60),
    "rights.overdue": _no_run_for_years,
    "rights.portable": _everything_portable,
    "rights.reach": _sql("CREATE TABLE stray (id integer, subject_id char(32))"),
    "sharing.told": _passed_on_to_a_stranger,
    "site.closed": _door_open,
    "site.cookie_flags": _settings(CSRF_COOKIE_HTTPONLY=False),
    "site.cookies": _notice(_part("cookies", stored=[])),
    "site.headers": _without_middleware("troth.config.headers.SecurityHeaders"),
    "site.own": _template("portal/extra.html", '<script src="https://counter.example/x.js"></script>'),
    "site.asked_first": _template("portal/asking/ask.html", "<form></form>"),
    "site.referrer": _template("portal/account/registered.html", "{{ request.META.HTTP_REFERER }}"),
    "site.tls": _settings(TROTH_SECURE_COOKIES=False),
    "site.unticked": _template("portal/account/registered.html", '<input type="checkbox" name="news" checked>'),
    "vault.columns": _sql("CREATE TABLE stray (id integer, name text)"),
    "vault.key_each": _stray_key,
    "vault.keys_apart": _readable_key,
    "vault.keys_turned": _settings(TROTH_MASTER_KEY_DAYS=90),
    "vault.rules": _notice(
        lambda values: values["retention"].update(
            rules=[each for each in values["retention"]["rules"] if each["id"] != "contact"]
        )
    ),
    "vault.files": _changed_file,
    "vault.sealed": _plain_name,
    "vault.stamps": _sql("UPDATE people_identity SET recorded_at = '2199-01-01 00:00:00+00:00'"),
}


@contextmanager
def broken(name: str, home: Deployment) -> Iterator[datetime]:
    """Spoil what a check looks at; gives the moment at which to look."""
    spoilt = BREAKERS[name](home)
    # A moment of its own: the checks of one look share the pages that were answered at its moment.
    at = spoilt if isinstance(spoilt, datetime) else home.at + timedelta(microseconds=1)
    with spoilt if hasattr(spoilt, "__enter__") else nullcontext():
        yield at
