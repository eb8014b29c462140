"""Adding to a card: an allergy, a medicine, a measurement, a file. One form, one act, and back to the card."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from troth.design.done import done
from troth.desk.forms.record import AllergyForm, EntryForm, FileForm, MeasurementForm, MedicineForm
from troth.desk.frame import Looking, about, looking, show
from troth.gate.streams import send_named
from troth.people import selectors as people
from troth.records import selectors as records
from troth.records import services
from troth.records.rules import NotPossible
from troth.records.selectors import Criticality, Measure, Source, Verification
from troth.vault.categories import Category

Record = Callable[[UUID, EntryForm, Looking], object]


def add_allergy(request: HttpRequest, subject: UUID) -> HttpResponse:
    """Add an allergy."""
    return _add(request, subject, AllergyForm, _record_allergy, "Add an allergy")


def add_medicine(request: HttpRequest, subject: UUID) -> HttpResponse:
    """Add a medicine."""
    return _add(request, subject, MedicineForm, _record_medicine, "Add a medicine")


def add_measurement(request: HttpRequest, subject: UUID) -> HttpResponse:
    """Add a measurement."""
    return _add(request, subject, MeasurementForm, _record_measurement, "Add a measurement")


def add_file(request: HttpRequest, subject: UUID) -> HttpResponse:
    """Add a file. It was sealed as it arrived; what the form or the gate refuses is removed with the request."""
    return _add(request, subject, FileForm, _record_file, "Add a file")


def download(request: HttpRequest, document: UUID) -> HttpResponseBase:
    """Send a file, named generically: what people called it tells something of them (B18)."""
    look = looking(request)
    stored = records.open_file(document, look.opened)
    return send_named(request, stored, stem=f"file-{document.hex[:8]}")


def is_professional(look: Looking) -> bool:
    """Whether the notice calls one of the viewer's roles a health professional's (LAW-4.5)."""
    known = look.opened.register.roles
    return any(role in known and known[role].health_professional for role in look.actor.roles)


def _add(request: HttpRequest, subject: UUID, kind: type[EntryForm], record: Record, title: str) -> HttpResponse:
    look = looking(request)
    look.opened.require(subject, Category.IDENTITY, Category.HEALTH)
    options: dict[str, Any] = {"professional": is_professional(look), "today": timezone.localdate(look.at)}
    form = kind(request.POST, request.FILES, **options) if request.method == "POST" else kind(**options)
    if request.method == "POST" and form.is_valid():
        try:
            record(subject, form, look)
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            return done("desk_card", "entry-added", subject=subject)
    who = people.get_identity(subject, look.opened)
    return show(
        request,
        "entry/add",
        about(request, look, subject),
        status=422 if form.is_bound else 200,
        form=form,
        what=title,
        subject=subject,
        name=who.name if who else "",
        files=kind is FileForm,
    )


def _record_allergy(subject: UUID, form: EntryForm, look: Looking) -> object:
    said = form.cleaned_data
    return services.record_allergy(
        subject,
        substance=said["substance"],
        reaction=said["reaction"],
        since=said["since"],
        source=Source(said["source"]),
        criticality=Criticality(said["criticality"]),
        verification=Verification(said["verification"]),
        release=form.release,
        by=look.actor,
        at=look.at,
    )


def _record_medicine(subject: UUID, form: EntryForm, look: Looking) -> object:
    said = form.cleaned_data
    return services.record_medicine(
        subject,
        medicine=said["medicine"],
        dose=said["dose"],
        since=said["since"],
        reason=said["reason"],
        source=Source(said["source"]),
        release=form.release,
        by=look.actor,
        at=look.at,
    )


def _record_measurement(subject: UUID, form: EntryForm, look: Looking) -> object:
    said = form.cleaned_data
    return services.record_measurement(
        subject,
        measure=Measure(said["measure"]),
        value=said["value"],
        taken_on=said["taken_on"],
        source=Source(said["source"]),
        release=form.release,
        by=look.actor,
        at=look.at,
    )


def _record_file(subject: UUID, form: EntryForm, look: Looking) -> object:
    said = form.cleaned_data
    return services.add_file(
        subject,
        title=said["title"],
        source=Source(said["source"]),
        upload=said["file"],
        release=form.release,
        by=look.actor,
        at=look.at,
    )
