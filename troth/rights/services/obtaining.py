"""
Noting what came about somebody from somebody else, and telling them: by a job, a few days after, and by hand where nothing reaches
them. That they are not told is decided by a person alone, with a ground of the law (LAW-9.3).

Whoever enters what came calls `note_obtained` in their own act, so that neither stands without the other.
"""

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from troth.delivery import selectors as delivery
from troth.delivery.rules import Kind
from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.acts import act, acting, hold, touched
from troth.gate.boundary import boundary
from troth.gate.contexts import processing
from troth.gate.refusals import Refused
from troth.law.telling import Untold, must_tell_by
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.notice.schema.words import Origin
from troth.people import selectors as people_reads
from troth.people import services as people
from troth.rights.models.obtained import WAIT, Obtained
from troth.rights.selectors import obtaining
from troth.rights.services.stepping import StepRefused
from troth.vault.categories import Category
from troth.work.each import do_for_each

BATCH = 200
#: For how long a ground that keeps something from its person stands before somebody asks again whether it still does.
LONGEST_SILENCE = timedelta(days=183)
_FEWEST_WORDS = 3


def _note_obtained(
    subject: UUID,
    *,
    origin: Origin,
    kinds: Collection[Category],
    by: Actor,
    at: datetime,
    who: str = "",
    received_on: date | None = None,
) -> None:
    """
    Note, in the act that enters it, that something came from `origin`, so that its person is told. `who` is its name, where known.
    """
    service = actors.service("rights-file", on_behalf_of=by.on_behalf_of or by.id)
    _write_obtained(
        subject, origin, kinds, received_on or timezone.localdate(at), " ".join(who.split()), by=service, at=at
    )


@act(Event.FILE_KEPT, purpose=Purpose.RIGHTS)
def _write_obtained(
    subject: UUID, origin: Origin, kinds: Collection[Category], on: date, who: str, *, by: Actor, at: datetime
) -> None:
    acting().require(subject, Category.RIGHTS)
    hold(subject)  # of two entries of one paper at once the second finds the row of the first
    # What came from one source on one day is one thing to tell. What was told, or decided about, is not added to.
    open_ = Obtained.objects.filter(subject_id=subject, origin=origin, received_on=on, told_at=None, settled_by=None)
    with processing(Purpose.RIGHTS, Action.READ, by=by, at=at):
        row = next((each for each in open_.filter(message=None) if (each.who or "") == who), None)
    wanted = {kind.value for kind in kinds}
    if row is None:
        Obtained.objects.create(
            subject_id=subject,
            origin=origin.value,
            kinds=" ".join(sorted(wanted)),
            received_on=on,
            due_on=must_tell_by(on, reaches=Category.CONTACT in kinds),
            who=who,
            words="",
        )
    elif not wanted <= set(row.kinds.split()):
        row.kinds = " ".join(sorted({*row.kinds.split(), *wanted}))
        row.due_on = min(row.due_on, must_tell_by(on, reaches=Category.CONTACT in kinds))
        row.save()


def _tell_of_sources(*, at: datetime) -> int:
    """
    Tell everybody who is to be told by now, one message a person; and record of the messages before that they left, or did not.
    Gives how many were written to. Stopped in the middle it loses nobody and tells nobody twice. Whose data may not be used now
    waits, and keeps nobody else waiting.

    :raises ExceptionGroup: it failed for some; the others were told.
    """
    by, told = actors.service("telling-sources"), [0]

    def record(on_its_way: tuple[UUID, UUID]) -> None:
        left, failed = delivery.became_of(on_its_way[1])
        if left or failed:
            _record_telling(on_its_way[0], left, by=by, at=at)

    def tell(subject: UUID) -> None:
        with boundary() as into, transaction.atomic():
            told[0] += _tell_of_source(subject, by=by, at=at)
            into.commit()

    try:
        do_for_each(obtaining.list_on_their_way(), record, leaving=(Refused,))
    finally:
        do_for_each(_to_tell(at), tell, leaving=(Refused,))
    return told[0]


def _to_tell(at: datetime) -> Iterator[UUID]:
    after = ""
    while batch := obtaining.list_to_tell(at=at, after=after, most=BATCH):
        yield from batch
        after = batch[-1].hex


@act(Event.SOURCE_TOLD, purpose=Purpose.RIGHTS)
def _tell_of_source(subject: UUID, *, by: Actor, at: datetime) -> int:
    acting().require(subject, Category.CONTACT, Category.RIGHTS)
    hold(subject)
    rows = list(obtaining.untold_of(subject, at=at))
    if not rows:  # another worker was quicker
        return 0
    # Whoever has no account reads what it was in the letter itself, since no page of ours opens to them.
    account = people_reads.has_account(subject)
    sealed = not people.address_of(subject, at=at)
    with processing(Purpose.RIGHTS, Action.READ, by=by, at=at):
        lines = "\n".join(obtaining.say_line(row, sealed=sealed, at=at) for row in rows)
    kind = Kind.FROM_OTHERS if account else Kind.FROM_OTHERS_FULL
    message = people.tell(subject, kind, context={} if account else {"lines": lines}, by=by, at=at)
    for row in rows:
        row.message, row.unreached = message, message is None
        row.save()
    return 1 if message else 0


@act(Event.SOURCE_TOLD, purpose=Purpose.RIGHTS)
def _record_telling(obtained: UUID, left: datetime | None, *, by: Actor, at: datetime) -> None:
    row = Obtained.objects.select_for_update().get(pk=obtained)
    acting().require(row.subject_id, Category.RIGHTS)
    if row.told_at is None and row.settled_by is None:
        row.told_at, row.unreached = left, left is None
        if left is None:
            row.message = None
        row.save()


@act(Event.SOURCE_TOLD, purpose=Purpose.RIGHTS)
def tell_by_hand(obtained: UUID, *, words: str, by: Actor, at: datetime) -> None:
    """
    This will record that somebody here told the person, and how.

    :raises StepRefused: they were told, or it was decided that they are not, or nothing says how.
    :raises Refused: the actor may not write about this person's rights.
    """
    row = _open_row(obtained)
    _check_says(words)
    row.told_at, row.settled_by, row.words, row.unreached = at, by.id, words.strip(), False
    row.save()


@act(Event.FILE_KEPT, purpose=Purpose.RIGHTS)
def leave_untold(
    obtained: UUID, *, ground: Untold, words: str, look_again_on: date | None, by: Actor, at: datetime
) -> None:
    """
    This will record why a person is not told of what came. Where the ground hides it, no copy and no page shows it to them, until
    somebody looks again. What is kept from them already gets the new ground, words and day in place of the old.

    :raises StepRefused: they were told, nothing says why, or a ground that hides has no day within half a year to look again.
    :raises Refused: the actor may not write about this person's rights.
    """
    row = _open_row(obtained, renewed=True)
    _check_says(words)
    today = timezone.localdate(at)
    if ground.hides and not (look_again_on and today < look_again_on <= today + LONGEST_SILENCE):
        raise StepRefused("Choose a day within six months on which somebody asks whether this still stands.")
    row.ground, row.words, row.settled_by = ground, words.strip(), by.id
    row.concealed, row.look_again_on = ground.hides, look_again_on if ground.hides else None
    row.save()


@act(Event.FILE_KEPT, purpose=Purpose.RIGHTS)
def end_silence(obtained: UUID, *, by: Actor, at: datetime) -> None:
    """
    This will end it that something is kept from its person: they are told with the next message, and never read why it was.

    :raises StepRefused: it is not kept from them.
    :raises Refused: the actor may not write about this person's rights.
    """
    row = Obtained.objects.select_for_update().get(pk=obtained)
    acting().require(row.subject_id, Category.RIGHTS)
    if not row.concealed:
        raise StepRefused("Nothing keeps this from them any more.")
    row.concealed, row.look_again_on, row.settled_by, row.ground, row.words = False, None, None, None, ""
    row.due_on = max(row.due_on, timezone.localdate(at) + WAIT)
    touched(row.subject_id, "rights.obtained/silence_ended")
    row.save()


def _open_row(obtained: UUID, *, renewed: bool = False) -> Obtained:
    """The row, held against a second hand, when nothing was settled about it; `renewed`: or when it is kept from its person."""
    row: Obtained = Obtained.objects.select_for_update().get(pk=obtained)
    acting().require(row.subject_id, Category.RIGHTS)
    if row.told_at is not None:
        raise StepRefused("They were told of this already.")
    if row.settled_by is not None and not (renewed and row.concealed):
        raise StepRefused("Somebody settled this already.")
    if row.message is not None:
        raise StepRefused("A message to them is on its way. Look again when it has left.")
    return row


def _check_says(words: str) -> None:
    if len(set(words.casefold().split())) < _FEWEST_WORDS:
        raise StepRefused("Write it in a sentence: at least three different words.")


# Not acts themselves: the first is one of a service within somebody else's, the second of one act for each person.
note_obtained = _note_obtained
tell_of_sources = _tell_of_sources
