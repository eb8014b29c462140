"""Reports: what the court's rules ask for, who reads one and when, and that its release is written down."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection

from troth.gate.contexts import processing
from troth.gate.refusals import Refused
from troth.ledger.models import LedgerEvent
from troth.medicolegal import rules, selectors, services
from troth.medicolegal.models import Case, Report, Stage
from troth.medicolegal.rules import PARTS, STATEMENTS, NotPossible
from troth.medicolegal.tests.conftest import NOW, REPORT, Agency, examined, signed
from troth.notice.purposes import Purpose
from troth.people import services as people
from troth.rights import selectors as rights
from troth.sharing import selectors as sharing
from troth.sharing.models import Disclosure
from troth.vault.categories import Category

AFTER = NOW + timedelta(days=8)


def _stored(who: UUID) -> object:
    return who.hex if connection.vendor == "sqlite" else who


def claimant(case: UUID) -> UUID:
    found: UUID = Case.objects.get(pk=case).subject_id
    return found


def read(agency: Agency, who: UUID, case: UUID, purpose: Purpose, *, drafts: bool = False) -> list[str]:
    """The conclusions of each version that somebody can read for a purpose."""
    with processing(purpose, by=agency.actor(who, AFTER), at=AFTER) as opened:
        return [each.parts["conclusions"] for each in selectors.list_reports(case, opened, drafts=drafts)]


@pytest.mark.parametrize("part", PARTS)
def test_a_report_without_a_part_is_not_signed(part: str) -> None:
    with pytest.raises(NotPossible, match=f"{PARTS[part][0]}.*LAW-13.6"):
        rules.check_complete({**REPORT, part: "  "}, STATEMENTS)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_a_report_without_a_statement_is_not_signed(statement: str) -> None:
    with pytest.raises(NotPossible, match="Still missing"):
        rules.check_complete(REPORT, [each for each in STATEMENTS if each != statement])


def test_a_whole_report_lacks_nothing() -> None:
    assert rules.missing_in(REPORT, STATEMENTS) == []


def test_a_draft_lacks_what_it_lacks_and_signing_says_so(agency: Agency) -> None:
    case, expert = examined(agency), agency.actor(agency.expert)
    with pytest.raises(NotPossible, match="no draft"):
        services.sign_report(case, by=expert, at=AFTER)
    services.write_report(case, parts={"opinion": "sentinel-opinion"}, stated=["duty"], by=expert, at=AFTER)
    with pytest.raises(NotPossible, match="Conclusions"):
        services.sign_report(case, by=expert, at=AFTER)
    signed(agency, case, AFTER)
    assert Report.objects.count() == 1 and Case.objects.get().stage == Stage.SIGNED
    with pytest.raises(NotPossible, match="not changed once it is signed"):
        services.write_report(case, parts=REPORT, stated=[], by=expert, at=AFTER)


def test_nobody_else_writes_a_report(agency: Agency) -> None:
    case = examined(agency)
    for who in (agency.handler, agency.other_expert, agency.solicitor, agency.clerk, claimant(case)):
        with pytest.raises((Refused, NotPossible)):
            services.write_report(case, parts=REPORT, stated=[], by=agency.actor(who), at=AFTER)
    assert not Report.objects.exists()


def test_the_solicitor_reads_what_was_released_and_nothing_before(agency: Agency) -> None:
    case, handler = examined(agency), agency.actor(agency.handler)
    signed(agency, case, AFTER)
    services.check_report(case, by=agency.actor(claimant(case)), at=AFTER)
    for who in (agency.solicitor, agency.other_solicitor, agency.handler):
        with pytest.raises(Refused):
            read(agency, who, case, Purpose.REPORT_RELEASE)
    services.release_report(case, by=handler, at=AFTER)
    assert read(agency, agency.solicitor, case, Purpose.REPORT_RELEASE) == ["sentinel-conclusions"]
    # The report, and nothing else about health; and nobody but who instructed.
    with processing(Purpose.REPORT_RELEASE, by=agency.actor(agency.solicitor), at=AFTER) as opened:
        assert not opened.decision(claimant(case), Category.HEALTH).allowed
        assert not opened.decision(claimant(case), Category.ACCIDENT).allowed
    for who in (agency.other_solicitor, agency.insurer, agency.handler, agency.clerk, agency.complaints):
        with pytest.raises(Refused):
            read(agency, who, case, Purpose.REPORT_RELEASE)
    with pytest.raises(Refused):
        read(agency, agency.solicitor, case, Purpose.MEDICAL_REPORTING)


@pytest.mark.parametrize(
    ("instructor", "recipient"), [("solicitor", "instructing_firms"), ("insurer", "instructing_insurers")]
)
def test_the_release_is_written_down_for_the_claimant(agency: Agency, instructor: str, recipient: str) -> None:
    agency.solicitor = getattr(agency, instructor)  # who instructs
    case = examined(agency)
    signed(agency, case, AFTER)
    services.check_report(case, by=agency.actor(claimant(case)), at=AFTER)
    assert not Disclosure.objects.exists()
    services.release_report(case, by=agency.actor(agency.handler), at=AFTER)
    person = claimant(case)
    with processing(Purpose.RIGHTS, by=agency.actor(person), at=AFTER) as opened:
        (passed,) = sharing.list_disclosures(person, opened)
    assert passed.recipient == recipient and Category.REPORT in passed.kinds and "report" in passed.what
    events = set(LedgerEvent.objects.filter(subject=person.hex).values_list("event", flat=True))
    assert {"medicolegal:report_released", "sharing:written"} <= events


def test_whether_a_release_went_outside_is_judged_by_the_roles_of_its_time(agency: Agency) -> None:
    """A handler who instructed for somebody and has left since was nobody outside; a firm that has left since was."""
    agency.solicitor = agency.other_handler
    own = examined(agency)
    signed(agency, own, AFTER)
    services.check_report(own, by=agency.actor(claimant(own)), at=AFTER)
    services.release_report(own, by=agency.actor(agency.handler), at=AFTER)
    administrator = agency.actor(agency.administrator, AFTER + timedelta(days=1))
    assert not Disclosure.objects.exists() and selectors.count_released() == (1, 0)
    people.leave_staff(agency.other_handler, by=administrator, at=AFTER + timedelta(days=1))
    assert selectors.count_released() == (1, 0)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE medicolegal_case SET instructed_by = %s", [_stored(agency.insurer)])
    assert selectors.count_released() == (1, 1)
    people.leave_staff(agency.insurer, by=administrator, at=AFTER + timedelta(days=1))
    assert selectors.count_released() == (1, 1)


def test_what_went_to_nobody_named_is_not_released(agency: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "RELEASED_TO", {"instructing_solicitor": "newspapers"})
    case = examined(agency)
    signed(agency, case, AFTER)
    services.check_report(case, by=agency.actor(claimant(case)), at=AFTER)
    with pytest.raises(Exception, match="names no such recipient"):
        services.release_report(case, by=agency.actor(agency.handler), at=AFTER)
    assert Case.objects.get().stage == Stage.CHECKED and not Disclosure.objects.exists()


def test_what_the_claimant_says_is_wrong_makes_another_version(agency: Agency) -> None:
    case, expert = examined(agency), agency.actor(agency.expert)
    person = agency.actor(claimant(case))
    signed(agency, case, AFTER)
    with pytest.raises(NotPossible, match="what is wrong"):
        services.query_report(case, words="  ", by=person, at=AFTER)
    services.query_report(case, words="sentinel-wrong", by=person, at=AFTER)
    draft, first = Report.objects.order_by("-version")
    assert (first.version, draft.version, draft.signed_at) == (1, 2, None)
    with pytest.raises(NotPossible, match="statement of truth"):  # it is made anew, about what stands there now
        services.sign_report(case, by=expert, at=AFTER)
    assert read(agency, claimant(case), case, Purpose.MEDICAL_REPORTING) == ["sentinel-conclusions"]
    changed = {**REPORT, "conclusions": "sentinel-changed"}
    services.write_report(case, parts=changed, stated=list(STATEMENTS), by=expert, at=AFTER)
    services.sign_report(case, by=expert, at=AFTER)
    assert read(agency, claimant(case), case, Purpose.MEDICAL_REPORTING) == [
        "sentinel-changed",
        "sentinel-conclusions",
    ]


def test_a_draft_is_in_nobodys_copy(agency: Agency) -> None:
    case, expert = examined(agency), agency.actor(agency.expert)
    person = claimant(case)

    def in_copy() -> list[bool]:
        with processing(Purpose.RIGHTS, by=agency.actor(person, AFTER), at=AFTER) as opened:
            things = rights.everything_about(person, opened)
            return [thing.released for thing in things if thing.category is Category.REPORT]

    services.write_report(case, parts=REPORT, stated=[], by=expert, at=AFTER)
    assert in_copy() == [False]
    services.write_report(case, parts=REPORT, stated=list(STATEMENTS), by=expert, at=AFTER)
    services.sign_report(case, by=expert, at=AFTER)
    assert in_copy() == [True]
