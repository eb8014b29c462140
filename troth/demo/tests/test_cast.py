"""The invented people: the same each time, adult, and nobody's real number or address."""

import re
from datetime import date

from troth.demo import cast

ON = date(2026, 11, 24)


def test_the_same_seed_gives_the_same_people_and_fewer_are_the_first_of_more() -> None:
    assert list(cast.patients(5, on=ON)) == list(cast.patients(50, on=ON))[:5]
    assert list(cast.patients(5, on=ON)) != list(cast.patients(5, on=ON, seed=2))


def test_nobody_can_be_rung_written_to_or_visited() -> None:
    people = list(cast.patients(400, on=ON))
    for person in people:
        assert re.fullmatch(r"07700 900\d{3}", person.telephone)
        assert person.email.endswith(".example")
        assert re.fullmatch(r"[A-Z]{1,2}\d{1,2} \d[CIKMOV]{2}", person.postcode)
        assert (ON - person.born_on).days >= 18 * 366
    assert len({person.email for person in people}) == 400
    assert len({person.name for person in people}) > 200


def test_every_role_of_a_notice_gets_somebody() -> None:
    parts = cast.staff(["prescriber", "finance", "beautician", "nurse"], "clinic.example")
    assert len({part.name for part in parts}) == len({part.email for part in parts}) == 5  # two prescribe
