"""
Sealed fields: ordinary Django fields to those who hold a context, ciphertext to everyone and everything else.

    allergies = SealedText(HEALTH, id="records.card.allergies")

The first argument is a declared compartment; `id` is permanent, so that renaming a field or a model loses nothing. The
contract of every door of the ORM is the table in `docs/reference/orm-contract.md`; each of its lines is a test.
Nothing opened is kept on the row: each access opens anew, and is refused once the context has closed.
"""

import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NoReturn, TypeVar

from cryptography.exceptions import InvalidTag
from django.core.exceptions import FieldError, ValidationError
from django.db import models

from troth.vault import cards, keyring, search
from troth.vault.columns import SealedCol, without_mark
from troth.vault.compartments import Per, get_compartment
from troth.vault.errors import Damaged, Misplaced, SealedMisuse
from troth.vault.sealing import open_sealed, seal

if TYPE_CHECKING:
    from troth.vault.models import Holding

    PlainField = models.Field[Any, Any]
else:
    PlainField = models.Field

T = TypeVar("T")
current_ring: Callable[[], Any] = (
    keyring.current.get
)  # None outside a context, which has no mark: the slow way answers


class Sealed:
    """
    A sealed value as it lies in the row. It can be stored and copied; it cannot be printed, compared as data or pickled.

    `home` is the (row, subject) it was sealed for in this process, or None when it came from the database.
    """

    __slots__ = ("blob", "home")

    def __init__(self, blob: bytes | None, home: bytes | None = None) -> None:
        self.blob = blob
        self.home = home

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise keyring.poison(
            SealedMisuse("This is sealed data, not its content. Read it from its row inside a context.")
        )

    __str__ = __repr__ = __format__ = __bool__ = __len__ = __iter__ = __lt__ = __gt__ = _refuse
    __reduce__ = __reduce_ex__ = __html__ = __bytes__ = _refuse

    def __copy__(self) -> "Sealed":
        return self

    def __deepcopy__(self, memo: object) -> "Sealed":
        return self


class SealedAttribute(Generic[T]):
    """The descriptor of a sealed field. It defines `__set__`, without which the row's own dict would shadow it."""

    def __init__(self, field: "SealedField[T]") -> None:
        self.field = field
        self.name = field.attname
        self.cache = f"_opened_{field.compartment}"
        self.compartment = field.compartment
        self.decode = field.decode
        self.id = field.bound_id

    def __get__(self, row: "Holding | None", owner: object = None) -> Any:
        if row is None:
            return self
        held = row.__dict__
        try:
            value = held[self.name]
            if value.__class__ is not Sealed:
                return value  # set by this code and not saved yet
            # The quick way: this row was opened before in the very context that is open now, and nothing changed since.
            mark, decrypt, bound_to = held[self.cache]
            if mark is not current_ring().mark:
                raise KeyError
            blob: Any = value.blob
            plain = decrypt(blob[1:13], blob[13:], self.id + bound_to)
        except (KeyError, AttributeError, TypeError, InvalidTag, ValueError):
            return self._open(row)
        if plain[0] and blob[0] == 1:
            return self.decode(plain.rstrip(b"\0")[1:-1])
        return self._open(row)

    def _open(self, row: "Holding") -> Any:
        """Open by asking the ring: at the first touch of a row, and whenever the quick way did not work."""
        held = row.__dict__
        if self.name not in held:
            with keyring.as_ciphertext():
                row.refresh_from_db(fields=[self.name])
        value: Sealed = held[self.name]
        ring = keyring.opening()
        if ring.raw:
            return value
        mark = ring.mark
        subject = row.subject_id
        cipher = ring.opener(subject, self.compartment, self.field.scope_of(row))
        bound_to = row.id.bytes + subject.bytes
        held[self.cache] = (mark, cipher.decrypt, bound_to)
        if value.blob is None:
            return None
        content = open_sealed(cipher, value.blob, self.id + bound_to)
        return None if content is None else self.decode(content)

    def __set__(self, row: "Holding", value: Any) -> None:
        row.__dict__[self.name] = value


def _misuse(field: "SealedField[Any]", what: str) -> SealedMisuse:
    return SealedMisuse(
        f"{field.model.__name__}.{field.name} is sealed: the database holds ciphertext, so it cannot be {what}."
    )


class SealedField(PlainField, Generic[T]):
    """The base of all sealed fields. A subclass gives `encode`, `decode` and `kind`."""

    kind: ClassVar[type]
    empty_strings_allowed = False

    def __init__(
        self,
        compartment: str = "",
        *,
        id: str = "",  # noqa: A002  the word everybody uses for it
        find: search.Find | None = None,
        **options: Any,
    ) -> None:
        self.compartment = compartment
        self.id = id
        self.find = find
        self.bound_id = id.encode() + b"|"
        for option in ("unique", "db_index", "primary_key"):
            if options.get(option):
                raise SealedMisuse(f"A sealed field cannot be {option}: use find=search.exact(…) for look-ups.")
        options.update(null=True, blank=True)
        super().__init__(**options)

    # -- what a kind of field gives ------------------------------------------------------------------------------------
    def encode(self, value: T) -> bytes:
        """The bytes to seal."""
        raise NotImplementedError

    #: Gives the value from its bytes. A plain callable, since it runs once for every field of a page.
    decode: Callable[[bytes], Any]

    def check_value(self, value: Any) -> T | None:
        """
        The value, if it is of the field's kind, or None.

        :raises ValidationError: it is not. The message names the field, never the value.
        """
        if value is None or isinstance(value, self.kind):
            return value  # type: ignore[return-value]
        raise ValidationError(f"{self.name} takes a {self.kind.__name__}, not a {type(value).__name__}.")

    # -- where it lies -------------------------------------------------------------------------------------------------
    def scope_of(self, row: "Holding") -> str:
        """Which key of the compartment: the subject's one, the row's or the year's."""
        per = get_compartment(self.compartment).per
        if per is Per.SUBJECT:
            return ""
        return row.pk.hex if per is Per.ROW else str(row.disposal_year)

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, SealedAttribute(self))

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("null", None)
        kwargs.pop("blank", None)
        kwargs.update(compartment=self.compartment, id=self.id)
        return name, path, args, kwargs

    # -- storing -------------------------------------------------------------------------------------------------------
    def pre_save(self, row: Any, add: bool) -> Sealed:
        """Seal what was set since the row was read, in the open act; pass on what was not touched."""
        value = row.__dict__[self.attname]
        home = row.pk.bytes + row.subject_id.bytes
        if isinstance(value, Sealed):
            sealed_for = value.home or row.__dict__.get("_home")
            if sealed_for != home:
                raise keyring.poison(
                    Misplaced(
                        f"{type(row).__name__}.{self.name} holds what was sealed for another row or person. Read it "
                        "inside a context and set it on the new row, so that it is sealed there."
                    )
                )
            return value
        content = self.check_value(value)
        cipher = keyring.acting().sealer(row.subject_id, self.compartment, self.scope_of(row))
        made = Sealed(seal(cipher, None if content is None else self.encode(content), self.bound_id + home), home)
        if self.find is not None:
            search.index(self.find, field_id=self.id, row=row.pk, subject=row.subject_id, text=content, is_new=add)
        row.__dict__[self.attname] = made
        return made

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is None:
            return None
        if value.__class__ is not Sealed:
            raise keyring.poison(
                _misuse(self, "updated or compared in a query; set it on the row and save that in an act")
            )
        return None if value.blob is None else connection.Database.Binary(value.blob)

    def from_db_value(self, value: Any, expression: object, connection: object) -> Sealed:
        return Sealed(value if value.__class__ is bytes or value is None else bytes(value))

    def get_internal_type(self) -> str:
        return "BinaryField"

    def select_format(self, compiler: Any, sql: str, params: Any) -> tuple[str, Any]:
        """Let a subquery be selected: its value is `Sealed`. Of anything else that is made of a sealed column the mark stays."""
        return without_mark(sql) if sql.startswith("(SELECT ") else sql, params

    # -- doors that stay shut ------------------------------------------------------------------------------------------
    def get_lookup(self, lookup_name: str) -> NoReturn:
        raise FieldError(str(_misuse(self, "filtered; use vault.search for look-ups")))

    def get_transform(self, lookup_name: str) -> NoReturn:
        raise FieldError(str(_misuse(self, "transformed")))

    def get_col(self, alias: str, output_field: "models.Field[Any, Any] | None" = None) -> SealedCol:
        return SealedCol(alias, self, output_field)

    @property
    def cached_col(self) -> SealedCol:
        return SealedCol(self.model._meta.db_table, self)

    def value_from_object(self, obj: models.Model) -> NoReturn:
        raise keyring.poison(_misuse(self, "dumped or turned into a dict; read it by its name inside a context"))

    def value_to_string(self, obj: models.Model) -> NoReturn:
        raise keyring.poison(_misuse(self, "serialised"))

    def formfield(self, *args: Any, **kwargs: Any) -> None:
        return None  # forms are plain: they check words, services write


class SealedText(SealedField[str]):
    """Text of any length."""

    kind = str

    def check_value(self, value: Any) -> str | None:
        """:raises ValidationError: it is no text, or holds a card number, which never comes to lie here (decision 0171)."""
        if isinstance(value, str) and len(value) > cards.SHORTEST and cards.holds_card_number(value):
            raise ValidationError(cards.SENTENCE, code=cards.CODE)
        return super().check_value(value)

    def encode(self, value: str) -> bytes:
        return value.encode()

    decode = staticmethod(bytes.decode)


class SealedDate(SealedField[dt.date]):
    """A calendar date. A datetime is refused: it would lose its time in silence."""

    kind = dt.date

    def check_value(self, value: Any) -> dt.date | None:
        if isinstance(value, dt.datetime):
            raise ValidationError(f"{self.name} takes a date, not a datetime.")
        return super().check_value(value)

    def encode(self, value: dt.date) -> bytes:
        return value.isoformat().encode()

    @staticmethod
    def decode(content: bytes) -> dt.date:
        return dt.date.fromisoformat(content.decode())


class SealedDateTime(SealedField[dt.datetime]):
    """A moment, with its offset. A naive datetime is refused."""

    kind = dt.datetime

    def check_value(self, value: Any) -> dt.datetime | None:
        if isinstance(value, dt.datetime) and value.tzinfo is None:
            raise ValidationError(f"{self.name} takes a moment with its time zone.")
        return super().check_value(value)

    def encode(self, value: dt.datetime) -> bytes:
        return value.isoformat().encode()

    @staticmethod
    def decode(content: bytes) -> dt.datetime:
        return dt.datetime.fromisoformat(content.decode())


class SealedInteger(SealedField[int]):
    """A whole number of any size. True and False are refused: they are answers, not numbers."""

    kind = int

    def check_value(self, value: Any) -> int | None:
        if isinstance(value, bool):
            raise ValidationError(f"{self.name} takes a whole number, not yes or no.")
        return super().check_value(value)

    def encode(self, value: int) -> bytes:
        return str(value).encode()

    decode = staticmethod(int)


class SealedDecimal(SealedField[Decimal]):
    """A decimal number with its digits as given: 84.20 stays 84.20."""

    kind = Decimal

    def check_value(self, value: Any) -> Decimal | None:
        if isinstance(value, Decimal) and not value.is_finite():
            raise ValidationError(f"{self.name} takes a finite number.")
        return super().check_value(value)

    def encode(self, value: Decimal) -> bytes:
        return str(value).encode()

    @staticmethod
    def decode(content: bytes) -> Decimal:
        try:
            return Decimal(content.decode())
        except InvalidOperation:
            raise Damaged("A sealed number is not a number.") from None


class SealedBoolean(SealedField[bool]):
    """Yes or no. It takes as many bytes as any short text, so that its length does not answer it."""

    kind = bool

    def encode(self, value: bool) -> bytes:
        return b"1" if value else b"0"

    decode = staticmethod(b"1".__eq__)


class SealedChoice(SealedField[str]):
    """One of a StrEnum's values, given back as its member."""

    kind = str

    def __init__(self, compartment: str = "", *, of: type[StrEnum] | None = None, **options: Any) -> None:
        self.of = of
        self.decode = bytes.decode if of is None else (lambda content: of(content.decode()))
        super().__init__(compartment, **options)

    def check_value(self, value: Any) -> str | None:
        if value is None:
            return None
        if self.of is None:  # a historical model of a migration: the vocabulary of its day is not known
            return super().check_value(value)
        if value not in list(self.of):
            raise ValidationError(f"{self.name} takes one of {self.of.__name__}; that is not one.")
        return self.of(value)

    def encode(self, value: str) -> bytes:
        return str(value).encode()


class SealedJSON(SealedField[Any]):
    """A list or dict of plain JSON values."""

    kind = object

    def encode(self, value: Any) -> bytes:
        try:
            text = json.dumps(value, separators=(",", ":"), sort_keys=True, allow_nan=False)
        except (TypeError, ValueError):
            raise ValidationError(
                f"{self.name} takes plain JSON values: text, numbers, lists and dicts with text keys."
            ) from None
        if cards.json_holds_card_number(value):
            raise ValidationError(cards.SENTENCE, code=cards.CODE)
        return text.encode()

    decode = staticmethod(json.loads)
