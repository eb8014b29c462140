"""What came from others: the services that note it and tell of it, the officer's reason to open it, and its live check."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from troth.assurance.rules.evidence import Finding, Question, check, counted
from troth.gate import actors, reasons
from troth.gate.actors import Actor
from troth.notice.purposes import Purpose
from troth.rights.rules import PRIVACY_OFFICER
from troth.rights.selectors import obtaining
from troth.vault.categories import Category

AFTERWARDS = timedelta(days=30)

#: Notes, for whoever enters it, from whom something came.
actors.declare_service(
    "rights-file",
    purposes={Purpose.RIGHTS},
    categories={Category.RIGHTS},
    modules={"troth.rights.services.obtaining"},
)
#: Tells people of it.
actors.declare_service(
    "telling-sources",
    purposes={Purpose.RIGHTS},
    categories={Category.RIGHTS, Category.CONTACT},
    modules={"troth.rights.services.obtaining"},
)


@reasons.reason(
    "the file on their rights",
    serves={Purpose.RIGHTS},
    # The same for everybody, so that it says to nobody that something is kept from them.
    told="they keep the file on your rights in order",
)
def telling_of_sources(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """The two services have it for everybody; a privacy officer while something is to be told, and for thirty days after."""
    if actor.kind == "service":
        return set(subjects) if actor.name in ("rights-file", "telling-sources") else set()
    return obtaining.with_open(subjects, since=at - AFTERWARDS) if PRIVACY_OFFICER in actor.roles else set()


@check("rights.sources", looks_at="what came about people from others, and whether each was told within the month")
def sources(question: Question) -> Finding:
    """Whoever something came about was told in time, or somebody recorded a ground of the law why not (LAW-9.3)."""
    counts = obtaining.count_obtained(on=timezone.localdate(question.at))
    if counts["run_out"]:
        return Finding(
            False,
            f"The day to ask again has passed for {counted(counts['run_out'], 'thing')} kept from its person, and nobody did",
            counts,
        )
    if counts["late"] or counts["told_late"]:
        return Finding(
            False,
            f"Of {counted(counts['late'] + counts['told_late'], 'thing')} that came from somebody else its person was not told "
            "in time",
            counts,
        )
    return Finding(
        True,
        f"{counted(counts['came'], 'thing').capitalize()} came from others: {counts['told']} told, "
        f"{counts['with_a_ground']} left untold on a ground of the law, none late",
        counts,
    )
