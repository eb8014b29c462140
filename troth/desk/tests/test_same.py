"""Telling two records apart at the desk: the list, the comparison, the decision, the card, and who is told nothing."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from troth.desk.tests.conftest import Clinic
from troth.gate import actors, linking
from troth.people import selectors as people
from troth.people import services
from troth.people.selectors import LinkState, MadeSure
from troth.people.tests.factories import PASSWORD, make_patient, make_staff

SIDE = {"email": "m.oddie@work.example", "telephone": "07700 900 999", "postcode": "NE47 2BB"}
#: Two of one name and day who sign in, so that nobody has the reason of opening their account for them.
PLEASANCE = {"given_name": "Pleasance", "family_name": "Quayle", "password": PASSWORD}
SignedIn = Callable[[UUID], Client]


@pytest.fixture
def twin(clinic: Clinic) -> UUID:
    """The patient of the clinic once more, as if they had come by another way."""
    return make_patient(at=clinic.at, password=PASSWORD, **SIDE)


@pytest.fixture
def second(clinic: Clinic) -> UUID:
    return make_staff("patient_support", at=clinic.at, name="Bryn Holt", email="second@clinic.example")


def pair_page(clinic: Clinic, twin: UUID) -> str:
    return reverse("desk_same_pair", args=[clinic.subject, twin])


def test_a_pair_is_proposed_decided_by_a_colleague_shown_on_the_card_and_undone(
    clinic: Clinic, signed_in: SignedIn, twin: UUID, second: UUID
) -> None:
    one, two = signed_in(clinic.support), signed_in(second)
    listed = one.get(reverse("desk_same")).content.decode()
    assert listed.count("Maureen Oddie") > 1
    assert "The same name and date of birth" in listed
    page = one.get(pair_page(clinic, twin)).content.decode()
    assert "m.oddie@work.example" in page and "The same" in page and "Different" in page
    empty = one.post(pair_page(clinic, twin), {"reason": " "})
    assert (empty.status_code, "Say why you think" in empty.content.decode()) == (422, True)
    sent = one.post(pair_page(clinic, twin), {"reason": "They say they registered twice"})
    (line,) = people.list_links(LinkState.PROPOSED)
    path = reverse("desk_same_link", args=[line.link])
    assert sent.headers["Location"] == path
    assert "Waits for a colleague" in one.get(path).content.decode()
    assert one.post(path, {"decision": "link", "made_sure": "document", "words": "x"}).status_code == 200
    assert linking.subjects_of(twin, at=timezone.now()) == (twin,), "who proposed it cannot decide"

    waiting = two.get(reverse("desk_same") + "?list=proposed").content.decode()
    assert path in waiting
    unsure = two.post(path, {"decision": "link", "words": "x"})
    assert (unsure.status_code, "Say how you made sure" in unsure.content.decode()) == (422, True)
    assert two.post(path, {"decision": "link", "made_sure": "document", "words": "Passport seen"}).status_code == 302
    assert set(linking.subjects_of(twin, at=timezone.now())) == {twin, clinic.subject}
    said = two.get(path).content.decode()
    assert "Linked as one person" in said and "Passport seen" in said and "They say they registered twice" in said
    assert two.post(path, {"words": "Another Maureen"}).status_code == 302
    assert linking.subjects_of(twin, at=timezone.now()) == (twin,)
    assert "Another Maureen" in one.get(path).content.decode()
    assert "Another Maureen" not in one.get(reverse("desk_same") + "?list=ended").content.decode()


def test_two_people_are_turned_down(clinic: Clinic, signed_in: SignedIn, twin: UUID, second: UUID) -> None:
    link = services.propose_link(clinic.subject, twin, reason="x", by=clinic.actor(clinic.support), at=timezone.now())
    path = reverse("desk_same_link", args=[link])
    two = signed_in(second)
    assert two.post(path, {"decision": "apart", "words": "Cousins with one name"}).status_code == 302
    body = two.get(path).content.decode()
    assert "Two people" in body and "Cousins with one name" in body
    assert (
        reverse("desk_same_pair", args=sorted([clinic.subject, twin]))
        not in two.get(reverse("desk_same")).content.decode()
    )


def test_a_search_goes_by_three_letters_and_an_empty_list_says_what_comes_here(
    clinic: Clinic, signed_in: SignedIn, twin: UUID
) -> None:
    browser, path = signed_in(clinic.support), reverse("desk_same")
    assert "Maureen" in browser.post(path, {"q": "oddie"}).content.decode()
    nobody = browser.post(path, {"q": "quayle"}).content.decode()
    assert "None of these pairs" in nobody and "Maureen" not in nobody
    assert browser.post(path, {"q": "o"}).status_code == 422
    for listed, words in (
        ("proposed", "Nothing waits"),
        ("linked", "No records are linked"),
        ("ended", "turned down"),
    ):
        assert words in browser.get(f"{path}?list={listed}").content.decode()


def test_whoever_tells_no_records_apart_opens_none_of_it(
    clinic: Clinic, signed_in: SignedIn, twin: UUID, second: UUID
) -> None:
    at = timezone.now()
    one = make_patient(at=clinic.at, email="p@quayle.example", telephone="07700 900 701", **PLEASANCE)
    other = make_patient(at=clinic.at, email="q@quayle.example", telephone="07700 900 702", **PLEASANCE)
    link = services.propose_link(one, other, reason="x", by=clinic.actor(clinic.support), at=at)
    services.confirm_link(link, made_sure=MadeSure.DOCUMENT, words="x", by=clinic.actor(second), at=at)
    pages = (reverse("desk_same"), pair_page(clinic, twin), reverse("desk_same_link", args=[link]))
    for who in (clinic.prescriber, clinic.finance, clinic.assistant, twin):
        for page in pages:
            assert signed_in(who).get(page).status_code == 403
    third = make_staff("patient_support", at=clinic.at, name="Third", email="third@clinic.example")
    assert signed_in(third).get(pages[2]).status_code == 403, "took no part, and has no other reason"
    listed = signed_in(third).get(pages[0] + "?list=linked").content.decode()
    assert "Pleasance" not in listed and listed.count("Withheld") == 2
    assert signed_in(third).post(pages[2], {"words": "x"}).status_code == 403
    assert signed_in(clinic.support).get(reverse("desk_same_link", args=[uuid4()])).status_code == 403
    officer = make_staff("privacy_officer", at=clinic.at)
    seen = signed_in(officer).get(pages[0]).content.decode()
    assert "Pleasance" not in seen and "Two people, or undone" not in seen


def test_a_card_names_a_linked_record_only_to_who_has_a_reason_for_both(
    clinic: Clinic, signed_in: SignedIn, twin: UUID, second: UUID
) -> None:
    card, at = reverse("desk_card", args=[clinic.subject]), timezone.now()
    doctor, support = signed_in(clinic.prescriber), signed_in(clinic.support)
    assert "May be here twice" in support.get(card).content.decode()
    assert "May be here twice" not in doctor.get(card).content.decode()
    link = services.propose_link(clinic.subject, twin, reason="x", by=clinic.actor(clinic.support), at=at)
    services.confirm_link(link, made_sure=MadeSure.DOCUMENT, words="x", by=clinic.actor(second), at=at)
    assert "Same person as" not in doctor.get(card).content.decode()
    assert doctor.get(reverse("desk_card", args=[twin])).status_code == 403, "the link is no reason"
    from troth.prescribing import services as prescribing

    asked = prescribing.request_treatment(
        twin, medicine="x", answers=[], by=actors.person(twin, at=at), at=timezone.now()
    )
    prescribing.assign_request(
        asked.pk, prescriber=clinic.prescriber, by=clinic.actor(clinic.support), at=timezone.now()
    )
    body = doctor.get(card).content.decode()
    assert "Same person as" in body and reverse("desk_card", args=[twin]) in body
