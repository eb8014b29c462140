"""The file of what somebody takes elsewhere, made by an officer for whoever has no account: posted to them, or collected."""

from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from troth.gate import linking
from troth.office.frame import Looking, looking, show
from troth.office.views.case import _why_for as why_for
from troth.rights import selectors as rights
from troth.rights import services
from troth.rights.rules.clock import Asked
from troth.rights.selectors import porting
from troth.rights.selectors.cases import Case
from troth.rights.services import StepRefused
from troth.vault.categories import Category

TOLD = "Which kinds of data they may take along opens here. The file opens when you make it."


@require_http_methods(["GET", "HEAD"])
def show_file(request: HttpRequest, case: UUID) -> HttpResponse:
    """What is in the file, and making it."""
    look = looking(request)
    return _page(request, look, _case(look, case))


@require_POST
def take(request: HttpRequest, case: UUID) -> HttpResponseBase:
    """Make it and send it to the officer, as it goes out and never stored. It is written down before the first byte."""
    look = looking(request)
    known = _case(look, case)
    if why_not := services.why_not_hand_out(known.id, at=look.at):
        return _page(request, look, known, problem=why_not)
    made = porting.make_portable(known.subject, look.opened, at=look.at)
    try:
        services.hand_out_file(known.id, digest=made.digest, by=look.actor, at=look.at)
    except StepRefused as refusal:
        return _page(request, look, known, problem=str(refusal))
    return StreamingHttpResponse(
        made.pieces(),
        content_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="{porting.NAME}"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
        },
    )


def _page(request: HttpRequest, look: Looking, known: Case, *, problem: str = "") -> HttpResponse:
    movable = porting.kinds_to_move(look.opened.register)
    persons = linking.subjects_of(known.subject, at=look.at)
    held = {each.category for person in persons for each in rights.survey(person, told_at=look.at)}
    return show(
        request,
        "portable/show",
        told=TOLD,
        case=known,
        kinds=[rights.describe_uses(category, look.at).title for category in Category if category in movable & held],
        open=known.state != "done" and not porting.can_fetch(known.subject, at=look.at),
        problem=problem,
        why=why_for(request, known.subject),
        status=422 if problem else 200,
    )


def _case(look: Looking, case: UUID) -> Case:
    try:
        known = rights.get_case(case, look.opened)
    except ObjectDoesNotExist:
        raise Http404 from None
    if known.asked is not Asked.PORTABILITY:
        raise Http404
    return known
