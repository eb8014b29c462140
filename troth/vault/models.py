"""
The vault's tables, and `Holding`, the base of every table that holds anything about a person.

Never write a holding outside an act, never give a sealed field a default, and never reuse a field id.
"""

import copy
import hashlib
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self
from uuid import UUID, uuid4

from django.db import DatabaseError, models

from troth.vault import keyring
from troth.vault.errors import Destroyed, SealedMisuse
from troth.vault.fields import Sealed, SealedField
from troth.vault.keystore import KeyName
from troth.vault.querysets import HoldingQuerySet as HoldingQuerySet

if TYPE_CHECKING:
    PlainDateTime = models.DateTimeField[Any, Any]
    PlainChar = models.CharField[Any, Any]
else:
    PlainDateTime = models.DateTimeField
    PlainChar = models.CharField


class SubjectKind(models.TextChoices):
    """Who a subject is to the clinic. A person may be several subjects (design.md)."""

    PATIENT = "patient", "patient"
    CLAIMANT = "claimant", "claimant"
    ENQUIRER = "enquirer", "enquirer"
    SUBSCRIBER = "subscriber", "subscriber"
    VISITOR = "visitor", "visitor"
    STAFF = "staff", "member of staff"
    EXPERT = "expert", "medical expert"
    REPRESENTATIVE = "representative", "representative"


class Subject(models.Model):
    """A person, bare: a random identifier and nothing that names anyone. UUIDv4, since v7 carries the time (B12)."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    kind = models.CharField(max_length=16, choices=SubjectKind.choices)

    open_columns: ClassVar[dict[str, str]] = {
        "id": "random; the structure that everything is linked by",
        "kind": "what the clinic calls its people, for routing",
    }

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.id.hex[:8]}"


class DataKey(models.Model):
    """A wrapped data key. Its statements are in `keystore`; the table is declared here for migrations."""

    key_store: ClassVar[bool] = True
    subject = models.CharField(max_length=32)
    compartment = models.CharField(max_length=64)
    scope = models.CharField(max_length=32, default="")
    master = models.IntegerField()
    wrapped = models.BinaryField()
    made_at = models.DateTimeField()

    open_columns: ClassVar[dict[str, str]] = {
        "id": "a counter",
        "subject": "random identifier",
        "compartment": "a declared name",
        "scope": "a row's random id or a year",
        "master": "a number",
        "wrapped": "ciphertext under the master key",
        "made_at": "shown by `troth keys status`",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "compartment", "scope"], name="one_key_per_compartment")
        ]
        indexes = [models.Index(fields=["master", "id"], name="datakey_by_master")]

    def __str__(self) -> str:
        return f"key {self.pk}"


class Token(models.Model):
    """A search token. Its statements are in `search`."""

    key_store: ClassVar[bool] = True
    token = models.BinaryField(max_length=32)
    unique_in = models.CharField(max_length=120)
    field_id = models.CharField(max_length=80)
    row_id = models.CharField(max_length=32)
    subject = models.CharField(max_length=32)

    open_columns: ClassVar[dict[str, str]] = {
        "id": "a counter",
        "token": "a keyed hash",
        "unique_in": "the name of a space, or the field and row",
        "field_id": "a declared name",
        "row_id": "random identifier",
        "subject": "random identifier",
    }

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "unique_in"], name="one_token_per_value")]
        indexes = [
            models.Index(fields=["row_id"], name="token_by_row"),
            models.Index(fields=["subject"], name="token_by_subject"),
            models.Index(fields=["token", "subject"], name="token_to_subjects"),  # all that a search reads of it
        ]

    def __str__(self) -> str:
        return f"token {self.pk}"


class StampedAt(PlainDateTime):
    """When the act happened that wrote the row: at first only (`first=True`) or at every write."""

    def __init__(self, *args: Any, first: bool = False, **options: Any) -> None:
        self.first = first
        options["editable"] = False
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "first": self.first}

    def pre_save(self, row: models.Model, add: bool) -> Any:
        stamp = keyring.acting().stamp
        assert stamp is not None
        if add or not self.first:
            row.__dict__[self.attname] = stamp.at.astimezone(UTC)
        return row.__dict__[self.attname]


class StampedBy(PlainChar):
    """Who acted: a subject's identifier, or `service:NAME`."""

    def __init__(self, *args: Any, first: bool = False, **options: Any) -> None:
        self.first = first
        options.update(editable=False, max_length=64)
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "first": self.first}

    def pre_save(self, row: models.Model, add: bool) -> Any:
        stamp = keyring.acting().stamp
        assert stamp is not None
        if add or not self.first:
            row.__dict__[self.attname] = stamp.by
        return row.__dict__[self.attname]


class _AtRest(NamedTuple):
    """The ciphertext of a sealed field inside a pickled row."""

    blob: bytes | None
    home: bytes | None


class Holding(models.Model):
    """
    The base of every table that holds anything about a subject.

    Its content fields are sealed, or declared open with a written reason in `open_fields` (name: reason). Stamps are set
    by the act that writes it. `disposal_year` is what a compartment of one key a year needs.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    recorded_at = StampedAt(first=True)
    recorded_by = StampedBy(first=True)
    changed_at = StampedAt()
    changed_by = StampedBy()

    open_fields: ClassVar[dict[str, str]] = {}
    disposal_year: int | None
    subject_id: UUID
    _compartments: ClassVar[frozenset[str]]

    objects = HoldingQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        all_holdings.cache_clear()

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk.hex[:8]}"

    # -- reading -------------------------------------------------------------------------------------------------------
    @classmethod
    def sealed_fields(cls) -> tuple[SealedField[Any], ...]:
        """Its sealed fields, in order."""
        return tuple(field for field in cls._meta.concrete_fields if isinstance(field, SealedField))

    def key_of(self, field: SealedField[Any]) -> KeyName:
        """The name of the key that a field of this row is sealed with."""
        return self.subject_id.int, field.compartment, field.scope_of(self)

    @classmethod
    def compartments(cls) -> frozenset[str]:
        """The compartment of its sealed fields (`inventory.misfiled` allows one), or none of a table that is all open."""
        found = cls.__dict__.get("_compartments")
        if found is None:
            found = cls._compartments = frozenset(field.compartment for field in cls.sealed_fields())
        return found

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any]) -> Self:
        row = super().from_db(db, field_names, values)
        held = row.__dict__
        subject = held.get("subject_id")
        if subject is not None:
            held["_home"] = held["id"].bytes + subject.bytes
        return row

    def refresh_from_db(self, *args: Any, **options: Any) -> None:
        """Reload without opening anything."""
        with keyring.as_ciphertext():
            super().refresh_from_db(*args, **options)
        self.__dict__["_home"] = self.pk.bytes + self.subject_id.bytes

    def __getstate__(self) -> dict[str, Any]:  # noqa: DJ012  it belongs with reading
        """
        Ciphertext only: a cached or pickled row carries what lies in the database and nothing opened.

        :raises SealedMisuse: something was set and not saved; it would leave in the clear.
        """
        state = {name: value for name, value in super().__getstate__().items() if not name.startswith("_opened_")}
        for field in self.sealed_fields():
            value = state.get(field.attname)
            if isinstance(value, Sealed):
                state[field.attname] = _AtRest(value.blob, value.home)
            elif field.attname in state:
                raise keyring.poison(
                    SealedMisuse(
                        f"{type(self).__name__}.{field.name} was set and not saved: save the row "
                        "before it is cached or pickled."
                    )
                )
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        restored = {name: Sealed(*value) if isinstance(value, _AtRest) else value for name, value in state.items()}
        super().__setstate__(restored)  # type: ignore[misc]

    def __copy__(self) -> Self:
        return self._copy(lambda value: value)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self._copy(lambda value: copy.deepcopy(value, memo))

    def _copy(self, of: Callable[[Any], Any]) -> Self:
        made = type(self).__new__(type(self))
        made.__dict__.update(
            {name: of(value) for name, value in self.__dict__.items() if not name.startswith("_opened_")}
        )
        return made

    # -- writing -------------------------------------------------------------------------------------------------------
    def clean_fields(self, exclude: Any = None) -> None:
        """Check what was set; what lies sealed was checked when it was."""
        untouched = {
            field.name for field in self.sealed_fields() if isinstance(self.__dict__.get(field.attname), Sealed)
        }
        super().clean_fields(exclude={*(exclude or ()), *untouched})

    def save_base(self, *args: Any, **options: Any) -> None:
        """
        Save inside an act, which the ledger then names with a digest of the row as stored.

        :raises Destroyed: the row was removed since it was read. It is not put back.
        """
        acting = keyring.acting()
        if self._state.adding:
            acting.keep_keys([self.subject_id])
        elif not options.get("force_insert"):
            options["force_update"] = True
        acting.change(self.subject_id, self.compartments())
        some = options.get("update_fields")
        if some is not None:
            options["update_fields"] = frozenset({*some, "changed_at", "changed_by"})
        try:
            super().save_base(*args, **options)
        except DatabaseError as error:
            if "did not affect any rows" not in str(error):
                raise
            raise keyring.poison(Destroyed("This part of the record was removed since it was read.")) from None
        self.__dict__["_home"] = self.pk.bytes + self.subject_id.bytes
        # Of a row saved in part, or not loaded whole, memory is not what lies in the table.
        stored = self if some is None else type(self)._base_manager.get(pk=self.pk)
        acting.written.append((self.subject_id, self.reference, stored.digest()))

    def delete(self, *args: Any, **options: Any) -> tuple[int, dict[str, int]]:
        """Remove the row, inside an act."""
        acting = keyring.acting().change(self.subject_id, self.compartments())
        acting.touches.append((self.subject_id, f"{self.reference}/gone"))
        return super().delete(*args, **options)

    @property
    def reference(self) -> str:
        """How the ledger names this row: `room.model/id`."""
        return f"{self._meta.app_label}.{self._meta.model_name}/{self.pk.hex}"

    def digest(self) -> str:
        """SHA-256, in hexadecimal, of every stored column: what act events hold, and `verify --records` recomputes."""
        held = self.__dict__
        parts = []
        for field in self._meta.concrete_fields:
            value = held.get(field.attname)
            if value.__class__ is Sealed:
                part = value.blob or b""
            elif value.__class__ is UUID:
                part = value.bytes
            elif value is None:
                part = b"-"
            elif value.__class__ is datetime:
                part = value.astimezone(UTC).isoformat().encode()
            else:
                part = str(field.to_python(value)).encode()
            parts.append(b"%d:" % len(part) + part)
        return hashlib.sha256(b"".join(parts)).hexdigest()


@lru_cache(maxsize=1)
def all_holdings() -> tuple[type[Holding], ...]:
    """
    Every concrete holding of every room, found by walking the subclasses: rights and retention need no list. Walked anew when there
    is another: an erasure asks for them sixty times.
    """
    found: dict[str, type[Holding]] = {}

    def walk(base: type[Holding]) -> None:
        for model in base.__subclasses__():
            if not model._meta.abstract and model.__module__ != "__fake__":
                found[model._meta.label] = model
            walk(model)

    walk(Holding)  # type: ignore[type-abstract]
    return tuple(found[label] for label in sorted(found))
