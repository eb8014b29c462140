"""A patient's own first page."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from troth.billing import selectors as billing
from troth.gate.table import open_path
from troth.medicolegal import selectors as medicolegal
from troth.people import selectors as people
from troth.portal import own_data, own_home
from troth.portal.views import agreements, my_cases
from troth.portal.views.my_data import reader
from troth.prescribing.selectors import supplies
from troth.rights import selectors as rights
from troth.rights.selectors.planning import dates_kept
from troth.sharing import selectors as sharing
from troth.vault.categories import Category


@require_http_methods(["GET", "HEAD"])
def show(request: HttpRequest) -> HttpResponse:
    """The thing in hand first; then what to do, what is new, and what we said and did."""
    subject, at, opened = reader(request), request.at, request.opened  # type: ignore[attr-defined]
    who = people.get_identity(subject, opened)
    requests = own_home.requests_of(subject, opened)
    looks = rights.looks_at(subject, at=at)
    holds, _ = rights.person_history_holds(subject, at)
    cases = rights.list_cases(subject, opened)
    lines = medicolegal.list_own_cases(subject, opened)
    return render(
        request,
        "portal/home/mine.html",
        {
            "name": who.given_name if who else "",
            "in_hand": own_home.in_hand(
                requests[0],
                subject,
                at,
                sharing.list_disclosures(subject, opened),
                supplies.supply_for(requests[0].line.id, opened),
            )
            if requests
            else None,
            "case": (my_cases.said_of(lines[0]), my_cases.steps_of(lines[0])) if lines else None,
            "case_why": own_data.counterpart_of(Category.ACCIDENT, dates_kept(subject, at=at), at) if lines else None,
            "to_do": own_home.to_do(
                subject,
                lines,
                at,
                to_sign=_to_sign(request, subject),
                messages=bool(open_path(request, "my_messages")),
            ),
            "news": own_home.news(looks, requests, cases, at),
            "kept": own_home.kept_promises(looks, holds, cases, at),
            "pays": billing.has_paid_or_owed(subject),
            "banners": own_home.banners(subject, at),
        },
    )


def _to_sign(request: HttpRequest, subject: UUID) -> bool:
    """Whether a visit asks for a consent, where the notice lets people be treated here at all."""
    return bool(open_path(request, "my_agreements")) and agreements.is_asked(request, subject)
