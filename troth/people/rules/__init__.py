"""Pure rules of this room: what counts as an address, a telephone number, a password, a search. No database, no clock."""

import base64
import hashlib
import hmac
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from ipaddress import ip_address
from urllib.parse import quote

from troth.notice.purposes import Purpose
from troth.notice.register import DeclaredRole
from troth.people.rules.adjusting import ADJUSTING as ADJUSTING
from troth.people.rules.adjusting import INTERPRETER as INTERPRETER
from troth.people.rules.adjusting import check_language as check_language
from troth.people.rules.adjusting import say_adjustments as say_adjustments
from troth.people.rules.adjusting import say_overtaken as say_overtaken
from troth.people.rules.apart import SAID_ALREADY as SAID_ALREADY
from troth.people.rules.apart import TELLING_APART as TELLING_APART
from troth.people.rules.apart import LinkRefused as LinkRefused
from troth.people.rules.apart import ReturnRefused as ReturnRefused
from troth.people.rules.apart import check_can_decide_link as check_can_decide_link
from troth.people.rules.apart import check_can_end_link as check_can_end_link
from troth.people.rules.apart import check_can_let_back as check_can_let_back
from troth.people.rules.apart import check_can_propose_link as check_can_propose_link
from troth.people.rules.apart import check_how_many as check_how_many
from troth.people.rules.apart import told_apart_by as told_apart_by
from troth.people.rules.languages import LANGUAGES as LANGUAGES
from troth.people.rules.nhs_number import NUMBERING as NUMBERING
from troth.people.rules.nhs_number import is_nhs_number as is_nhs_number
from troth.people.rules.nhs_number import normal_nhs_number as normal_nhs_number
from troth.people.rules.nhs_number import spaced_nhs_number as spaced_nhs_number
from troth.vault.search import LETTERS, fold, name_parts

PASSWORD_LENGTH = 10
#: What a record is claimed for: opening an account in a clinic, or an instruction at an agency.
CLAIMING = (Purpose.REGISTRATION, Purpose.INSTRUCTIONS)
#: Guessed first everywhere; a length rule alone lets them in.
_POOR = frozenset({"password", "passwort", "qwertyuiop", "letmein", "iloveyou", "troth"})
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+")
_POSTCODE = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?)(\d[A-Z]{2})")
_PLAIN = re.compile(r"[\w ]*")
_DATE = re.compile(r"\b(?:(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})[/. ](\d{1,2})[/. ](\d{4}))\b")


class RoleRefused(ValueError):
    """A role that this person may not give, or not to this person. The message says why."""


class AuthorityRefused(ValueError):
    """Somebody may not act for a person on what they showed. The message says why, and by which rule."""


#: Until when a person is a child, and from when one is taken to decide for themselves unless shown otherwise (LAW-3.18).
ADULT_AT, COMPETENT_AT = 18, 16
#: A young person's own view is heard from here on; in Scotland one of twelve is taken to understand (LAW-3.18).
HEARD_AT = 12
#: What a person signed themselves does not last for ever (LAW-3.16).
LONGEST_SIGNED = timedelta(days=366)
SIGNED = frozenset({"solicitor", "claims_company", "relative"})


def full_years(born_on: date, on: date) -> int:
    """How old somebody is on a day. Whoever was born on 29 February is a year older on 1 March of other years."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


def of_age_on(born_on: date, age: int = ADULT_AT) -> date:
    """The day on which somebody is 18, or as old as is asked (LAW-3.18)."""
    try:
        return born_on.replace(year=born_on.year + age)
    except ValueError:
        return date(born_on.year + age, 3, 1)


def check_can_represent(
    acts_as: str,
    *,
    born_on: date | None,
    since: date,
    last_day: date,
    wish: str,
    capacity_lost: bool,
    has_paper: bool,
    checked: str,
) -> str:
    """
    Say why somebody may not act for a person on what they showed, or "" when they may (LAW-3.15 to 3.18).

    `born_on` is the person's day of birth, or None when it is not known; it is to stand from `since` to `last_day`, both included.
    """
    if last_day < since:
        return "It would be over already. Give a day that is still to come."
    if not checked.strip():
        return "Write what was looked at, by whom it was made, and what you found [LAW-3.15]."
    if acts_as == "parent":
        if born_on is None:
            return "We do not know how old they are, so nobody can act as their parent [LAW-3.18]."
        age = full_years(born_on, since)
        if age >= ADULT_AT:
            return "They are of age: a parent acts for them only with a paper that they signed [LAW-3.18]."
        if age >= HEARD_AT and not wish.strip():
            return "Ask the young person, and write what they said: the right is theirs [LAW-3.18]."
        if age >= COMPETENT_AT and not capacity_lost:
            return "At 16 and 17 they decide themselves: say so if they cannot, and write what shows it [LAW-3.18]."
        for years, decides, why in (
            (HEARD_AT, not wish.strip(), "They are to be asked themselves from"),
            (COMPETENT_AT, not capacity_lost, "They decide themselves from"),
            (ADULT_AT, True, "They are of age on"),
        ):
            if decides and last_day >= (then := of_age_on(born_on, years)):
                return f"{why} {then:%-d %B %Y}: give a day before that [LAW-3.18]."
        return ""
    if acts_as == "personal_representative":
        return "An estate begins with a death: whoever deals with it asks for the records of somebody who died [LAW-4.10]."
    if not has_paper:
        return "Keep the paper with it: nobody acts for a person without one [LAW-3.15]."
    if acts_as == "attorney_health" and not capacity_lost:
        return "A power for health and welfare works only once they can no longer decide themselves [LAW-3.17]."
    if acts_as in SIGNED and last_day - since > LONGEST_SIGNED:
        return "What they signed stands for a year at most; then ask again [LAW-3.16]."
    return ""


def parent_until(born_on: date, *, before: date | None, last_day: date, wish: str) -> date:
    """
    The first day on which somebody can no longer act as a parent by what stands until `last_day`, now that the day of birth was put
    right (LAW-3.18). `before` is what it was: whoever would have decided themselves by that day cannot, as somebody wrote then.
    """
    if not wish.strip():
        return of_age_on(born_on, HEARD_AT)
    lost = before is not None and last_day >= of_age_on(before, COMPETENT_AT)
    return of_age_on(born_on, ADULT_AT if lost else COMPETENT_AT)


#: Seconds for which a code of an app holds (RFC 6238); the one before and the one after are taken too, for slow clocks.
CODE_SECONDS = 30
_DRIFT = (0, -1, 1)
RECOVERY_CODES = 10


class TooVague(ValueError):
    """A search that would bring up half the clinic. The message says what to add."""


class PoorPassword(ValueError):
    """A password that is guessed first. The message says what to change."""


def normal_email(text: str) -> str:
    """
    An address as it is compared: without spaces around it and in small letters.

    :raises ValueError: it is not an address.
    """
    made = text.strip().casefold()
    if not _EMAIL.fullmatch(made) or len(made) > 254:
        raise ValueError("Enter an email address such as name@example.org.")
    return made


def normal_telephone(text: str) -> str:
    """
    A telephone number as it is stored and compared: figures only, `+44` and `0044` written as `0`.

    :raises ValueError: it has too few or too many figures, or letters.
    """
    bare = re.sub(r"[\s().-]", "", text.strip())
    bare = re.sub(r"^(?:\+|00)440?", "0", bare)
    bare = re.sub(r"^00", "+", bare)
    if not re.fullmatch(r"\+?\d{7,15}", bare):
        raise ValueError("Enter a telephone number such as 07700 900123.")
    return bare


def spaced_telephone(number: str) -> str:
    """A stored number as people read it."""
    return f"{number[:5]} {number[5:]}" if re.fullmatch(r"0\d{10}", number) else number


def normal_postcode(text: str) -> str:
    """
    A postcode with its one space, in capitals.

    :raises ValueError: it does not look like one.
    """
    found = _POSTCODE.fullmatch(re.sub(r"\s", "", text).upper())
    if found is None:
        raise ValueError("Enter a full UK postcode such as NE46 1AA.")
    return f"{found[1]} {found[2]}"


def postcode_area(postcode: str) -> str:
    """The first half of a postcode: all of it that a search shows."""
    return postcode.partition(" ")[0]


def check_password(password: str, *, known: tuple[str, ...] = ()) -> None:
    """
    This will refuse what is guessed first: too short, one of the usual words, or made of what everybody knows of the person.

    :raises PoorPassword: it is one of those.
    """
    if len(password) < PASSWORD_LENGTH:
        raise PoorPassword(
            f"Use at least {PASSWORD_LENGTH} characters. Three words that have nothing in common are good."
        )
    bare = re.sub(r"[^a-z]", "", fold(password))
    if len(set(password)) < 5 or any(bare == word for word in _POOR):
        raise PoorPassword("That password is one of the first that people try. Choose another.")
    if bare and any(bare == re.sub(r"[^a-z]", "", fold(each)) for each in known):
        raise PoorPassword("Leave your own name and address out of your password.")


@dataclass(frozen=True)
class Query:
    """
    What somebody typed to find a person: an email address, an NHS number, a telephone, or parts of a name, perhaps with a date of
    birth.
    """

    email: str = ""
    nhs_number: str = ""
    telephone: str = ""
    names: str = ""
    born_on: date | None = None

    @property
    def plain_start(self) -> str:
        """What was typed, folded, when it is one part of a name alone: who begins with it matches without further ado."""
        typed = fold(self.names)
        return typed if typed.isalpha() and self.born_on is None else ""

    @cached_property
    def typed(self) -> tuple[str, ...]:
        """The parts of a name that were typed, folded."""
        return tuple(re.findall(r"\w+", fold(self.names)))

    def matches(self, full_name: str, born_on: date | None) -> bool:
        """Whether each part that was typed begins a part of the name, whatever the accents, and the day fits."""
        if self.born_on is not None and self.born_on != born_on:
            return False
        folded = fold(full_name)
        # Most names are plain words; only those with hyphens and the like are also known by their joined parts.
        parts = folded.split() if _PLAIN.fullmatch(folded) else name_parts(full_name)
        return all(any(part.startswith(typed) for part in parts) for typed in self.typed)


def read_query(text: str) -> Query:
    """
    Read a search: three letters of a name at least, or an email address, an NHS number, a telephone number, or a birth date with
    letters. Ten figures whose last checks the others are an NHS number, unless they begin like a telephone's.

    :raises TooVague: it is less than that.
    """
    text = text.strip()[:200]
    if "@" in text:
        try:
            return Query(email=normal_email(text))
        except ValueError as error:
            raise TooVague(str(error)) from None
    figures = re.sub(r"[\s-]", "", text)
    if is_nhs_number(figures) and not figures.startswith("0"):
        return Query(nhs_number=figures)
    born_on, rest = _take_date(text)
    if born_on is None and sum(c.isdigit() for c in text) >= 7:
        try:
            return Query(telephone=normal_telephone(text))
        except ValueError as error:
            raise TooVague(str(error)) from None
    parts = re.findall(r"\w+", fold(rest))
    if not parts or (born_on is None and max(sum(map(str.isalpha, part)) for part in parts) < LETTERS):
        raise TooVague(
            "Type at least three letters of a name, or a whole email address, telephone number or NHS number."
        )
    return Query(names=rest, born_on=born_on)


def _take_date(text: str) -> tuple[date | None, str]:
    found = _DATE.search(text)
    if found is None:
        return None, text
    year, month, day = (found[1], found[2], found[3]) if found[1] else (found[6], found[5], found[4])
    try:
        born_on = date(int(year), int(month), int(day))
    except ValueError:
        raise TooVague("There is no such day. Write the date of birth as 31/12/1980.") from None
    return born_on, f"{text[: found.start()]} {text[found.end() :]}"


def check_can_give_roles(
    *, own: bool, wanted: Collection[str], declared: Mapping[str, DeclaredRole], registration: str
) -> None:
    """
    Nobody gives themselves a role; a role has to stand in the notice; and a health professional's needs a registration.

    :raises RoleRefused: one of those.
    """
    if own:
        raise RoleRefused("Nobody changes their own roles. Ask another administrator.")
    if not wanted:
        raise RoleRefused("Choose at least one role. Somebody who leaves has a last day instead.")
    unknown = sorted(set(wanted) - set(declared))
    if unknown:
        raise RoleRefused(f"The notice has no role {', '.join(unknown)}. It has: {', '.join(sorted(declared))}.")
    professional = sorted(declared[role].name for role in wanted if declared[role].health_professional)
    if professional and not registration.strip():
        raise RoleRefused(
            f"{professional[0]} needs a registration: the body and the number that patients can look up."
        )


def step_of(at: datetime) -> int:
    """The number of the half minute in which a moment lies (RFC 6238, section 4)."""
    return int(at.timestamp()) // CODE_SECONDS


def code_at(secret: str, step: int) -> str:
    """The six figures that an app shows in one half minute. `secret` is Base32 (RFC 4226, section 5.3)."""
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8), hashlib.sha1)
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4]) & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def matching_step(secret: str, typed: str, at: datetime) -> int | None:
    """The half minute whose code was typed: this one, the last or the next, or None. All three are compared, whichever fits."""
    now = step_of(at)
    code = normal_code(typed).encode()
    found = [
        step
        for step in (now + drift for drift in _DRIFT)
        if hmac.compare_digest(code_at(secret, step).encode(), code)
    ]
    return found[0] if found else None


def app_address(secret: str, *, account: str, clinic: str) -> str:
    """What the QR code says to the app: the secret, and the words under which the app lists it."""
    label = quote(f"{clinic}:{account}")
    return f"otpauth://totp/{label}?secret={secret}&issuer={quote(clinic)}"


def normal_code(typed: str) -> str:
    """A code as it is compared: letters and figures alone, in capitals."""
    return re.sub(r"[^0-9A-Z]", "", typed.upper())


def is_recovery_code(typed: str) -> bool:
    """Whether what was typed has the length of a recovery code; an app's code has six figures."""
    return len(normal_code(typed)) == 16


def network_area(address: str) -> str:
    """The neighbourhood of a machine, for its owner's list: enough to see that it is not theirs, and not the machine itself."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "an unknown network"
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    if parsed.is_loopback:
        return "this computer"
    if parsed.version == 4:
        return "network " + ".".join(str(parsed).split(".")[:2]) + ".…"
    return "network " + ":".join(parsed.exploded.split(":")[:2]) + ":…"
