"""
Check a person's export of ledger events, away from the clinic that made it.

    python check_export.py FILE [--checkpoint FILE] [--key KEY]

Needs Python 3.11 or later and the package `cryptography`, nothing else; copy this one file anywhere. The ledger itself uses
the same functions, so that what is checked is what is written. Tree and proofs follow RFC 9162, checkpoints C2SP
tlog-checkpoint and signed-note.
"""

import argparse
import base64
import hashlib
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT = "troth ledger export 1"
# The columns of an event in the order in which they are hashed.
COLUMNS = (
    "id",
    "at",
    "event",
    "outcome",
    "actor_kind",
    "actor",
    "on_behalf_of",
    "subject",
    "purpose",
    "action",
    "failed_check",
    "rule",
    "reason",
    "what",
    "objects_touched",
    "request",
    "note",
    "follows",
    "turn",
    "mac",
)
WATERMARK = "watermark "  # begins the line of a checkpoint that says where the next seal looks first
ED25519 = b"\x01"  # the signature type of C2SP signed notes

PROVES = """\
These events stand in the clinic's log, unchanged, and their numbers are unbroken from 1 up to this checkpoint. The clinic has
signed that there are no more of them up to it."""
DOES_NOT_PROVE = """\
It does not show that everything which happened was written down, nor that everybody is shown the same log: for that, compare
the checkpoint with one published elsewhere (--checkpoint). The key comes from the clinic: compare it with the one that it
publishes (--key). A clinic that holds the key can sign what it likes, but not without leaving two checkpoints that disagree."""


class CheckFailed(Exception):
    """What was checked does not hold; the message says what, in a sentence."""


class BadNote(CheckFailed):
    """A signed note is malformed, or its signature does not hold under the key it was checked with."""


# Hashes and encoding


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf (RFC 9162, 2.1.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node (RFC 9162, 2.1.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def encode(values: Iterable[str]) -> bytes:
    """
    The bytes that stand for a row: the lengths of its columns in bytes, then the columns, as `3,0,5:onethree`.

    No two rows share an encoding, whatever their columns hold.
    """
    kept = list(values)
    text = "".join(kept)
    if text.isascii():  # as every event that our own writers wrote is: characters are bytes
        return f"{','.join(map(str, map(len, kept)))}:{text}".encode()
    raw = [value.encode() for value in kept]
    return b",".join(b"%d" % len(each) for each in raw) + b":" + b"".join(raw)


def event_leaf(columns: Iterable[str], *, subject_seq: int, flaw: str, previous: bytes) -> bytes:
    """The leaf hash of an event: its columns, its number within its subject, and that subject's previous leaf."""
    return leaf_hash(encode((*columns, str(subject_seq), flaw)) + previous)


# Proofs


def check_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """
    Check that `leaf` is number `index` of the tree of `size` leaves with this root (RFC 9162, 2.1.3.2).

    :raises CheckFailed: it is not, or the proof is not for this place.
    """
    if not 0 <= index < size:
        raise CheckFailed("the leaf's number lies outside the tree")
    fn, sn, result = index, size - 1, leaf
    for sibling in path:
        if sn == 0:
            raise CheckFailed("the proof is too long")
        if fn & 1 or fn == sn:
            result = node_hash(sibling, result)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            result = node_hash(result, sibling)
        fn, sn = fn >> 1, sn >> 1
    if sn:
        raise CheckFailed("the proof is too short")
    if result != root:
        raise CheckFailed("the proof does not lead to the root of the tree")


def check_consistency(old_size: int, old_root: bytes, size: int, root: bytes, path: Sequence[bytes]) -> None:
    """
    Check that the tree of `size` leaves begins with the tree of `old_size` leaves (RFC 9162, 2.1.4.2).

    :raises CheckFailed: it does not: one of the two is another history.
    """
    if not 0 < old_size <= size:
        raise CheckFailed("the sizes of the two trees do not allow a comparison")
    if old_size == size:
        if path or old_root != root:
            raise CheckFailed("two trees of the same size have different roots")
        return
    steps = list(path) if old_size & (old_size - 1) else [old_root, *path]
    if not steps:
        raise CheckFailed("the consistency proof is empty")
    fn, sn = old_size - 1, size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    old_result = result = steps[0]
    for sibling in steps[1:]:
        if sn == 0:
            raise CheckFailed("the consistency proof is too long")
        if fn & 1 or fn == sn:
            old_result, result = node_hash(sibling, old_result), node_hash(sibling, result)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            result = node_hash(result, sibling)
        fn, sn = fn >> 1, sn >> 1
    if sn or old_result != old_root or result != root:
        raise CheckFailed("the two trees do not share their beginning: one of them is another history")


# Signed notes and checkpoints


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that checks notes. Its text form is C2SP's `name+id+key`."""

    name: str
    raw: bytes

    @property
    def id(self) -> bytes:
        """The four bytes by which a signature names its key."""
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.raw).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(ED25519 + self.raw).decode()}"

    @classmethod
    def parse(cls, text: str) -> "PublicKey":
        """
        Read the text form.

        :raises BadNote: it is not `name+id+key`, or its id is another key's.
        """
        try:
            name, key_id, encoded = text.strip().split("+", 2)
            packed = base64.b64decode(encoded, validate=True)
        except ValueError:
            raise BadNote("the public key does not read name+id+key") from None
        key = cls(name, packed[1:])
        if packed[:1] != ED25519 or len(packed) != 33 or key.id.hex() != key_id:
            raise BadNote("the public key is not an Ed25519 key, or its id belongs to another")
        return key

    def check(self, note: str) -> str:
        """
        The text of a signed note, once this key's signature on it holds.

        :raises BadNote: no signature of this key, or one that does not hold.
        """
        body, gap, signatures = note.rpartition("\n\n")
        if not gap:
            raise BadNote("the note has no signature")
        text = body + "\n"
        for row in signatures.splitlines():
            dash, _, rest = row.partition(" ")
            name, _, encoded = rest.partition(" ")
            if dash != "—" or name != self.name:
                continue
            try:
                packed = base64.b64decode(encoded, validate=True)
                if packed[:4] == self.id:
                    Ed25519PublicKey.from_public_bytes(self.raw).verify(packed[4:], text.encode())
                    return text
            except (ValueError, InvalidSignature):
                raise BadNote("the signature on the note does not hold") from None
        raise BadNote("the note is not signed with this key")


@dataclass(frozen=True, slots=True)
class Head:
    """
    What a checkpoint states: the log's name, its size, its root, and when. Lines after these, such as where the next seal begins,
    are signed with them and mean nothing to whoever checks a proof.
    """

    origin: str
    size: int
    root: bytes
    at: str

    @property
    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\nat {self.at}\n"

    @classmethod
    def parse(cls, text: str) -> "Head":
        """
        Read a checkpoint's text, signed or not.

        :raises BadNote: it is not a checkpoint.
        """
        try:
            origin, size, root, at = text.split("\n")[:4]
            head = cls(origin, int(size), base64.b64decode(root, validate=True), at.removeprefix("at "))
        except ValueError:
            raise BadNote("the checkpoint cannot be read") from None
        if len(head.root) != 32 or not text.startswith(head.text):
            raise BadNote("the checkpoint cannot be read")
        return head


def statement_text(subject: str, count: int, head: Head) -> str:
    """What the clinic signs about one person: how many events there are about them up to a checkpoint."""
    return f"troth ledger statement 1\n{subject}\nevents {count}\n{head.text}"


# The export


def check_export(export: dict[str, Any], key: PublicKey | None = None, checkpoint: str | None = None) -> list[str]:
    """
    Check a whole export and say what was found to hold, a sentence each.

    :raises CheckFailed: something does not hold, or the file is not an export.
    """
    try:
        return _check_export(export, key, checkpoint)
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise CheckFailed(f"the file is not a complete export ({type(fault).__name__})") from None


def _check_export(export: dict[str, Any], key: PublicKey | None, checkpoint: str | None) -> list[str]:
    if export["format"] != FORMAT:
        raise CheckFailed("the file is not an export that this checker can read")
    stated = PublicKey.parse(export["public_key"])
    if key is not None and key != stated:
        raise CheckFailed("the export was signed with another key than the one you gave")
    head = Head.parse(stated.check(export["checkpoint"]))
    found = [f"The checkpoint of {head.size} events, {head.at}, is signed by {head.origin}."]
    subject, events = export["subject"], export["events"]

    previous = b""
    for number, event in enumerate(events, 1):
        if event["subject_seq"] != number:
            raise CheckFailed(f"event number {number} is missing or out of order (found {event['subject_seq']})")
        columns = [event["columns"][name] for name in COLUMNS]
        if event["columns"]["subject"] != subject:
            raise CheckFailed(f"event number {number} is about somebody else")
        if bytes.fromhex(event["previous"]) != previous:
            raise CheckFailed(f"event number {number} does not follow the one before it: one of the two was changed")
        leaf = event_leaf(columns, subject_seq=number, flaw=event["flaw"], previous=previous)
        try:
            check_inclusion(
                leaf, event["index"], head.size, [base64.b64decode(part) for part in event["path"]], head.root
            )
        except CheckFailed as fault:
            raise CheckFailed(
                f"event number {number} was changed, or its proof belongs to another: {fault}"
            ) from None
        previous = leaf
    found.append(f"{len(events)} events, numbered 1 to {len(events)} without a gap, stand in the log unchanged.")
    if stated.check(export["statement"]) != statement_text(subject, len(events), head):
        raise CheckFailed(
            "the clinic's signed count of events differs from what the file holds: events are missing at the end"
        )
    found.append("The clinic has signed that these are all events about this person up to the checkpoint.")
    flawed = [event["subject_seq"] for event in events if event["flaw"]]
    if flawed:
        found.append(f"Note: when it was sealed, something was amiss with event {', '.join(map(str, flawed))}.")
    if checkpoint is not None:
        found.append(_compare(export, stated, head, checkpoint))
    return found


def _compare(export: dict[str, Any], key: PublicKey, head: Head, checkpoint: str) -> str:
    other = Head.parse(key.check(checkpoint))
    if other.size == head.size:
        path: list[bytes] = []
    else:
        proofs = export["consistency"]
        if str(other.size) not in proofs:
            raise CheckFailed(
                f"the export cannot be compared with your checkpoint of {other.size} events; ask for an export that can be"
                " (troth ledger export --known FILE)"
            )
        path = [base64.b64decode(part) for part in proofs[str(other.size)]]
    older, newer = sorted([other, head], key=lambda each: each.size)
    check_consistency(older.size, older.root, newer.size, newer.root, path)
    return f"Your checkpoint of {other.size} events belongs to the same history."


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the file named on the command line: 0 when everything holds, 1 when not, 2 when it cannot be read."""
    parser = argparse.ArgumentParser(description="Check an export of ledger events, offline.")
    parser.add_argument("file", type=Path, help="the export (JSON)")
    parser.add_argument("--checkpoint", type=Path, help="a checkpoint that you have from elsewhere")
    parser.add_argument("--key", help="the clinic's published key (name+id+key), or a file that holds it")
    given = parser.parse_args(arguments)
    try:
        export = json.loads(given.file.read_text(encoding="utf-8"))
        checkpoint = given.checkpoint.read_text(encoding="utf-8") if given.checkpoint else None
        key_text = given.key
        if key_text and "+" not in key_text:
            key_text = Path(key_text).read_text(encoding="utf-8")
    except (OSError, ValueError) as fault:
        cause = f"Cannot read: {type(fault).__name__}. Give the path of an export as the clinic handed it out."
        print(cause, file=sys.stderr)  # noqa: T201
        return 2
    try:
        found = check_export(export, PublicKey.parse(key_text) if key_text else None, checkpoint)
    except CheckFailed as fault:
        print(f"FAILED: {fault}.", file=sys.stderr)  # noqa: T201
        return 1
    print("\n".join(["HOLDS", *found, "", "What this shows:", PROVES, "", "What it does not:", DOES_NOT_PROVE]))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
