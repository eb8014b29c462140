"""What we said and what we did: anyone can read it, shortfalls first."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from tests.stores import Home
from troth.assurance import services
from troth.assurance.rules.catalogue import promises_of
from troth.assurance.selectors.board import Status
from troth.assurance.selectors.checking import Outcome
from troth.gate.actors import Actor
from troth.rights.tests.conftest import clinic  # noqa: F401 - a fixture


@pytest.mark.usefixtures("clinic")
def test_before_the_first_look_it_says_so() -> None:
    assert "Nobody has looked yet" in Client().get("/promises/").content.decode()


def test_shortfalls_stand_first_with_what_was_found(clinic: Home) -> None:  # noqa: F811
    first, second, third = promises_of("online-prescribing")[:3]
    outcomes = [
        Outcome(first, Status.HOLDS, "All is well"),
        Outcome(second, Status.ORGANISATIONAL, "People look at it"),
        Outcome(third, Status.FALLS_SHORT, "Three people were not told"),
    ]
    services.record_look(
        "online-prescribing",
        outcomes,
        by=Actor("service", name="assurance"),
        at=datetime(2026, 11, 24, 3, 10, tzinfo=UTC),
        took=timedelta(seconds=1),
    )
    page = Client().get("/promises/").content.decode()
    assert page.index("Three people were not told") < page.index("All is well")
    assert "24 November 2026 at 3:10am" in page
    assert first.says in page and "Kept by people" in page
