"""
Two records of one person: a member of staff proposes, a colleague decides, and what was linked can be undone.

Nothing is merged: each record keeps its rows and its keys. A link is two standing facts, and undoing it ends them (decision 0105).
"""

from datetime import datetime
from uuid import UUID, uuid4

from django.db import IntegrityError
from django.db.models import QuerySet

from troth.delivery.rules import Kind
from troth.gate import facts, linking
from troth.gate.actors import Actor
from troth.gate.acts import act, acting, hold, touched
from troth.gate.facts import FactKind
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.people.models import LinkState, MadeSure, SamePerson
from troth.people.rules import (
    CLAIMING,
    SAID_ALREADY,
    LinkRefused,
    check_can_decide_link,
    check_can_end_link,
    check_can_propose_link,
    check_how_many,
)
from troth.people.services.telling import _tell
from troth.vault.categories import Category

#: Who undoes a link: whoever made it, for what it was made, or the privacy officer, when somebody says that it is not them.
UNDOING = (*CLAIMING, Purpose.RIGHTS)


@act(Event.LINK_PROPOSED, purpose=CLAIMING)
def propose_link(one: UUID, other: UUID, *, reason: str, by: Actor, at: datetime) -> UUID:
    """
    Say that two records may be one person's, and why. Gives the id of what is to be decided; nothing is linked by it.

    :raises LinkRefused: it is one record, one's own, or proposed or linked already.
    :raises Refused: the actor may not see or change who one of the two is.
    """
    acting().require(one, Category.IDENTITY)
    acting().require(other, Category.IDENTITY)
    hold(one, other)
    waiting = SamePerson.objects.filter(
        subject_id=one, other_id=other, state__in=(LinkState.PROPOSED, LinkState.LINKED)
    )
    check_can_propose_link(one_record=one == other, own=_own(by, one, other, at=at), waiting=waiting.exists())
    link = uuid4()
    try:
        for subject, beside, first in ((one, other, True), (other, one, False)):
            SamePerson.objects.create(
                subject_id=subject,
                other_id=beside,
                link=link,
                first=first,
                state=LinkState.PROPOSED,
                reason=reason.strip(),
            )
    except IntegrityError:
        raise LinkRefused(SAID_ALREADY) from None
    return link


@act(Event.RECORDS_LINKED, purpose=CLAIMING)
def confirm_link(link: UUID, *, made_sure: MadeSure, words: str, by: Actor, at: datetime) -> None:
    """
    Link two records as one person's, having made sure. Both are written to, wherever we reach them.

    :raises LinkRefused: the actor proposed it, it is about themself, it waits no more, or too many records would be one person.
    :raises Refused: the actor may not change who one of the two is.
    """
    pair = _waiting(link, by=by, at=at)
    one, other = (row.subject_id for row in pair)
    hold(one, other)
    joined = linking.person_of(one, at=at).near | linking.person_of(other, at=at).near
    check_how_many(len(joined), most=linking.MOST)
    _decide(pair, LinkState.LINKED, words=words, made_sure=made_sure, by=by, at=at)
    facts.record(one, FactKind.SAME_PERSON, at=at, value=link.hex, other=other)
    facts.record(other, FactKind.SAME_PERSON, at=at, value=link.hex, other=one)
    for subject in (one, other):
        _tell(subject, Kind.RECORDS_LINKED, by=by, at=at)


@act(Event.LINK_TURNED_DOWN, purpose=CLAIMING)
def turn_link_down(link: UUID, *, words: str, by: Actor, at: datetime) -> None:
    """
    Say that two records are two people's. They are suggested no more.

    :raises LinkRefused: the actor proposed it, it is about themself, or it waits no more.
    :raises Refused: the actor may not change who one of the two is.
    """
    _decide(_waiting(link, by=by, at=at), LinkState.APART, words=words, made_sure=None, by=by, at=at)


@act(
    Event.LINK_UNDONE,
    purpose=UNDOING,
    unasked="ending a link closes what it joined; whoever may change who one of the two is may end it",
)
def undo_link(link: UUID, *, words: str, by: Actor, at: datetime) -> None:
    """
    End a link. It leaves nothing behind but what was written down: each record is as it was before.

    :raises LinkRefused: it stands no more, or it is about themself.
    :raises Refused: the actor may change who neither of the two is.
    """
    pair = list(_locked(link, LinkState.LINKED).order_by("-first"))
    subjects = [row.subject_id for row in pair]
    check_can_end_link(own=_own(by, *subjects, at=at), stands=bool(pair))
    allowed = acting().admit(subjects, Category.IDENTITY).admitted
    if not allowed:
        acting().require(subjects[0], Category.IDENTITY)
    for row in pair:
        row.state, row.undone_by, row.undone_at = LinkState.UNDONE, by.id, at
        if row.subject_id in allowed:
            row.undoing = words.strip()
        row.save()
        facts.end(row.subject_id, FactKind.SAME_PERSON, at=at, value=link.hex)
        touched(row.subject_id, f"people.link/{link.hex}/undone")


def _waiting(link: UUID, *, by: Actor, at: datetime) -> list[SamePerson]:
    """The two rows of a link that waits for a decision, for an actor who may decide it."""
    pair = list(_locked(link, LinkState.PROPOSED).order_by("-first"))
    check_can_decide_link(
        waits=len(pair) == 2,
        own=_own(by, *(row.subject_id for row in pair), at=at),
        proposed_by_them=any(by.id is None or row.recorded_by == by.id.hex for row in pair),
    )
    for row in pair:
        acting().require(row.subject_id, Category.IDENTITY)
    return pair


def _locked(link: UUID, state: LinkState) -> "QuerySet[SamePerson]":
    """The two rows of a link, held against a colleague who decides the same at this moment."""
    return SamePerson.objects.select_for_update().filter(link=link, state=state)


def _decide(
    pair: list[SamePerson], state: LinkState, *, words: str, made_sure: MadeSure | None, by: Actor, at: datetime
) -> None:
    for row in pair:
        row.state, row.decided_by, row.decided_at = state, by.id, at
        row.decision = words.strip()
        row.made_sure = made_sure
        row.save()


def _own(by: Actor, *subjects: UUID, at: datetime) -> bool:
    """Whether one of these is the actor, under whichever subject."""
    return any(linking.person_of(subject, at=at).includes(by.id) for subject in subjects)
