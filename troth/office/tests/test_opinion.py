"""The opinion that an answer needs, of a health professional whose care of the person is over, or never began."""

from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.models import FactKind
from troth.gate.tests.conftest import end_fact, record_fact
from troth.law.rights import Right
from troth.ledger.models import LedgerEvent
from troth.office.tests.conftest import register, signed_in
from troth.rights import services
from troth.rights.models import HarmOpinion, RightsCase, State
from troth.rights.selectors import looks_at
from troth.rights.services import PackRefused
from troth.rights.tests.factories import make_officer, write
from troth.rights.tests.test_blackening import stored


@pytest.fixture
def former(officer: Client) -> tuple[Actor, Actor, HarmOpinion, UUID]:
    """Somebody whose agreement has ended, the professional asked, the opinion, and the entry with a file that it is about."""
    person, clinician, now = register(), make_officer("prescriber", at=timezone.now()), timezone.now()
    assert person.id and clinician.id
    scan = apps.get_model("records", "DocumentReference")(
        subject_id=person.id, title="Scan", file=stored(b"sentinel", "text/plain"), source="clinic", release="draft"
    )
    write(scan, by=person, at=now)
    case = services.open_case(person.id, Right.ACCESS, by=person, at=now)
    officer.post(reverse("office_pack", args=[case]), {"do": "begin"})
    end_fact(person.id, FactKind.CONTRACT, by=person, at=timezone.now())
    officer.post(
        reverse("office_pack", args=[case]), {"do": "ask", "whom": clinician.id.hex, "question": "May it go?"}
    )
    return person, clinician, HarmOpinion.objects.get(case_id=case), scan.pk


def test_it_is_read_and_given_after_the_agreement_has_ended(
    former: tuple[Actor, Actor, HarmOpinion, UUID],
) -> None:
    person, clinician, opinion, scan = former
    page, file = (
        reverse("desk_opinion", args=[opinion.pk]),
        reverse("desk_opinion_file", args=[opinion.pk, scan, "file"]),
    )
    asked = signed_in("prescriber@clinic.example")
    assert person.id and asked.get(reverse("desk_card", args=[person.id])).status_code == 403
    shown = asked.get(page).content.decode()
    assert "Maureen" in shown and "Scan" in shown and f'href="{file}"' in shown
    assert asked.get(file).getvalue() == b"sentinel"
    assert asked.get(reverse("desk_opinion_file", args=[opinion.pk, uuid4(), "file"])).status_code == 404

    make_officer("prescriber", at=timezone.now(), email="other@clinic.example")
    other = signed_in("other@clinic.example")
    assert {other.get(page).status_code, other.get(file).status_code} == {404}

    said = {"verdict": "some", "harmful": [scan.hex], "words": "She must not hear it so"}
    assert asked.post(page, said).status_code == 302
    given = HarmOpinion.objects.get()
    assert given.given_at is not None
    event = LedgerEvent.objects.filter(event="rights:opinion_given").get()
    assert clinician.id and (event.actor, event.on_behalf_of) == ("harm-opinion", clinician.id.hex)
    assert {asked.get(page).status_code, asked.get(file).status_code} == {403}
    told = [each for each in looks_at(person.id, at=timezone.now()) if "asked whether your copy" in str(each)]
    assert told and all("Ines Prescriber" in str(each) and "Automatic" not in str(each) for each in told)


def test_what_was_given_or_is_over_or_was_asked_of_another_takes_no_opinion(
    former: tuple[Actor, Actor, HarmOpinion, UUID],
) -> None:
    person, clinician, opinion, scan = former
    path, asked = reverse("desk_opinion", args=[opinion.pk]), signed_in("prescriber@clinic.example")
    assert clinician.id
    mine: UUID = clinician.id
    colleague = make_officer("prescriber", at=timezone.now(), email="other@clinic.example")

    def refused(match: str, *, by: UUID = mine) -> None:
        now = timezone.now()
        with pytest.raises(PackRefused, match=match):
            services.give_opinion(
                opinion.pk, findings={scan.hex: "no_harm"}, words="", by=actors.person(by, at=now), at=now
            )

    assert colleague.id
    refused("somebody else", by=colleague.id)
    end_fact(mine, FactKind.ROLE, by=clinician, at=timezone.now())
    record_fact(mine, FactKind.ROLE, by=clinician, at=timezone.now(), value="patient_support")
    refused("Only a health professional")
    assert asked.get(path).status_code == 403
    record_fact(mine, FactKind.ROLE, by=clinician, at=timezone.now(), value="prescriber")
    assert asked.get(path).status_code == 200
    row = RightsCase.objects.get(pk=opinion.case_id)
    row.state = State.DONE
    write(row, by=person, at=timezone.now())
    refused("answered meanwhile")
    assert asked.get(path).status_code == 403
    row.state = State.ASKED
    write(row, by=person, at=timezone.now())
    now = timezone.now()
    by = actors.person(mine, at=now)
    services.give_opinion(opinion.pk, findings={scan.hex: "no_harm"}, words="", by=by, at=now)
    refused("already")
