"""Adding a step to a case, inside an act, and the letter that goes with it. These are no acts: whoever calls them is in one."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from uuid import UUID, uuid4

from django.utils import timezone

from troth.delivery import services as delivery
from troth.delivery.rules import Kind
from troth.delivery.selectors import is_letter
from troth.gate.actors import Actor
from troth.gate.contexts import processing
from troth.notice import selectors as notices
from troth.notice.purposes import Action, Purpose
from troth.people import services as people
from troth.people.selectors import has_account, represented_by
from troth.people.selectors.same import links_of
from troth.rights.models import Asked, CaseStep, RightsCase, State, StepKind
from troth.rights.rules.clock import Happened, Reckoned, begins_anew, is_impossible, is_unproven
from troth.rights.rules.letters import (
    ASKED_WORDS,
    Composed,
    Ending,
    LetterKind,
    compose,
    regulator_line,
    said_together,
    ways_open,
)
from troth.rights.selectors import clocks
from troth.rights.selectors.posted import letter_link
from troth.rights.selectors.wording import notice_now

#: What a case may not wait for: these act from the moment they are asked, whoever weighs them afterwards (LAW-3.6, LAW-3.9).
AT_ONCE = frozenset({Asked.RESTRICTION, Asked.OBJECTION})


class StepRefused(Exception):
    """A step cannot be taken as asked; the message says why, by which rule, and what to do."""


def _why_unproven(case: UUID) -> str:
    """Say why nothing may be handed out, changed or erased for whoever asked, or "" when it may: who it was is not settled yet."""
    if not is_unproven([kind for kind, _ in clocks.happened_in(case)]):
        return ""
    return (
        "Proof was asked for. Look at it first, and say what you found: nothing is handed out, changed or erased before "
        "[LAW-1.15]."
    )


def _why_nobody(subject: UUID, *, at: datetime) -> str:
    """Say why nothing that a person asked for themselves is handed out any more, or "" while they live."""
    if not people.has_died(subject, at=at):
        return ""
    return "They died. Their record is made in the request of whoever applies for it, and for nobody else [LAW-4.10]."


def _compose_for(
    case: UUID,
    kind: LetterKind,
    *,
    at: datetime,
    proof: str = "",
    reason: str = "",
    grounds: Iterable[str] = (),
    ending: Ending | None = None,
    words: str = "",
    day: date | None = None,
    use: str = "",
    stopped: bool = False,
    besides: Iterable[RightsCase] = (),
) -> Composed:
    """A letter of this case, and of those `besides`, as it would go: what the preview shows and what is sent are the same."""
    row = RightsCase.objects.only("id", "subject", "right", "received_on", "asked_by").get(pk=case)
    besides = list(besides)
    asked, happened = Asked(row.right), clocks.happened_in(case)
    if kind is LetterKind.EXTENSION and not any(each is StepKind.EXTENDED for each, _ in happened):
        happened = [*happened, (StepKind.EXTENDED, timezone.localdate(at))]
    return compose(
        kind,
        asked=asked,
        reference=clocks.reference_of(case),
        received_on=row.received_on,
        due_on=clocks.reckoned(asked, row.received_on, happened, at=at).due_on,
        regulator=regulator_line(notice_now(at)),
        proof=proof,
        reason=reason,
        grounds=grounds,
        ending=ending,
        words=words,
        day=day,
        by_another=row.asked_by is not None,
        use=use,
        stopped=stopped,
        besides=[(Asked(each.right), clocks.reference_of(each.pk)) for each in besides],
        days=[each.due_on for each in besides],
        has_account=kind is not LetterKind.COPY or _has_account(row.subject_id),
        begins=begins_anew(asked, row.received_on, on=timezone.localdate(at)),
    )


def _has_account(subject: UUID) -> bool:
    """Whether somebody can sign in, under this record or another that is known to be theirs."""
    linked = {record for each in links_of(subject) for record in (each.one, each.other)}
    return any(map(has_account, {subject, *linked}))


def _restate(row: RightsCase, happened: list[Happened] | None = None, *, at: datetime) -> Reckoned:
    """Bring the day in the list of work to what the clock gives now, inside an act. `happened` when it is known already."""
    case = RightsCase.objects.filter(pk=row.pk)
    right, received_on, *stood = case.values_list("right", "received_on", "due_on", "waits_for").get()
    if happened is None:
        happened = clocks.happened_in(row.pk)
    clock = clocks.reckoned(Asked(right), received_on, happened, at=at)
    row.due_on, row.waits_for = clock.due_on, clock.waits_for or ""
    if stood != [row.due_on, row.waits_for]:
        case.update(due_on=row.due_on, waits_for=row.waits_for)
    return clock


def _add(
    row: RightsCase,
    kind: StepKind,
    *,
    at: datetime,
    on: date | None = None,
    words: str = "",
    detail: Mapping[str, str] | None = None,
    step: UUID | None = None,
) -> None:
    day = on or timezone.localdate(at)
    happened = sorted([*clocks.happened_in(row.pk), (kind, day)], key=lambda each: each[1])
    if why_not := is_impossible(Asked(row.right), row.received_on, happened, on=day):
        raise StepRefused(why_not)
    CaseStep.objects.create(
        id=step or uuid4(),
        subject_id=row.subject_id,
        case_id=row.pk,
        kind=kind.value,
        on=day,
        number=len(happened),
        words=words,
        detail=dict(detail or {}),
    )
    if row.state != State.DONE:
        _restate(row, happened, at=at)


def _ask_again(row: RightsCase, words: str, *, on: date, at: datetime) -> None:
    """Keep what somebody wrote who asks again for what waits already, inside an act: one case, with the words of each time."""
    if words.strip():
        _add(row, StepKind.NOTE, at=at, words=f"They asked again on {on:%-d %B %Y}: {words.strip()}")


def _name_use(row: RightsCase, purpose: Purpose, *, at: datetime) -> None:
    """Write on the case of an objection which use it is about: it closes when each of them was weighed."""
    words = f"They object to this, and it has stopped: {_title(purpose, at) or purpose.value}."
    _add(row, StepKind.NOTE, at=at, words=words, detail={"use": purpose.value})


def _title(purpose: Purpose, at: datetime) -> str:
    """What the notice calls a use, or "" where it names none."""
    declared = notices.register_in_force(at).purposes.get(purpose)
    return declared.title if declared else ""


def _close(
    row: RightsCase,
    ending: Ending,
    letter: Composed | None,
    *,
    by_post: bool = False,
    grounds: Iterable[str] = (),
    words: str = "",
    also: Mapping[str, object] | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """
    End a case, inside an act that holds its row: the letter that tells of it, the step, and the state. There is no other way, so
    that what happened to a case can always be read from its steps. `also` is what the outcome says besides.
    """
    named = sorted(set(grounds))
    if letter is not None:
        _send(row, letter, by_post=by_post, by=by, at=at)
    _add(row, StepKind.CLOSED, at=at, words=words, detail={"ending": ending.value, "ground": ",".join(named)})
    with processing(Purpose.RIGHTS, Action.READ, by=by, at=at):
        before = RightsCase.objects.get(pk=row.pk).outcome or {}
    row.state = State.DONE
    row.outcome = {
        **before,
        "closed_at": at.isoformat(),
        "ending": ending.value,
        "grounds": named,
        "words": words,
        **(also or {}),
    }
    row.save()


def _reopen(row: RightsCase, *, words: str, came: StepKind | None = None, at: datetime) -> None:
    """Open a closed case again, inside an act that holds its row. `came` is what it had waited for, where that is why."""
    RightsCase.objects.filter(pk=row.pk).update(state=State.ASKED)
    row.state = State.ASKED
    if came is not None:
        _add(row, came, at=at, words=words)
    _add(row, StepKind.REOPENED, at=at, words=words)


def _send(
    row: RightsCase,
    letter: Composed,
    *,
    by_post: bool,
    besides: Iterable[RightsCase] = (),
    by: Actor,
    at: datetime,
) -> None:
    """
    Keep a letter on its case, and send it: by email, or to be printed when we have no address or they want paper (LAW-1.22). The
    cases `besides` that it is about keep it too, and it goes once.
    """
    step = uuid4()
    _tell_who_asked(row, by=by, at=at)
    message = (None if by_post else _email(row, letter, step=step, by=by, at=at)) or _post(row, letter, by=by, at=at)
    _add(
        row,
        StepKind.LETTER,
        step=step,
        at=at,
        words=letter.text,
        detail=(sent := {"letter": letter.kind.value, **_went(message)}),
    )
    for each in besides:
        _add(each, StepKind.LETTER, at=at, words=letter.text, detail={**sent, "with": clocks.reference_of(row.pk)})


def _went(message: UUID | None) -> dict[str, str]:
    """How a letter went, and as which message: where its case goes under another record, that goes with it."""
    if message is None:
        return {"by": "post"}
    return {"by": "post" if is_letter(message) else "email", "message": message.hex}


def _tell_who_asked(row: RightsCase, *, by: Actor, at: datetime) -> None:
    """Tell whoever asked for the person that a letter waits, while they may read it: the person hears of it as ever."""
    if row.asked_by is None:
        return
    if any(
        subject == row.subject_id and purpose in ("", Purpose.RIGHTS)
        for subject, purpose in represented_by(row.asked_by, at=at)
    ):
        people.tell(
            row.asked_by, Kind.ACTING_LETTER, context={"reference": clocks.reference_of(row.pk)}, by=by, at=at
        )


_EMAILS = {
    LetterKind.RECEIPT: Kind.CASE_RECEIVED,
    LetterKind.ACKNOWLEDGEMENT: Kind.COMPLAINT_RECEIVED,
    LetterKind.PROOF: Kind.CASE_PROOF,
    LetterKind.COPY: Kind.COPY_READY,
    LetterKind.CERTIFICATE: Kind.CERTIFICATE_READY,
    LetterKind.LIFTING: Kind.RESTRICTION_ENDS,
}
#: These say only that something lies in the account.
_IN_THE_ACCOUNT = frozenset({Kind.CASE_LETTER, Kind.COPY_READY, Kind.CERTIFICATE_READY, Kind.RESTRICTION_ENDS})


def _email(row: RightsCase, letter: Composed, *, step: UUID | None = None, by: Actor, at: datetime) -> UUID | None:
    """What an email may say of it: the letter itself stands in the account, since it may tell of somebody's health."""
    with processing(Purpose.RIGHTS, Action.READ, by=by, at=at):
        to = (RightsCase.objects.get(pk=row.pk).reply_to or {}).get("email", "")
    kind = _EMAILS.get(letter.kind, Kind.CASE_LETTER)
    if kind is Kind.CASE_PROOF and letter.own_words:
        kind = Kind.CASE_LETTER  # what an officer wrote stands in no email, and is not lost for that
    ways = ways_open(letter.kind, Asked(row.right), regulator_line(notice_now(at)))
    if row.right == Asked.DECEASED:
        if not to:
            return None  # whoever asks gave no address, and nothing is sent to somebody who died
    elif people.has_died(row.subject_id, at=at):
        return None  # the address on the case was the person's own while they lived
    if kind in _IN_THE_ACCOUNT and (to or not has_account(row.subject_id)):
        return _email_link(row, to or people.address_of(row.subject_id, at=at), step, ways, by=by, at=at)
    return people.tell(
        row.subject_id,
        kind,
        to=to,
        context=_said(row, letter, at=at),
        by=by,
        at=at,
    )


def _said(row: RightsCase, letter: Composed, *, at: datetime) -> dict[str, str]:
    """What an email about a letter, or a receipt on paper, says of its case."""
    day = f"{letter.day:%-d %B %Y}" if letter.day else ""
    regulator = regulator_line(notice_now(at))
    return {
        "reference": said_together(clocks.reference_of(row.pk), letter.besides),
        "asked": "; ".join(
            f"{ASKED_WORDS[each]}{' (it has stopped already)' if letter.stopped and each in AT_ONCE else ''}"
            for each in (Asked(row.right), *(one for one, _ in letter.besides))
        ),
        "received": f"{row.received_on:%-d %B %Y}",
        "due": letter.due,
        "needed": letter.paragraphs[1] if letter.kind is LetterKind.PROOF else "",
        "begins": letter.begins,
        "day": day,
        "until": day,
        "regulator": regulator,
        "ways": ways_open(letter.kind, Asked(row.right), regulator),
    }


#: What is taken in by whoever may not open the case, and says nothing that an email may not say.
_FOR_THE_PRINTER = frozenset({LetterKind.RECEIPT, LetterKind.PROOF})


def _post(row: RightsCase, letter: Composed, *, by: Actor, at: datetime) -> UUID | None:
    """
    Lay among the letters to print what no officer sent: nobody else would know that it is to go. An officer prints their own from
    the case. None where it is theirs, or nobody knows where to.
    """
    if by.kind == "person" or letter.kind not in _FOR_THE_PRINTER:
        return None
    with processing(Purpose.RIGHTS, Action.READ, by=by, at=at):
        given = RightsCase.objects.get(pk=row.pk).reply_to or {}
    to = "\n".join(filter(None, (given.get("name"), given["address"]))) if given.get("address") else ""
    if row.right != Asked.DECEASED:
        to = to or people.envelope_of(row.subject_id, at=at)
    if not to:
        return None
    kind = _EMAILS[letter.kind]
    return delivery.send_letter(row.subject_id, kind=kind, to=to, context=_said(row, letter, at=at), by=by, at=at)


def _email_link(row: RightsCase, to: str, step: UUID | None, ways: str, *, by: Actor, at: datetime) -> UUID | None:
    """Tell somebody without an account of their letter, by a link that opens it alone; None without an address, for the printer."""
    if not to or step is None:
        return None
    return delivery.send_email(
        row.subject_id,
        kind=Kind.CASE_LETTER_LINK,
        to=to,
        context={"reference": clocks.reference_of(row.pk), "ways": ways},
        link=letter_link(row.pk, step, at=at),
        by=by,
        at=at,
    )


# What a page asks before it offers anything, and no act itself.
why_unproven = _why_unproven
