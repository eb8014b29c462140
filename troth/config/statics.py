"""
Files that every page loads, compressed as they leave; and pages, for who is not signed in.

The address under which they stand carries the hash of all of them (`environment.release_of`): a browser keeps them for good.
"""

import functools
import gzip
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from whitenoise.middleware import WhiteNoiseMiddleware  # type: ignore[import-untyped]
from whitenoise.responders import Response, StaticFile  # type: ignore[import-untyped]

from troth.gate.table import actor_of

#: What is text; typefaces and pictures are compressed already.
_TEXT = (".css", ".js", ".svg")


@functools.lru_cache(maxsize=64)
def _squeezed(path: str) -> bytes:
    return gzip.compress(Path(path).read_bytes(), mtime=0)


class SqueezedFile(StaticFile):  # type: ignore[misc]
    """A file that leaves compressed for a browser that takes it so and asks for the whole of it."""

    def __init__(self, path: str, headers: Any) -> None:
        super().__init__(path, [*headers, ("Vary", "Accept-Encoding")])
        self.path = path

    def get_response(self, method: str, request_headers: Any) -> Response:
        """The plain answer, or its compressed form."""
        plain = super().get_response(method, request_headers)
        takes = "gzip" in request_headers.get("HTTP_ACCEPT_ENCODING", "")
        if plain.file is None or plain.status != 200 or not takes:
            return plain
        plain.file.close()
        body = _squeezed(self.path)
        kept = [(name, value) for name, value in plain.headers if name != "Content-Length"]
        return Response(
            plain.status, [*kept, ("Content-Length", str(len(body))), ("Content-Encoding", "gzip")], BytesIO(body)
        )


class StaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]
    """Serves them from where they lie in the packages, so that nobody has to collect them."""

    def get_static_file(self, path: str, url: str, stat_cache: Any = None) -> Any:
        """The file as it is served, with its headers."""
        plain = super().get_static_file(path, url, stat_cache)
        if not path.endswith(_TEXT):
            return plain
        _, _, headers = plain.alternatives[0]
        return SqueezedFile(path, [pair for pair in headers if pair[0] != "Content-Length"])


class CompressedForStrangers:
    """
    Compresses pages for who is not signed in: the notice is long, and nothing of it is secret. What a signed-in person gets is
    never compressed: the length of a compressed page tells of what is in it when part of it can be chosen from outside.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not isinstance(response, HttpResponse) or not response.headers.get("Content-Type", "").startswith(
            "text/html"
        ):
            return response
        if request.method != "GET" or actor_of(request).kind == "person":
            return response
        patch_vary_headers(response, ("Accept-Encoding",))
        if "gzip" in request.headers.get("Accept-Encoding", "") and not response.has_header("Content-Encoding"):
            response.content = gzip.compress(response.content, compresslevel=5)
            response.headers["Content-Encoding"] = "gzip"
            response.headers["Content-Length"] = str(len(response.content))
        return response
