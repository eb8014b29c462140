"""
Answering a request for a copy: looked for, decided entry by entry, built by a job, and ended. `releasing` lets it go.

Every step is an act, and each can be repeated. What was decided is written for each entry by itself, so that two colleagues can
work on one pack.
"""

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from troth.gate import actors, linking
from troth.gate.actors import Actor
from troth.gate.acts import act, acting
from troth.gate.contexts import processing
from troth.law.exemptions import Exemption
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.rights.models import (
    AccessPack,
    Asked,
    HarmOpinion,
    PackDecision,
    PackPart,
    PackState,
    RightsCase,
    SearchRecord,
    State,
    StepKind,
)
from troth.rights.rules import packing, redacting
from troth.rights.rules.deceased import check_can_have_no_bearing
from troth.rights.rules.fees import NO_FEE, Fee
from troth.rights.rules.letters import LetterKind
from troth.rights.rules.packing import Decided
from troth.rights.selectors import packs
from troth.rights.selectors.blackening import can_be_blackened
from troth.rights.selectors.holdings import HeldThing
from troth.rights.selectors.opinions import may_give_opinion, opinions_for
from troth.rights.selectors.packs import Pack
from troth.rights.services.deceased import _applies_as, _why_not_hand_over
from troth.rights.services.stepping import _add, _compose_for, _reopen, _send
from troth.vault import files
from troth.vault.categories import Category
from troth.vault.files import StoredFile
from troth.work.queue import Declared

#: What a copy answers: of one's own data, or of the record of somebody who died.
_COPIED = frozenset({Asked.ACCESS, Asked.DECEASED})


class PackRefused(Exception):
    """A pack cannot be taken further as asked; the message says why and what to do."""


@act(Event.PACK_BEGUN, purpose=Purpose.RIGHTS)
def begin_pack(case: UUID, *, by: Actor, at: datetime, fee: Fee = NO_FEE) -> UUID:
    """
    Begin the copy that answers a case, of all that was recorded until now; or give the one that is being worked on.

    `fee` is asked for a further copy alone: the first is free. It is asked for by a letter that says how it was reckoned, and the
    month begins on the day it comes; a case that was answered is open again meanwhile (LAW-1.2, LAW-1.16).

    :raises PackRefused: no copy answers the case, the record may not be handed over, or a fee is asked for the first copy.
    :raises Refused: the actor may not do this for that person.
    """
    row = RightsCase.objects.select_for_update().filter(pk=case, right__in=_COPIED).first()
    if row is None:
        raise PackRefused("This is no request for a copy.")
    acting().require(row.subject_id, Category.RIGHTS)
    if row.right == Asked.DECEASED and (why_not := _why_not_hand_over(row, words=None, by=by, at=at)):
        raise PackRefused(why_not)
    waiting = AccessPack.objects.filter(case_id=case).exclude(state__in=[PackState.RELEASED, PackState.OVER]).first()
    if waiting is not None:
        found: UUID = waiting.pk
        return found
    if fee.pence and row.right == Asked.DECEASED:
        raise PackRefused("No fee is charged for the record of somebody who died (LAW-4.10).")
    if fee.pence and not packs.packs_of_case(case):
        raise PackRefused("The first copy is free. A fee may be asked for a further one (LAW-1.16).")
    if fee.pence:
        if row.state == State.DONE:
            _reopen(row, words="A further copy.", at=at)
        _add(row, StepKind.FEE_ASKED, at=at, words=fee.words)
        _send(row, _compose_for(case, LetterKind.FEE, words=fee.words, at=at), by_post=False, by=by, at=at)
    return AccessPack.objects.create(
        subject_id=row.subject_id, case_id=case, state=PackState.REVIEW, as_of=at, fee=fee.pence, content={}
    ).pk


@act(Event.PACK_FEE_PAID, purpose=Purpose.RIGHTS)
def record_fee(pack: UUID, *, paid_on: date, by: Actor, at: datetime) -> None:
    """
    Record that the fee for an extra copy has arrived, and from which day: the month begins with it (LAW-1.2, LAW-1.16).

    :raises PackRefused: none was asked, it arrived before, or the day cannot be.
    :raises Refused: the actor may not do this for that person.
    """
    row, content = _to_change(pack, by=by, at=at)
    with processing(Purpose.RIGHTS, by=by, at=at):
        asked = row.fee
    if not asked:
        raise PackRefused("No fee was asked for this copy.")
    if content.get("fee_paid_on"):
        raise PackRefused("It is recorded already that the fee arrived.")
    if not timezone.localdate(row.as_of) <= paid_on <= timezone.localdate(at):
        raise PackRefused("It cannot have arrived before it was asked for, nor on a day that is still to come.")
    case = RightsCase.objects.select_for_update().get(pk=row.case_id)
    _add(case, StepKind.FEE_PAID, at=at, on=paid_on)
    row.content = {**content, "fee_paid_on": paid_on.isoformat()}
    row.save()


@act(Event.SEARCH_RECORDED, purpose=Purpose.RIGHTS)
def record_search(case: UUID, *, place: str, found: str, by: Actor, at: datetime) -> None:
    """
    Record where was looked outside this system, and what was found (LAW-1.18).

    :raises RightsCase.DoesNotExist: there is no such case.
    :raises Refused: the actor may not do this for that person.
    """
    row = RightsCase.objects.get(pk=case)
    SearchRecord.objects.create(subject_id=row.subject_id, case_id=case, place=place, found=found)


@act(Event.PACK_DECIDED, purpose=Purpose.RIGHTS)
def decide_entries(
    pack: UUID, decisions: Mapping[str, Decided], *, read: Mapping[str, str] | None = None, by: Actor, at: datetime
) -> None:
    """
    Write down what was decided about entries (by identifier, hexadecimal); a later decision takes the place of an earlier one.

    `read`: the mark of what stood about each when it was read on a page, so that what a colleague decided meanwhile is not lost
    unseen. What was built with earlier decisions is built again.

    :raises PackRefused: an entry may not be decided so, a colleague decided about it meanwhile, or the pack was released.
    :raises Refused: the actor may not do this for that person.
    """
    row = AccessPack.objects.select_for_update().get(pk=pack)
    acting().require(row.subject_id, Category.RIGHTS)
    with processing(Purpose.RIGHTS, by=by, at=at):
        stand = packs.decisions_of(pack)
    if read is not None and any((stand.get(item) or Decided()).mark != read.get(item) for item in decisions):
        raise PackRefused("Somebody decided about this meanwhile. Here is how it stands now: look, and decide again.")
    _decide(pack, decisions, by=by, at=at)


@act(Event.PACK_WORDS_REMOVED, purpose=Purpose.RIGHTS)
def remove_everywhere(pack: UUID, words: tuple[str, ...], *, by: Actor, at: datetime) -> None:
    """
    Have these words removed wherever they stand in the pack (LAW-4.8). They take the place of those given before.

    :raises PackRefused: the words are too short, or the pack was released.
    :raises Refused: the actor may not do this for that person.
    """
    if why_not := redacting.check_can_cut(words):
        raise PackRefused(why_not)
    row = AccessPack.objects.only("id", "subject", "state", "case").get(pk=pack)
    of_dead = RightsCase.objects.filter(pk=row.case_id, right=Asked.DECEASED).exists()
    _check_open(PackState(row.state), called=packing.called(of_dead=of_dead))
    _write_one(pack, row.subject_id, pack, Decided(words=words))
    _take_back(pack)


@act(Event.OPINION_ASKED, purpose=Purpose.RIGHTS)
def ask_opinion(case: UUID, *, of: UUID, question: str, by: Actor, at: datetime) -> UUID:
    """
    Ask a health professional whether letting what was not released go could do serious harm (LAW-4.3, LAW-4.6).

    :raises PackRefused: they are no health professional of this clinic, or it is their own record.
    :raises Refused: the actor may not do this for that person.
    """
    row = RightsCase.objects.get(pk=case)
    acting().require(row.subject_id, Category.RIGHTS, Category.HEALTH)
    if not may_give_opinion(actors.person(of, at=at).roles, acting().register):
        raise PackRefused("They are no health professional here: choose somebody who is (LAW-4.6).")
    if of in linking.subjects_of(row.subject_id, at=at):
        raise PackRefused("Nobody gives an opinion on their own record.")
    return HarmOpinion.objects.create(
        subject_id=row.subject_id,
        case_id=case,
        asked_of=of,
        question=question,
        findings={},
        words="",
        registration="",
    ).pk


@act(Event.PACK_BUILD_ORDERED, purpose=Purpose.RIGHTS)
def order_build(pack: UUID, *, build: "Declared[Any]", by: Actor, at: datetime) -> None:
    """
    Have the copy built, once everything is decided. `build` is the job that does it (`rights.jobs.build_pack`).

    :raises PackRefused: something is not decided, or waits for a health professional.
    :raises Refused: the actor may not do this for that person.
    """
    with processing(Purpose.RIGHTS, by=by, at=at) as opened:
        known = packs.get_pack(pack, opened)
        if known.state not in {PackState.REVIEW, PackState.READY}:
            raise PackRefused("It is being built already, or was released.")
        stands = [each.stands for each in packs.review(known, opened)]
    if why_not := packing.check_can_build(stands):
        raise PackRefused(why_not)
    acting().require(known.subject, Category.RIGHTS)
    _drop_parts(pack, by=by, at=at)
    waiting = AccessPack.objects.filter(pk=pack, state__in=[PackState.REVIEW, PackState.READY])
    if not waiting.update(state=PackState.BUILDING, done=0, total=0):
        raise PackRefused("A colleague has just had it built. Open the page again.")
    build.enqueue(pack)


@act(Event.PACK_OVER, purpose=Purpose.RIGHTS)
def end_pack(pack: UUID, *, by: Actor, at: datetime) -> None:
    """
    End a pack whose last day is over: its file goes, and with it what was noted of other people to be removed from it.

    :raises Refused: the actor may not do this for that person.
    """
    row, content = _to_change(pack, by=by, at=at)
    with processing(Purpose.RIGHTS, by=by, at=at):
        places = [row.file.place] if row.file else []
    row.file, row.state = None, PackState.OVER
    row.content = {key: value for key, value in content.items() if key != "faults"}
    row.save()
    for each in PackDecision.objects.filter(pack=pack):
        each.cuts = {}  # what was removed is about somebody else: it is kept no longer than the copy that it is missing in
        each.save()
    _destroy_when_committed(places)


def _decide(pack: UUID, decisions: Mapping[str, Decided], *, by: Actor, at: datetime) -> None:
    """Write down decisions within an act, about entries as they are now."""
    with processing(Purpose.RIGHTS, by=by, at=at) as opened:
        known = packs.get_pack(pack, opened)
        _check_open(known.state, called=known.called)
        only = UUID(next(iter(decisions))) if len(decisions) == 1 else None
        things = {thing.id: thing for thing in packs.things_of(known, opened, only=only)}
        opinions = opinions_for(known.case, opened)
        if any(each.exemption is Exemption.NO_BEARING for each in decisions.values()) and (
            why_not := check_can_have_no_bearing(applies_as=_applies_as(known.case))
        ):
            raise PackRefused(why_not)
    _write_decisions(known, things, decisions, opinions, at=at)
    _take_back(pack)


def _write_decisions(
    pack: Pack,
    things: Mapping[str, HeldThing],
    decisions: Mapping[str, Decided],
    opinions: packing.Opinions,
    *,
    at: datetime,
) -> None:
    on = timezone.localdate(at)
    for item, decided in decisions.items():
        thing = things.get(item)
        if thing is None:
            raise PackRefused("An entry is no longer there. Open the page again.")
        if why_not := packing.check_can_decide(packs.entry_of(thing, of_dead=pack.of_dead), decided, opinions, on=on):
            raise PackRefused(
                f"{thing.kind.capitalize()} of {timezone.localdate(thing.recorded_at):%-d %B %Y}: {why_not}"
            )
        if why_not := redacting.check_can_cut(decided.words):
            raise PackRefused(why_not)
        files_of = {file.field: file for file in thing.files}
        for name, boxes in decided.boxes.items():
            if name not in files_of or not can_be_blackened(files_of[name].media_type, files_of[name].size):
                raise PackRefused("Only a PDF or a picture is blackened in part. Remove the whole file instead.")
            if why_not := packing.check_can_blacken(boxes):
                raise PackRefused(why_not)
        _write_one(pack.id, pack.subject, UUID(item), decided)


def _write_one(pack: UUID, subject: UUID, item: UUID, decided: Decided) -> None:
    row = PackDecision.objects.filter(pack=pack, item=item).first() or PackDecision(
        subject_id=subject, pack=pack, item=item
    )
    row.verdict = PackDecision.WITHHOLD if decided.withheld else PackDecision.RELEASE
    row.exemption = decided.exemption
    row.cuts = {
        "words": list(decided.words),
        "fields": list(decided.fields),
        "files": list(decided.files),
        "boxes": {name: {str(page): found for page, found in pages.items()} for name, pages in decided.boxes.items()},
    }
    row.words, row.needed_because = decided.note, decided.needed_because
    row.save()


def _take_back(pack: UUID) -> None:
    """What was built from earlier decisions is not released any more."""
    AccessPack.objects.filter(pk=pack, state=PackState.READY).update(state=PackState.REVIEW)


def _check_open(state: PackState, *, called: str) -> None:
    if state is PackState.BUILDING:
        raise PackRefused(f"The {called} is being built. Wait until it is, and decide then.")
    if state not in {PackState.REVIEW, PackState.READY}:
        raise PackRefused(f"This {called} was released. Begin another to decide anew.")


def _to_change(pack: UUID, *, by: Actor, at: datetime) -> tuple[AccessPack, dict[str, Any]]:
    """The row of a pack, and what it says now: an act only writes, so what was before is read apart."""
    row = AccessPack.objects.select_for_update().get(pk=pack)
    acting().require(row.subject_id, Category.RIGHTS)
    with processing(Purpose.RIGHTS, by=by, at=at):
        return row, dict(row.content or {})


def _drop_parts(pack: UUID, *, by: Actor, at: datetime, earlier: StoredFile | None = None) -> None:
    """Remove what is left of an earlier building, files too, and an `earlier` ZIP that another took the place of."""
    with processing(Purpose.RIGHTS, by=by, at=at):
        places = [row.file.place for row in PackPart.objects.filter(pack_id=pack) if row.file]
    places += [earlier.place] if earlier else []
    PackPart.objects.filter(pack_id=pack).delete()
    _destroy_when_committed(places)


def _destroy_when_committed(places: list[str]) -> None:
    for place in places:
        transaction.on_commit(partial(files.destroy, place))
