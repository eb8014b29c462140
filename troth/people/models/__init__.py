"""Who people are, how to reach them, how they sign in, and what staff publish of themselves. Content is sealed."""

from typing import ClassVar

from django.db import models

from troth.people.models.adjusted import Adjusted as Adjusted
from troth.people.models.adjusted import Adjustment as Adjustment
from troth.people.models.brought import Brought as Brought
from troth.people.models.linked import LinkState as LinkState
from troth.people.models.linked import MadeSure as MadeSure
from troth.people.models.linked import SamePerson as SamePerson
from troth.people.models.returning import Recognised as Recognised
from troth.people.models.returning import ReturnCode as ReturnCode
from troth.vault import compartments, search
from troth.vault.categories import Category
from troth.vault.compartments import Per
from troth.vault.fields import (
    SealedBoolean,
    SealedChoice,
    SealedDate,
    SealedDateTime,
    SealedInteger,
    SealedJSON,
    SealedText,
)
from troth.vault.files import SealedFile
from troth.vault.models import Holding
from troth.vault.words import Worded

IDENTITY = compartments.declare("people.identity", Category.IDENTITY, retention="care_record")
CONTACT = compartments.declare("people.contact", Category.CONTACT, retention="contact")
ACCOUNT = compartments.declare("people.account", Category.ACCOUNT, retention="sign_in")
#: Staff are kept by another rule than patients, so what is held of them lies under keys of its own (pitfalls A1).
STAFF_CONTACT = compartments.declare("people.staff_contact", Category.CONTACT, retention="staff_file")

#: Where tries to sign in came from: each falls due by itself, after days and not years (pitfalls B7).
NETWORK = compartments.declare("people.network", Category.NETWORK, retention="machine_addresses", per=Per.ROW)

FIND_NAME = search.by_name("person_name")
FIND_TWICE = search.exact("person_name_and_birth")
FIND_EMAIL = search.exact("person_email")
FIND_NHS = search.exact("nhs_number")
FIND_TELEPHONE = search.exact("person_telephone")
FIND_POSTCODE = search.by_outward_code("person_postcode")
FIND_SIGN_IN = search.exact("sign_in_email", unique=True)
FIND_PASSKEY = search.exact("passkey", unique=True)


class Identity(Holding):
    """Who a patient is."""

    title = SealedText(IDENTITY, id="people.identity.title")
    given_name = SealedText(IDENTITY, id="people.identity.given_name", find=FIND_NAME)
    family_name = SealedText(IDENTITY, id="people.identity.family_name", find=FIND_NAME)
    born_on = SealedDate(IDENTITY, id="people.identity.born_on")
    #: Ten figures, as `rules.normal_nhs_number` gives them, in clinics whose notice names the NHS number among what it holds.
    nhs_number = SealedText(IDENTITY, id="people.identity.nhs_number", find=FIND_NHS, null=True)
    #: Name and day of birth as `rules.told_apart_by` puts them together: whoever writes those writes this.
    told_apart_by = SealedText(IDENTITY, id="people.identity.told_apart_by", find=FIND_TWICE, null=True)

    called = "who you are"
    labels: ClassVar[dict[str, str]] = {"born_on": "date of birth", "nhs_number": "NHS number"}
    correctable: ClassVar[tuple[str, ...]] = ("title", "given_name", "family_name", "born_on", "nhs_number")
    not_copied: ClassVar[dict[str, str]] = {
        "told_apart_by": "Your name and date of birth once more, by which a record that was made twice is found"
    }

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject"], name="one_identity_a_person")]


class Contact(Holding):
    """How to reach a patient. Families share addresses and telephones, so none of this is unique (pitfalls B16)."""

    email = SealedText(CONTACT, id="people.contact.email", find=FIND_EMAIL)
    telephone = SealedText(CONTACT, id="people.contact.telephone", find=FIND_TELEPHONE)
    address = SealedText(CONTACT, id="people.contact.address")
    postcode = SealedText(CONTACT, id="people.contact.postcode", find=FIND_POSTCODE)

    called = "how to reach you"
    correctable: ClassVar[tuple[str, ...]] = ("email", "telephone", "address", "postcode")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject"], name="one_contact_a_person")]


class EarlierContact(Holding):
    """How a patient was reached before they changed it: kept, since a letter to the old address may still be on its way."""

    email = SealedText(CONTACT, id="people.earlier_contact.email")
    telephone = SealedText(CONTACT, id="people.earlier_contact.telephone")
    address = SealedText(CONTACT, id="people.earlier_contact.address")
    postcode = SealedText(CONTACT, id="people.earlier_contact.postcode")

    called = "how to reach you, before"


class StaffContact(Holding):
    """How the clinic reaches a member of staff."""

    email = SealedText(STAFF_CONTACT, id="people.staff_contact.email", find=FIND_EMAIL)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject"], name="one_staff_contact_a_person")]


class Account(Holding):
    """
    How someone signs in. The hash is sealed too, so that nobody can swap one with a database password alone (B15).

    The sign-in address is apart from the contact address: what a clinic writes to never opens an account.
    """

    sign_in_email = SealedText(ACCOUNT, id="people.account.sign_in_email", find=FIND_SIGN_IN)
    password_hash = SealedText(ACCOUNT, id="people.account.password_hash")
    password_set_at = SealedDateTime(ACCOUNT, id="people.account.password_set_at")
    closed = SealedBoolean(ACCOUNT, id="people.account.closed")

    called = "account"
    labels: ClassVar[dict[str, str]] = {
        "sign_in_email": "email you sign in with",
        "password_hash": "password",
        "password_set_at": "password chosen",
        "closed": "account closed",
    }
    not_copied: ClassVar[dict[str, str]] = {
        "password_hash": "Kept only in a scrambled form, which nobody can read and which could help someone to guess it"
    }

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject"], name="one_account_a_person")]


class SignIn(Holding):
    """One sign-in, for the person's own list of sessions. `session` is the key of the session's row."""

    device = SealedText(ACCOUNT, id="people.sign_in.device")
    session = SealedText(ACCOUNT, id="people.sign_in.session")

    called = "sign-in"
    not_copied: ClassVar[dict[str, str]] = {"session": "A random number by which our machines know this sign-in"}


class SignInTry(Holding):
    """One try to sign in, that went well or not, and from where. Tries at addresses that nobody has are kept of a stranger."""

    outcome = SealedText(NETWORK, id="people.sign_in_try.outcome")
    device = SealedText(NETWORK, id="people.sign_in_try.device")
    address = SealedText(NETWORK, id="people.sign_in_try.address")
    session = SealedText(NETWORK, id="people.sign_in_try.session")

    called = "try to sign in"
    labels: ClassVar[dict[str, str]] = {"outcome": "how it went", "address": "address of the machine"}
    not_copied: ClassVar[dict[str, str]] = {"session": "A random number by which our machines know this sign-in"}

    class Meta:
        indexes = [models.Index(fields=["subject", "recorded_at"], name="people_tries_by_person")]


class Authenticator(Holding):
    """An app that makes codes (RFC 6238): the secret that it shares with us."""

    secret = SealedText(ACCOUNT, id="people.authenticator.secret")

    called = "app that makes codes"
    not_copied: ClassVar[dict[str, str]] = {"secret": "Whoever knows it can make your codes"}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject"], name="one_authenticator_a_person")]


class RecoveryCode(Holding):
    """A code on paper that stands in for a second factor once. A used one is gone."""

    code_hash = SealedText(ACCOUNT, id="people.recovery_code.hash")

    called = "recovery code"
    not_copied: ClassVar[dict[str, str]] = {"code_hash": "Kept only in a scrambled form, which nobody can read"}


class Passkey(Holding):
    """A passkey (WebAuthn). The device keeps the secret half; this is the public one."""

    credential_id = SealedText(ACCOUNT, id="people.passkey.credential_id", find=FIND_PASSKEY)
    credential = SealedText(ACCOUNT, id="people.passkey.credential")
    sign_count = SealedInteger(ACCOUNT, id="people.passkey.sign_count")
    name = SealedText(ACCOUNT, id="people.passkey.name")
    used_at = SealedDateTime(ACCOUNT, id="people.passkey.used_at")

    called = "passkey"
    labels: ClassVar[dict[str, str]] = {"sign_count": "times used, as the device counts", "used_at": "last used"}
    not_copied: ClassVar[dict[str, str]] = {
        "credential_id": "A random number by which your device knows it",
        "credential": "The public half of a key, of no use without your device",
    }


class FactorReset(Holding):
    """A lost second factor: an administrator asks, a colleague confirms who it is, and then it is taken away."""

    reason = SealedText(ACCOUNT, id="people.factor_reset.reason")
    confirmed_by = models.CharField(max_length=64, blank=True, default="")
    confirmed_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    called = "reset of a second factor"
    open_fields: ClassVar[dict[str, str]] = {
        "confirmed_by": "a random identifier, which the check that two people took part compares",
        "confirmed_at": "when the colleague confirmed it",
        "done_at": "when it was done, so that it is done once",
    }


class StartCode(Holding):
    """What a starter chooses the first password with. A used one is gone."""

    code_hash = SealedText(ACCOUNT, id="people.start_code.hash")
    expires_at = models.DateTimeField()

    called = "code to start with"
    open_fields: ClassVar[dict[str, str]] = {"expires_at": "after which it is worth nothing"}
    not_copied: ClassVar[dict[str, str]] = {"code_hash": "Kept only in a scrambled form, which nobody can read"}


class StaffProfile(Holding):
    """What a member of staff publishes: it stands on prescriptions and in every patient's history of their record."""

    display_name = models.CharField(max_length=120)
    role_words = models.CharField(max_length=160)
    registration_body = models.CharField(max_length=40, blank=True)
    registration_number = models.CharField(max_length=40, blank=True)

    open_fields: ClassVar[dict[str, str]] = {
        "display_name": "published to every patient whose record they open; theirs alone, never a patient's",
        "role_words": "the published words of the notice for the roles they hold",
        "registration_body": "the public register on which a clinician stands",
        "registration_number": "published by that register, and required on a prescription",
    }
    labels: ClassVar[dict[str, str]] = {"display_name": "name", "role_words": "role"}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject"], name="one_profile_a_person")]


class Session(models.Model):
    """
    A signed-in browser. The key is the SHA-256 of the cookie; `sealed` opens only with the cookie itself and a secret of
    this server, so that neither this table nor a backup of it is a sign-in (pitfalls B4).
    """

    id = models.CharField(primary_key=True, max_length=64)
    owner = models.CharField(max_length=64, db_index=True)
    sealed = models.BinaryField()
    made_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    open_columns: ClassVar[dict[str, str]] = {
        "id": "a hash of a random cookie; it names nobody",
        "owner": "a keyed hash of the person's identifier, so that all their sessions can be ended at once",
        "sealed": "ciphertext under a key made from the cookie",
        "made_at": "when the session began, which its end is counted from",
        "seen_at": "to the minute, for the end after idleness",
        "expires_at": "when it ends",
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("made_at")), name="session_ends_after_it_begins"
            )
        ]

    def __str__(self) -> str:
        return f"session {self.pk[:8]}"


#: What was asked of an account and waits for a link falls due by itself, so each has a key of its own.
STEP = compartments.declare("people.account_step", Category.ACCOUNT, retention="sign_in", per=compartments.Per.ROW)
FIND_STEP = search.exact("account_step_email")


class StepKind(models.TextChoices):
    """What waits for a one-time link."""

    REGISTRATION = "registration", "a registration"
    CLAIM = "claim", "an account for a record that we made"
    ADDRESS = "address", "another address to sign in with"
    PASSWORD = "password", "a new password"
    LINK = "link", "a link that somebody asked for"  # not looked at yet: nobody knows whether the address is known


class AccountStep(Holding):
    """
    Something asked of an account that waits until somebody follows a link. Whatever address was typed, the same is written, so
    that nothing can be told from the time it takes: a job looks afterwards whether the address is known.
    """

    email = SealedText(STEP, id="people.account_step.email", find=FIND_STEP)
    password_hash = SealedText(STEP, id="people.account_step.password_hash")
    details = SealedJSON(STEP, id="people.account_step.details")
    kind = models.CharField(max_length=12, choices=StepKind)
    token_hash = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001  many have no link yet
    expires_at = models.DateTimeField(db_index=True)

    open_fields: ClassVar[dict[str, str]] = {
        "kind": "what waits, for the job that looks after it",
        "token_hash": "a hash of a random token, which only the receiver of the message has",
        "expires_at": "when it is over; used ones are over at once",
    }
    called = "what you asked of your account"
    labels: ClassVar[dict[str, str]] = {"email": "email you gave", "expires_at": "over on"}
    not_copied: ClassVar[dict[str, str]] = {
        "password_hash": "Kept only in a scrambled form, which nobody can read and which could help someone to guess it",
        "token_hash": "A random number by which our machines know the link again",
    }


class ClaimCode(Holding):
    """A code that was given to the person of a record made at reception. The code itself is stored nowhere."""

    code_hash = models.CharField(max_length=64, unique=True)
    proof = models.CharField(max_length=64)
    expires_at = models.DateTimeField(db_index=True)

    open_fields: ClassVar[dict[str, str]] = {
        "code_hash": "a keyed hash of a random code",
        "proof": "a keyed hash of the code with the date of birth that belongs to it",
        "expires_at": "when it is over",
    }
    called = "code to sign in with"
    labels: ClassVar[dict[str, str]] = {"expires_at": "over on"}
    not_copied: ClassVar[dict[str, str]] = {
        "code_hash": "A number by which our machines know the code again",
        "proof": "A number by which our machines know the code again",
    }

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject"], name="one_claim_code_a_person")]


#: Each authority falls due by itself, so each has a key of its own.
REPRESENTING = compartments.declare(
    "people.representation", Category.REPRESENTATIVE, retention="rights_file", per=compartments.Per.ROW
)


class ActsAs(Worded):
    """As what somebody acts for a person, who reads it in these words (LAW-3.15 to 3.18, LAW-4.10)."""

    PARENT = "parent", "A parent, or somebody with parental responsibility"
    ATTORNEY_PROPERTY = "attorney_property", "Your attorney for property and affairs"
    ATTORNEY_HEALTH = "attorney_health", "Your attorney for health and welfare"
    DEPUTY = "deputy", "A deputy whom the court chose"
    SOLICITOR = "solicitor", "Your solicitor"
    CLAIMS_COMPANY = "claims_company", "A company that handles a claim for you"
    RELATIVE = "relative", "A relative or friend whom you asked to"
    PERSONAL_REPRESENTATIVE = "personal_representative", "Whoever deals with the estate"


class Representation(Holding):
    """
    That somebody acts for the person it belongs to: as what, on what paper, for what and until when. What opens anything is the
    standing fact that goes with it; who the other one is stands in their own record.
    """

    representative = models.UUIDField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    acts_as = SealedChoice(REPRESENTING, id="people.representation.acts_as", of=ActsAs)
    paper = SealedFile(REPRESENTING, id="people.representation.paper")
    checked = SealedText(REPRESENTING, id="people.representation.checked")
    wish = SealedText(REPRESENTING, id="people.representation.wish")
    scope = SealedJSON(REPRESENTING, id="people.representation.scope")

    called = "somebody who acts for you"
    labels: ClassVar[dict[str, str]] = {
        "acts_as": "as what",
        "paper": "their paper",
        "checked": "what we looked at",
        "wish": "what you said of it",
        "scope": "what for",
        "until": "until",
        "ended_at": "ended",
    }
    open_fields: ClassVar[dict[str, str]] = {
        "representative": "the random identifier of who acts, whose own record says who that is",
        "until": "when it ends by itself, which the gate asks at every request",
        "ended_at": "when it was ended before that",
    }

    class Meta:
        indexes = [models.Index(fields=["representative"], name="representation_by_whom")]
