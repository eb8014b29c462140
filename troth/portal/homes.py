"""The words of a clinic's public home: a small file for each pack. What the law asks for is drawn from the notice instead."""

from functools import cache
from pathlib import Path

import yaml
from django.conf import settings

from troth.notice.purposes import Purpose
from troth.notice.schema.shape import Part, Words

FOLDER = Path(__file__).parent / "homes"


class Stage(Part):
    """One step of what to do first."""

    name: Words
    words: Words


class Act(Part):
    """A button: the page that it leads to, by the name of its row, and what it says."""

    page: Words
    words: Words


class First(Part):
    """What somebody new does first."""

    title: Words
    steps: list[Stage]
    acts: list[Act]


class Service(Part):
    """Something that the clinic does. With `minutes` it can be booked."""

    name: Words
    words: Words = ""
    minutes: int | None = None


class Hours(Part):
    """When the clinic is open on some days."""

    days: Words
    times: Words


class Professionals(Part):
    """What the clinic says to those who send people to it."""

    title: Words
    words: Words


class Home(Part):
    """A public home. `served_by` is the purpose for which the clinic mainly works: how it keeps its word is told of that one."""

    claim: Words
    lead: Words
    first: First
    services_title: Words
    services: list[Service]
    hours: list[Hours]
    served_by: Purpose
    professionals: Professionals | None = None
    urgent: Words = ""
    questions: Words = ""


@cache
def home_of(pack: str) -> Home | None:
    """The home of a pack, or None of one that has no file: its page then shows what the notice says, and no more."""
    path = FOLDER / f"{pack}.yaml"
    return Home.model_validate(yaml.safe_load(path.read_text("utf-8"))) if path.is_file() else None


def own_home() -> Home | None:
    """The home of this deployment's pack."""
    return home_of(settings.TROTH_PACK)
