"""
The guard of forms, made to agree with `Referrer-Policy: no-referrer`.

Under that policy browsers send `Origin: null` with a form of our own page, and Django would refuse it. So for `null` the browser's
own word on where the form came from decides (`Sec-Fetch-Site`, which no page can forge), and the token always has to match.
"""

from django.http import HttpRequest
from django.middleware.csrf import CsrfViewMiddleware


class FormGuard(CsrfViewMiddleware):
    """Django's guard by token and cookie, with the origin judged as above."""

    def _origin_verified(self, request: HttpRequest) -> bool:
        if request.META.get("HTTP_ORIGIN") == "null":
            # A browser too old to send the header is held by the token and by SameSite alone.
            return bool(request.META.get("HTTP_SEC_FETCH_SITE", "same-origin") == "same-origin")
        return bool(super()._origin_verified(request))  # type: ignore[misc]
