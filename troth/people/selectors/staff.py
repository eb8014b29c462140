"""What members of staff publish of themselves. It is open, with the reason in the model, and needs no context."""

import hmac
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db.models import Q

from troth.gate import actors, boundary, facts
from troth.gate.contexts import Opened, processing
from troth.gate.facts import FactKind
from troth.gate.refusals import Check, Refused
from troth.notice import selectors as notices
from troth.notice.purposes import Action, Purpose
from troth.notice.register import DeclaredPurpose
from troth.people.models import (
    FIND_SIGN_IN,
    Account,
    Authenticator,
    FactorReset,
    Passkey,
    SignIn,
    StaffContact,
    StaffProfile,
    StartCode,
)
from troth.people.selectors.factors import recovery_hash
from troth.vault import keyring, search
from troth.vault.categories import Category
from troth.vault.models import Subject, SubjectKind

#: For how long a request to take a lost factor away may be confirmed and carried out.
RESET_WITHIN = timedelta(days=2)


@dataclass(frozen=True)
class StaffMember:
    """A published profile. `registration` reads "GMC 1234567", or is empty."""

    subject: UUID
    name: str
    role_words: str
    registration: str


def staff_profiles(subjects: Iterable[UUID]) -> dict[UUID, StaffMember]:
    """The published profiles of these members of staff; whoever has none is left out."""
    asked = list(subjects)
    found = StaffProfile.objects.filter(subject_id__in=asked) if asked else ()
    return {row.subject_id: _member(row) for row in found}


def list_staff() -> list[StaffMember]:
    """Everyone with a published profile, by name; those who left keep theirs, since the history of records names them."""
    return [_member(row) for row in StaffProfile.objects.order_by("display_name", "id")]


def staff_name(subject: UUID) -> str:
    """The published name, or words for someone who has none. A page that names somebody in each of its rows looks once."""
    into = boundary.current()
    names = into.names if into else {}
    if subject not in names:
        found = staff_profiles([subject]).get(subject)
        names[subject] = found.name if found else "a member of staff"
    return names[subject]


def staff_among(subjects: Collection[UUID]) -> set[UUID]:
    """Those of these subjects who are members of staff."""
    return set(Subject.objects.filter(id__in=list(subjects), kind=SubjectKind.STAFF).values_list("id", flat=True))


@dataclass(frozen=True)
class StaffLine:
    """One line of the list of staff. `last` is the moment at which their roles end, where that is set."""

    subject: UUID
    name: str
    role_words: str
    registration: str
    state: str  # "invited", "here", "leaving" or "left"
    last: datetime | None
    second_factor: bool


@dataclass(frozen=True)
class StaffLines:
    """A page of the list, by name."""

    lines: tuple[StaffLine, ...]
    total: int


def search_staff(text: str, opened: Opened, *, start: int = 0, limit: int = 25) -> StaffLines:
    """
    Staff whose published name or role has these letters, those who left too. Nothing sealed is opened.

    :raises Refused: this actor does not run staff accounts.
    """
    insist_on_running_staff(opened)
    rows = StaffProfile.objects.order_by("display_name", "id")
    if text.strip():
        rows = rows.filter(Q(display_name__icontains=text.strip()) | Q(role_words__icontains=text.strip()))
    return StaffLines(_lines(list(rows[start : start + limit]), opened.at), rows.count())


def get_staff_line(subject: UUID, opened: Opened) -> StaffLine | None:
    """
    One member of staff as the list has them, or None when there is no such.

    :raises Refused: this actor may not see the post of this person.
    """
    insist_on_running_staff(opened)
    row = StaffProfile.objects.filter(subject_id=subject).first()
    return _lines([row], opened.at)[0] if row else None


def staff_email(subject: UUID, opened: Opened) -> str:
    """
    How the clinic reaches a member of staff, or "".

    :raises Refused: the gate said no.
    """
    opened.require(subject, Category.CONTACT)
    row = StaffContact.objects.filter(subject_id=subject).first()
    return row.email or "" if row else ""


def roles_of(subject: UUID, *, at: datetime) -> list[str]:
    """The ids of the roles that somebody holds at that moment."""
    return sorted(fact.value for fact in facts.of(subject, FactKind.ROLE, at=at))


def on_staff(subjects: Iterable[UUID], *, at: datetime) -> set[UUID]:
    """Of these subjects those who hold a role at that moment. One query, however many they are."""
    return {subject for subject, held in _roles_held(subjects, at).items() if held}


def who_runs_staff(*, at: datetime) -> list[StaffMember]:
    """Those who hold a role to which the notice in force gives the accounts of staff, and who have chosen a password: by name."""
    declared = notices.register_in_force(at).purposes.get(Purpose.STAFF)
    roles = {name for name in (declared.access if declared else {}) if running_staff(declared, name)}
    members = list_staff()
    held = _roles_held([member.subject for member in members], at)
    return [member for member in members if held[member.subject] & roles and has_started(member.subject)]


def running_staff(declared: DeclaredPurpose | None, role: str) -> bool:
    """Whether the notice lets a role take on staff, by what it says of the purpose `staff`."""
    access = declared.access.get(role) if declared else None
    return access is not None and access.allows(Action.WRITE, Category.EMPLOYMENT)


def find_member(email: str, *, at: datetime) -> UUID | None:
    """The member of staff who signs in with an address, for a service that has reason to ask."""
    found = search.find_exact(FIND_SIGN_IN, email)
    return next(iter(staff_among([subject for subject, _ in found])), None)


def has_started(subject: UUID) -> bool:
    """Whether somebody has ever signed in or chosen a password: from then on no code opens their account."""
    return SignIn.objects.filter(subject_id=subject).exists() or not _just_made(subject)


@dataclass(frozen=True)
class ResetLine:
    """One lost second factor on its way: who lost it, who asked, and whether a colleague has confirmed who they are."""

    id: UUID
    subject: UUID
    name: str
    asked_by: str
    asked_by_me: bool
    asked_at: datetime
    confirmed: bool


def open_resets(viewer: UUID, *, at: datetime) -> tuple[ResetLine, ...]:
    """The lost factors of the last days that are not dealt with, not the viewer's own. Open columns and published names only."""
    rows = list(
        FactorReset.objects.filter(done_at=None, recorded_at__gt=at - RESET_WITHIN)
        .exclude(subject_id=viewer)
        .order_by("recorded_at")
    )
    names = staff_profiles({row.subject_id for row in rows} | {UUID(row.recorded_by) for row in rows})
    return tuple(
        ResetLine(
            row.pk,
            row.subject_id,
            names[row.subject_id].name if row.subject_id in names else "a member of staff",
            names[UUID(row.recorded_by)].name if UUID(row.recorded_by) in names else "a member of staff",
            row.recorded_by == viewer.hex,
            row.recorded_at,
            bool(row.confirmed_by),
        )
        for row in rows
    )


def find_start(email: str, typed: str, *, at: datetime) -> tuple[UUID, UUID] | None:
    """The (subject, code) that an address and a code to start with belong to. The caller has counted the try."""
    found = search.find_exact(FIND_SIGN_IN, email)
    whom = found[0][0] if found else uuid4()
    with processing(Purpose.ACCOUNT_SECURITY, Action.READ, by=actors.service("sign-in"), at=at):
        wanted = recovery_hash(whom, typed)
        for row in StartCode.objects.filter(subject_id=whom, expires_at__gt=at):
            if hmac.compare_digest(row.code_hash, wanted):
                return whom, row.pk
    return None


def insist_on_running_staff(opened: Opened) -> None:
    """
    Refuse whoever the notice lets not run staff accounts, before anything is listed.

    :raises Refused: the role does not allow it.
    """
    decision = opened.decision_for_anyone()
    if not decision.allowed and decision.check in {Check.PURPOSE, Check.CATEGORY, Check.ROLE}:
        raise keyring.poison(Refused(decision))


def _roles_held(subjects: Iterable[UUID], at: datetime) -> dict[UUID, set[str]]:
    """The ids of the roles that each of these holds at that moment. One query, however many they are."""
    when = facts.micros(at)
    return {
        UUID(name): {fact.value for fact in known if fact.kind == FactKind.ROLE and fact.holds(when) and fact.sound}
        for name, known in facts.about(subjects).items()
    }


def _just_made(subject: UUID) -> bool:
    """Whether the account still has the password that nobody knows: its row was never changed since it was made."""
    account = Account.objects.filter(subject_id=subject).first()
    return account is not None and account.recorded_at == account.changed_at


def _lines(rows: list[StaffProfile], at: datetime) -> tuple[StaffLine, ...]:
    when = facts.micros(at)
    subjects = [row.subject_id for row in rows]
    known = facts.about(subjects)
    invited = set(
        StartCode.objects.filter(subject_id__in=subjects, expires_at__gt=at).values_list("subject_id", flat=True)
    )
    proved = {
        subject
        for model in (Authenticator, Passkey)
        for subject in model.objects.filter(subject_id__in=subjects).values_list("subject_id", flat=True)
    }
    lines = []
    for row in rows:
        held = [fact for fact in known[row.subject_id.hex] if fact.kind == FactKind.ROLE and fact.holds(when)]
        ends = [fact.until for fact in held if fact.until is not None]
        state = "left" if not held else "leaving" if ends else "invited" if row.subject_id in invited else "here"
        member = _member(row)
        lines.append(
            StaffLine(
                row.subject_id,
                member.name,
                member.role_words,
                member.registration,
                state,
                facts.moment(max(ends)) if ends else None,
                row.subject_id in proved,
            )
        )
    return tuple(lines)


def _member(row: StaffProfile) -> StaffMember:
    return StaffMember(
        row.subject_id, row.display_name, row.role_words, f"{row.registration_body} {row.registration_number}".strip()
    )
