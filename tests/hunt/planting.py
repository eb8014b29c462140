"""Fills every sealed field of every holding about a person, by the kind of the field, and remembers what went in."""

import datetime as dt
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import models

from tests.hunt import needles
from tests.hunt.needles import Needle
from troth.gate.actors import Actor
from troth.gate.acts import act
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.vault import files
from troth.vault.fields import (
    SealedBoolean,
    SealedChoice,
    SealedDate,
    SealedDateTime,
    SealedDecimal,
    SealedField,
    SealedInteger,
    SealedJSON,
    SealedText,
)
from troth.vault.files import SealedFile
from troth.vault.models import Holding, all_holdings

LONG = 10_000  # characters: more than PostgreSQL keeps in a row, and it would compress well
FILE = 3 * files.CHUNK + 1_234


@act(Event.CONTACT_CHANGED, purpose=Purpose.RIGHTS)
def write(row: Holding, *, by: Actor, at: dt.datetime) -> None:
    """Write any row about oneself: the purpose of rights covers every kind there is."""
    row.save()


# Coined once for a run. All words begin alike and numbers are shared, so that few forms must be looked for in many bytes.
STEM, ACCENTED = needles.coined(6), f"{needles.coined(3)}ö{needles.coined(2)}"
NHS, TELEPHONE = f"9{secrets.randbelow(10**9):09}", f"07700{secrets.randbelow(10**6):06}"
FRACTION, NUMBER = f"1234{secrets.randbelow(10**6):06}", 7_301_000_000_000 + secrets.randbelow(10**9) * 1_000
MONTH, DAYS = 1 + secrets.randbelow(12), 3


def _word(stem: str) -> Any:
    return field(default_factory=lambda: stem + needles.coined(5))


@dataclass(frozen=True)
class Words:
    """The words of one person: what is found tells by its end whose it is."""

    whose: str
    given: str = _word(STEM)
    family: str = _word(ACCENTED)
    host: str = _word(STEM)
    key: str = _word(STEM)
    title: str = _word(STEM)
    search: str = _word(STEM)
    secret: str = field(default_factory=lambda: f"{STEM}{needles.coined(5)}-{STEM}{needles.coined(6)}")
    nhs: str = NHS
    telephone: str = TELEPHONE
    fraction: str = FRACTION
    number: int = NUMBER
    month: int = MONTH

    @property
    def email(self) -> str:
        """An address of theirs."""
        return f"{self.given}.{needles._bare(self.family)}@{self.host}.example"

    @property
    def spaced_nhs(self) -> str:
        """As the NHS prints it."""
        return f"{self.nhs[:3]} {self.nhs[3:6]} {self.nhs[6:]}"

    def list_needles(self) -> list[Needle]:
        """What to look for of their words and numbers; what was sealed in fields adds its own."""
        parts = {
            "given name": self.given,
            "family name": self.family,
            "mail host": self.host,
            "key of a document": self.key,
            "title": self.title,
            "searched": self.search,
            **{f"password, part {number}": part for number, part in enumerate(self.secret.split("-"))},
        }
        return [
            *(needles.of_word(f"{self.whose}: {name}", word) for name, word in parts.items()),
            needles.of_digits(f"{self.whose}: NHS number", self.nhs),
            needles.of_digits(f"{self.whose}: telephone", self.telephone, binary=False),
        ]


class Planter:
    """Writes one row of every holding there is about a person."""

    def __init__(self, person: Actor, words: Words) -> None:
        assert person.id is not None
        self.person, self.subject, self.words = person, person.id, words
        self.needles = words.list_needles()
        self.values: dict[tuple[str, str], Any] = {}  # (label of the model, name of the field): what must come back
        self.contents: dict[tuple[str, str], bytes] = {}  # of files
        self.unhuntable: list[str] = []
        self._number = 0

    def plant(self, *, at: dt.datetime) -> "Planter":
        """Rows that others refer to come first."""
        waiting = list(all_holdings())
        while waiting:
            held = [model for model in waiting if not self._write(model, at)]
            assert len(held) < len(waiting), f"cannot make rows of {held}"
            waiting = held
        return self

    def _write(self, model: type[Holding], at: dt.datetime) -> bool:
        existing = model._base_manager.filter(subject_id=self.subject).first()
        if existing is not None and getattr(existing, "status", "") == "signed":
            existing = None  # what was signed never changes: another row stands beside it
        row = existing or model(subject_id=self.subject)
        for column in model._meta.concrete_fields:
            # A letter to a GP tells of a prescription, or asks for something: here it tells.
            if column.is_relation and column.name != "subject" and (not column.null or column.name == "prescription"):
                related: Any = column.related_model
                other = related._base_manager.filter(subject_id=self.subject).first()
                if other is None:
                    return False
                setattr(row, column.name, other)
        for sealed in model.sealed_fields():
            setattr(row, sealed.name, self._sentinel(sealed))
        if existing is None:
            for name, value in self._open_values(model, at):
                setattr(row, name, value)
        write(row, by=self.person, at=at)
        return True

    def _sentinel(self, sealed: SealedField[Any]) -> Any:
        """A value that nothing else could have put there, of the field's own kind."""
        self._number += 1
        number, words = self._number, self.words
        place, whose = (sealed.model._meta.label, sealed.name), f"{self.words.whose}: {sealed.id}"
        value: Any
        match sealed:
            case SealedText():
                value = self._text(sealed)
            case SealedChoice():
                # The least likely of its words; the shorter ones stand in every notice.
                value = max(sealed.of or [], key=lambda each: (len(each.value), each.value))
                self.needles.append(needles.of_choice(whose, value.value))
            case SealedDate():
                value = dt.date(1903, words.month, 1 + number % DAYS)
                self.needles.append(needles.of_date(whose, value))
            case SealedDateTime():
                value = dt.datetime(1903, words.month, 1 + number % DAYS, 4, 5, number % 60, tzinfo=dt.UTC)
                self.needles.append(needles.of_moment(whose, value))
            case SealedInteger():
                value = words.number + number
                self.needles.append(needles.of_digits(whose, str(value)))
            case SealedDecimal():
                value = Decimal(f"{number}.{words.fraction}")
                self.needles.append(needles.of_decimal(whose, value))
            case SealedBoolean():
                value = True
                self.unhuntable.append(sealed.id)
            case SealedJSON():
                value = {
                    words.key: [self._text(sealed), words.number],
                    "nested": {"born": f"1903-{words.month:02}-30", words.given: None},
                }
                self.needles += [
                    needles.of_digits(whose, str(words.number)),
                    Needle(f"{whose}, a day", frozenset({f"1903-{words.month:02}-30".encode()})),
                ]
            case SealedFile():
                content = self.file_content(FILE)
                self.contents[place] = content
                value = files.store(
                    [content], name=f"{words.title} of {words.given}.txt", media_type=f"text/x-{words.key}"
                )
            case _:
                raise TypeError(
                    f"{type(sealed).__name__} is a kind of field that the hunt does not know: teach it to plant one."
                )
        self.values[place] = value
        return value

    def _text(self, sealed: SealedField[Any]) -> str:
        words = self.words
        if "email" in sealed.name:
            return f"{sealed.name}.{self._number}.{words.email}"
        if "telephone" in sealed.name:
            return f"{words.telephone[:5]} {words.telephone[5:]}"
        told = (
            f"{words.given.capitalize()} O'{words.family.capitalize()} {words.spaced_nhs} <{words.email}> {sealed.id}"
        )
        if sealed.name in {"text", "words", "note", "answers"}:
            return told + " The weather of that week was of no interest." * (LONG // 45) + told
        return told

    def file_content(self, size: int) -> bytes:
        """Text that a chunk's border cuts somewhere, with their words in every line."""
        line = f"{self.words.given} {self.words.family} {self.words.nhs} {self.words.email}\n".encode()
        return (line * (size // len(line) + 1))[:size]

    def _open_values(self, model: type[Holding], at: dt.datetime) -> Iterator[tuple[str, Any]]:
        """What a row cannot be without. Open columns hold structure, so nothing is planted in them."""
        for column in model._meta.concrete_fields:
            if column.attname not in model.open_fields or column.is_relation or column.has_default() or column.null:
                continue
            choices = dict(column.choices or {})
            if column.name == "right":
                yield column.name, "objection"  # an open request for a copy would hold everything
            elif column.name == "for_role":
                yield (
                    column.name,
                    "pharmacist",
                )  # a task is for a role or for somebody, and a reason: for nobody at this clinic
            elif choices:
                yield column.name, next(iter(choices))
            elif column.unique and not isinstance(column, models.IntegerField):
                yield column.name, self.subject.hex[: column.max_length]
            elif isinstance(column, models.UUIDField):
                yield column.name, self.subject
            elif isinstance(column, models.DateTimeField):
                yield (
                    column.name,
                    at + dt.timedelta(hours=column.name == "ends_at"),
                )  # what ends does so after it began
            elif isinstance(column, models.DateField):
                yield column.name, at.date()
            elif isinstance(column, models.JSONField):
                yield column.name, {}
            elif column.name == "places":
                yield column.name, 2  # a class has several
            elif column.name == "number":
                yield column.name, self.subject.int % 1_000_000  # no two papers have one number
            elif column.name == "places":
                yield column.name, 2  # of a class: for one person it would be a visit
            elif isinstance(column, models.BooleanField):
                yield column.name, False
            elif isinstance(column, models.IntegerField):
                yield column.name, at.year + (column.name == "last")  # a stretch ends after it begins
