"""Questions: sealed as they come, opened to who answers them and nobody else, answered once."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction

from conftest import publish_pack
from troth.contact import rules, selectors, services
from troth.contact.models import Enquiry
from troth.contact.rules import NotPossible
from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.acts import act
from troth.gate.contexts import processing
from troth.gate.refusals import Refused
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.people.tests.factories import make_staff
from troth.vault.models import Subject, SubjectKind

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
OTHERS = ("instructing_solicitor", "medical_expert", "records_clerk", "administrator")


class Agency:
    """Whoever answers questions, and those who have other work."""

    def __init__(self) -> None:
        started = NOW - timedelta(days=60)
        self.handler = make_staff("case_handler", at=started, name="Nadia", email="0@agency.example")
        self.others = [
            make_staff(role, at=started, name=role, email=f"{number}@agency.example")
            for number, role in enumerate(OTHERS, start=1)
        ]

    def actor(self, who: UUID, at: datetime = NOW) -> Actor:
        return actors.person(who, at=at)


@pytest.fixture
def agency(db: None) -> Agency:
    publish_pack("medico-legal")
    return Agency()


def ask(name: str = "sentinel-name") -> UUID:
    return services.ask(name=name, email="wren@post.example", words="sentinel-words", by=actors.NOBODY, at=NOW)


def test_a_question_is_sealed_at_once_under_a_subject_of_its_own(agency: Agency) -> None:
    ask()
    ask()
    assert Subject.objects.filter(kind=SubjectKind.ENQUIRER).count() == 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM contact_enquiry")
        assert "sentinel" not in str(
            [[bytes(each) if isinstance(each, memoryview) else each for each in row] for row in cursor]
        )


def test_who_answers_reads_it_and_nobody_else(agency: Agency) -> None:
    question = ask()
    with processing(Purpose.ENQUIRIES, by=agency.actor(agency.handler), at=NOW) as opened:
        found = selectors.get_enquiry(question, opened)
        assert (found.line.name, found.email, found.words) == ("sentinel-name", "wren@post.example", "sentinel-words")
        (line,), total = selectors.list_enquiries(opened, answered=False, start=0, most=25)
        assert line.name == "sentinel-name" and total == 1
    for who in agency.others:
        with pytest.raises(Refused), processing(Purpose.ENQUIRIES, by=agency.actor(who), at=NOW) as opened:
            selectors.get_enquiry(question, opened)
        with pytest.raises(Refused):
            services.answer(question, words="No", by=agency.actor(who), at=NOW)


def test_it_is_answered_once_and_closes_after_a_fortnight(agency: Agency) -> None:
    question, handler = ask(), agency.actor(agency.handler)
    with pytest.raises(NotPossible, match="Write what"):
        services.answer(question, words="  ", by=handler, at=NOW)
    services.answer(question, words="sentinel-answer", by=handler, at=NOW)
    with pytest.raises(NotPossible, match="already"):
        services.answer(question, words="again", by=handler, at=NOW)
    later = NOW + rules.DAYS_AFTER
    for at, there in ((later - timedelta(minutes=1), 1), (later + timedelta(minutes=1), 0)):
        with processing(Purpose.ENQUIRIES, by=agency.actor(agency.handler, at), at=at) as opened:
            assert selectors.list_enquiries(opened, answered=True, start=0, most=25)[1] == there
    with pytest.raises(Refused), processing(Purpose.ENQUIRIES, by=agency.actor(agency.handler, at), at=at) as opened:
        selectors.get_enquiry(question, opened)


def test_the_database_names_who_answered(agency: Agency) -> None:
    question = ask()

    @act(Event.ENQUIRY_ANSWERED, purpose=Purpose.ENQUIRIES)
    def force(*, by: Actor, at: object) -> None:
        row = Enquiry.objects.get(pk=question)
        row.answered_at = NOW
        row.save()

    with pytest.raises(IntegrityError), transaction.atomic():
        force(by=agency.actor(agency.handler), at=NOW)


def test_the_day_of_an_answer_is_that_of_the_clinics_clock(agency: Agency) -> None:
    """Half past eleven at night by UTC is past midnight in a summer of London."""
    night = datetime(2027, 7, 1, 23, 30, tzinfo=UTC)
    question = ask()
    services.answer(question, words="x", by=agency.actor(agency.handler, night), at=night)
    (row,) = Enquiry.objects.all()
    assert selectors.answered_on(row.subject_id) == {question.hex: date(2027, 7, 2)}
    assert rules.over_on(night, closed=None, ours=False) == date(2027, 7, 2)
