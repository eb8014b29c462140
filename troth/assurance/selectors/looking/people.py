"""What people were told, who can sign in, and for how long."""

from uuid import UUID, uuid4

from django.conf import settings

from troth.assurance.rules.evidence import Finding, Question, check, counted
from troth.gate import counting
from troth.people.selectors.counting import count_second_factors, count_sessions, count_sessions_of
from troth.vault.models import Subject, SubjectKind
from troth.work import throttle

_TOLD = (SubjectKind.PATIENT, SubjectKind.CLAIMANT)
_STRONG = ("troth.config.passwords.PasswordHasher",)


@check("people.told", looks_at="patients, and the version of the notice that each was given or told of")
def told(question: Question) -> Finding:
    """Everybody whom the clinic deals with was given, or told of, a version that was published; a receipt is no consent."""
    everybody, never = counting.count_people(_TOLD), counting.count_never_told(_TOLD)
    counts = {"people": everybody, "never_told": never}
    if never:
        return Finding(False, f"{counted(never, 'person', 'people')} on record without a notice given", counts)
    return Finding(
        True, f"All {counted(everybody, 'person', 'people')} on record have the version that they were given", counts
    )


@check("people.sessions", looks_at="every stored session, and the rule of twelve hours")
def sessions(question: Question) -> Finding:
    """No session lasts longer than its rule, and those that are over are forgotten."""
    stored, wrong = count_sessions(question.at)
    counts = {"sessions": stored, "past_their_rule": wrong}
    if wrong:
        return Finding(False, f"{counted(wrong, 'session')} kept longer than twelve hours", counts)
    return Finding(
        True, f"{counted(stored, 'session').capitalize()} stored, none longer than its twelve hours", counts
    )


@check("people.leavers", looks_at="members of staff who hold no role any more, and their sessions")
def leavers(question: Question) -> Finding:
    """Nobody who left is still signed in."""
    staff = set(Subject.objects.filter(kind=SubjectKind.STAFF).values_list("id", flat=True))
    working = {UUID(subject) for held in counting.roles_held(question.at).values() for subject in held}
    gone = staff - working
    signed_in = count_sessions_of(gone, question.at)
    counts = {"staff": len(staff), "left": len(gone), "still_signed_in": signed_in}
    if signed_in:
        return Finding(False, f"{counted(signed_in, 'session')} of people who hold no role any more", counts)
    return Finding(
        True,
        f"{counted(len(gone), 'person', 'people').capitalize()} of {len(staff)} staff have left, and none of them is signed in",
        counts,
    )


@check("people.second_factor", looks_at="everybody who holds a role, and their app or passkey")
def second_factor(question: Question) -> Finding:
    """Nobody works here on a password alone. Without a second factor a session has no role, and the gate opens nothing."""
    working = {UUID(subject) for held in counting.roles_held(question.at).values() for subject in held}
    without, starting = count_second_factors(working)
    counts = {"with_a_role": len(working), "without": without, "not_started": starting}
    if without:
        return Finding(False, f"{counted(without, 'person', 'people')} with a role and no second factor", counts)
    still = (
        f"; {counted(starting, 'person', 'people')} with a code to start, who cannot sign in yet" if starting else ""
    )
    return Finding(
        True, f"All {len(working) - starting} people who work here have an app or a passkey{still}", counts
    )


@check("people.passwords", looks_at="how passwords are kept")
def passwords(question: Question) -> Finding:
    """Passwords are kept only as slow hashes with a salt of their own."""
    hashers = tuple(settings.PASSWORD_HASHERS)
    if hashers != _STRONG:
        return Finding(False, "Passwords may be kept by another method than Argon2", {"methods": len(hashers)})
    return Finding(
        True, "Passwords are kept as Argon2 hashes, sealed under each person’s key", {"methods": len(hashers)}
    )


@check("people.throttled", looks_at="the throttle of sign-in, asked with a name that nobody has")
def throttled(question: Question) -> Finding:
    """After its tries a throttle refuses. The bucket asked is this check’s own, and is forgotten when it is full again."""
    name = uuid4().hex
    answers = [
        throttle.allow("assurance_check", name, limit=3, per=throttle.WINDOW, at=question.at).allowed
        for _ in range(4)
    ]
    counts = {"allowed": sum(answers), "refused": answers.count(False), "tries_a_network": throttle.PER_NETWORK}
    if answers != [True, True, True, False]:
        return Finding(False, "A throttle let more tries through than it should", counts)
    return Finding(
        True,
        "The throttle lets three tries of three through and refuses the fourth;"
        f" sign-in has {throttle.PER_ACCOUNT_AND_NETWORK} a quarter of an hour",
        counts,
    )
