"""
What has to stand at the head of a card before anything else is read: that they have died, are a child, that somebody acts for them,
that somebody worries about their safety, or what has to be arranged for them. The banner over the page says whether its use is
restricted.
"""

from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone

from troth.design.values import Alert
from troth.desk.frame import Looking
from troth.gate.contexts import processing
from troth.gate.table import open_path
from troth.law.retention import ADULT_AT
from troth.notice.purposes import Purpose
from troth.people import selectors as people_reads
from troth.people import services as people
from troth.people.selectors import PersonIdentity
from troth.prescribing.selectors import reviewing
from troth.rights.selectors.wishes import Represented, list_representatives
from troth.vault.categories import Category

NOBODY_ACTS = (
    "Nobody is recorded as acting for them. Ask who has parental responsibility before you act on anybody’s word."
)


def heading(request: HttpRequest, look: Looking, subject: UUID, who: PersonIdentity | None) -> list[Alert]:
    """The alerts that do not depend on the health record, for whoever may see who the person is."""
    found: list[Alert] = []
    if people.has_died(subject, at=look.at):
        found.append(Alert("info", "They have died", "Nothing is sent to them. What we hold stays confidential."))
    if open_path(request, "desk_concerns", subject) and _may_know_of_concerns(look, subject):
        found.append(
            Alert(
                "harm", "Somebody worries about their safety", "Read it under “Concerns” before you decide anything."
            )
        )
    if words := people_reads.adjustments_of({subject}, look.opened).get(subject):
        found.append(Alert("info", "Arrange for every appointment", f"{words.said}."))
    acting = list_representatives(subject, at=look.at)
    age = who.age(timezone.localdate(look.at)) if who else None
    if age is not None and age < ADULT_AT:
        found.append(Alert("caution", f"A child, aged {age}", _acting(acting) or NOBODY_ACTS))
    elif acting:
        found.append(Alert("info", "Somebody acts for them", _acting(acting)))
    return found


def _may_know_of_concerns(look: Looking, subject: UUID) -> bool:
    """
    Whether there is a concern that the viewer may read: the role is not enough. Whoever has no reason of that kind is not asked
    about, since opening a card is no attempt on what stands there; and nobody is told of a concern about themself.
    """
    if subject == look.id:
        return False
    with processing(Purpose.SAFEGUARDING, by=look.actor, at=look.at) as opened:
        may = bool(opened.reason_for(subject)) and opened.decision(subject, Category.HEALTH).allowed
    return may and reviewing.has_concern(subject)


def _acting(acting: list[Represented]) -> str:
    """Since when somebody acts for them, and for what; who it is stands with their authority, in the office."""
    said = [f"since {timezone.localtime(each.since):%-d %B %Y}, for {each.purpose}" for each in acting]
    return f"Somebody whose authority was checked acts for them {'; and '.join(said)}." if said else ""
