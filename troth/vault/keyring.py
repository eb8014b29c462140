"""
The key ring of the context that is open now. The gate fills it; sealed fields ask it; nobody else touches it.

A ring is closed when its context ends, and a closed ring refuses for ever: a captured generator, task or reference gets
nothing (pitfalls B10). Threads inherit no ring. A refusal or an unopened read poisons the watch of the boundary that is
open, so that an answer cannot leave even when a template swallowed the exception (pitfalls A6).
"""

from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from datetime import datetime
from typing import Protocol
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connections

from troth.vault import keystore
from troth.vault.among import among, in_batches
from troth.vault.errors import Destroyed, MasterKeyMissing, NotAnAct, Unopened

KeyName = keystore.KeyName


class Watch:
    """What a boundary watches for: the first refusal or unopened read since it opened."""

    def __init__(self) -> None:
        self.poisoned: Exception | None = None


watch: ContextVar[Watch | None] = ContextVar("troth_watch", default=None)


def poison(error: Exception) -> Exception:
    """Mark the open boundary, if any, so that it answers with an error whatever happens next. Gives the error back."""
    watching = watch.get()
    if watching is not None and watching.poisoned is None:
        watching.poisoned = error
    return error


class Stamp(Protocol):
    """Who acts and when: what an act writes on the rows of its holdings."""

    @property
    def at(self) -> datetime: ...

    @property
    def by(self) -> str: ...

    @property
    def unasked(self) -> str: ...


class KeyRing:
    """
    The keys that one context may use.

    `authorise(subject, compartment)` is the gate's: None means yes, an exception means no and why. A ring opens (`reads`),
    seals (`stamp` is that of an act), or both; what the inner ring may not do, an outer one may.
    """

    __slots__ = (
        "_allowed",
        "_authorise",
        "_ciphers",
        "_wrapped",
        "changed",
        "closed",
        "foresee",
        "kept",
        "mark",
        "outer",
        "raw",
        "reads",
        "scanned",
        "stamp",
        "touches",
        "used",
        "written",
    )

    def __init__(
        self,
        authorise: Callable[[UUID, str], Exception | None],
        *,
        reads: bool,
        stamp: Stamp | None = None,
        outer: "KeyRing | None" = None,
        raw: bool = False,
    ) -> None:
        self._authorise = authorise
        self._allowed: set[tuple[int, str]] = set()  # what the gate already said yes to in this context
        self._ciphers: dict[KeyName, AESGCM] = {}
        self._wrapped: dict[KeyName, keystore.WrappedKey] = {}
        self.closed = False
        self.mark: object = (
            object()
        )  # rows remember under which mark they were opened; a new mark makes them ask again
        self.used: set[tuple[int, str]] = set()  # subject as a number, compartment: what was really opened
        self.scanned: list[tuple[str, list[str]]] = []  # what a search opened: a compartment of these (hexadecimal)
        self.kept: set[int] = set()  # whose keys stay until this act has ended
        self.outer = outer
        self.raw = raw
        self.reads = reads
        self.stamp = stamp
        self.written: list[tuple[UUID, str, str]] = []  # rows as they were saved: (subject, reference, digest)
        self.touches: list[tuple[UUID, str]] = []  # what an act did besides: (subject, reference)
        self.changed: Callable[[UUID], None] | None = None  # the gate's: standing facts about a subject changed
        self.foresee: Callable[[Sequence[UUID]], None] | None = (
            None  # the gate's: many will be asked about, so learn of them at once
        )

    def preload(self, subjects: Iterable[UUID], compartments: tuple[str, ...]) -> None:
        """Fetch the stored keys of many subjects in one query; they are unwrapped when first used."""
        self._wrapped.update(keystore.fetch(subjects, compartments))

    def held(self, names: set[KeyName]) -> set[KeyName]:
        """Those of these keys that there are. To know of a key opens nothing: every opening is authorised by itself."""
        if missing := [name for name in names if name not in self._ciphers and name not in self._wrapped]:
            subjects = [UUID(int=number) for number in {name[0] for name in missing}]
            self._wrapped.update(keystore.fetch(subjects, sorted({name[1] for name in missing}), scope=None))
        return {name for name in names if name in self._ciphers or name in self._wrapped}

    def close(self) -> None:
        """End the ring: it holds nothing and refuses from now on."""
        self.closed = True
        self.mark = object()
        self._allowed.clear()
        self._ciphers.clear()
        self._wrapped.clear()

    def forget_answers(self) -> None:
        """Ask the gate anew about everything: what a search was let open is not let open afterwards."""
        self._allowed.clear()
        self.mark = object()

    def opener(self, subject: UUID, compartment: str, scope: str) -> AESGCM:
        """
        The cipher to open with: this ring's, or else an outer one's.

        :raises Unopened: no ring here may open anything (closed, or all of them only write).
        :raises Destroyed: the key is gone.
        :raises Exception: the gate's refusal, from the innermost ring that reads.
        """
        refusal: Exception | None = None
        number = subject.int
        ring: KeyRing | None = self
        while ring is not None:
            if ring.reads and not ring.closed:
                asked = (number, compartment)
                no = None if asked in ring._allowed else ring._authorise(subject, compartment)
                if no is None:
                    ring._allowed.add(asked)
                    ring.used.add(asked)
                    return ring._cipher((number, compartment, scope))
                refusal = refusal or no
            ring = ring.outer
        raise poison(
            refusal
            or Unopened(
                "Sealed data was touched where nothing may be opened: the context has closed, or it only writes. Open one with "
                "`with processing(Purpose.…, Action.READ, by=…, at=…)`."
            )
        )

    def sealer(self, subject: UUID, compartment: str, scope: str) -> AESGCM:
        """
        The cipher to seal with, its key made if there is none.

        :raises NotAnAct: no act is open.
        :raises Exception: the gate's refusal.
        """
        ring = self.acting()
        asked = (subject.int, compartment)
        if asked not in ring._allowed:
            no = ring._authorise(subject, compartment)
            if no is not None:
                raise poison(no)
            ring._allowed.add(asked)
        name = (*asked, scope)
        if name not in ring._ciphers and name not in ring._wrapped:
            ring._wrapped.update(keystore.fetch([subject], [compartment], scope=scope) or keystore.make([name]))
        return ring._cipher(name)

    def change(self, subject: UUID, compartments: Iterable[str]) -> "KeyRing":
        """
        Ask for a row of these compartments to be changed or removed, whether or not anything in it is sealed anew.

        An act that only routes says why it need not ask (`@act(…, unasked=…)`); sealing is asked for all the same.

        :raises NotAnAct: no act is open.
        :raises Exception: the gate's refusal.
        """
        ring = self.acting()
        if not (ring.stamp and ring.stamp.unasked):
            for compartment in compartments:
                no = ring._authorise(subject, compartment)
                if no is not None:
                    raise poison(no)
        return ring

    def keep_keys(self, subjects: Iterable[UUID]) -> None:
        """
        Before new rows of these people are sealed: none of their keys goes until this act has ended, or a row would be committed
        that nothing opens. An erasure waits for us (`alone_with`); one that was first is waited for, and the keys asked for anew.

        SQLite lets one act write at a time. A row that exists needs none of it: an erasure finds it, and waits for who changes it.
        """
        connection = connections["default"]
        if connection.vendor == "sqlite":
            return
        kept: set[int] = set()
        ring: KeyRing | None = self
        while ring is not None:
            kept |= ring.kept
            ring = ring.outer
        new = sorted({subject for subject in subjects if subject.int not in kept})
        for some in in_batches(new, keystore.CHUNK):
            these, listed = among(connection, "id", [subject.hex for subject in some], cast="::uuid[]")
            with connection.cursor() as cursor:
                # What the reference of a row to its person takes as well, only earlier.
                cursor.execute(f"SELECT 1 FROM vault_subject WHERE {these} ORDER BY id FOR KEY SHARE", [listed])  # noqa: S608
        found = {subject.int for subject in new}
        self.kept |= found
        for name in [name for name in self._wrapped.keys() | self._ciphers.keys() if name[0] in found]:
            self._wrapped.pop(name, None)
            self._ciphers.pop(name, None)

    def make_keys(self, names: Iterable[KeyName]) -> None:
        """Make or fetch many keys at once, before a bulk write. The gate's authorisation is still asked row by row."""
        ring = self.acting()
        names = dict.fromkeys(names)
        ring.keep_keys({UUID(int=number) for number in {name[0] for name in names}})
        if ring.foresee is not None:
            ring.foresee([UUID(int=number) for number in dict.fromkeys(name[0] for name in names)])
        missing = [name for name in names if name not in ring._ciphers and name not in ring._wrapped]
        if missing:
            ring._wrapped.update(keystore.make(missing))

    def acting(self) -> "KeyRing":
        """
        The innermost ring that belongs to an act.

        :raises NotAnAct: none does.
        """
        ring: KeyRing | None = self
        while ring is not None:
            if ring.stamp is not None and not ring.closed:
                return ring
            ring = ring.outer
        raise poison(NotAnAct(_NOT_AN_ACT))

    def touched(self, subject: UUID, reference: str) -> None:
        """Note that the open act did something to this subject that is not the saving of a holding."""
        self.touches.append((subject, reference))
        ring: KeyRing | None = self
        while ring is not None:
            ring.mark = object()
            ring._allowed.clear()  # a fact about one subject may reach others that are the same person
            if ring.changed is not None:
                ring.changed(subject)
            ring = ring.outer

    def _cipher(self, name: KeyName) -> AESGCM:
        found = self._ciphers.get(name)
        if found is None:
            held = self._wrapped.get(name)
            if held is None:
                # Rows or years of one compartment come together: fetch them all, once.
                self._wrapped.update(keystore.fetch([UUID(int=name[0])], [name[1]], scope=None))
                held = self._wrapped.get(name)
            if held is None:
                raise poison(
                    Destroyed("The key of this part of the record was destroyed, so nothing can open it any more.")
                )
            try:
                found = keystore.unwrap(name, held)
            except MasterKeyMissing:  # turned since it was fetched, and the old master key destroyed at once
                self._wrapped.update(keystore.fetch([UUID(int=name[0])], [name[1]], scope=None))
                found = keystore.unwrap(name, self._wrapped[name])
            self._ciphers[name] = found
        return found


_NOT_AN_ACT = (
    "A holding was about to be written outside an act. Move the write into a function of the room's services.py "
    "decorated with @act(Event.…, purpose=Purpose.…)."
)

current: ContextVar[KeyRing | None] = ContextVar("troth_keyring", default=None)


def opening() -> KeyRing:
    """
    The ring to open with.

    :raises Unopened: no context is open.
    """
    ring = current.get()
    if ring is None:
        raise poison(
            Unopened(
                "Sealed data was touched with no context open. Say why you need it: "
                "`with processing(Purpose.…, Action.READ, by=…, at=…):`."
            )
        )
    return ring


def acting() -> KeyRing:
    """
    The ring of the act that is open.

    :raises NotAnAct: none is.
    """
    ring = current.get()
    if ring is None:
        raise poison(NotAnAct(_NOT_AN_ACT))
    return ring.acting()


def _refuse_nothing(subject: UUID, compartment: str) -> Exception | None:
    return None


RAW = KeyRing(_refuse_nothing, reads=False, raw=True)  # inside it sealed fields give their opaque ciphertext


class as_ciphertext:  # noqa: N801  reads as a phrase: `with as_ciphertext():`
    """A context in which sealed fields give their opaque `Sealed` value. The vault uses it to reload and copy rows."""

    def __enter__(self) -> None:
        self._token = current.set(RAW)

    def __exit__(self, *_: object) -> None:
        current.reset(self._token)
