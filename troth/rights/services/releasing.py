"""
Letting a finished copy go: the letter that goes with it, shown before, its release, and that it went out. Nothing is released that
misses anything (LAW-3.2).
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from troth.gate.actors import Actor
from troth.gate.acts import act, acting, touched
from troth.gate.contexts import processing
from troth.law.exemptions import Exemption
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.people import services as people
from troth.rights.models import AccessPack, PackState, RightsCase, State
from troth.rights.rules import packing
from troth.rights.rules.letters import Composed, Ending, LetterKind
from troth.rights.rules.packing import second_look
from troth.rights.rules.withholding import check_can_answer
from troth.rights.selectors import packs
from troth.rights.selectors.packs import Pack, Reviewed
from troth.rights.selectors.withholding import standing_of
from troth.rights.selectors.wording import notice_now
from troth.rights.services.deceased import _why_not_hand_over
from troth.rights.services.packs import PackRefused, _to_change
from troth.rights.services.stepping import _close, _compose_for, _send, _why_nobody, _why_unproven
from troth.vault.categories import Category


@act(Event.PACK_RELEASED, purpose=Purpose.RIGHTS)
def release_pack(pack: UUID, *, by: Actor, at: datetime) -> None:
    """
    Let the person fetch the copy until its last day, and close the case. Where the notice says so (`second_look` of the right of
    access), somebody else than who left something out has to release it.

    :raises PackRefused: it is not built, not complete, not paid for, nobody else has looked, or an opinion is too old.
    :raises Refused: the actor may not do this for that person.
    """
    row, content = _to_change(pack, by=by, at=at)
    with processing(Purpose.RIGHTS, by=by, at=at) as opened:
        known = packs.get_pack(pack, opened)
        entries = packs.review(known, opened)
    if why_not := _why_not_release(known, entries, by=by, at=at):
        raise PackRefused(why_not)
    row.state, row.released_at, row.expires_at = PackState.RELEASED, at, at + packing.FETCHED_WITHIN
    row.content = {**content, "released_by": by.reference}
    row.applicant = _applicant(known, by=by, at=at)
    row.save()
    case = RightsCase.objects.select_for_update().get(pk=known.case)
    letter = _covering(known, entries, applicant=row.applicant, at=at)
    if case.state == State.DONE:  # a further copy of a request that was answered before
        _send(case, letter, by_post=False, by=by, at=at)
    else:
        grounds = _grounds(entries)
        ending = Ending.PARTLY if grounds else Ending.ANSWERED
        _close(case, ending, letter, grounds=grounds, also={"pack": pack.hex}, by=by, at=at)


@act(Event.PACK_FETCHED, purpose=Purpose.RIGHTS, action=Action.EXPORT)
def record_fetched(pack: UUID, *, by: Actor, at: datetime, printed: bool = False) -> None:
    """
    Record that the copy went out: fetched by the person, or `printed` by an officer for somebody without an account (LAW-1.22).

    :raises PackRefused: it is not released, or its last day is over.
    :raises Refused: the actor may not take it.
    """
    with processing(Purpose.RIGHTS, by=by, at=at) as opened:
        known = packs.get_pack(pack, opened)
    if not known.is_open(at):
        raise PackRefused(f"This {known.called} can no longer be fetched. Ask for another.")
    acting().require(known.subject, *acting().covered())
    touched(known.subject, f"rights.pack/{pack.hex}:{'printed' if printed else 'fetched'}/{known.digest}")
    if known.delivered_at is None:
        AccessPack.objects.filter(pk=pack).update(delivered_at=at)


@act(Event.PACK_RELEASED, purpose=Purpose.RIGHTS)
def let_applicant_fetch(pack: UUID, *, by: Actor, at: datetime) -> None:
    """
    Let whoever applied for the record of somebody who died fetch it, where they made their account only after its release: until
    the same last day, with a letter that says so (LAW-4.10).

    :raises PackRefused: it cannot be fetched now, somebody can already, or it may no longer be handed over.
    :raises Refused: the actor may not do this for that person.
    """
    row = AccessPack.objects.select_for_update().get(pk=pack)
    acting().require(row.subject_id, Category.RIGHTS)
    letter = _late_letter(pack, by=by, at=at)
    if letter is None:
        raise PackRefused(
            "Nobody has an account under the address that they gave, or it can be fetched already, or no longer."
        )
    with processing(Purpose.RIGHTS, Action.READ, by=by, at=at) as opened:
        known = packs.get_pack(pack, opened)
    if why_not := _why_not_hand_over(_case(known), words=None, by=by, at=at):
        raise PackRefused(why_not)
    AccessPack.objects.filter(pk=pack).update(applicant=_applicant(known, by=by, at=at))
    _send(RightsCase.objects.select_for_update().get(pk=known.case), letter, by_post=False, by=by, at=at)


def _late_letter(pack: UUID, *, by: Actor, at: datetime) -> Composed | None:
    """The letter that tells whoever applied that they can fetch a released record; None while nobody could who cannot already."""
    with processing(Purpose.RIGHTS, Action.READ, by=by, at=at) as opened:
        known = packs.get_pack(pack, opened)
        entries = packs.review(known, opened)
    found = None if known.applicant or not known.is_open(at) else _applicant(known, by=by, at=at)
    if found is None or known.expires_at is None:
        return None
    last_day = timezone.localtime(known.expires_at).date()
    return _compose_for(known.case, LetterKind.COPY, grounds=_grounds(entries), day=last_day, at=at)


def _covering_letter(pack: UUID, *, by: Actor, at: datetime) -> Composed:
    """
    The letter that would go with the copy now.

    :raises PackRefused: it cannot be released, so no letter goes with it.
    :raises Refused: the actor may not do this for that person.
    """
    with processing(Purpose.RIGHTS, Action.READ, by=by, at=at) as opened:
        known = packs.get_pack(pack, opened)
        entries = packs.review(known, opened)
    if why_not := _why_not_release(known, entries, by=by, at=at):
        raise PackRefused(why_not)
    return _covering(known, entries, applicant=_applicant(known, by=by, at=at), at=at)


def _why_not_release(known: Pack, entries: list[Reviewed], *, by: Actor, at: datetime) -> str:
    if known.state is not PackState.READY:
        return "It is not built yet."
    return (
        packing.check_can_build(each.stands for each in entries)
        or packing.check_can_release(
            faults=known.faults,
            left_out=any(each.decided and (each.decided.withheld or each.decided.cuts) for each in entries),
            reviewers={each.decided.by for each in entries if each.decided},
            by=by.reference,
            second=second_look(notice_now(at)),
            fee_due=bool(known.fee and not known.fee_paid),
            called=known.called,
        )
        or ("" if known.of_dead else _why_unproven(known.case) or _why_nobody(known.subject, at=at))
        or check_can_answer(standing_of(known.subject, at=at), on=timezone.localdate(at))
        or (_why_not_hand_over(_case(known), words=None, by=by, at=at) if known.of_dead else "")
    )


def _case(known: Pack) -> RightsCase:
    found: RightsCase = RightsCase.objects.only("id", "subject").get(pk=known.case)
    return found


def _applicant(known: Pack, *, by: Actor, at: datetime) -> UUID | None:
    """Who applied for the record of somebody who died, where they have an account here under the address that they gave."""
    if not known.of_dead:
        return None
    with processing(Purpose.RIGHTS, Action.READ, by=by, at=at):
        email = (RightsCase.objects.get(pk=known.case).reply_to or {}).get("email", "")
    return people.owner_of(email, at=at) if email else None


def _covering(known: Pack, entries: list[Reviewed], *, applicant: UUID | None, at: datetime) -> Composed:
    on_paper = known.of_dead and applicant is None  # then there is no day until which it can be fetched
    last_day = None if on_paper else timezone.localtime(at + packing.FETCHED_WITHIN).date()
    return _compose_for(known.case, LetterKind.COPY, grounds=_grounds(entries), day=last_day, at=at)


def _grounds(entries: Iterable[Reviewed]) -> set[str]:
    found = {each.decided.exemption.value for each in entries if each.decided and each.decided.exemption}
    if any(each.decided and each.decided.cuts for each in entries):
        found.add(Exemption.OTHERS.value)  # what is cut out of an entry is about somebody else (LAW-4.8)
    return found


# What a page shows before it goes, and no acts themselves.
covering_letter = _covering_letter
late_letter = _late_letter
