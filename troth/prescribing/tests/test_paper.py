"""The papers of a supply are set whatever somebody is called."""

from datetime import UTC, date, datetime

import pytest

from troth.design.papers import letters_shown
from troth.prescribing.rules.paper import Clinic, Person, Signer, set_gp_letter, set_prescription

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
ITEM = {
    "name": "Salbutamol",
    "form": "inhaler",
    "dmd": "",
    "quantity": 1,
    "unit": "inhaler",
    "until": "2027-05-22",
    "directions": "Two puffs when needed",
    "indication": "asthma 🙂",
}
SIGNER, CLINIC = Signer("Dr Ewa Lisle", "GMC 7009114"), Clinic("Clinic", "1 Mill Lane", "https://clinic.example")


@pytest.mark.parametrize("name", ["李明", "Łucja Ó Súilleabháin", "محمد", "Ann 🙂"])
def test_a_name_in_letters_that_the_face_has_not_keeps_nobody_from_a_medicine(name: str) -> None:
    person = Person(name, date(1980, 1, 2), "2 Mill Lane", "NE46 9ZX")
    paper = set_prescription(reference="AB12", item=ITEM, person=person, signer=SIGNER, clinic=CLINIC, at=AT)
    letter = set_gp_letter(
        practice={"name": "Tanyard Surgery", "address": "1 Tanyard Close"},
        item=ITEM,
        person=person,
        signer=SIGNER,
        clinic=CLINIC,
        telephone="01632 960 240",
        reference="AB12",
        reactions=[f"{name} felt sick"],
        at=AT,
    )
    assert paper[:5] == letter[:5] == b"%PDF-"


def test_what_the_face_has_is_left_as_it_is() -> None:
    assert letters_shown({"a": ["Łucja Ó Súilleabháin", 3]}) == ({"a": ["Łucja Ó Súilleabháin", 3]}, False)
    assert letters_shown("李明") == ("□□", True)
