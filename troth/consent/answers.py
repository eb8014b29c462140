"""What this room tells the kernel: the services that write a word down for somebody, and whether each consent has its proof."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID, uuid4

from django.urls import reverse

from troth.assurance.rules.evidence import Finding, Question, check, counted
from troth.consent.selectors import count_unproved, read_stop, stop_link
from troth.delivery.rules import LETTERS
from troth.gate import actors, reasons
from troth.gate.actors import Actor
from troth.notice.purposes import Purpose
from troth.vault.categories import Category

_WRITES = {Category.RIGHTS, Category.PREFERENCES, Category.CONTACT, Category.ACCOUNT}
#: Writes down what somebody said at reception, by telephone or on paper, for whoever heard it.
actors.declare_service(
    "consent-desk", purposes={Purpose.RIGHTS}, categories=_WRITES, modules={"troth.consent.services"}
)
#: Takes back what the link of a message is about, for whoever has that message.
actors.declare_service(
    "consent-link", purposes={Purpose.RIGHTS}, categories=_WRITES, modules={"troth.consent.services"}
)


@reasons.reason("what they told us to do", serves={Purpose.RIGHTS}, told="you told us what we may do with your data")
def writing_a_word(actor: Actor, subjects: Collection[UUID], *, at: datetime) -> set[UUID]:
    """A word about consent is written for whoever said it: by a link of a message, or by whoever works here and heard it."""
    if actor.kind != "service":
        return set()
    if actor.name == "consent-link":
        return set(subjects)
    if actor.name != "consent-desk" or actor.on_behalf_of is None:
        return set()
    return set(subjects) if actors.person(actor.on_behalf_of, at=at).roles else set()


@check(
    "consent.proofs", looks_at="every consent that stands, and the word of the person behind it", page="office_cases"
)
def proved(question: Question) -> Finding:
    """No consent stands without the person's word: which words they were shown, how and when they said it (Article 7(1))."""
    standing, bare = count_unproved()
    counts = {"standing": standing, "without_a_word": bare}
    if bare:
        return Finding(False, f"{counted(bare, 'consent')} that nothing shows to have been given", counts)
    return Finding(
        True, f"{counted(standing, 'consent').capitalize()} standing, each with the person’s own word", counts
    )


@check("consent.way_out", looks_at="each letter that is news, its link, and whether the link is one that stops it")
def way_out(question: Question) -> Finding:
    """Each letter that is news carries a link that stops it without a sign-in, and such a link names what it stops."""
    news = [kind for kind, letter in LETTERS.items() if letter.purpose is Purpose.MARKETING]
    without = [kind for kind in news if not LETTERS[kind].needs_link]
    someone = uuid4()
    token = stop_link(someone, Purpose.MARKETING, "email", at=question.at).rstrip("/").rpartition("/")[2]
    page = reverse("stop_messages", args=[token])
    stop = read_stop(page.rstrip("/").rpartition("/")[2], at=question.at)
    works = stop is not None and stop.subject == someone
    counts = {"letters": len(news), "without_a_way_out": len(without), "link_works": int(works)}
    if without or not works:
        return Finding(False, "There is news that its reader cannot stop by its link", counts)
    return Finding(
        True, f"{counted(len(news), 'letter').capitalize()} of news, each with a link that stops it at once", counts
    )
