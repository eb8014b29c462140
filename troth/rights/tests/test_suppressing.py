"""An objection to marketing is for ever: a keyed hash of the address outlives even an erasure of everything else."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.stores import Home
from troth.consent import services as consents
from troth.delivery.models import Suppression
from troth.delivery.rules import LETTERS, Kind
from troth.delivery.selectors import is_suppressed
from troth.delivery.services import outbox
from troth.delivery.services.suppressing import Unwanted
from troth.notice.purposes import Purpose
from troth.rights import services
from troth.rights.tests.factories import LATER, make_officer, make_patient

SOON = LATER + timedelta(minutes=1)
ADDRESS = "ann@oddie.example"


def write_marketing(person, monkeypatch: pytest.MonkeyPatch, *, to: str) -> None:
    """A letter of ours as if it were marketing."""
    letter = replace(LETTERS[Kind.CERTIFICATE_READY], purpose=Purpose.MARKETING)
    monkeypatch.setitem(outbox.LETTERS, Kind.CERTIFICATE_READY, letter)
    outbox._send_email(person.id, kind=Kind.CERTIFICATE_READY, to=to, by=person, at=SOON)


def test_it_outlives_an_erasure_and_holds_nothing_of_the_address(
    clinic: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, officer = make_patient(email=ADDRESS), make_officer()
    services.object_to(ann.id, Purpose.MARKETING, by=ann, at=LATER)
    services.object_to(ann.id, Purpose.MARKETING, by=ann, at=LATER)
    assert is_suppressed(" ANN@oddie.example ") and not is_suppressed("bob@oddie.example")
    assert not any(b"oddie" in bytes(row.mark) for row in Suppression.objects.all())
    case = services.ask_erasure(ann.id, by=ann, at=SOON, close_account=True)
    services.carry_out_erasure(case, by=officer, at=SOON, everything=True)
    assert is_suppressed(ADDRESS)
    again = make_patient(email=ADDRESS, at=SOON + timedelta(minutes=1))
    with pytest.raises(Unwanted, match="for ever"):
        write_marketing(again, monkeypatch, to=ADDRESS)


@pytest.mark.usefixtures("notice_in_force")
def test_other_objections_suppress_nothing_and_a_new_consent_ends_it() -> None:
    ann = make_patient(email=ADDRESS)
    services.object_to(ann.id, Purpose.ENQUIRIES, by=ann, at=LATER)
    assert not is_suppressed(ADDRESS)
    services.object_to(ann.id, Purpose.MARKETING, by=ann, at=LATER)
    assert is_suppressed(ADDRESS)
    consents.give(ann.id, Purpose.MARKETING, channel="email", by=ann, at=SOON)
    assert not is_suppressed(ADDRESS)
