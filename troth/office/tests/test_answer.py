"""Corrections, objections and restrictions are answered by a person, and whoever had what changed is told."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from troth.delivery.models import Message
from troth.gate import actors
from troth.gate.contexts import processing
from troth.gate.facts import FactKind
from troth.gate.tests.conftest import record_fact
from troth.law.rights import Right
from troth.notice.purposes import Purpose
from troth.office.tests.conftest import register, signed_in
from troth.people.models import Identity
from troth.rights import selectors, services
from troth.rights.models import Asked, Correction, DisputeStatement, LiftingNotice, RightsCase, Route
from troth.rights.selectors import answering
from troth.rights.tests.factories import make_officer, write

RECIPIENT = "lawyers"


def pass_on(subject: UUID) -> None:
    """A line of the log of what was passed on."""
    at = timezone.now()
    row = apps.get_model("sharing", "Disclosure")(
        subject_id=subject,
        recipient=RECIPIENT,
        purpose="legal_claims",
        categories="contact identity",
        disclosed_at=at,
        what="their name and address",
    )
    write(row, by=actors.person(subject, at=at), at=at)


def case_of(right: Right, words: str = "") -> tuple[UUID, UUID]:
    person = register()
    assert person.id is not None
    return person.id, services.open_case(person.id, right, by=person, at=timezone.now(), words=words)


def test_a_fact_is_put_right_an_opinion_is_added_to_and_recipients_are_told(officer: Client) -> None:
    subject, case = case_of(Right.RECTIFICATION, "My name is Maurine")
    pass_on(subject)
    path = f"/office/cases/{case}/answer/"
    assert path in officer.get(f"/office/cases/{case}/").content.decode()
    page = officer.get(path).content.decode()
    assert "My name is Maurine" in page and "Nobody has to be told" in page
    row = Identity.objects.get(subject_id=subject)
    what = f"people.identity|{row.pk.hex}|given_name"
    assert officer.post(path, {"do": "correct", "what": what, "value": "", "words": ""}).status_code == 422
    said = {"do": "correct", "what": what, "value": "Maurine", "words": "Her passport says so"}
    assert officer.post(path, said).status_code == 302
    born = {**said, "what": f"people.identity|{row.pk.hex}|born_on", "value": "9 March"}
    assert officer.post(path, born).status_code == 422
    with processing(Purpose.RIGHTS, by=actors.person(subject, at=timezone.now()), at=timezone.now()):
        put_right = Identity.objects.get(subject_id=subject)
        assert put_right.given_name == "Maurine"
        assert put_right.told_apart_by.startswith("maurine ")  # or a record made twice would no longer be found by it
        correction = Correction.objects.get(case_id=case)
        assert (correction.before, correction.after) == ("Maureen", "Maurine")
    page = officer.get(path).content.decode()
    assert "To be told" in page
    statement = {"do": "statement", "item": row.pk.hex, "words": "I never said that"}
    assert officer.post(path, statement).status_code == 302
    assert DisputeStatement.objects.filter(subject_id=subject, item=row.pk).count() == 1
    told = {"do": "recipient", "outcome": "told", "words": "By letter of today"}
    assert officer.post(path, {**told, "recipient": "nobody"}).status_code == 422
    assert officer.post(path, {**told, "recipient": RECIPIENT}).status_code == 302
    assert "By letter of today" in officer.get(path).content.decode()
    assert officer.post(path, {**told, "recipient": RECIPIENT}).status_code == 422


def test_who_had_what_changed_is_gathered_once_a_page(officer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    subject, case = case_of(Right.RECTIFICATION, "My name is Maurine")
    pass_on(subject)
    gather, gathered = answering.recipients_of, []
    monkeypatch.setattr(answering, "recipients_of", lambda *given: gathered.append(given) or gather(*given))
    assert officer.get(f"/office/cases/{case}/answer/").status_code == 200
    assert len(gathered) == 1


def test_what_somebody_found_is_not_overwritten(officer: Client) -> None:
    subject, case = case_of(Right.RECTIFICATION)
    assert answering.correctable_fields("records.clinicalnote") == frozenset()
    path = f"/office/cases/{case}/answer/"
    what = f"records.clinicalnote|{case.hex}|text"
    assert officer.post(path, {"do": "correct", "what": what, "value": "x", "words": "y"}).status_code == 422
    assert not Correction.objects.filter(subject_id=subject).exists()


def test_an_objection_is_weighed_and_one_to_marketing_always_stands(officer: Client) -> None:
    person = register()
    assert person.id is not None
    at = timezone.now()
    case = services.ask_to_stop(person.id, Purpose.ENQUIRIES, by=person, at=at)
    path = f"/office/cases/{case}/answer/"
    said = {"do": "weigh", "purpose": "enquiries", "outcome": "overruled", "words": "We answer what they ask"}
    assert officer.post(path, {**said, "words": ""}).status_code == 422
    shown = officer.post(path, said)
    letter = shown.context["letter"].text
    assert shown.status_code == 200 and "Answering questions from people who are not patients" in letter, (
        "it names the use"
    )
    assert "You can also ask a court" in letter and RightsCase.objects.get(pk=case).state != "done"
    sent = officer.post(path, {**said, "seen": shown.context["mark"]})
    assert sent.headers["Location"] == f"/office/cases/{case}/", "what is closed leads to what came of it"
    standing = {each.purpose: each.standing for each in selectors.list_choices(person.id, at=timezone.now())}
    assert not standing[Purpose.ENQUIRIES] and RightsCase.objects.get(pk=case).state == "done"
    assert officer.post(path, said).status_code == 422
    page = signed_in("maureen@oddie.example").get("/my-data/choices/").content.decode()
    assert "You objected; it goes on since" in page and "withdrawn" not in page, "they took nothing back"


def test_an_objection_to_marketing_can_be_answered_and_stands(officer: Client) -> None:
    person = register()
    assert person.id is not None
    at = timezone.now()
    (case,) = services.take_in(
        person.id,
        {Asked.OBJECTION},
        words="No more news",
        route=Route.TELEPHONE,
        received_on=timezone.localdate(at),
        purpose=Purpose.MARKETING,
        by=person,
        at=at,
    )
    path = f"/office/cases/{case}/answer/"
    said = {"do": "weigh", "purpose": "marketing", "outcome": "overruled", "words": "We like to write"}
    assert "always stands" in officer.post(path, said).content.decode()
    said["outcome"] = "upheld"
    said["seen"] = officer.post(path, said).context["mark"]
    assert officer.post(path, said).status_code == 302
    assert selectors.standing_objections(person.id, at=timezone.now())[0][0] is Purpose.MARKETING


def strangers_objection() -> UUID:
    at = timezone.now()
    (case,) = services.take_in_from_stranger(
        {Asked.OBJECTION},
        name="Ada Quoin",
        email="ada@quoin.example",
        words="Stop all that",
        route=Route.EMAIL,
        received_on=timezone.localdate(at),
        by=actors.NOBODY,
        at=at,
    )
    return case


def weigh(officer: Client, case: UUID, purpose: str, outcome: str) -> None:
    path = f"/office/cases/{case}/answer/"
    said = {"do": "weigh", "purpose": purpose, "outcome": outcome, "words": "Because"}
    said["seen"] = officer.post(path, said).context["mark"]
    assert officer.post(path, said).status_code == 302


def test_a_case_about_two_uses_closes_with_the_second(officer: Client) -> None:
    case = strangers_objection()
    path = f"/office/cases/{case}/answer/"
    for use in ("feedback", "enquiries"):
        assert officer.post(path, {"do": "use", "purpose": use}).status_code == 302
    weigh(officer, case, "feedback", "upheld")
    assert RightsCase.objects.get(pk=case).state == "asked"
    assert officer.post(path, {"do": "use", "purpose": "feedback"}).status_code == 422, "it was weighed"
    weigh(officer, case, "enquiries", "overruled")
    subject = RightsCase.objects.get(pk=case).subject_id
    with processing(Purpose.RIGHTS, by=actors.person(subject, at=timezone.now()), at=timezone.now()):
        outcome = RightsCase.objects.get(pk=case).outcome or {}
    assert outcome["ending"] == "partly" and outcome["grounds"] == ["compelling"]
    again = officer.post(path, {"do": "weigh", "purpose": "feedback", "outcome": "upheld", "words": "Because"})
    assert again.status_code == 422 and again.context["letter"] is None, "no letter is shown that could not be sent"


def test_a_new_case_asks_which_use_whatever_stands_already_and_overruling_ends_it_under_each_record(
    officer: Client,
) -> None:
    person = register()
    assert person.id is not None
    at = timezone.now()
    services.object_to(person.id, Purpose.ENQUIRIES, by=person, at=at)
    case = strangers_objection()
    stranger = RightsCase.objects.get(pk=case).subject_id
    by = make_officer(at=at, email="second@clinic.example")
    for near, far in ((person.id, stranger), (stranger, person.id)):
        record_fact(near, FactKind.SAME_PERSON, by=by, at=at, other=far, value="ab" * 16)
    path = f"/office/cases/{case}/answer/"
    assert officer.get(f"/office/cases/{case}/").context["next"].words == "Say which use they object to"
    said = {"do": "weigh", "purpose": "enquiries", "outcome": "overruled", "words": "Because"}
    assert officer.post(path, said).status_code == 422, "this case is not known to be about it"
    assert officer.post(path, {"do": "use", "purpose": "enquiries"}).status_code == 302
    weigh(officer, case, "enquiries", "overruled")
    for each in (person.id, stranger):
        assert selectors.standing_objections(each, at=timezone.now()) == []
    assert RightsCase.objects.get(pk=case).state == "done"


def test_a_strangers_objection_bites_when_an_officer_says_which_use_it_is(officer: Client) -> None:
    at = timezone.now()
    (case,) = services.take_in_from_stranger(
        {Asked.OBJECTION},
        name="Ada Quoin",
        email="ada@quoin.example",
        words="Stop asking me how it was",
        route=Route.EMAIL,
        received_on=timezone.localdate(at),
        by=actors.NOBODY,
        at=at,
    )
    subject = RightsCase.objects.get(pk=case).subject_id
    path = f"/office/cases/{case}/answer/"
    assert "Say which use they object to" in officer.get(f"/office/cases/{case}/").content.decode()
    assert officer.post(path, {"do": "use", "purpose": ""}).status_code == 422
    assert officer.post(path, {"do": "use", "purpose": "care"}).status_code == 422, "it rests on no interest"
    ask = f"/office/cases/{case}/step/ask-identity/"
    asked = {"proof": "seen_document", "by_post": "on"}
    assert officer.post(ask, {**asked, "seen": officer.post(ask, asked).context["mark"]}).status_code == 302
    waits = officer.post(path, {"do": "use", "purpose": "feedback"})
    assert waits.status_code == 422 and "only marketing stops" in waits.content.decode()
    assert selectors.standing_objections(subject, at=timezone.now()) == []
    assert officer.post(path, {"do": "use", "purpose": "marketing"}).status_code == 302
    today = timezone.localdate()
    day = {f"on_{part}": getattr(today, part) for part in ("day", "month", "year")}
    assert officer.post(f"/office/cases/{case}/step/came/", day).status_code == 302
    found = {"holds": "yes", "words": "Her passport: it is her"}
    assert officer.post(f"/office/cases/{case}/step/judge-identity/", found).status_code == 302
    assert officer.post(path, {"do": "use", "purpose": "feedback"}).status_code == 302
    stopped = {purpose for purpose, _ in selectors.standing_objections(subject, at=timezone.now())}
    assert stopped == {Purpose.FEEDBACK, Purpose.MARKETING}
    page = officer.get(f"/office/cases/{case}/").content.decode()
    assert "it has stopped: Feedback and surveys" in page and "Say which use" not in page


def test_a_restriction_is_lifted_only_after_the_person_was_told(officer: Client) -> None:
    person = register()
    assert person.id is not None
    case = services.ask_to_stop(person.id, None, by=person, at=timezone.now())
    path = f"/office/cases/{case}/answer/"
    assert officer.post(path, {"do": "lift"}).status_code == 422
    today = timezone.localdate()
    said = {"do": "announce", "words": "The dates were right"}
    on = {f"lifts_on_{part}": getattr(today, part) for part in ("day", "month", "year")}
    assert officer.post(path, {**said, **on}).status_code == 422
    before = Message.objects.filter(subject_id=person.id).count()
    later = today + timedelta(days=3)
    on = {f"lifts_on_{part}": getattr(later, part) for part in ("day", "month", "year")}
    shown = officer.post(path, {**said, **on})
    assert shown.status_code == 200 and f"{later:%-d %B %Y}" in shown.context["letter"].text
    assert Message.objects.filter(subject_id=person.id).count() == before, "nothing goes before it was seen"
    assert officer.post(path, {**said, **on, "seen": shown.context["mark"]}).status_code == 302
    assert Message.objects.filter(subject_id=person.id).count() == before + 1
    assert officer.post(path, {"do": "lift"}).status_code == 422
    assert selectors.restricted_since(person.id, at=timezone.now()) is not None
    notice = LiftingNotice(subject_id=person.id, lifts_on=today, words="The dates were right")
    write(notice, by=person, at=timezone.now())  # as if they had been told three days ago
    seen = officer.post(path, {"do": "lift"})
    assert seen.status_code == 200 and seen.context["letter"].title in seen.content.decode()
    assert selectors.restricted_since(person.id, at=timezone.now()) is not None, "it ends when its letter was seen"
    assert officer.post(path, {"do": "lift", "seen": seen.context["mark"]}).status_code == 302
    assert selectors.restricted_since(person.id, at=timezone.now()) is None
