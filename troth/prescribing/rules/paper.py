"""The prescription as a document: what stands on it, and the text that our signature covers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils import timezone

from troth.design.papers import set_pdf
from troth.prescribing.models import Wanted
from troth.prescribing.rules.asking import ANSWER_WITHIN

_TEMPLATES = Path(__file__).parent.parent / "templates" / "prescribing"


@dataclass(frozen=True)
class Person:
    """For whom it is."""

    name: str
    born_on: date | None
    address: str
    postcode: str


@dataclass(frozen=True)
class Signer:
    """Who signs, as the public profile says."""

    name: str
    registration: str


@dataclass(frozen=True)
class Clinic:
    """Who answers for it."""

    name: str
    address: str
    website: str


def set_prescription(
    *, reference: str, item: dict[str, Any], person: Person, signer: Signer, clinic: Clinic, at: datetime
) -> bytes:
    """
    The document as PDF/UA-1. Its data goes in as JSON and is shown as text, never run.

    :raises typst.TypstError: it could not be set.
    """
    local = timezone.localtime(at)
    data = {
        "clinic": clinic.name,
        "clinic_address": clinic.address,
        "reference": reference,
        "person": [
            ["For", person.name],
            ["Born", f"{person.born_on:%-d %B %Y}" if person.born_on else ""],
            ["Address", ", ".join(part for part in (person.address, person.postcode.upper()) if part)],
        ],
        "item": [
            ["Medicine", f"{item['name']}, {item['form']}"],
            ["dm+d code", item["dmd"]],
            ["Quantity", f"{item['quantity']} {item['unit']}"],
            ["Directions", item["directions"]],
            ["For what", item["indication"]],
            ["Repeats", "None: each further supply is decided anew"],
        ],
        "signer": [
            ["Signed by", signer.name],
            ["Registration", signer.registration or "see the public register"],
            ["Signed on", f"{local:%-d %B %Y, %H:%M}"],
            ["Dispense by", f"{date.fromisoformat(item['until']):%-d %B %Y}"],
        ],
        "check": (
            f"To check it, go to {clinic.website or 'our site'}/prescriptions/ and enter the reference. The page says who signed, "
            "whether it still stands, and whether this file is unchanged. It tells nothing of the person it is for."
        ),
    }
    return set_pdf(_TEMPLATES / "prescription.typ", data)


def set_gp_letter(
    *,
    practice: dict[str, str],
    item: dict[str, Any],
    person: Person,
    signer: Signer,
    clinic: Clinic,
    telephone: str,
    reference: str,
    reactions: Sequence[str] = (),
    at: datetime,
) -> bytes:
    """
    The letter that tells a GP of one supply, as PDF/UA-1.

    :raises typst.TypstError: it could not be set.
    """
    local = timezone.localtime(at)
    data = {
        "clinic": clinic.name,
        "clinic_address": clinic.address,
        "reference": reference,
        "to": [practice[key] for key in ("name", "address") if practice.get(key)],
        "day": f"{local:%-d %B %Y}",
        "title": "A medicine that we prescribed for your patient",
        "opening": [
            "Your patient asked us for treatment, answered a questionnaire, and agreed that we tell you. After a review by a "
            "prescriber and a pharmacist’s independent check we have supplied:"
        ],
        "rows": [
            ["Patient", person.name],
            ["Born", f"{person.born_on:%-d %B %Y}" if person.born_on else ""],
            ["Address", ", ".join(part for part in (person.address, person.postcode.upper()) if part)],
            ["Medicine", f"{item['name']}, {item['form']}"],
            ["Quantity", f"{item['quantity']} {item['unit']}"],
            ["Directions", item["directions"]],
            ["For what", item["indication"]],
            ["Prescriber", ", ".join(part for part in (signer.name, signer.registration) if part)],
            *([["Reactions they told us of", "; ".join(reactions)]] if reactions else []),
        ],
        "closing": [
            "Add it to their record, and write or ring if anything you know stands against it. We then stop the supply.",
            f"You reach us on {telephone}. Quote {reference}.",
        ],
        "signer": signer.name,
    }
    return set_pdf(_TEMPLATES / "gp_letter.typ", data)


def set_gp_asking(
    *,
    practice: dict[str, str],
    treatment: str,
    asked: dict[str, Any],
    agreed_at: datetime,
    person: Person,
    signer: Signer,
    clinic: Clinic,
    telephone: str,
    email: str,
    reference: str,
    first_at: datetime | None = None,
    at: datetime,
) -> bytes:
    """
    The letter that asks a practice for what bears on one request, as PDF/UA-1. `asked`: `wanted`, `history` and `words`;
    `first_at`: when it was asked first, where it is asked once more.

    :raises typst.TypstError: it could not be set.
    """
    local = timezone.localtime(at)
    wanted = [Wanted(each) for each in asked["wanted"]]
    again = (
        [
            f"We first asked on {timezone.localtime(first_at):%-d %B %Y}, and have had no answer. The request still waits."
        ]
        if first_at
        else []
    )
    data = {
        "clinic": clinic.name,
        "clinic_address": clinic.address,
        "reference": reference,
        "to": [practice[key] for key in ("name", "address") if practice.get(key)],
        "day": f"{local:%-d %B %Y}",
        "title": "What we ask you about your patient",
        "opening": [
            f"Your patient asked us for treatment ({treatment}). Before a prescriber decides, what you know helps to make it safe. "
            f"They agreed on {timezone.localtime(agreed_at):%-d %B %Y} that we ask you. Send what is named below, and nothing "
            "more.",
            *again,
        ],
        "rows": [
            ["Patient", person.name],
            ["Born", f"{person.born_on:%-d %B %Y}" if person.born_on else ""],
            ["Address", ", ".join(part for part in (person.address, person.postcode.upper()) if part)],
            *(
                ["We ask for", f"{each.words}: {asked['history']}" if each is Wanted.HISTORY else each.words]
                for each in wanted
                if each is not Wanted.OTHER
            ),
            ["In our words", asked["words"]],
            ["By", f"{timezone.localdate(at) + ANSWER_WITHIN:%-d %B %Y}"],
            ["Prescriber", ", ".join(part for part in (signer.name, signer.registration) if part)],
        ],
        "closing": [
            f"Send it by post to {clinic.name}, {clinic.address}"
            + (f", or from NHSmail to {email} with [secure] in the subject" if email else "")
            + f". You reach us on {telephone}. Quote {reference}.",
            "If they told you otherwise, or you hold nothing of this, a line that says so is enough.",
        ],
        "signer": signer.name,
    }
    return set_pdf(_TEMPLATES / "gp_letter.typ", data)


def signed_text(reference: str, digest: str, signer: UUID, at: datetime) -> str:
    """What the signature covers: the paper's reference, the file's digest, who signed, and when. Nothing of the person."""
    return f"troth prescription\n{reference}\n{digest}\n{signer.hex}\n{at.astimezone(UTC).isoformat()}\n"
