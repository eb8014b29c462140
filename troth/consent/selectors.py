"""What a person agreed to, channel by channel, and every word they said about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import OuterRef, Subquery

from troth.consent.models import ConsentWord, How
from troth.consent.rules import channels_of, words_of
from troth.gate import facts, linking
from troth.gate.contexts import Opened
from troth.gate.facts import FactKind, StandingFact
from troth.law.bases import Basis
from troth.notice import selectors as notices
from troth.notice.purposes import Purpose
from troth.notice.schema import Notice
from troth.people.selectors.tickets import open_ticket, seal_ticket
from troth.vault.categories import Category

#: The link of a message stops what it came by for as long as anybody may still have the message.
LINK_LASTS = timedelta(days=5 * 365)
_LINK = "consent.stop"


@dataclass(frozen=True)
class ByChannel:
    """
    One use by one channel ("" where a use has none): whether their consent stands, since when, or when it ended: taken back, or
    `by_death`.
    """

    channel: str
    stands: bool
    since: datetime | None
    ended: datetime | None
    by_death: bool = False


@dataclass(frozen=True)
class Consent:
    """One use that rests on consent, as the notice words it, and where it stands by each of its channels."""

    purpose: Purpose
    title: str
    words: str
    if_not: str
    channels: tuple[ByChannel, ...]

    @property
    def stands(self) -> bool:
        """Whether anything of it stands."""
        return any(each.stands for each in self.channels)

    def standing(self) -> tuple[ByChannel, ...]:
        """The channels by which it stands."""
        return tuple(each for each in self.channels if each.stands)

    def wording(self, channel: str) -> str:
        """What is agreed to, in the words that are kept as proof."""
        return words_of(self.title, self.words, channel, self.if_not)


@dataclass(frozen=True)
class Word:
    """One word of a person, opened. `by` is who recorded it, as a reference."""

    id: UUID
    purpose: Purpose
    channel: str
    given: bool
    how: How
    at: datetime
    said_on: date | None
    notice: int
    wording: str
    proof: str
    has_paper: bool
    by: str


@dataclass(frozen=True)
class Stop:
    """What the link of a message stops: whose, which use, by which channel."""

    subject: UUID
    purpose: Purpose
    channel: str


def list_consents(subject: UUID, *, at: datetime) -> list[Consent]:
    """
    Every use that rests on consent, in the order of the notice, and where this person stands to each. No key is needed for it.

    :raises NoNotice: none is in force.
    """
    register, notice = notices.register_in_force(at), notice_now(at)
    known = linking.facts_of(subject, at=at)
    rows = {row.id: row for row in notice.purposes} if notice else {}
    found = []
    for declared in sorted(register.purposes.values(), key=lambda each: each.row):
        if declared.basis is not Basis.CONSENT:
            continue
        row = rows.get(declared.purpose)
        found.append(
            Consent(
                declared.purpose,
                declared.title,
                row.words if row else "",
                row.withholding.if_not if row and row.withholding else "",
                tuple(
                    _standing(known, declared.purpose, channel, at)
                    for channel in (channels_of(declared.purpose, notice) or ("",))
                ),
            )
        )
    return found


def get_consent(subject: UUID, purpose: str, *, at: datetime) -> Consent | None:
    """One use that rests on consent, or None when there is none of that name."""
    return next((each for each in list_consents(subject, at=at) if each.purpose.value == purpose), None)


def list_words(subjects: Iterable[UUID], opened: Opened) -> list[Word]:
    """
    Everything a person said about uses by consent, the newest first.

    :raises Refused: this context may not open it.
    """
    found: list[Word] = []
    for subject in subjects:
        opened.require(subject, Category.PREFERENCES)
        found += [_word(row) for row in ConsentWord.objects.filter(subject_id=subject)]
    return sorted(found, key=lambda each: (each.at, each.id), reverse=True)


def words_over(subject: UUID) -> dict[UUID, date]:
    """The words of a person that count no more, each with the day since which: what was taken back, and what took it back."""
    waiting: dict[tuple[str, str], list[UUID]] = {}
    over: dict[UUID, date] = {}
    rows = ConsentWord.objects.filter(subject_id=subject).order_by("recorded_at", "id")
    for word, purpose, channel, given, at in rows.values_list("pk", "purpose", "channel", "given", "recorded_at"):
        waiting.setdefault((purpose, channel), []).append(word)
        if not given:
            over.update(dict.fromkeys(waiting.pop((purpose, channel)), at.date()))
    return over


def stop_link(subject: UUID, purpose: Purpose, channel: str, *, at: datetime) -> str:
    """The address in a message that stops what it came by, without signing in. It says nothing to whoever reads it elsewhere."""
    said = {"subject": subject.hex, "purpose": purpose.value, "channel": channel}
    return f"{settings.TROTH_SITE}/stop/{seal_ticket(_LINK, said, at=at, lasts=LINK_LASTS)}/"


def read_stop(token: str, *, at: datetime) -> Stop | None:
    """What a link stops; None when it is not of our making, or over."""
    said = open_ticket(_LINK, token, at=at)
    return Stop(UUID(said["subject"]), Purpose(said["purpose"]), said["channel"]) if said else None


def count_unproved() -> tuple[int, int]:
    """How many consents stand, and how many of them the newest word of the person does not bear out."""
    standing = [fact for fact in facts.of_kind(FactKind.CONSENT) if fact.ended is None]
    newest = (
        ConsentWord.objects.filter(
            subject_id=OuterRef("subject_id"), purpose=OuterRef("purpose"), channel=OuterRef("channel")
        )
        .order_by("-recorded_at", "-id")
        .values("id")[:1]
    )
    words = ConsentWord.objects.filter(id=Subquery(newest), given=True)
    said = set(words.values_list("subject_id", "purpose", "channel"))
    bare = [fact for fact in standing if (UUID(fact.subject), fact.purpose, fact.value) not in said]
    return len(standing), len(bare)


def notice_now(at: datetime) -> Notice | None:
    version = notices.version_in_force(at)
    return notices.notice_of(version) if version else None


def _word(row: Any) -> Word:
    return Word(
        row.pk,
        Purpose(row.purpose),
        row.channel,
        row.given,
        How(row.how),
        row.recorded_at,
        row.said_on,
        row.notice,
        row.wording or "",
        row.proof or "",
        row.paper is not None,
        row.recorded_by,
    )


def _standing(known: list[StandingFact], purpose: Purpose, channel: str, at: datetime) -> ByChannel:
    now = facts.micros(at)
    of_kind = [
        fact
        for fact in known
        if fact.kind == FactKind.CONSENT and fact.purpose == purpose.value and fact.value == channel and fact.sound
    ]
    standing = [fact.since for fact in of_kind if fact.holds(now) and not _taken_back(fact, of_kind)]
    ended = [fact.ended for fact in of_kind if fact.ended is not None and fact.ended <= now]
    died = {
        fact.since for fact in known if fact.kind == FactKind.DIED
    }  # recorded in the act that ends what they agreed to
    return ByChannel(
        channel,
        bool(standing),
        facts.moment(min(standing)) if standing else None,
        facts.moment(max(ended)) if ended else None,
        by_death=bool(ended) and max(ended) in died,
    )


def _taken_back(consent: StandingFact, of_kind: list[StandingFact]) -> bool:
    """Whether the person has taken it back since, where they said so about another record of theirs: as the gate reads it."""
    return any(
        other.subject != consent.subject and other.ended is not None and other.ended >= consent.since
        for other in of_kind
    )
