"""Reading questions: who has a reason to look, the list, and one opened. Plain values only."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from troth.contact import rules
from troth.contact.models import MESSAGES as MESSAGES
from troth.contact.models import About as About
from troth.contact.models import Conversation, Enquiry, VisitMessage
from troth.contact.models import Turn as Turn
from troth.gate import actors, reasons
from troth.gate.actors import Actor
from troth.gate.contexts import Opened
from troth.gate.reasons import linked
from troth.gate.refusals import nothing_there
from troth.law.calendar import LONDON
from troth.notice.purposes import Action, Purpose
from troth.notice.register import Register
from troth.people import selectors as people
from troth.vault.categories import Category
from troth.vault.openable import openable


@dataclass(frozen=True)
class EnquiryLine:
    """A question in the list: who asks and when; "" where the viewer may not see who."""

    id: UUID
    subject: UUID
    asked_at: datetime
    answered_at: datetime | None
    name: str


@dataclass(frozen=True)
class EnquiryOpened:
    """One question with its words, and what was answered."""

    line: EnquiryLine
    email: str
    words: str
    answer: str
    answered_by: str


def with_question(subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Of these people, those whose question waits, or was answered within the last fourteen days."""
    return linked(Enquiry.objects.filter(_alive(at)), subjects)


def list_enquiries(opened: Opened, *, answered: bool, start: int, most: int) -> tuple[list[EnquiryLine], int]:
    """
    Questions that wait, the longest first; or those answered lately, the newest first. With how many there are in all.

    Those whose sender the viewer may not see stand there without a name; those that an erasure has reached, not at all.
    """
    rows = Enquiry.objects.filter(_alive(opened.at), answered_at__isnull=not answered)
    rows = rows.order_by("-answered_at" if answered else "asked_at", "id")
    shown = openable(rows[start : start + most])
    admitted, _ = opened.admit([row.subject_id for row in shown], Category.CORRESPONDENCE)
    seen = set(admitted)
    lines = [_line(row, row.name or "" if row.subject_id in seen else "") for row in shown]
    return lines, rows.count()


def get_enquiry(enquiry: UUID, opened: Opened) -> EnquiryOpened:
    """
    One question, opened.

    :raises Refused: the viewer may not answer questions, or there is no such one.
    """
    row = Enquiry.objects.filter(pk=enquiry).first()
    opened.require(row.subject_id if row else enquiry, Category.CORRESPONDENCE)
    if row is None:
        raise nothing_there()
    return EnquiryOpened(
        _line(row, row.name or ""),
        row.email or "",
        row.words or "",
        row.answer or "",
        people.staff_name(row.answered_by) if row.answered_by else "",
    )


def _line(row: Enquiry, name: str) -> EnquiryLine:
    return EnquiryLine(row.pk, row.subject_id, row.asked_at, row.answered_at, name)


def _alive(at: datetime) -> Q:
    return Q(answered_at__isnull=True) | Q(answered_at__gt=at - rules.DAYS_AFTER)


def answered_on(subject: UUID) -> dict[str, date]:
    """The questions of a person that were answered, by their identifiers in hexadecimal, each with the day."""
    rows = Enquiry.objects.filter(subject_id=subject, answered_at__isnull=False)
    return {
        row.hex: at.astimezone(LONDON).date() for row, at in rows.values_list("pk", "answered_at") if at is not None
    }


@dataclass(frozen=True)
class ConversationLine:
    """A conversation in a list, and nothing of its words. `unread` counts what the reader's side has not opened."""

    id: UUID
    subject: UUID
    about: About
    turn: Turn
    last_at: datetime
    unread: int
    name: str = ""


@dataclass(frozen=True)
class MessageLine:
    """One message, opened."""

    number: int
    by_staff: bool
    author: str  # of staff, their published name
    written_at: datetime
    read_at: datetime | None
    words: str


@dataclass(frozen=True)
class ConversationOpened:
    """A conversation with its words."""

    line: ConversationLine
    messages: tuple[MessageLine, ...]

    @property
    def last(self) -> int:
        """The number of its last message."""
        return self.messages[-1].number if self.messages else 0


def with_conversation(subjects: Collection[UUID], about: About, *, at: datetime) -> set[UUID]:
    """Of these people, those with a conversation about that which is open, or was closed within the last fourteen days."""
    rows = Conversation.objects.filter(about=about.value)
    return linked(rows.filter(Q(closed_at__isnull=True) | Q(closed_at__gt=at - rules.DAYS_AFTER)), subjects)


def kinds_for(actor: Actor, register: Register | None) -> list[About]:
    """What of conversations this actor's roles let them read, by the notice."""
    declared = register.purposes.get(Purpose.MESSAGES) if register else None
    granted = [declared.access[role] for role in actor.roles if role in declared.access] if declared else []
    return [
        about
        for about, (_, category) in MESSAGES.items()
        if any(each.allows(Action.READ, category) for each in granted)
    ]


def list_conversations(opened: Opened, *, turn: Turn, start: int, most: int) -> tuple[list[ConversationLine], int]:
    """
    The conversations that a viewer's role answers, by whose turn it is: the longest waiting first, others the newest first.

    Those about people whom the viewer has no reason to see are left out: they are a colleague's; and so are the viewer's own.
    """
    kinds = kinds_for(opened.by, opened.register)
    rows = Conversation.objects.filter(turn=turn.value, about__in=[each.value for each in kinds])
    rows = rows.exclude(subject_id=opened.by.id)
    if turn is Turn.CLOSED:
        rows = rows.filter(closed_at__gt=opened.at - rules.DAYS_AFTER)
    rows = rows.order_by("last_at" if turn is Turn.OURS else "-last_at", "id")
    found = list(rows)
    # Nobody is asked for without a reason: a look at this list tries nobody's record.
    because = opened.reasons_for(list({row.subject_id for row in found}))
    found = [row for row in found if because[row.subject_id]]
    seen: dict[About, set[UUID]] = {}
    for about in kinds:
        subjects = [row.subject_id for row in found if row.about == about.value]
        admitted, _ = opened.admit(list(dict.fromkeys(subjects)), Category.IDENTITY, MESSAGES[about][1])
        seen[about] = set(admitted)
    mine = [row for row in found if row.subject_id in seen[About(row.about)]]
    shown = openable(mine[start : start + most])
    names = people.names_of({row.subject_id for row in shown}, opened)
    unread = _unread([row.pk for row in shown], by_staff=False)
    return [_conversation_line(row, unread, names.get(row.subject_id, "")) for row in shown], len(mine)


def count_waiting(actor: Actor, register: Register | None, *, at: datetime) -> int:
    """How many conversations wait for this member of staff, who has a reason to answer them. It opens nothing."""
    kinds = [each.value for each in kinds_for(actor, register)]
    rows = Conversation.objects.filter(turn=Turn.OURS.value, about__in=kinds).exclude(subject_id=actor.id)
    subjects = list(rows.values_list("subject_id", flat=True)) if kinds else []
    if not subjects:
        return 0
    theirs = reasons.answer_for(actor, set(subjects), Purpose.MESSAGES, at=at)
    return sum(subject in theirs for subject in subjects)


def treated(subjects: Collection[UUID], register: Register, *, at: datetime) -> set[UUID]:
    """Of these people, those whom a colleague has in care whose role lets them read about treatment. It opens nothing."""
    theirs = rules.who_treats(subjects, at=at)
    able = {
        who
        for who in set().union(*theirs.values())
        if About.TREATMENT in kinds_for(actors.person(who, at=at), register)
    }
    return {subject for subject, staff in theirs.items() if (staff & able) - {subject}}


def with_unheard(register: Register, *, among: Collection[UUID] | None = None, at: datetime) -> set[UUID]:
    """
    Who wrote about their treatment and waits, while nobody treats them who could read it: of these people, or of all. After a year
    nobody waits for an answer any more.
    """
    rows = Conversation.objects.filter(
        turn=Turn.OURS.value, about=About.TREATMENT.value, last_at__gt=at - rules.FORGOTTEN
    )
    waiting = set(rows.values_list("subject_id", flat=True)) if among is None else linked(rows, among)
    return waiting - treated(waiting, register, at=at) if waiting else set()


def list_unheard(opened: Opened) -> dict[UUID, str]:
    """The same with their names, for whoever passes it on; nothing for anybody else. It opens no word of theirs."""
    if not opened.by.roles & rules.RECEPTION:
        return {}
    found = sorted(with_unheard(opened.register, at=opened.at) - {opened.by.id})
    admitted, _ = opened.admit(found, Category.IDENTITY)
    names = people.names_of(set(admitted), opened)
    erased = people.erased_among(set(admitted).difference(names))
    return {subject: names.get(subject, "") for subject in admitted if subject not in erased}


def conversations_of(subject: UUID, opened: Opened) -> list[ConversationLine]:
    """A person's conversations as this viewer may read them, the newest first. For themselves `unread` counts our answers."""
    # Of staff only what their role may read is asked about: that reception came by is no attempt on anybody's health.
    kinds = kinds_for(opened.by, opened.register) if opened.by.roles else list(MESSAGES)
    may = [each.value for each in kinds if opened.decision(subject, MESSAGES[each][1]).allowed]
    rows = list(Conversation.objects.filter(subject_id=subject, about__in=may).order_by("-last_at", "id"))
    unread = _unread([row.pk for row in rows], by_staff=opened.by.id == subject)
    return [_conversation_line(row, unread, "") for row in rows]


def count_unread(subject: UUID) -> int:
    """How many of our messages a person has not opened. It opens nothing."""
    return sum(
        table.objects.filter(subject_id=subject, by_staff=True, read_at=None).count()
        for table, _ in MESSAGES.values()
    )


def get_conversation(conversation: UUID, opened: Opened) -> ConversationOpened:
    """
    One conversation, opened.

    :raises Refused: the viewer may not read it, or there is none: both are answered alike.
    """
    row = Conversation.objects.filter(pk=conversation).first()
    about = About(row.about) if row else About.VISITS
    table, category = MESSAGES[about]
    opened.require(row.subject_id if row else conversation, category)
    if row is None:
        raise nothing_there()
    said: list[Any] = list(table.objects.filter(conversation=row.pk).order_by("number"))
    names = people.staff_profiles({UUID(each.recorded_by) for each in said if each.by_staff})
    unread = _unread([row.pk], by_staff=opened.by.id == row.subject_id)
    return ConversationOpened(
        _conversation_line(row, unread, ""),
        tuple(
            MessageLine(
                each.number,
                each.by_staff,
                (names[UUID(each.recorded_by)].name if UUID(each.recorded_by) in names else "A colleague")
                if each.by_staff
                else "",
                each.written_at,
                each.read_at,
                each.words or "",
            )
            for each in said
        ),
    )


def closed_on(subject: UUID) -> dict[str, date]:
    """
    Every message of a person about visits, in hexadecimal, with the day from which its time runs, as `rules.over_on` has it. Of one
    whose conversation is gone, that is its own.
    """
    rows = Conversation.objects.filter(subject_id=subject).values_list("pk", "turn", "last_at", "closed_at")
    days = {row: rules.over_on(last, closed=closed, ours=turn == Turn.OURS) for row, turn, last, closed in rows}
    said = VisitMessage.objects.filter(subject_id=subject).values_list("pk", "conversation", "written_at")
    return {row.hex: days.get(of) or written.astimezone(LONDON).date() for row, of, written in said}


def _unread(conversations: Collection[UUID], *, by_staff: bool) -> dict[UUID, int]:
    found: dict[UUID, int] = {}
    for table, _ in MESSAGES.values():
        rows = table.objects.filter(conversation__in=conversations, by_staff=by_staff, read_at=None).order_by()
        found |= dict(rows.values_list("conversation").annotate(many=Count("id")))
    return found


def _conversation_line(row: Conversation, unread: Mapping[UUID, int], name: str) -> ConversationLine:
    return ConversationLine(
        row.pk, row.subject_id, About(row.about), Turn(row.turn), row.last_at, unread.get(row.pk, 0), name
    )
