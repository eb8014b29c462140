"""What a consent is about: a use, and the ways by which people are reached for it. Nothing here reads a clock or a database."""

from collections.abc import Mapping

from troth.consent.models import How as How
from troth.law.bases import Basis
from troth.notice.purposes import Purpose
from troth.notice.register import DeclaredPurpose
from troth.notice.schema import Notice
from troth.notice.schema.words import MarketingChannel

CHANNEL_WORDS: dict[MarketingChannel, str] = {
    MarketingChannel.EMAIL: "by email",
    MarketingChannel.SMS: "by text message",
    MarketingChannel.APP: "in the app",
    MarketingChannel.POST: "by post",
    MarketingChannel.TELEPHONE: "by telephone",
}
HOW_WORDS: dict[How, str] = {
    How.PORTAL: "In the account",
    How.LINK: "By the link in a message",
    How.PAPER: "On paper",
    How.TELEPHONE: "By telephone",
    How.RECEPTION: "At reception",
    How.MESSAGE: "By email or letter",
    How.DEATH: "It ended with their death",
}
#: Of what is said elsewhere than in the account somebody must be able to show later that it was said (Article 7(1)).
NEEDS_PROOF = frozenset({How.PAPER, How.TELEPHONE, How.RECEPTION, How.MESSAGE, How.DEATH})


class ConsentRefused(Exception):
    """A word cannot be recorded as given; the message says why and what to do."""


def channels_of(purpose: Purpose, notice: Notice | None) -> tuple[MarketingChannel, ...]:
    """By which ways a use reaches people, each of which they agree to by itself; none where a use has no such ways (LAW-8)."""
    if purpose is not Purpose.MARKETING or notice is None or notice.marketing is None:
        return ()
    asked = (each.by for each in notice.marketing.channels if each.basis is Basis.CONSENT and not each.companies_only)
    return tuple(dict.fromkeys(asked))


def check_can_say(
    purpose: Purpose,
    channel: str,
    *,
    given: bool,
    how: How,
    proof: str,
    has_paper: bool,
    declared: Mapping[Purpose, DeclaredPurpose],
    notice: Notice | None,
) -> str:
    """
    Say why a word cannot be recorded, or "" when it can: the notice rests that use on consent, it names the channel, and what was
    said on paper, by telephone or at reception has its proof (UK GDPR Article 7(1)).
    """
    row = declared.get(purpose)
    if given and (row is None or row.basis is not Basis.CONSENT):
        return "Our notice rests no such use on consent, so there is nothing to agree to."
    channels = channels_of(purpose, notice)
    if given and channels and channel not in channels:
        return "Choose by which way: each is agreed to by itself."
    if given and not channels and channel:
        return "This use has no ways to choose from."
    if how in NEEDS_PROOF and len(set(proof.casefold().split())) < 3:
        return "Write how it can be shown: who took it, and what was said or signed (UK GDPR Article 7(1))."
    if given and how is How.PAPER and not has_paper:
        return "Add the paper that they signed: without it nobody can show that they did (UK GDPR Article 7(1))."
    return ""


def said_by(how: How, *, given: bool, agreed: str, back: str) -> str:
    """What a word came to, for people: that they `agreed` or took it `back`; what ended with their death nobody took back."""
    return HOW_WORDS[how] if how is How.DEATH else agreed if given else back


def words_of(title: str, words: str, channel: str, if_not: str) -> str:
    """The words that a person is shown when they agree: what is kept with their word, and nothing shorter."""
    by = f" This reaches you {CHANNEL_WORDS[MarketingChannel(channel)]}." if channel else ""
    without = f" Without it: {if_not[:1].lower()}{if_not[1:]}" if if_not else ""
    return f"I agree to this: {title}. {words}{by} I can take it back at any time, as easily as I give it.{without}"
