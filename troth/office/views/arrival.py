"""Data that other clinics sent because somebody takes it from them to us: looked at here, and entered nowhere by itself."""

from uuid import UUID

from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from troth.design.done import done
from troth.design.tables import Cell, Column, table_of
from troth.design.values import Link, Paging, Row, Tag
from troth.gate.streams import send_file
from troth.office.frame import Looking, looking, show
from troth.rights import services
from troth.rights.selectors import exchange
from troth.rights.selectors.clocks import reference_of
from troth.rights.selectors.exchange import Came
from troth.rights.services import StepRefused

PAGE = 50


class SettleForm(forms.Form):
    """What was done with what came."""

    words = forms.CharField(
        label="What did you do with it?",
        help_text="Whose record it was entered into by hand, by whom, or why it is not wanted",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": "4", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Write what you did with it"},
    )


@require_http_methods(["GET", "HEAD"])
def list_all(request: HttpRequest) -> HttpResponse:
    """What waits first. Nothing of any is opened."""
    page = request.GET.get("page", "1")
    number = int(page) if page.isdecimal() and len(page) < 6 and int(page) else 1
    found, total = exchange.list_arrivals(start=(number - 1) * PAGE, most=PAGE)
    table = table_of(
        "What other clinics sent",
        (
            Column("From", "name"),
            Column("Reference", word="Reference"),
            Column("Came", "figures", word="Came"),
            Column("Where it is"),
        ),
        [
            (
                Cell(sender, href=reverse("office_arrival", args=[arrival])),
                reference_of(arrival),
                Cell(f"{timezone.localtime(at):%-d %b %Y, %-H:%M}"),
                Cell(tag=Tag("kept", "Settled") if settled else Tag("close", "To be looked at")),
            )
            for arrival, _, sender, at, settled in found
        ],
    )
    return show(
        request,
        "arrival/list",
        told="That something came stands here, and nothing of what it is.",
        table=table if found else None,
        paging=Paging.numbered(number, total, each=PAGE, path=reverse("office_arrivals")) if total > PAGE else None,
        key=exchange.public_key_text(),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def show_one(request: HttpRequest, arrival: UUID) -> HttpResponse:
    """One arrival: whom it is about, as they wrote it, what is counted in it; and saying what was done with it."""
    look = looking(request)
    known = _arrival(look, arrival)
    form = SettleForm(request.POST if request.method == "POST" else None) if not known.settled else None
    if form is not None and form.is_valid():
        try:
            services.settle_arrival(arrival, words=form.cleaned_data["words"], by=look.actor, at=look.at)
        except StepRefused as why:
            form.add_error("words", str(why))
        else:
            return done("office_arrivals", "arrival-settled")
    rows = [
        Row("From", known.sender_name),
        Row("Reference", reference_of(known.id), "The other clinic’s letter names it to the person", mono=True),
        Row("Came", f"{timezone.localtime(known.arrived_at):%-d %B %Y, %-H:%M}"),
        Row(
            "About", known.person or "It does not say", "As they wrote it. We have not compared it with anybody here"
        ),
        *(
            Row(
                "Also came",
                f"{timezone.localtime(at):%-d %B %Y, %-H:%M}",
                "From the same clinic, about a person of this name and day of birth",
                link=Link(f"Open {reference_of(other)}", reverse("office_arrival", args=[other])),
            )
            for other, at in exchange.list_alike(known, look.opened)
        ),
        Row("Holds", known.holds or "It could not be read", f"{max(known.size / 1_048_576, 0.1):.1f} MB"),
        Row("Digest", known.digest, "They have a receipt for it, signed by us", mono=True),
    ]
    if known.words:
        rows.append(Row("What was done with it", known.words))
    return show(
        request,
        "arrival/show",
        told="What another clinic sent opens here, as it came.",
        known=known,
        rows=rows,
        form=form,
        status=422 if form is not None and form.errors else 200,
    )


@require_POST
def fetch(request: HttpRequest, arrival: UUID) -> HttpResponseBase:
    """The file as it came, for whoever enters it by hand."""
    known = _arrival(looking(request), arrival)
    if known.package is None:
        raise Http404
    return send_file(request, known.package, download_name="arrival.zip", media_type="application/zip")


def _arrival(look: Looking, arrival: UUID) -> Came:
    try:
        return exchange.get_arrival(arrival, look.opened)
    except ObjectDoesNotExist:
        raise Http404 from None
