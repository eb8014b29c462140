"""
What the notice keeps no longer goes by itself: journal, keys, search tokens, files, rows, as at an erasure (LAW-6.2, LAW-6.3).

One act for each person: who cannot be done today keeps nobody else from it. What was stopped half way is found again the next time,
since its rows are still there. Where the notice says that somebody looks first, nothing goes before an officer agreed.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from uuid import UUID

from troth.copies.journal import Disposal, JournalUnavailable, entries_since
from troth.copies.replaying import carry_out, dispose
from troth.gate import actors, facts, linking
from troth.gate.actors import Actor
from troth.gate.acts import act, acting, hold, touched, touched_thing
from troth.gate.contexts import processing
from troth.gate.facts import FactKind
from troth.law.calendar import LONDON
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.rights.models import Appraisal
from troth.rights.rules import PRIVACY_OFFICER
from troth.rights.rules.ending import Key, Over
from troth.rights.selectors import ending, leavings
from troth.rights.selectors.holdings import file_places
from troth.rights.selectors.places import rows_of
from troth.rights.selectors.planning import retention_rules
from troth.rights.selectors.unseen import unseen_of
from troth.rights.services.erasure import _remove_rows
from troth.rights.services.stepping import StepRefused
from troth.rights.services.unseen import destroy_unseen
from troth.vault import turning
from troth.vault.categories import Category
from troth.vault.compartments import get_compartment

_ENDED_WITH_THEM = (
    FactKind.CONTRACT,
    FactKind.CONSENT,
    FactKind.NOTICE_GIVEN,
    FactKind.NOTICE_TOLD,
    FactKind.OBJECTION,
)


def _dispose_of_what_is_over(*, at: datetime) -> int:
    """
    Destroy everything whose time is over and which nobody has to look at first; count the rest for the office. Gives of how many
    people something went.

    :raises JournalUnavailable: a backup destination cannot be written, and so nothing more is destroyed.
    :raises ExceptionGroup: it failed for some; the others were done.
    """
    by, gone = actors.service("disposal"), 0
    run = _Run(ending.approved_up_to())
    failed: list[Exception] = []
    for subject in ending.who_may_be_over(at):
        try:
            gone += _look_at(subject, run, by=by, at=at)
        except JournalUnavailable:
            raise
        except Exception as wrong:  # noqa: BLE001  it is told of at the end
            failed.append(wrong)
    if gone:
        turning.forget_traces()
    _note_waiting(run, by=by, at=at)
    if failed:
        raise ExceptionGroup("what is over could not be destroyed for some", failed)
    return gone


@dataclass
class _Run:
    """What one run goes by, and what it found that waits: for each rule, since when of each person."""

    approved: Mapping[str, ending.Approved]
    waiting: dict[str, list[date]] = field(default_factory=dict)

    def may_go(self, over: Over) -> bool:
        """Whether nobody has to look at it first, or an officer agreed."""
        agreed = self.approved.get(over.rule)
        return not over.looked_at_first or (agreed is not None and over.on <= agreed.up_to)

    @cached_property
    def journal(self) -> dict[str, list[Disposal]]:
        """Every disposal there was, by its person in hexadecimal: read where a key is missing and its rows are not."""
        found: dict[str, list[Disposal]] = {}
        for entry in entries_since(0):
            for each in entry.disposals:
                found.setdefault(each.subject, []).append(each)
        return found


def _look_at(subject: UUID, run: _Run, *, by: Actor, at: datetime) -> bool:
    if ending.why_held(subject, at=at):
        return False
    finished = _finish(subject, run, by=by, at=at)
    if not ending.may_be_over(subject, at):
        return finished
    with processing(Purpose.RIGHTS, Action.READ, by=by, at=at) as opened:
        born, died = ending.days_of_life(subject, opened, at=at)
        over = ending.list_what_is_over(subject, at, born=born, died=died)
        unseen = [each for each in over if not run.may_go(each)]
        # Of two that refer to each other one may wait for a look: then both do.
        going = ending.that_nothing_needs(subject, [each for each in over if run.may_go(each)])
        for rule in {each.rule for each in unseen}:
            run.waiting.setdefault(rule, []).append(min(each.on for each in unseen if each.rule == rule))
        with_key = leavings.stored_keys(subject, [each.key for each in going])
        places = {
            f"{each.key[0]}|{each.key[1]}": found
            for each in going
            if each.key in with_key and (found := file_places(subject, *each.key))
        }
    if going:
        _destroy(subject, going, places, born, died, by=by, at=at)
    return finished or bool(going)


def _finish(subject: UUID, run: _Run, *, by: Actor, at: datetime) -> bool:
    """
    Take up again what was stopped between the keys and the rows: what the journal says went, whose key is gone and whose rows are
    there. It opens nothing, since nothing opens it any more; where the files lie, the journal knows.
    """
    if not leavings.without_key(subject):
        return False
    left = leavings.unfinished(subject, run.journal.get(subject.hex, []))
    if left:
        _remove_what_is_left(subject, left, by=by, at=at)
    return bool(left)


@act(Event.TIME_OVER, purpose=Purpose.RIGHTS, action=Action.ERASE)
def _remove_what_is_left(subject: UUID, disposals: Collection[Disposal], *, by: Actor, at: datetime) -> None:
    """Remove the rows and files of a disposal that was stopped."""
    hold(subject)
    kinds = {get_compartment(each.compartment).category for each in disposals}
    acting().require(subject, *kinds)
    carry_out(disposals, rows_too=False)
    unseen = unseen_of(subject, [(each.compartment, each.scope) for each in disposals], at=at)
    if unseen.rows:
        destroy_unseen(subject, unseen, by=by, at=at)
    for each in disposals:
        if (each.compartment, each.scope) in unseen.scopes:
            continue
        touched(subject, f"vault.key/{each.compartment}:{each.scope or 'all'}/destroyed")
    _remove_rows([rows for each in disposals for rows in leavings.rows_named(each)])
    _end_what_ended_with_them(subject, kinds, at=at)


def _end_what_ended_with_them(subject: UUID, kinds: Collection[Category], *, at: datetime) -> None:
    if Category.IDENTITY in kinds:
        for kind in _ENDED_WITH_THEM:
            facts.end(subject, kind, at=at)


@act(Event.TIME_OVER, purpose=Purpose.RIGHTS, action=Action.ERASE)
def _destroy(
    subject: UUID,
    going: Collection[Over],
    places: dict[str, list[str]],
    born: date | None,
    died: date | None,
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Destroy what is over, if it still is now that nobody else can write of this person. The keys go at once, whatever follows."""
    hold(*linking.subjects_of(subject, at=at))
    still = {each.key for each in ending.list_what_is_over(subject, at, born=born, died=died)}
    scopes: list[Key] = sorted(each.key for each in going if each.key in still)
    if not scopes:
        return
    acting().require(subject, *{get_compartment(name).category for name, _ in scopes})
    # What its person may not know of goes first and by itself, so that no event of theirs names it.
    unseen = unseen_of(subject, scopes, at=at)
    named = sorted({*scopes, *unseen.scopes})
    dispose([*leavings.disposals(subject, named, places), *leavings.alone(subject, unseen, named)], at=at)
    if unseen.rows:
        destroy_unseen(subject, unseen, by=by, at=at)
    scopes = [key for key in scopes if key not in unseen.scopes]
    for compartment, scope in scopes:
        touched(subject, f"vault.key/{compartment}:{scope or 'all'}/destroyed")
    _remove_rows(rows_of(subject, scopes))
    _end_what_ended_with_them(subject, {get_compartment(name).category for name, _ in scopes}, at=at)


@act(Event.TIME_OVER_LOOKED, purpose=Purpose.RIGHTS)
def _note_waiting(run: _Run, *, by: Actor, at: datetime) -> None:
    """
    Write down what waits for an officer's look, class by class; of nobody by name. What was agreed to held for this run alone: what
    comes up later is looked at by itself.
    """
    for rule, agreed in run.approved.items():
        used = Appraisal.objects.filter(rule=rule, approved_at=agreed.at)
        used.update(approved_up_to=None, approved_by=None, approved_at=None)
    for rule in sorted({*run.waiting, *Appraisal.objects.values_list("rule", flat=True)}):
        days = run.waiting.get(rule, [])
        Appraisal.objects.update_or_create(
            rule=rule, defaults={"people": len(days), "oldest": min(days, default=None), "looked_at": at}
        )
        touched_thing(f"rights.appraisal/{rule}")


@act(Event.TIME_OVER_APPROVED, purpose=Purpose.RIGHTS)
def approve_end(rule: str, *, up_to: date, by: Actor, at: datetime) -> None:
    """
    Agree that a class of records goes whose time was over by a day: the look that the notice promises (LAW-6.2). The next run
    destroys them, but for people of whom something stands in the way.

    :raises StepRefused: the actor is no privacy officer, no record of that class waits, or nobody has counted up to that day.
    """
    if PRIVACY_OFFICER not in by.roles:
        raise StepRefused("Only a privacy officer agrees to it.")
    row = Appraisal.objects.select_for_update().filter(rule=rule, people__gt=0).first()
    if row is None or rule not in retention_rules(at):
        raise StepRefused("Nothing of that kind waits any more.")
    if up_to > at.astimezone(LONDON).date():
        raise StepRefused("That day is still to come.")
    if row.looked_at is None or up_to > row.looked_at.astimezone(LONDON).date():
        raise StepRefused("What was over by that day is not counted yet. Look at it again tomorrow.")
    row.approved_up_to = up_to
    row.approved_by, row.approved_at = by.id, at
    row.save()
    touched_thing(f"rights.appraisal/{rule}/{up_to.isoformat()}")


# Made of an act for each person, so that it can be stopped anywhere and taken up again.
dispose_of_what_is_over = _dispose_of_what_is_over
