"""Whether each consent has its proof, and each letter of news its way out."""

from uuid import uuid4

from django.urls import reverse

from troth.assurance.rules.evidence import Finding, Question, check, counted
from troth.consent.selectors import count_unproved, read_stop, stop_link
from troth.delivery.rules import LETTERS
from troth.notice.purposes import Purpose


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
