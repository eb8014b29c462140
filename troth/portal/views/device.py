"""What is kept on the reader's own device: the cookie page, and the choice of how pages look."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from troth.design.values import Row
from troth.notice import selectors as notices
from troth.notice.schema.reach import Cookie
from troth.notice.schema.words import Exemption
from troth.people.middleware import cookie_name
from troth.portal.forms.device import LOOK, LOOK_FOR, LookForm, look_of


@require_http_methods(["GET", "HEAD"])
def cookies(request: HttpRequest) -> HttpResponse:
    """List what this site keeps on a device, from the notice's own register: nothing is typed here."""
    version = notices.version_in_force(request.at)  # type: ignore[attr-defined]
    declared = notices.notice_of(version).cookies if version else None
    stored = declared.stored if declared else []
    return render(
        request,
        "portal/device/cookies.html",
        {
            "needed": [(each.name, _rows(each)) for each in stored if each.exempt is Exemption.STRICTLY_NECESSARY],
            "chosen": [(each.name, _rows(each)) for each in stored if each.exempt is Exemption.APPEARANCE],
            "version": version,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def look(request: HttpRequest) -> HttpResponse:
    """Choose light, dark or as the device; and whether single keys do anything. Kept on this device alone."""
    now = look_of(request.COOKIES.get(cookie_name(LOOK), ""))
    form = LookForm(request.POST or None, initial={"theme": now.theme, "keys": "on" if now.keys else "off"})
    if form.is_valid():
        answer = redirect("look")
        value = form.value()
        if value:
            answer.set_cookie(
                cookie_name(LOOK),
                value,
                max_age=LOOK_FOR,
                path="/",
                secure=settings.TROTH_SECURE_COOKIES,
                httponly=True,
                samesite="Lax",
            )
        else:  # what follows the device needs no cookie
            answer.delete_cookie(cookie_name(LOOK), path="/", samesite="Lax")
        return answer
    return render(request, "portal/device/look.html", {"form": form}, status=422 if form.is_bound else 200)


def _rows(cookie: Cookie) -> list[Row]:
    """What a person wants to know of one cookie, as the notice says it."""
    rows = (("What it does", cookie.words), ("Stays", cookie.life), ("To be rid of it", cookie.objection))
    return [Row(label, words) for label, words in rows if words]
