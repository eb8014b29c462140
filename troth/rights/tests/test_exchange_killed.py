"""A clinic that is killed once it has what another sent, and before it said so: there are two servers, and one dies."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from conftest import publish_pack
from tests.stores import Home, connected_to
from troth.gate.contexts import processing
from troth.notice.purposes import Action, Purpose
from troth.rights import jobs, selectors, services
from troth.rights.models import Arrival, State
from troth.rights.selectors import exchange
from troth.rights.services.exchange import NotSent
from troth.rights.tests.factories import make_officer, make_patient
from troth.rights.tests.test_exchange import ROOT, serving

STRUCK = """
import os, pathlib, signal
from django.apps import AppConfig

class Struck(AppConfig):
    name = "struck"

    def ready(self):
        from troth.rights.services import arriving
        signed, mark = arriving._signed, pathlib.Path(__file__).with_name("mark")

        def strike(*given):
            if not mark.exists():
                mark.touch()
                os.kill(os.getpid(), signal.SIGKILL)
            return signed(*given)

        arriving._signed = strike
"""


@pytest.mark.slow
def test_what_came_before_a_clinic_was_killed_is_there_once_and_its_receipt_is_given_then(
    committed_db: Home,
    home: Home,
    settings: Any,
    tmp_path: Path,
) -> None:
    """It is killed with no warning where all is written down and nothing answered yet (SIGKILL)."""
    publish_pack()
    ann, officer = make_patient(at=timezone.now()), make_officer(at=timezone.now())
    with connected_to(home):
        publish_pack("wellness-clinic")
        theirs = exchange.public_key_text()
    (tmp_path / "struck").mkdir()
    (tmp_path / "struck" / "__init__.py").touch()
    (tmp_path / "struck" / "apps.py").write_text(STRUCK)
    there = {
        "TROTH_PARTNERS": json.dumps(
            [
                {
                    "id": "south",
                    "name": "South Clinic",
                    "url": "https://south.example",
                    "key": exchange.public_key_text(),
                }
            ]
        ),
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(tmp_path)]),
        "TROTH_EXTRA_APPS": "bench.specimens struck",
    }

    def at_this_address(north: str) -> None:
        settings.TROTH_PARTNERS = json.dumps([{"id": "north", "name": "North Clinic", "url": north, "key": theirs}])

    with serving(home, **there) as north:
        at_this_address(north)
        case = services.ask_to_send(ann.id, "north", send=jobs.send_portable, by=ann, at=timezone.now())
        with pytest.raises(NotSent):
            services.send_portable(case, at=timezone.now())
    assert (tmp_path / "struck" / "mark").exists()
    with connected_to(home):
        came = Arrival.objects.get().pk
    with serving(home, **there) as north:
        at_this_address(north)
        assert services.send_portable(case, at=timezone.now())
        assert not services.send_portable(case, at=timezone.now())
    with processing(Purpose.RIGHTS, Action.READ, by=officer, at=timezone.now()) as opened:
        known = selectors.get_case(case, opened)
    assert known.state is State.DONE and known.outcome["arrival"] == came.hex
    with connected_to(home):
        assert Arrival.objects.get().pk == came
