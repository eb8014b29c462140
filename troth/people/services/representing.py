"""Recording who acts for a person, and ending it. The gate reads the fact at every request: what ends here ends at once."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.utils import timezone

from troth.delivery.rules import Kind
from troth.gate import actors, facts
from troth.gate.actors import Actor
from troth.gate.acts import act, acting
from troth.gate.contexts import processing
from troth.gate.facts import FactKind, Scope
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.people.models import ActsAs, Representation
from troth.people.rules import AuthorityRefused, check_can_represent, parent_until
from troth.people.selectors.representing import Authority, list_authorities
from troth.people.selectors.steps import has_account
from troth.people.services.telling import _tell
from troth.vault.categories import Category
from troth.vault.models import Subject
from troth.vault.uploads import SealedUpload

_ALWAYS = frozenset({Category.IDENTITY, Category.RIGHTS})


@act(Event.AUTHORITY_RECORDED, purpose=Purpose.RIGHTS)
def record_authority(
    subject: UUID,
    *,
    representative: UUID,
    acts_as: ActsAs,
    until: datetime,
    checked: str,
    wish: str = "",
    born_on: date | None = None,
    capacity_lost: bool = False,
    paper: SealedUpload | None = None,
    purposes: tuple[Purpose, ...] = (Purpose.RIGHTS,),
    categories: Collection[Category] | None = None,
    may_ask: Collection[str] | None = None,
    by: Actor,
    at: datetime,
) -> UUID:
    """
    Record that somebody acts for a person, after their paper was looked at, and let them, for these purposes and until that moment
    (LAW-3.15 to 3.18).

    `born_on` is the person's day of birth, when it is known; `wish` is what they said of it themselves. `categories` are the
    kinds of data and `may_ask` the rights that the paper covers; None is every one. The name and the file of what was asked are
    always among them: without those nobody could act at all.

    :raises AuthorityRefused: it may not be on this ground, or nothing says what was looked at.
    :raises Refused: the actor may not do this for that person.
    """
    acting().require(subject, Category.REPRESENTATIVE)
    last_day = timezone.localdate(until - timedelta(microseconds=1)) if until > at else date.min
    if why_not := check_can_represent(
        acts_as.value,
        born_on=born_on,
        since=timezone.localdate(at),
        last_day=last_day,
        wish=wish,
        capacity_lost=capacity_lost,
        has_paper=paper is not None,
        checked=checked,
    ):
        raise AuthorityRefused(why_not)
    if facts.of(subject, FactKind.DIED, at=at):
        raise AuthorityRefused(
            "They died. Whoever asks for their records now asks under the law for those of the dead [LAW-4.10]."
        )
    known = Subject.objects.filter(pk=representative).exists()
    if not known or representative == subject or actors.person(representative, at=at).roles:
        raise AuthorityRefused("Choose somebody with an account of their own, who does not work here.")
    if may_ask is not None and not may_ask:
        raise AuthorityRefused("Choose what they may ask for: without anything there is nothing to record.")
    reach = Scope(
        "",
        frozenset(Category) if categories is None else frozenset(categories) | _ALWAYS,
        None if may_ask is None else frozenset(may_ask),
    )
    row = Representation.objects.create(
        subject_id=subject,
        representative=representative,
        until=until,
        acts_as=acts_as,
        paper=paper.stored if paper else None,
        checked=checked.strip(),
        wish=wish.strip(),
        scope={
            "purposes": [purpose.value for purpose in purposes],
            "categories": None if categories is None else sorted(categories),
            "rights": None if may_ask is None else sorted(may_ask),
        },
    )
    if paper is not None:
        paper.kept = True
    for purpose in purposes:
        facts.record(
            subject,
            FactKind.REPRESENTATIVE,
            at=at,
            purpose=purpose,
            value=reach._replace(authority=row.pk.hex).text,
            other=representative,
            until=until,
        )
    _tell(subject, Kind.ACTED_FOR, context=_said(subject, acts_as, last_day), by=by, at=at)
    _tell(representative, Kind.MAY_ACT, by=by, at=at)
    found: UUID = row.pk
    return found


def _said(subject: UUID, acts_as: ActsAs, last_day: date) -> dict[str, str]:
    """What the letter to a person says of who acts for them: whoever has no account reads it nowhere else."""
    if has_account(subject):
        return {
            "said": "As what, on what proof, and until when stands in your account.",
            "ends": "end it there, or tell us",
        }
    words = acts_as.words[:1].lower() + acts_as.words[1:]
    return {"said": f"They act for you as this: {words}, until {last_day:%-d %B %Y}.", "ends": "tell us"}


@act(Event.AUTHORITY_ENDED, purpose=Purpose.RIGHTS)
def end_authority(authority: UUID, *, by: Actor, at: datetime) -> None:
    """
    End that somebody acts for a person. They are refused from their next request on.

    :raises Representation.DoesNotExist: there is none of that id.
    :raises Refused: the actor may not do this for that person.
    """
    row = Representation.objects.only("id", "subject", "representative", "until", "ended_at").get(pk=authority)
    acting().require(row.subject_id, Category.REPRESENTATIVE)
    if row.ended_at is None:
        Representation.objects.filter(pk=authority).update(ended_at=at)
        if row.until > at:  # what its own day has ended before is no news to them
            _tell(row.representative, Kind.ACTING_ENDED, by=by, at=at)
    _shut(row.subject_id, authority, at=at)


def _shut(subject: UUID, authority: UUID, *, at: datetime) -> dict[str, str]:
    """End the facts that the gate reads of an authority; gives what each purpose's said."""
    found = {
        fact.purpose: fact.value
        for fact in facts.of(subject, FactKind.REPRESENTATIVE, at=at)
        if facts.scope_of(fact.value).authority == authority.hex
    }
    for value in set(found.values()):
        facts.end(subject, FactKind.REPRESENTATIVE, at=at, value=value)
    return found


def _follow_birthday(subject: UUID, *, before: date | None, born_on: date, by: Actor, at: datetime) -> None:
    """
    Inside the act that puts a day of birth right: whoever acts as a parent does so no longer than that day lets them (LAW-3.18).

    :raises Refused: the actor may not do this for that person.
    """
    acting().require(subject, Category.REPRESENTATIVE)
    with processing(Purpose.RIGHTS, Action.READ, by=by, at=at) as opened:
        parents = [
            each for each in list_authorities(subject, opened) if each.stands and each.acts_as is ActsAs.PARENT
        ]
    for each in parents:
        last_day = timezone.localdate(each.until - timedelta(microseconds=1))
        first = parent_until(born_on, before=before, last_day=last_day, wish=each.wish)
        until = timezone.make_aware(datetime.combine(first, time()))
        if until < each.until:
            _cut_short(each, until=until, by=by, at=at)


def _cut_short(each: Authority, *, until: datetime, by: Actor, at: datetime) -> None:
    reach = _shut(each.subject, each.id, at=at)
    if until <= at:
        Representation.objects.filter(pk=each.id).update(ended_at=at)
        _tell(each.representative, Kind.ACTING_ENDED, by=by, at=at)
        return
    Representation.objects.filter(pk=each.id).update(until=until)
    for purpose, value in reach.items():
        facts.record(
            each.subject,
            FactKind.REPRESENTATIVE,
            at=at,
            purpose=Purpose(purpose),
            value=value,
            other=each.representative,
            until=until,
        )
    last_day = timezone.localdate(until - timedelta(microseconds=1))
    said = {"last_day": f"{last_day:%-d %B %Y}"}
    _tell(each.representative, Kind.ACTING_SOONER, context=said, by=by, at=at)


# No act itself: whoever puts a day of birth right is in one.
follow_birthday = _follow_birthday
