"""Answering a questionnaire: one page after the other, saved as one goes, read through and sent."""

from dataclasses import replace
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from troth.billing import selectors as billing
from troth.billing.rules import pounds
from troth.design.done import done
from troth.design.moments import hour_of
from troth.design.values import Counterpart, Link, Row
from troth.gate.contexts import Opened, processing
from troth.gate.streams import send_named
from troth.gate.table import actor_of
from troth.intake import selectors as intake
from troth.intake import services
from troth.intake.rules import NotPossible, answering, suiting
from troth.intake.selectors import ResponseStatus, Sheet
from troth.notice.purposes import Purpose
from troth.people import selectors as people
from troth.portal import own_data
from troth.portal.forms.answering import PageForm
from troth.portal.views.my_data import reader
from troth.prescribing import selectors as prescribing
from troth.prescribing import services as requests
from troth.prescribing.rules import NotPossible as NotNow
from troth.prescribing.selectors import pricing, supplies
from troth.rights.selectors.planning import dates_kept
from troth.vault.categories import Category

#: Of a treatment whose line the clinic has taken off its price list.
_NOT_OFFERED = "We do not offer this at the moment"


@require_http_methods(["GET", "HEAD"])
def list_treatments(request: HttpRequest) -> HttpResponse:
    """What can be asked for, by condition: which medicine it will be, a prescriber chooses."""
    return render(request, "portal/treatments/list.html", {"treatments": intake.treatments().values()})


@require_http_methods(["GET", "HEAD"])
def show_treatment(request: HttpRequest, treatment: str) -> HttpResponse:
    """What is asked before it, for whom it is, what it costs, and what happens then."""
    wanted = intake.get_treatment(treatment)
    if wanted is None:
        raise Http404
    form, _ = intake.newest(wanted.asks)
    signed_in = actor_of(request).kind == "person" and not actor_of(request).roles
    pence = pricing.price_of(wanted)
    rows = [
        Row("For whom", f"People from {wanted.youngest} to {wanted.oldest} years"),
        Row("What we ask", f"{len(form.pages)} pages: {', '.join(page.title.lower() for page in form.pages)}"),
        Row("What it costs", _NOT_OFFERED if pence is None else pounds(pence)),
        Row(
            "Who decides",
            "A prescriber, each time. Rules stop what is clearly unsafe, and a person looks when you ask",
        ),
    ]
    return render(
        request,
        "portal/treatments/show.html",
        {"treatment": wanted, "rows": rows, "signed_in": signed_in, "offered": pence is not None},
    )


@require_POST
def start(request: HttpRequest, treatment: str) -> HttpResponse:
    """Begin, or go on where the reader stopped."""
    subject, at = reader(request), request.at  # type: ignore[attr-defined]
    if intake.get_treatment(treatment) is None:
        raise Http404
    try:
        response = services.start_answers(subject, treatment, by=actor_of(request), at=at)
    except NotPossible:  # the page of the treatment says that it is not offered
        return redirect("treatment", treatment=treatment)
    return redirect("answer_page", response=response, number=1)


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, response: UUID, number: int) -> HttpResponse:
    """One page. Saved when it fits; where an answer brings another question on the same page, that one is asked next."""
    sheet = _own(request, response)
    pages = sheet.form.pages
    if not 1 <= number <= len(pages) or sheet.status is ResponseStatus.LEFT:
        raise Http404
    page = pages[number - 1]
    items = answering.asked(sheet.form, page, sheet.answers)
    if not items:  # a page that asks this person nothing is passed over
        return redirect(_after(sheet, number))
    if request.method == "POST":
        form = PageForm(request.POST, request.FILES, items=items, stored=sheet.answers)
        if form.is_valid():
            try:
                _save(request, sheet, form)
            except (NotPossible, NotNow) as error:
                form.add_error(None, str(error))
            else:
                return redirect(_next(request, response, number, [item.id for item in items]))
    else:
        form = PageForm(items=items, stored=sheet.answers)
    blocks = form.blocks()
    return render(
        request,
        "portal/answering/page.html",
        {
            "sheet": sheet,
            "title": page.title,
            "form": form,
            "blocks": blocks,
            "reckoned": [
                Row(item.text, answering.said(item, answering.in_force(sheet.form, sheet.answers)[item.id]))
                for item in items
                if item.formula and item.id in answering.in_force(sheet.form, sheet.answers)
            ],
            "number": number,
            "total": len(pages),
            "saved": hour_of(sheet.answered_at) if sheet.answers else "",
            "back": reverse("answer_page", args=[response, number - 1])
            if number > 1
            else reverse("treatment", args=[sheet.treatment.id]),
            "stops": _stops(request, sheet),
            "more": "more" in request.GET,
            "changing": sheet.status is ResponseStatus.SENT,
            "why": replace(_why(request), title="Why we ask", link=None),
        },
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, response: UUID) -> HttpResponse:
    """Read it all through, see what rules say, and send it; or ask that a person looks where a rule stops it."""
    sheet = _own(request, response)
    if sheet.status is not ResponseStatus.ANSWERING:
        raise Http404
    at = request.at  # type: ignore[attr-defined]
    lacking = answering.missing(sheet.form, sheet.answers)
    error = ""
    if request.method == "POST":
        try:
            if "leave" in request.POST:
                services.leave_answers(response, by=actor_of(request), at=at)
                return redirect("treatments")
            made = requests.send_request(response, asks_review="review" in request.POST, by=actor_of(request), at=at)
        except (NotPossible, NotNow) as refused:
            error = str(refused)
        else:
            paid = pricing.payment_of(made)
            return redirect("my_payment", payment=paid[0]) if paid else redirect("my_request", treatment=made)
    pence = pricing.price_of(sheet.treatment)
    shown = {line.page for line in sheet.lines}
    numbers = {page.title: place for place, page in enumerate(sheet.form.pages, start=1) if page.title in shown}
    return render(
        request,
        "portal/answering/check.html",
        {
            "sheet": sheet,
            "parts": [
                (
                    title,
                    [_row(sheet, line) for line in sheet.lines if line.page == title],
                    _page_of(response, place, title),
                )
                for title, place in numbers.items()
            ],
            "lacking": [
                Link(items[0].text, reverse("answer_page", args=[response, place]))
                for place, page in enumerate(sheet.form.pages, start=1)
                if (items := lacking.get(page.id))
            ],
            "stops": _stops(request, sheet),
            "price": pounds(pence) if pence is not None and _is_paid_here(request) else "",
            "error": error or ("" if pence is not None else _NOT_OFFERED),
            "why": _why(request),
        },
        status=422 if error else 200,
    )


@require_http_methods(["GET", "HEAD"])
def picture(request: HttpRequest, picture: UUID) -> HttpResponseBase:
    """One of the reader's own pictures."""
    opened: Opened = request.opened  # type: ignore[attr-defined]
    stored = intake.open_picture(picture, opened)
    return send_named(request, stored, stem="picture")


def _own(request: HttpRequest, response: UUID) -> Sheet:
    """
    The reader's own answers.

    :raises Refused: they are somebody else's, or do not exist.
    """
    opened: Opened = request.opened  # type: ignore[attr-defined]
    return intake.get_sheet(response, opened)


def _save(request: HttpRequest, sheet: Sheet, form: PageForm) -> None:
    """
    Keep a page: of what is being answered, or of what was sent and is still open.

    :raises NotPossible: an answer does not fit, or the request is closed.
    """
    actor, at = actor_of(request), request.at  # type: ignore[attr-defined]
    if sheet.status is ResponseStatus.SENT:
        made = prescribing.request_of(sheet.id)
        if made is None:
            raise NotPossible("These answers were sent already.")
        requests.change_answers(made, form.values(), by=actor, at=at)
    else:
        services.save_answers(sheet.id, form.values(), by=actor, at=at)


def _next(request: HttpRequest, response: UUID, number: int, shown: list[str]) -> str:
    """Where to after a page was saved: the same page again when an answer brought a question, or a row is to be added."""
    sheet = _own(request, response)
    here = sheet.form.pages[number - 1]
    again = reverse("answer_page", args=[response, number])
    new = [item for item in answering.asked(sheet.form, here, sheet.answers) if item.id not in shown]
    if "another" in request.POST:
        return f"{again}?more=row"
    if any(not item.formula for item in new):
        return f"{again}?more=question"
    if "later" in request.POST:
        return reverse("my_requests")
    if sheet.status is ResponseStatus.SENT:
        made = prescribing.request_of(response)
        return done("my_request", "answers-changed", treatment=made).url
    return _after(sheet, number)


def _after(sheet: Sheet, number: int) -> str:
    """The next page that asks this person something, or where everything is read through."""
    for place in range(number + 1, len(sheet.form.pages) + 1):
        if answering.asked(sheet.form, sheet.form.pages[place - 1], sheet.answers):
            return reverse("answer_page", args=[sheet.id, place])
    return reverse("answer_check", args=[sheet.id])


def _row(sheet: Sheet, line: intake.Line) -> Row:
    return Row(line.item.text, line.words)


def _page_of(response: UUID, place: int, title: str) -> tuple[Link, ...]:
    return (Link("Change", reverse("answer_page", args=[response, place]), f": {title}"),)


def _is_paid_here(request: HttpRequest) -> bool:
    """Whether this clinic takes what a request costs by card, when it is sent."""
    return billing.takes_cards() and Purpose.PAYMENT in request.opened.register.purposes  # type: ignore[attr-defined]


def _stops(request: HttpRequest, sheet: Sheet) -> list[suiting.Found]:
    """Each rule that stops it, as far as is answered: an age or a supply that is too early is known before the first question."""
    who = people.get_identity(sheet.subject, request.opened)  # type: ignore[attr-defined]
    found = suiting.assess(
        sheet.treatment,
        sheet.form,
        sheet.answers,
        born_on=who.born_on if who else None,
        last_supplied_on=supplies.last_on(_supplies(request, sheet.subject), sheet.treatment.id),
        today=timezone.localdate(request.at),  # type: ignore[attr-defined]
    )
    return [each for each in found if each.stops]


def _supplies(request: HttpRequest, subject: UUID) -> list[supplies.SupplyLine]:
    """What was supplied before: for prescribing, whatever this page is opened for."""
    with processing(Purpose.PRESCRIBING, by=actor_of(request), at=request.at) as opened:  # type: ignore[attr-defined]
        return supplies.supplies_of(subject, opened)


def _why(request: HttpRequest) -> Counterpart:
    """Why health questions are asked: from the notice, as beside every sheet of a person's own data."""
    subject, at = reader(request), request.at  # type: ignore[attr-defined]
    passed = own_data.passed_of(subject, by=actor_of(request), at=at)
    return own_data.counterpart_of(Category.HEALTH, dates_kept(subject, at=at), at, passed=passed)
