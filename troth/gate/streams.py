"""
Streams: what is sent in pieces after the view has ended and its context has closed.

The events are committed before the first piece. A stream owns the key of its one file and lets go of it when it is closed
(pitfalls A5). Downloads are named generically and never shown inside a page (pitfalls B18).
"""

import re

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from troth.gate.boundary import current
from troth.vault.files import ENDINGS, StoredFile

_RANGE = re.compile(r"bytes=(\d*)-(\d*)$")


class SealedStream(StreamingHttpResponse):
    """A sealed file on its way out, opened chunk by chunk."""

    def __init__(self, stored: StoredFile, start: int, end: int, *, status: int, media_type: str) -> None:
        self._pieces = stored.read(start, end)
        super().__init__(self._pieces, status=status, content_type=media_type)

    def close(self) -> None:
        """End the stream: its key goes with the generator."""
        closing = getattr(self._pieces, "close", None)
        if callable(closing):
            closing()
        super().close()


def send_file(
    request: HttpRequest, stored: StoredFile, *, download_name: str, media_type: str = ""
) -> HttpResponseBase:
    """
    Send a file that was opened in the context that is open now, whole or the range asked for (RFC 9110, one range).

    Commits what was opened before anything leaves; a range that cannot be satisfied answers 416.

    :raises LedgerUnavailable: the events could not be written.
    """
    opened = current()
    if opened is not None:
        opened.commit()
    start, end, status = 0, stored.size, 200
    asked = _RANGE.match(request.headers.get("Range", ""))
    if asked and any(asked.groups()):
        first, last = asked.groups()
        start = int(first) if first else max(stored.size - int(last), 0)
        end = min(int(last) + 1, stored.size) if first and last else stored.size
        if start >= stored.size or start >= end:
            refused = HttpResponse(status=416)
            refused.headers["Content-Range"] = f"bytes */{stored.size}"
            return refused
        status = 206
    response = SealedStream(stored, start, end, status=status, media_type=media_type or "application/octet-stream")
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Content-Length"] = str(end - start)
    response.headers["Content-Disposition"] = f'attachment; filename="{download_name}"'
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    if status == 206:
        response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{stored.size}"
    return response


def send_named(request: HttpRequest, stored: StoredFile, *, stem: str) -> HttpResponseBase:
    """
    Send a file that somebody gave, under a generic name with the ending of its kind, so that it opens where it is kept.

    :raises LedgerUnavailable: the events could not be written.
    """
    name = f"{stem}{ENDINGS.get(stored.kind, '')}"
    return send_file(request, stored, download_name=name, media_type=stored.kind)


def send_bytes(content: bytes | str, *, download_name: str, media_type: str) -> HttpResponse:
    """Send what was made in memory as a file to keep: never shown inside a page, nor kept by anything on its way."""
    return HttpResponse(
        content,
        content_type=media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{download_name}"',
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )
