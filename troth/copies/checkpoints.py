"""
The ledger's checkpoints at every destination, each with the position of the disposal journal when it was signed.

They answer two questions at a restore: how far the ledger had gone, and how new a journal must be to be the whole one
(pitfalls A3). A destination that is away does not stop the sealer; the others still get theirs, and `doctor` sees the gap.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from troth.copies import destinations, journal
from troth.ledger.check_export import WATERMARK, BadNote, Head
from troth.ledger.signing import signer


@dataclass(frozen=True)
class Known:
    """A checkpoint that was given out: the note, what it states, how far the journal went, and that as it was signed."""

    note: str
    head: Head
    journal: journal.Position
    position: str | None = None

    @property
    def age(self) -> tuple[str, int, int]:
        """What grows from a checkpoint to the next."""
        return self.head.at, self.journal.number, self.head.size


class CheckpointNotPublished(Exception):
    """A destination did not take a checkpoint; the others did."""


def publish(note: str) -> None:
    """
    Lay a checkpoint down at every destination, durably. The sealer calls this after each seal.

    :raises CheckpointNotPublished: a destination could not be written. The others have it.
    """
    head = Head.parse(note)
    at = head.at
    failed: list[str] = []
    for folder in destinations.list_destinations():
        try:
            # The lock keeps a journal line from being added between the reading of its position and our line.
            with destinations.locked((folder,)):
                path = folder / destinations.CHECKPOINTS / f"{at[:10]}.jsonl"
                destinations.make_folder(path.parent)
                destinations.cut_torn_line(path)
                # A journal that was cut is not taken for the whole one because a later checkpoint saw it so.
                before = newest_in(folder)
                position = journal.furthest(before.journal if before else journal.START, journal.position())
                line = {
                    "note": note,
                    "journal": list(position),
                    "position": signer().sign(_position_text(head, position)),
                }
                destinations.append(path, json.dumps(line).encode() + b"\n")
        except OSError as fault:
            failed.append(f"{folder} ({fault.strerror})")
    if failed:
        raise CheckpointNotPublished(f"A checkpoint was not laid down in {', '.join(failed)}.")


def newest_known(folders: tuple[Path, ...] | None = None) -> Known | None:
    """The newest checkpoint at any destination that our key signed, or None."""
    found = [known for folder in folders or destinations.list_destinations() if (known := newest_in(folder))]
    return max(found, key=lambda each: each.age, default=None)


def newest_in(folder: Path) -> Known | None:
    """The newest checkpoint of the newest day that has one; two sealers may have laid theirs down out of order."""
    try:
        days = sorted((folder / destinations.CHECKPOINTS).glob("*.jsonl"), reverse=True)
    except OSError:
        return None
    for day in days:
        # A signature costs far more to check than a line to read: from the newest claim down, the first that holds is it.
        # Further back is read only where somebody wrote what does not hold.
        for size in (8_192, 65_536):
            claims = sorted(filter(None, map(_claim, _tail(day, size))), key=lambda each: each.age, reverse=True)
            if claim := next(filter(_holds, claims), None):
                return claim
    return None


def _tail(path: Path, size: int) -> list[bytes]:
    """The last whole lines of a file, in so many bytes."""
    with path.open("rb") as file:
        start = max(0, file.seek(0, os.SEEK_END) - size)
        file.seek(start)
        lines = file.read().split(b"\n")
    return lines[1 if start else 0 : -1]


def _claim(line: bytes) -> Known | None:
    """What a line says, whoever wrote it; None when it is no line of ours."""
    try:
        body = json.loads(line)
        number, made = body["journal"]
        return Known(
            body["note"], Head.parse(body["note"]), journal.Position(int(number), str(made)), body.get("position")
        )
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError, BadNote):
        return None


def _holds(claim: Known) -> bool:
    """Whether our key signed what the line says."""
    try:
        text = signer().public.check(claim.note)
        if Head.parse(text) != claim.head:
            return False
        # Since checkpoints name their watermark, the position is signed too: one that lost its signature is not an older one.
        if claim.position is None:
            return f"\n{WATERMARK}" not in text
        return signer().public.check(claim.position) == _position_text(claim.head, claim.journal)
    except (ValueError, TypeError, AttributeError, BadNote):
        return False


def _position_text(head: Head, position: journal.Position) -> str:
    """What is signed about the journal beside a checkpoint."""
    return f"troth journal position 1\n{position.number} {position.hash}\n{head.text}"


def prune(*, before: str) -> None:
    """Remove the checkpoint files of days before that date (ISO), the newest file always excepted."""
    for folder in destinations.list_destinations():
        for path in sorted((folder / destinations.CHECKPOINTS).glob("*.jsonl"))[:-1]:
            if path.stem < before:
                path.unlink(missing_ok=True)
