"""
Consent given and taken back. The proof and the gate's standing fact are written in one transaction, so a use begins and ends in
every process at the moment of the word (UK GDPR Article 7).
"""

from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from troth.consent import selectors
from troth.consent.models import ConsentWord, How
from troth.consent.rules import ConsentRefused, check_can_say
from troth.delivery import services as delivery
from troth.delivery.rules import Kind
from troth.delivery.services.suppressing import unsuppress
from troth.gate import actors, facts, linking
from troth.gate.actors import Actor
from troth.gate.acts import act, acting, hold
from troth.gate.contexts import processing
from troth.gate.facts import FactKind
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.notice.schema.words import MarketingChannel
from troth.people.selectors.patients import addresses_of
from troth.vault.categories import Category
from troth.vault.uploads import SealedUpload


@act(Event.CONSENT_GIVEN, purpose=Purpose.RIGHTS)
def give(
    subject: UUID,
    purpose: Purpose,
    *,
    channel: str = "",
    how: How = How.PORTAL,
    said_on: date | None = None,
    proof: str = "",
    paper: SealedUpload | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """
    Record that a person agreed to one use by one channel, with the words that the notice in force has for it. Saying a thing twice
    changes nothing: there is one fact, and its first day stays.

    :raises ConsentRefused: the notice asks no such consent, or nothing could show that they said it.
    :raises Refused: the actor may not do this for that person.
    """
    acting().require(subject, Category.RIGHTS, Category.PREFERENCES)
    hold(subject)  # of two words at once the second finds the first
    _check_word(purpose, channel, given=True, how=how, proof=proof, paper=paper, said_on=said_on, at=at)
    standing = facts.unended(subject, FactKind.CONSENT, at=at)
    if any(fact.purpose == purpose.value and fact.value == channel for fact in standing):
        return
    _write(subject, purpose, channel, given=True, how=how, said_on=said_on, proof=proof, paper=paper, at=at)
    facts.record(subject, FactKind.CONSENT, at=at, purpose=purpose, value=channel)
    if purpose is Purpose.MARKETING and channel in ("", MarketingChannel.EMAIL):
        with processing(Purpose.RIGHTS, Action.READ, by=by, at=at) as opened:
            addresses = addresses_of(subject, opened)
        unsuppress(addresses)


@act(Event.CONSENT_TAKEN_BACK, purpose=Purpose.RIGHTS)
def take_back(
    subject: UUID,
    purpose: Purpose,
    *,
    channel: str | None = None,
    how: How = How.PORTAL,
    said_on: date | None = None,
    proof: str = "",
    by: Actor,
    at: datetime,
) -> None:
    """
    End a consent by one channel, or with None by all. What was done before stays lawful (LAW-3.13). A person's word about one of
    their records is a word about all that are linked; whoever writes it for them says which.

    :raises ConsentRefused: nothing could show that they said it.
    :raises Refused: the actor may not do this for that person.
    """
    themself = by.id == subject and not (by.roles or by.held_back)
    by_link = by.kind == "service" and by.name == "consent-link"
    everywhere = linking.subjects_of(subject, at=at) if themself or by_link else (subject,)
    hold(*everywhere)
    for each in everywhere:
        acting().require(each, Category.RIGHTS, Category.PREFERENCES)
        # One that begins a moment later, on another machine's clock, is taken back as well.
        for fact in facts.unended(each, FactKind.CONSENT, at=at):
            if fact.purpose != purpose.value or channel not in (None, fact.value):
                continue
            _check_word(purpose, fact.value, given=False, how=how, proof=proof, paper=None, said_on=said_on, at=at)
            _write(each, purpose, fact.value, given=False, how=how, said_on=said_on, proof=proof, paper=None, at=at)
            facts.end(each, FactKind.CONSENT, at=at, purpose=purpose, value=fact.value)


def _say_for(
    subject: UUID,
    purpose: Purpose,
    *,
    channel: str,
    given: bool,
    how: How,
    said_on: date,
    proof: str,
    paper: SealedUpload | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """
    Record what somebody said on paper, by telephone or at reception. The service writes it for whoever heard it, who need not be
    allowed to read what else the person chose.

    :raises ConsentRefused: nothing could show it, the day is still to come, or the notice asks no such consent.
    :raises Refused: they do not work here.
    """
    writer = actors.service("consent-desk", on_behalf_of=by.id)
    if given:
        give(subject, purpose, channel=channel, how=how, said_on=said_on, proof=proof, paper=paper, by=writer, at=at)
    else:
        take_back(subject, purpose, channel=channel, how=how, said_on=said_on, proof=proof, by=writer, at=at)


def _stop_by_link(token: str, *, at: datetime) -> bool:
    """
    Take back what the link of a message is about, without a sign-in: whoever has the message may stop it, and nothing is shown to
    them. False when the link is not of our making. Following it twice changes nothing.
    """
    stop = selectors.read_stop(token, at=at)
    if stop is None:
        return False
    writer = actors.service("consent-link")
    take_back(stop.subject, stop.purpose, channel=stop.channel, how=How.LINK, by=writer, at=at)
    return True


def _send_news(subject: UUID, *, line: str, words: str, by: Actor, at: datetime) -> UUID | None:
    """
    Write news to a person who agreed to it by email, with the link that stops it. None when we have no address of theirs.

    :raises Unwanted: they agreed to it by another way, or objected.
    :raises Refused: they did not agree at all, or the actor may send no news.
    """
    with processing(Purpose.MARKETING, Action.READ, by=by, at=at) as opened:
        opened.require(subject, Category.CONTACT)
        addresses = addresses_of(subject, opened)
    if not addresses:
        return None
    return delivery.send_email(
        subject,
        kind=Kind.NEWS,
        to=addresses[0],
        context={"news": f"{line}\n{words}"},
        link=selectors.stop_link(subject, Purpose.MARKETING, MarketingChannel.EMAIL, at=at),
        by=by,
        at=at,
    )


def _check_word(
    purpose: Purpose,
    channel: str,
    *,
    given: bool,
    how: How,
    proof: str,
    paper: SealedUpload | None,
    said_on: date | None,
    at: datetime,
) -> None:
    why_not = check_can_say(
        purpose,
        channel,
        given=given,
        how=how,
        proof=proof,
        has_paper=paper is not None,
        declared=acting().register.purposes,
        notice=selectors.notice_now(at),
    )
    if not why_not and said_on is not None and said_on > timezone.localdate(at):
        why_not = "That day is still to come."
    if why_not:
        raise ConsentRefused(why_not)


def _write(
    subject: UUID,
    purpose: Purpose,
    channel: str,
    *,
    given: bool,
    how: How,
    said_on: date | None,
    proof: str,
    paper: SealedUpload | None,
    at: datetime,
) -> None:
    shown = selectors.get_consent(subject, purpose.value, at=at)
    ConsentWord.objects.create(
        subject_id=subject,
        purpose=purpose.value,
        channel=channel,
        given=given,
        how=how.value,
        notice=acting().register.version,
        wording=shown.wording(channel) if shown and given else (shown.if_not if shown else ""),
        said_on=said_on or timezone.localdate(at),
        proof=proof.strip(),
        paper=paper.stored if paper else None,
    )
    if paper is not None:
        paper.kept = True


# Who writes it down is chosen inside, so these are no acts themselves, as a public function of this room would be.
say_for = _say_for
stop_by_link = _stop_by_link
send_news = _send_news
