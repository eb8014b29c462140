"""
Letting somebody sign in whose record was made at reception: by a code from our hands, and their date of birth.

Whoever registers with the same address never inherits a record (pitfalls B16): an address is no proof of who somebody is.
"""

import secrets
from datetime import date, datetime
from uuid import UUID

from django.contrib.auth.hashers import make_password

from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.acts import act, acting, hold
from troth.gate.boundary import boundary
from troth.gate.contexts import processing
from troth.ledger.drafts import Draft
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.people.models import Account, AccountStep, ClaimCode, Identity, StepKind
from troth.people.rules import CLAIMING, TELLING_APART, check_password, normal_email
from troth.people.selectors.steps import CLAIM_LIFE, CODE_LENGTH, CODE_LETTERS, code_hashes, find_claim
from troth.people.services.steps import LIFE
from troth.vault.categories import Category
from troth.work import queue


class CannotClaim(LookupError):
    """No code can be given for this record. The message says why, for a member of staff."""


@act(Event.CLAIM_CODE_MADE, purpose=CLAIMING)
def make_claim_code(subject: UUID, *, by: Actor, at: datetime) -> str:
    """
    Make a code with which the person of a record opens its account, and give it, to be read out or printed: it is stored nowhere.
    It holds for fourteen days and five tries; an older one is worth nothing from now on.

    :raises CannotClaim: the role serves nobody here, they have an account already, or their date of birth is not known.
    :raises Refused: the actor may not open who this person is, for what the record was made.
    """
    acting().require(subject, Category.IDENTITY)
    hold(subject)  # of two codes made at once one is worth nothing
    if not by.roles & TELLING_APART:
        # Whoever instructs a case may write who its claimant is. With a code and that date of birth they would be the claimant.
        raise CannotClaim("Your role gives no codes out. Whoever serves people here makes sure who it is, and does.")
    if Account.objects.filter(subject_id=subject).exists():
        raise CannotClaim("They have an account already. They can choose a new password by themselves.")
    with processing(acting().purpose, Action.READ, by=by, at=at):
        row = Identity.objects.filter(subject_id=subject).first()
        born_on = row.born_on if row else None
    if born_on is None:
        raise CannotClaim("We don’t hold their date of birth, which they would have to enter with the code.")
    letters = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
    code_hash, proof = code_hashes(letters, born_on)
    ClaimCode.objects.filter(subject_id=subject).delete()
    ClaimCode.objects.create(subject_id=subject, code_hash=code_hash, proof=proof, expires_at=at + CLAIM_LIFE)
    return f"{letters[:4]}-{letters[4:]}"


def _claim(*, code: str, born_on: date, email: str, password: str, at: datetime) -> bool:
    """
    Take in that somebody with a code wants to sign in to the record it belongs to. The account opens when they confirm their
    address; until then the code stays good. False, in the same time, when the code and the date do not go together.

    :raises PoorPassword: the password is guessed first.
    :raises ValueError: it is not an address.
    """
    email = normal_email(email)
    check_password(password, known=(email.partition("@")[0], email))
    encoded = make_password(password)
    subject = find_claim(code, born_on, at=at)
    if subject is None:
        _note_failure(at)
        return False
    _write_claim(subject, email, encoded, by=actors.service("account-steps", on_behalf_of=subject), at=at)
    return True


@act(Event.RECORD_CLAIMED, purpose=Purpose.ACCOUNT_SECURITY)
def _write_claim(subject: UUID, email: str, encoded: str, *, by: Actor, at: datetime) -> None:
    acting().require(subject, Category.ACCOUNT)
    hold(subject)
    AccountStep.objects.filter(subject_id=subject, kind=StepKind.CLAIM, expires_at__gt=at).update(
        expires_at=at, token_hash=None
    )
    row = AccountStep.objects.create(
        subject_id=subject,
        kind=StepKind.CLAIM,
        email=email,
        password_hash=encoded,
        details={},
        expires_at=at + LIFE,
    )
    queue.declared["people.answer_step"].enqueue(row.pk)


def _note_failure(at: datetime) -> None:
    with boundary() as into:
        into.note(
            Draft(
                at=at,
                event=Event.CLAIM_FAILED,
                outcome="refused",
                actor_kind="service",
                actor="account-steps",
                purpose=Purpose.ACCOUNT_SECURITY,
                action=Action.READ,
                reason="code",
                request=into.request,
            )
        )


# An opening, a note and an act: no act itself, which is what a public function of this room would have to be.
claim = _claim
