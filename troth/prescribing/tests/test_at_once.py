"""Choosing about one's GP in several windows at one moment: every choice stands, in an order, and the last is one of them."""

import threading
from datetime import timedelta

from django.db import connections

from conftest import publish_pack
from troth.gate import actors
from troth.gate.boundary import boundary
from troth.people.tests import factories
from troth.people.tests.factories import make_patient
from troth.prescribing import services
from troth.prescribing.models import GpChoice, GpState
from troth.prescribing.tests.conftest import PRACTICE

WINDOWS = 6


def test_choices_at_one_moment_follow_each_other_and_none_is_lost(committed_db: None) -> None:
    publish_pack()
    subject = make_patient(at=factories.NOW)
    at, said, begin = factories.LATER + timedelta(minutes=1), [], threading.Barrier(WINDOWS)

    def choose(number: int) -> None:
        try:
            begin.wait(30)
            state = GpState.GIVEN if number % 2 else GpState.REFUSED
            with boundary():
                services.choose_gp(
                    subject,
                    state=state,
                    practice=PRACTICE if state is GpState.GIVEN else None,
                    by=actors.person(subject, at=at),
                    at=at,
                )
            said.append("done")
        except BaseException as error:
            said.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=choose, args=(number,)) for number in range(WINDOWS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert said == ["done"] * WINDOWS
    numbers = GpChoice.objects.filter(subject_id=subject).values_list("number", flat=True)
    assert sorted(numbers) == list(range(1, WINDOWS + 1))
