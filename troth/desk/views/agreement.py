"""Consents to treatments at the desk: read and signed on the clinic's screen, shown, printed, and taken back."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from troth.design.done import done
from troth.design.signing import AGREED, SignatureForm
from troth.design.values import Row
from troth.desk import papers
from troth.desk.forms.agreement import BackForm
from troth.desk.frame import Looking, about, looking, show
from troth.gate.streams import send_bytes
from troth.people import selectors as people
from troth.records import selectors as records
from troth.records import services
from troth.records.rules import NotPossible
from troth.records.selectors import ConsentLine, TemplateKind
from troth.records.selectors.paper import MEDIA_TYPE
from troth.vault.categories import Category


def sign(request: HttpRequest, subject: UUID) -> HttpResponse:
    """Choose a form, read its words with the person, and have them sign. An address must not say what they come for."""
    look = looking(request)
    look.opened.require(subject, Category.IDENTITY, Category.HEALTH)
    lines = records.list_templates(TemplateKind.CONSENT)
    chosen = next((line for line in lines if line.key == request.POST.get("use")), None)
    form = None
    if chosen:
        signing = "signing" in request.POST
        form = SignatureForm(
            request.POST if signing else None, initial={"use": chosen.key, "version": chosen.version}
        )
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
                    by=look.actor,
                    at=look.at,
                )
            except NotPossible as error:
                form.add_error(None, str(error))
                form.shows_version(chosen.version)
            else:
                return done("desk_card", "consent-signed", subject=subject)
    return _page(
        request,
        look,
        subject,
        "agreement/sign",
        lines=lines,
        chosen=chosen,
        paragraphs=records.paragraphs_of(chosen.body) if chosen else (),
        form=form,
        status=422 if form and form.errors else 200,
    )


def read(request: HttpRequest, consent: UUID) -> HttpResponse:
    """What was signed, by whom and when; and taking it back, as they said here or by telephone."""
    look = looking(request)
    found = records.get_consent(consent, look.opened)
    form = BackForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            services.take_back_consent(consent, because=form.cleaned_data["because"], by=look.actor, at=look.at)
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            return done("desk_agreement", "consent-ended", consent=consent)
    return _page(
        request,
        look,
        found.subject,
        "agreement/read",
        consent=found,
        rows=rows_of(found),
        paragraphs=records.paragraphs_of(found.words),
        form=None if found.withdrawn_at else form,
        status=422 if form.errors else 200,
    )


def paper(request: HttpRequest, consent: UUID) -> HttpResponseBase:
    """The same as a PDF, named generically: what it is about tells something of them."""
    look = looking(request)
    found = records.get_consent(consent, look.opened)
    who = people.get_identity(found.subject, look.opened)
    made = records.consent_paper(
        found,
        name=who.name if who else "",
        born=f"{who.born_on:%-d %B %Y}" if who and who.born_on else "",
        at=look.at,
    )
    return send_bytes(made, download_name="consent.pdf", media_type=MEDIA_TYPE)


def rows_of(line: ConsentLine) -> list[Row]:
    """Who signed, when and where, and whether it still counts."""
    rows = [
        *([Row("Ticked", line.ticked)] if line.ticked else []),
        Row("Signed by", line.name),
        Row("Signed on", f"{timezone.localtime(line.signed_at):%-d %B %Y, %H:%M}", note=line.how.words),
        Row("Wording", f"Version {line.version}"),
    ]
    if line.withdrawn_at:
        rows.append(
            Row(
                "Taken back",
                f"{timezone.localtime(line.withdrawn_at):%-d %B %Y}",
                note=line.back_because,
                flagged=True,
            )
        )
    return rows


def _page(request: HttpRequest, look: Looking, subject: UUID, template: str, **values: Any) -> HttpResponse:
    who = people.get_identity(subject, look.opened)
    return show(
        request,
        template,
        about(request, look, subject),
        subject=subject,
        name=who.name if who else "",
        why=papers.health_strip(look, subject, who),
        **values,
    )
