"""Consents to treatments, by the person themself: what their visits ask for, signing it, reading it again, taking it back."""

from contextlib import suppress
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from troth.design.done import done
from troth.design.moments import day_and_hour, said_when
from troth.design.signing import AGREED, SignatureForm
from troth.design.tables import Cell, Column, Table, table_of
from troth.design.values import Row, Tag
from troth.gate.streams import send_bytes
from troth.gate.table import actor_of
from troth.people import selectors as people
from troth.portal import own_data
from troth.portal.views.my_data import reader
from troth.records import selectors as records
from troth.records import services
from troth.records.rules import NotPossible
from troth.records.selectors import ConsentLine, TemplateKind
from troth.records.selectors.paper import MEDIA_TYPE
from troth.rights.selectors.planning import dates_kept
from troth.vault.categories import Category

BACK = Tag("plain", "Taken back")


@require_http_methods(["GET", "HEAD"])
def show_all(request: HttpRequest) -> HttpResponse:
    """What is to sign before a visit, and what was signed."""
    subject, at, opened = reader(request), request.at, request.opened  # type: ignore[attr-defined]
    signed, forms = records.list_consents(subject, opened), records.list_templates(TemplateKind.CONSENT)
    return render(
        request,
        "portal/agreements/list.html",
        {
            "asked": [
                (each.template, f"For your visit on {said_when(each.on)}")
                for each in records.asked_for(subject, opened, signed, forms, at=at)
            ],
            "table": _table(signed),
            "why": own_data.counterpart_of(Category.HEALTH, dates_kept(subject, at=at), at),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest) -> HttpResponse:
    """Read the words and sign them. Which form it is comes with the form, never in an address."""
    subject, at, opened = reader(request), request.at, request.opened  # type: ignore[attr-defined]
    signed, forms = records.list_consents(subject, opened), records.list_templates(TemplateKind.CONSENT)
    asked = records.asked_for(subject, opened, signed, forms, at=at)
    chosen = next((each.template for each in asked if each.template.key == request.POST.get("use")), None)
    if chosen is None:
        return render(
            request, "portal/agreements/sign.html", {"chosen": None}, status=404 if "use" in request.POST else 200
        )
    signing = "signing" in request.POST
    form = SignatureForm(request.POST if signing else None, initial={"use": chosen.key, "version": chosen.version})
    if signing and form.is_valid():
        said = form.cleaned_data
        try:
            services.sign_consent(
                subject,
                key=said["use"],
                version=said["version"],
                ticked=AGREED,
                name=said["name"],
                drawn=said["drawn"],
                consent=said["signing"],
                by=actor_of(request),
                at=at,
            )
        except NotPossible as error:
            form.add_error(None, str(error))
            form.shows_version(chosen.version)
        else:
            return done("my_agreements", "agreement-signed")
    return render(
        request,
        "portal/agreements/sign.html",
        {
            "chosen": chosen,
            "paragraphs": records.paragraphs_of(chosen.body),
            "form": form,
            "why": own_data.counterpart_of(Category.HEALTH, dates_kept(subject, at=at), at),
        },
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def read(request: HttpRequest, consent: UUID) -> HttpResponse:
    """One that was signed; the button takes it back at once, and asks no reason."""
    subject, at, opened = reader(request), request.at, request.opened  # type: ignore[attr-defined]
    found = records.get_consent(consent, opened)
    if request.method == "POST" and found.withdrawn_at is None:
        # Taken back in another window at this moment, it is taken back all the same.
        with suppress(NotPossible):
            services.take_back_consent(consent, because="", by=actor_of(request), at=at)
        return done("my_agreement", "agreement-back", consent=consent)
    rows = [
        *([Row("Ticked", found.ticked)] if found.ticked else []),
        Row("Signed by", found.name),
        Row("Signed on", day_and_hour(found.signed_at)),
        Row("Wording", f"Version {found.version}"),
    ]
    if found.withdrawn_at:
        back = found.withdrawn_at
        rows.append(Row("Taken back", day_and_hour(back)))
    return render(
        request,
        "portal/agreements/read.html",
        {
            "consent": found,
            "paragraphs": records.paragraphs_of(found.words),
            "rows": rows,
            "why": own_data.counterpart_of(Category.HEALTH, dates_kept(subject, at=at), at),
        },
    )


@require_http_methods(["GET", "HEAD"])
def paper(request: HttpRequest, consent: UUID) -> HttpResponseBase:
    """What was signed, as a PDF to keep."""
    at, opened = request.at, request.opened  # type: ignore[attr-defined]
    found = records.get_consent(consent, opened)
    who = people.get_identity(found.subject, opened)
    made = records.consent_paper(
        found,
        name=who.name if who else "",
        born=f"{who.born_on:%-d %B %Y}" if who and who.born_on else "",
        at=at,
    )
    return send_bytes(made, download_name="consent.pdf", media_type=MEDIA_TYPE)


def is_asked(request: HttpRequest, subject: UUID) -> bool:
    """Whether something is to sign before a visit, for the reader's first page."""
    at, opened = request.at, request.opened  # type: ignore[attr-defined]
    forms = records.list_templates(TemplateKind.CONSENT)
    return bool(forms and records.asked_for(subject, opened, records.list_consents(subject, opened), forms, at=at))


def _table(signed: list[ConsentLine]) -> Table | None:
    if not signed:
        return None
    return table_of(
        "What you signed",
        (Column("Treatment", "name"), Column("Signed", "figures", word="Signed"), Column("Wording", word="Wording")),
        [
            (
                Cell(
                    line.title, href=reverse("my_agreement", args=[line.id]), tag=BACK if line.withdrawn_at else None
                ),
                f"{timezone.localtime(line.signed_at):%-d %b %Y}",
                f"Version {line.version}",
            )
            for line in signed
        ],
    )
