"""Acts on questions, which anybody asks and somebody whose role it is answers; and on conversations, from both sides."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Max

from troth.contact import rules, selectors
from troth.contact.models import MESSAGES, About, Conversation, Enquiry, Side, Turn
from troth.delivery import services as delivery
from troth.delivery.rules import Kind
from troth.delivery.selectors import may_reach
from troth.gate import actors, facts
from troth.gate.actors import Actor
from troth.gate.acts import act, acting, hold, new_subject, require_role
from troth.gate.facts import FactKind
from troth.gate.refusals import nothing_there
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.people import selectors as people
from troth.people import services as people_services
from troth.people.rules import normal_email
from troth.vault import keyring
from troth.vault.categories import Category
from troth.vault.models import SubjectKind


@act(Event.ENQUIRER_CAME, purpose=Purpose.ENQUIRIES)
def ask(*, name: str, email: str, words: str, by: Actor, at: datetime) -> UUID:
    """
    Take in what a stranger asks: it is sealed at once, under a key of its own. Gives the question.

    They were given the notice in force, which stands beside the form: nothing could be held of them otherwise.

    :raises NoNotice: none is in force.
    :raises ValueError: it is not an address.
    """
    address = normal_email(email)
    made = new_subject(SubjectKind.ENQUIRER)
    return _write(
        made.id,
        name=name,
        email=address,
        words=words,
        given=str(acting().register.version),
        by=actors.enquirer(made.id),
        at=at,
    )


@act(Event.ENQUIRY_ASKED, purpose=Purpose.ENQUIRIES)
def _write(subject: UUID, *, name: str, email: str, words: str, given: str, by: Actor, at: datetime) -> UUID:
    facts.record(subject, FactKind.NOTICE_GIVEN, at=at, value=given)
    found: UUID = Enquiry.objects.create(
        subject_id=subject, name=name.strip(), email=email, words=words.strip(), asked_at=at
    ).pk
    return found


@act(Event.ENQUIRY_ANSWERED, purpose=Purpose.ENQUIRIES)
def answer(enquiry: UUID, *, words: str, by: Actor, at: datetime) -> None:
    """
    Write down what was answered, and how. The answer itself goes by whichever way they can be reached.

    :raises NotPossible: it is answered already, or nothing is written.
    :raises Refused: the actor may not answer questions.
    """
    row = Enquiry.objects.select_for_update().filter(pk=enquiry).first()
    # One that does not exist is answered as a stranger's: the gate is asked about somebody in either case.
    acting().require(row.subject_id if row else enquiry, Category.CORRESPONDENCE)
    if row is None:
        raise nothing_there()
    rules.check_can_answer(answered_at=row.answered_at, answer=words)
    row.answer, row.answered_at, row.answered_by = words.strip(), at, by.id
    row.save()


@act(Event.MESSAGE_SENT_TO_US, purpose=Purpose.MESSAGES)
def write_to_us(
    subject: UUID,
    *,
    words: str,
    message: UUID,
    about: About = About.VISITS,
    conversation: UUID | None = None,
    by: Actor,
    at: datetime,
) -> UUID:
    """
    Write a message as the person whose account it is, into a conversation of theirs or a new one, and give the conversation.
    `message` is the identifier that its page was given, so that what is sent twice is kept once.

    :raises NotPossible: nothing is written, it is closed or none of theirs, it is kept already, they wrote too many today, or it is
        about treatment and nobody treats them.
    :raises Refused: the actor is somebody else.
    """
    if by.id != subject:
        raise keyring.poison(nothing_there())
    since = at - timedelta(days=1)
    hold(subject)  # against a second window
    mine = [
        table.objects.filter(subject_id=subject, by_staff=False, written_at__gt=since).count()
        for table, _ in MESSAGES.values()
    ]
    rules.check_pace(sum(mine))
    row = _conversation(subject, conversation, about, Turn.OURS, at=at)
    if row.about == About.TREATMENT and subject not in selectors.treated([subject], acting().register, at=at):
        raise rules.NotPossible(
            "Nobody who could read this treats you here at present. Ring us, or write to reception without words about your health."
        )
    _say(row, words, message, by_staff=False, at=at)
    found: UUID = row.pk
    return found


@act(Event.MESSAGE_SENT_TO_THEM, purpose=Purpose.MESSAGES)
def write_to_them(
    subject: UUID,
    *,
    words: str,
    message: UUID,
    about: About = About.VISITS,
    conversation: UUID | None = None,
    read: int | None = None,
    by: Actor,
    at: datetime,
) -> UUID:
    """
    Answer as staff, or begin a conversation, and give it. They are told by email that a message waits, and nothing of what it says.
    `read` is the number of the last message that the writer had before them: what came in meanwhile is not passed over.

    :raises NotPossible: nothing is written, it is closed, something came in meanwhile, it is kept already, they have no account, or
        it is the writer's own conversation.
    :raises Refused: the actor may not write about that to that person.
    """
    require_role(MESSAGES[about][1])
    acting().require(subject, MESSAGES[about][1])
    _check_not_their_own(subject, by)
    hold(subject)
    if not people.has_account(subject):
        raise rules.NotPossible("They have no account here, so they could not read it. Ring them, or write a letter.")
    row = _conversation(subject, conversation, about, Turn.THEIRS, at=at)
    if conversation is not None and _last_number(row) != read:
        raise rules.NotPossible("Something was written meanwhile. Read it first; what you wrote still stands below.")
    _say(row, words, message, by_staff=True, at=at)
    _tell(subject, by=by, at=at)
    found: UUID = row.pk
    return found


@act(Event.CONVERSATION_CLOSED, purpose=Purpose.MESSAGES)
def close_conversation(conversation: UUID, *, read: int, by: Actor, at: datetime) -> None:
    """
    Close a conversation. From now on the time runs for which its words are kept. Who writes again begins another. `read` is the
    number of the last message that whoever closes it had before them: what came in meanwhile is not closed away.

    :raises NotPossible: it is closed already, something came in meanwhile, or it is their own.
    :raises Refused: the actor may not answer it.
    """
    row = Conversation.objects.select_for_update().filter(pk=conversation).first()
    category = MESSAGES[About(row.about)][1] if row else Category.CORRESPONDENCE
    acting().require(row.subject_id if row else conversation, category)
    require_role(category)
    if row is None:
        raise nothing_there()
    if row.turn == Turn.CLOSED:
        raise rules.NotPossible("This conversation is closed already.")
    _check_not_their_own(row.subject_id, by)
    if _last_number(row) != read:
        raise rules.NotPossible("Something was written meanwhile. Read it before you close this.")
    row.turn, row.closed_at = Turn.CLOSED, at
    row.save()


@act(Event.MESSAGES_READ, purpose=Purpose.MESSAGES)
def note_read(conversation: UUID, *, by: Actor, at: datetime) -> None:
    """
    Note that what the other side wrote was opened now.

    :raises Refused: the actor may not read it.
    """
    row = Conversation.objects.filter(pk=conversation).first()
    category = MESSAGES[About(row.about)][1] if row else Category.CORRESPONDENCE
    acting().require(row.subject_id if row else conversation, category)
    if row is None:
        raise nothing_there()
    table = MESSAGES[About(row.about)][0]
    for each in table.objects.filter(conversation=row.pk, by_staff=by.id == row.subject_id, read_at=None):
        each.read_at = at
        each.save(update_fields=["read_at"])


def _check_not_their_own(subject: UUID, by: Actor) -> None:
    """Whoever works here and is treated here writes as the one in their account, and is answered by a colleague."""
    if by.id == subject:
        raise rules.NotPossible(
            "This is your own conversation. A colleague answers it; you write in it in your account."
        )


def _conversation(
    subject: UUID, conversation: UUID | None, about: About, turn: Turn, *, at: datetime
) -> Conversation:
    """The conversation, held, with its new turn; or a new one about that."""
    if conversation is None:
        acting().require(subject, MESSAGES[about][1], Category.CORRESPONDENCE)
        made: Conversation = Conversation.objects.create(
            subject_id=subject,
            about=about.value,
            turn=turn.value,
            last_at=at,
            begun_by=Side.THEM if turn is Turn.OURS else Side.US,
        )
        return made
    row: Conversation | None = (
        Conversation.objects.select_for_update().filter(pk=conversation, subject_id=subject).first()
    )
    acting().require(subject, MESSAGES[About(row.about) if row else about][1])
    if row is None:
        raise rules.NotPossible("There is no such conversation.")
    if row.turn == Turn.CLOSED:
        raise rules.NotPossible("This conversation is closed. Begin another one.")
    row.turn, row.last_at = turn.value, at
    row.save()
    return row


def _say(row: Conversation, words: str, message: UUID, *, by_staff: bool, at: datetime) -> None:
    table: Any = MESSAGES[About(row.about)][0]
    rules.check_words(words)
    if table.objects.filter(pk=message).exists():
        raise rules.NotPossible("This message was sent already.")
    table.objects.create(
        pk=message,
        subject_id=row.subject_id,
        conversation=row.pk,
        number=_last_number(row) + 1,
        by_staff=by_staff,
        written_at=at,
        words=words.strip(),
    )


def _last_number(row: Conversation) -> int:
    table = MESSAGES[About(row.about)][0]
    return table.objects.filter(conversation=row.pk).aggregate(last=Max("number"))["last"] or 0


def _tell(subject: UUID, *, by: Actor, at: datetime) -> None:
    """Write that a message waits in their account, and nothing of what it says or who wrote it."""
    service = actors.service("message-notices", on_behalf_of=by.id)
    # Who asked us to stop finds the message in their account all the same.
    reached = people_services.contact_for(subject, Purpose.MESSAGES, by=service, at=at)
    if reached is not None and reached.email and may_reach(subject, Purpose.MESSAGES, "email", at=at):
        delivery.send_email(subject, kind=Kind.MESSAGE_WAITS, to=reached.email, by=service, at=at)
