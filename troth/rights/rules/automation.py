"""
The register of what software decides or does by itself here and what it may mean for somebody, each with the person who steps in
(LAW-3.10 to 3.12). A rule that is not in it does not ship.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Automatic:
    """One rule: what it does, what that can mean for a person, whether it uses health data, who steps in, and where it lives."""

    does: str
    means: str
    health: bool
    person: str
    lives: str


REGISTER: tuple[Automatic, ...] = (
    Automatic(
        "Lets staff see a part of a record, or refuses it, by the privacy notice and what you agreed to",
        "Somebody who treats you may have to ask before they see something",
        True,
        "A health professional can open a record in an emergency, and a privacy officer reviews every one",
        "troth/gate/rules.py",
    ),
    Automatic(
        "Works out, when you ask for erasure, what goes and what a law keeps",
        "What goes is gone for ever",
        True,
        "You see the plan first and agree to it; a privacy officer can decide otherwise",
        "troth/rights/rules/__init__.py",
    ),
    Automatic(
        "Leaves out of a copy that you take by yourself what no health professional has released",
        "You wait for a part of your copy",
        True,
        "A health professional decides about each entry, and a privacy officer about the request that this opens",
        "troth/rights/selectors/copying.py",
    ),
    Automatic(
        "Stops a use the moment you object, restrict it or take a consent back",
        "What that use is for does not happen",
        False,
        "A privacy officer weighs it with you, and you can let it go on",
        "troth/rights/services/standing.py",
    ),
    Automatic(
        "Makes whoever tries too often to sign in wait",
        "You may have to wait a quarter of an hour",
        False,
        "The clinic helps by telephone",
        "troth/work/throttle.py",
    ),
)
