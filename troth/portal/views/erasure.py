"""Having something erased: what would go and what must stay, shown beforehand; then the certificate."""

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from troth.copies.journal import JournalUnavailable
from troth.design.moments import day_and_hour
from troth.design.values import Fate, Link, Row
from troth.gate.actors import NOBODY
from troth.gate.table import actor_of
from troth.people import selectors as people
from troth.people.middleware import network_of
from troth.portal import own_data
from troth.portal.forms.erasure import CLOSE, EraseForm
from troth.portal.views.account import WAIT
from troth.portal.views.my_data import find_own, reader, records_of
from troth.rights import selectors as rights
from troth.rights import services
from troth.rights.selectors import Certificate, ErasurePlan
from troth.rights.selectors.certifying import gone_everywhere
from troth.rights.selectors.planning import with_the_request
from troth.vault.categories import Category

CHANGED = "What we hold about you has changed since you opened this page. Read it again, and then decide."


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
def confirm(request: HttpRequest) -> HttpResponse:
    """Show what an erasure would do; when the person agrees to exactly that, do it at once."""
    at, opened = request.at, request.opened  # type: ignore[attr-defined]
    form = EraseForm(request.POST if request.method == "POST" else None)
    plans = [
        rights.plan_erasure(
            each, at=at, close_account=form.data.get("account") == CLOSE, born_on=rights.born_on(each, opened)
        )
        for each in _erasable(request)
    ]
    if form.is_valid() and _agreed(request, form, plans):
        return _erase(request, plans)
    shown, *beside = map(with_the_request, plans)
    going, staying = _halves(shown)
    everywhere, _ = gone_everywhere(at)
    return render(
        request,
        "portal/erasure/confirm.html",
        {
            "form": form,
            "mark": mark_of(*plans),
            "linked": [(*_halves(other), own_data.uses_table(other)) for other in beside],
            "uses": own_data.uses_table(shown),
            "going": going,
            "staying": staying,
            "certificates": [
                Link(
                    f"{each.reference}, {timezone.localtime(each.issued_at):%-d %B %Y}",
                    reverse("my_certificate", args=[each.id]),
                )
                for record in records_of(request)
                for each in rights.list_certificates(record, opened)
            ],
            "gone_everywhere_on": own_data.say_date(timezone.localtime(everywhere).date()),
            "why": own_data.rights_counterpart(at),
            "back": Link("Don’t erase", reverse("my_data")),
        },
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "HEAD"])
def certificate(request: HttpRequest, certificate: UUID) -> HttpResponse:
    """Show a certificate of the reader's own; of anybody else's it says what it says of none."""
    return _show(request, [_own(request, certificate)], signed_in=True)


@require_http_methods(["GET", "HEAD"])
def download(request: HttpRequest, certificate: UUID) -> HttpResponse:
    """Give a certificate as a file for machines."""
    found = _own(request, certificate)
    content = {
        "reference": found.reference,
        "certificate": found.id.hex,
        "issued_at": found.issued_at.isoformat(),
        **found.content,
    }
    return JsonResponse(
        content,
        json_dumps_params={"indent": 1, "ensure_ascii": False},
        headers={"Content-Disposition": 'attachment; filename="certificate.json"', "Cache-Control": "no-store"},
    )


def mark_of(*plans: ErasurePlan) -> str:
    """What stands for plans in the form: the same as long as nothing that would go has changed. The account is apart."""
    scopes = [
        ":".join((plan.subject.hex, fate.held.compartment, fate.held.scope))
        for plan in plans
        for fate in plan.fates
        if not fate.stays and fate.held.category is not Category.ACCOUNT
    ]
    return hashlib.sha256("|".join(sorted(scopes)).encode()).hexdigest()


def _erasable(request: HttpRequest) -> list[UUID]:
    """The reader's own records, but one of somebody who works here: what a member of staff is kept for is not erased from here."""
    own, *others = records_of(request)
    return [own, *(each for each in others if not people.roles_of(each, at=request.at))]  # type: ignore[attr-defined]


def _halves(plan: ErasurePlan) -> list[list[Fate]]:
    """What goes and what stays of one record. The account is asked about by itself."""
    return [
        [own_data.fate_of(kind) for kind in half if kind.category is not Category.ACCOUNT]
        for half in (plan.going, plan.staying)
    ]


def _agreed(request: HttpRequest, form: EraseForm, plans: list[ErasurePlan]) -> bool:
    if form.cleaned_data["plan"] != mark_of(*plans):
        form.add_error(None, CHANGED)
        return False
    right = people.check_own_password(
        reader(request), form.cleaned_data["password"], at=plans[0].at, network=network_of(request)
    )
    if right is not True:
        form.add_error("password", WAIT if isinstance(right, people.Wait) else "That isn’t your password.")
        return False
    return True


def _erase(request: HttpRequest, plans: list[ErasurePlan]) -> HttpResponse:
    """Carry out each, the record of this sign-in last: with it may go the sign-in that the others are reached by."""
    actor, plan = actor_of(request), plans[0]
    at = plan.at
    cases = [
        (services.ask_erasure(each.subject, by=actor, at=at, close_account=each.close_account), each)
        for each in reversed(plans)
    ]
    try:
        made = [services.carry_out_erasure(case, by=actor, at=at, plan=each) for case, each in cases]
    except services.ErasureUnfinished as stopped:
        return render(
            request, "portal/erasure/unfinished.html", {"problems": stopped.problems, "begun": True}, status=503
        )
    except JournalUnavailable:
        return render(
            request,
            "portal/erasure/unfinished.html",
            {
                "problems": [
                    "What is to be destroyed must first be noted beside the backups, and they cannot be written just now."
                ]
            },
            status=503,
        )
    if not plan.close_account:
        return redirect("my_certificate", certificate=made[-1])
    # With the sign-in goes the only way to any of them: the page that is left shows each, the one of this sign-in first.
    found = [
        rights.get_certificate(each, request.opened, of=of.subject)  # type: ignore[attr-defined]
        for each, of in zip(reversed(made), plans, strict=True)
    ]
    request.browser.end()  # type: ignore[attr-defined]
    request.actor = NOBODY  # type: ignore[attr-defined] # the frame of this last page is a visitor's
    return _show(request, found, signed_in=False)


def _own(request: HttpRequest, certificate: UUID) -> Certificate:
    return find_own(request, lambda each: rights.get_certificate(certificate, request.opened, of=each))  # type: ignore[attr-defined]


def _show(request: HttpRequest, found: list[Certificate], *, signed_in: bool) -> HttpResponse:
    """The page of one certificate, or of the several that an erasure of linked records made."""
    first = found[0]
    return render(
        request,
        "portal/erasure/certificate.html",
        {
            "certificates": [_said(each) for each in found],
            "signed_in": signed_in,
            "why": own_data.rights_counterpart(first.issued_at),
            "download": reverse("my_certificate_file", args=[first.id]) if signed_in else "",
        },
    )


def _said(found: Certificate) -> dict[str, Any]:
    """What the page says of one certificate."""
    said = found.content
    moments = [
        Row(
            "From everything we work with",
            _moment(said["gone_from_live_at"]),
            "The keys, the index, the rows and the files. We looked for each before we wrote this.",
        ),
        Row(
            "From every backup",
            f"By {_moment(said['gone_from_backups_by'])}",
            f"That is when master key {_numbers(said['master_keys'])} is destroyed at the latest. {said['left']}",
        ),
    ]
    proof = [
        Row("Certificate", found.id.hex),
        Row("Keys destroyed", ", ".join(said["keys"]) or "None"),
        Row("Line of the disposal journal", str(said["journal_line"])),
    ]
    counted = [
        Row("Rows removed", str(said["rows"])),
        Row("Files removed", str(said["files"])),
        Row("Entries of the search index removed", str(said["tokens"])),
        Row("Asked", own_data.say_date(datetime.fromisoformat(said["asked_on"]).date())),
        Row("Decided under", f"Notice {said['notice']}"),
    ]
    return {
        "reference": found.reference,
        "issued": day_and_hour(found.issued_at, between=" at "),
        "went": [_fate(each, gone=True) for each in said["destroyed"]],
        "stayed": [_fate(each) for each in said["stays"]],
        "moments": moments,
        "rows": counted,
        "proof": proof,
    }


def _fate(said: dict[str, object], *, gone: bool = False) -> Fate:
    until = said["until"]
    words = "Gone" if gone else f"Stays until {_day(str(until))}" if until else "Stays for now"
    return Fate(
        str(said["title"]), str(said["why"]), "gone" if gone else "staying", words, own_data.cited(str(said["law"]))
    )


def _day(text: str) -> str:
    return own_data.say_date(datetime.fromisoformat(text).date())


def _moment(text: str) -> str:
    return day_and_hour(datetime.fromisoformat(text), between=" at ")


def _numbers(numbers: list[int]) -> str:
    return " and ".join(str(number) for number in numbers)
