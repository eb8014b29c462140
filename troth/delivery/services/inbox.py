"""
Our own MESH mailbox: what lies in it, one message after the other.

Whoever takes a message in keeps it first, and only then says that it is here: MESH destroys what was acknowledged, and gives out
anew what was not. What it said of a message stands in headers, which are read and never logged.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from urllib.parse import quote

from troth.delivery.models import Failure
from troth.delivery.services.carriers import Undelivered
from troth.delivery.services.mesh import Mesh
from troth.vault import files
from troth.vault.files import StoredFile
from troth.vault.uploads import LARGEST

_NUMBER = re.compile(r"[A-Za-z0-9_]{8,64}")
_RANGE = re.compile(r"\d{1,4}:(\d{1,4})")
_PIECE = 64 * 1024
#: Of what a header says, at most this much is kept.
_MOST_SAID = 300
#: Codes of a report that say that the addressee is none, and that nobody there collected it in five days.
_NOBODY, UNCOLLECTED = frozenset({"12", "EPL-150", "EPL-151"}), "14"


class TooLarge(Undelivered):
    """A message larger than anything that is taken in here. To fetch it once more comes to the same."""

    def __init__(self) -> None:
        super().__init__(Failure.REFUSED, lasting=True)


@dataclass(frozen=True)
class Arrived:
    """A message as it came. `file` lies sealed, and is for whoever took it in to keep or to destroy."""

    number: str
    is_report: bool
    sender: str  # a mailbox; "" where MESH itself wrote
    local: str  # what the sender called it; of a report, what we called the message that it is about
    about: str  # of a report: the number of that message
    code: str
    file: StoredFile

    @property
    def failure(self) -> Failure | None:
        """Why what a report is about was not delivered; None where nobody collected it."""
        if self.code == UNCOLLECTED:
            return None
        return Failure.NO_MAILBOX if self.code in _NOBODY else Failure.REFUSED


@dataclass(frozen=True)
class Inbox:
    """The messages that wait for us."""

    mesh: Mesh

    @property
    def _path(self) -> str:
        return f"/messageexchange/{self.mesh.mailbox}/inbox"

    def waiting(self) -> list[str]:
        """
        The numbers of the messages that wait, the oldest first; 500 at most, the rest once these are acknowledged.

        :raises Undelivered: it was not told.
        """
        found = self.mesh.ask_for(self._path).get("messages", ())
        return [str(each) for each in found if _NUMBER.fullmatch(str(each))]

    def fetch(self, number: str) -> Arrived:
        """
        One message, with its file sealed as it came. It stays in the mailbox.

        :raises TooLarge: it is larger than anything that is taken in here.
        :raises Undelivered: it did not come whole.
        """
        path = f"{self._path}/{quote(number)}"
        writer = files.SealingWriter()
        try:
            with self.mesh.ask("GET", path) as answer:
                said = {name.lower(): value[:_MOST_SAID] for name, value in answer.headers.items()}
                _take(answer, writer)
            of = _RANGE.fullmatch(said.get("mex-chunk-range", ""))
            for chunk in range(2, int(of[1]) + 1 if of else 2):
                with self.mesh.ask("GET", f"{path}/{chunk}") as answer:
                    _take(answer, writer)
            is_report = said.get("mex-messagetype", "").upper() == "REPORT"
            if is_report and not writer.size:
                writer.write(said.get("mex-statusdescription", "").encode())
            kind = "text/plain" if is_report else said.get("mex-content-type") or said.get("content-type", "")
            file = writer.finish(name=said.get("mex-filename", ""), media_type=kind.partition(";")[0].strip().lower())
        except BaseException:
            writer.abandon()
            raise
        return Arrived(
            number,
            is_report,
            said.get("mex-from", ""),
            said.get("mex-localid", ""),
            said.get("mex-linkedmsgid", ""),
            said.get("mex-statuscode", ""),
            file,
        )

    def acknowledge(self, number: str) -> None:
        """
        Say that a message is here, and kept. MESH gives it out no more.

        :raises Undelivered: it was not heard.
        """
        with self.mesh.ask("PUT", f"{self._path}/{quote(number)}/status/acknowledged"):
            pass


def _take(answer: HTTPResponse, writer: files.SealingWriter) -> None:
    for piece in _pieces(answer):
        writer.write(piece)
        if writer.size > LARGEST:
            raise TooLarge


def _pieces(answer: HTTPResponse) -> Iterator[bytes]:
    """
    What an answer holds, opened where it was packed on its way.

    :raises Undelivered: it was cut off, or is packed in no way that it says.
    """
    packed = answer.headers.get("Content-Encoding", "").lower() == "gzip"
    opener = zlib.decompressobj(31) if packed else None
    try:
        while piece := answer.read(_PIECE):
            while opener is not None and piece:
                if unpacked := opener.decompress(piece, _PIECE):
                    yield unpacked
                piece = opener.unconsumed_tail
            if piece:
                yield piece
        if opener is not None:
            yield opener.flush()
    except (OSError, HTTPException, zlib.error):
        raise Undelivered(Failure.UNREACHABLE) from None
    if opener is not None and not opener.eof:
        raise Undelivered(Failure.UNREACHABLE)
