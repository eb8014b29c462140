"""What this room tells the kernel: its services, and what connects them and the privacy officer with people."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from troth.gate import actors, reasons
from troth.gate.actors import Actor
from troth.notice.purposes import Purpose
from troth.rights.models import RightsCase, State
from troth.rights.rules import PRIVACY_OFFICER
from troth.vault.categories import Category

#: Carries out what a person asked for and may have at once, and takes up again an erasure that was stopped half way.
actors.declare_service("erasure", purposes={Purpose.RIGHTS, Purpose.ACCOUNT_SECURITY}, categories=set(Category),
                       modules={"troth.rights.services.erasure"})
#: The rights desk on the command line, for a named privacy officer.
actors.declare_service("rights-desk", purposes={Purpose.RIGHTS}, categories=set(Category), modules={"troth.cli.rights"})


@reasons.reason("a request about their data", serves={Purpose.RIGHTS, Purpose.ACCOUNT_SECURITY})
def asked(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """A request that waits is the privacy officer's reason to open the data it is about, and that of the service."""
    if PRIVACY_OFFICER not in actor.roles and not (actor.kind == "service" and actor.name == "erasure"):
        return set()
    waiting = RightsCase.objects.filter(subject_id__in=subjects).exclude(state=State.DONE)
    return set(waiting.values_list("subject_id", flat=True).order_by())


@reasons.reason("a request at the rights desk", serves={Purpose.RIGHTS})
def at_the_desk(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """The desk takes a request in: it may, as long as the member of staff it acts for is a privacy officer."""
    if actor.kind != "service" or actor.name != "rights-desk" or actor.on_behalf_of is None:
        return set()
    return set(subjects) if PRIVACY_OFFICER in actors.person(actor.on_behalf_of, at=at).roles else set()
