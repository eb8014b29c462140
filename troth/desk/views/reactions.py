"""Suspected reactions: which wait, what was told, what a health professional finds, and the file for the Yellow Card scheme."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from troth.design.done import done
from troth.design.tables import Cell, Column, table_of
from troth.design.values import Row
from troth.desk.forms.request import CardForm, ReviewReactionForm, ToldForm
from troth.desk.frame import about, frame, looking, show, strip
from troth.gate.streams import send_bytes
from troth.people import selectors as people
from troth.prescribing import services
from troth.prescribing.rules import NotPossible
from troth.prescribing.selectors import ReactionState, Seriousness, reacting, supplies
from troth.vault.categories import Category


def list_reactions(request: HttpRequest) -> HttpResponse:
    """The reports that wait, the oldest first."""
    look = looking(request)
    waiting = reacting.list_waiting()
    names = people.names_of({each.subject for each in waiting}, look.opened)
    columns = (Column("Who", "name"), Column("Reported", "figures", word="Reported"), Column("Where it is"))
    rows: list[tuple[str | Cell, ...]] = [
        (
            Cell(names[each.subject], href=reverse("desk_reaction", args=[each.id]))
            if each.subject in names
            else Cell("Withheld", coin="parted"),
            f"{timezone.localtime(each.reported_at):%-d %b, %H:%M}",
            each.state.words.capitalize(),
        )
        for each in people.without_erased(waiting, names)
    ]
    return show(
        request, "reaction/list", frame(request), table=table_of("Reactions", columns, rows) if rows else None
    )


def show_reaction(request: HttpRequest, reaction: UUID) -> HttpResponse:
    """One report, and what comes next."""
    look = looking(request)
    found = reacting.get_reaction(reaction, look.opened)
    posted = request.POST.get("act", "") if request.method == "POST" else ""
    review = ReviewReactionForm(
        request.POST if posted == "review" else None, initial={"serious": [each.value for each in found.serious]}
    )
    card = CardForm(request.POST if posted == "card" else None)
    try:
        if posted == "review" and review.is_valid():
            said = review.cleaned_data
            serious = [Seriousness(each) for each in said["serious"]]
            due = services.review_reaction(reaction, words=said["words"], serious=serious, by=look.actor, at=look.at)
            if due:
                return done("desk_reaction", "reaction-due", reaction=reaction)
            return done("desk_reactions", "reaction-kept")  # what was a reason to look has ended with it
        if posted == "card" and card.is_valid():
            services.record_card(reaction, number=card.cleaned_data["number"], by=look.actor, at=look.at)
            return done("desk_reactions", "supply-stepped")
    except NotPossible as refused:
        (review if posted == "review" else card).add_error(None, str(refused))
    who = people.get_identity(found.subject, look.opened)
    told_by = "The person" if found.reported_by == found.subject else people.staff_name(found.reported_by)
    return show(
        request,
        "reaction/show",
        about(request, look, found.subject),
        found=found,
        name=who.name if who else "",
        rows=[
            Row("Medicine", found.medicine, note="Watched more closely (black triangle)" if found.is_watched else ""),
            Row("What was noticed", found.what),
            Row("Since", f"{found.began_on:%-d %B %Y}" if found.began_on else ""),
            Row(
                "Serious",
                "; ".join(each.words for each in found.serious) or "No",
                flagged=bool(found.serious),
            ),
            Row("How it is", found.recovery.words),
            Row("The medicine", found.drug.words),
            Row("What else they take", found.others or "Nothing that they told of"),
            Row("Told by", told_by, note=f"{timezone.localtime(found.reported_at):%-d %B %Y, %H:%M}"),
            *([Row("What was found", found.assessment)] if found.assessment else []),
            *([Row("Yellow Card", found.card_number)] if found.card_number else []),
        ],
        review=review if found.state is ReactionState.REPORTED else None,
        card=card if found.state is ReactionState.DUE else None,
        supply=reverse("desk_supply", args=[found.prescription]),
        why=strip(look, found.subject, Category.HEALTH),
        status=422 if review.errors or card.errors else 200,
    )


def yellow_card(request: HttpRequest, reaction: UUID) -> HttpResponse:
    """What the scheme asks, as a file: without a name."""
    look = looking(request)
    return send_bytes(
        reacting.yellow_card(reaction, look.opened),
        download_name="yellow-card.csv",
        media_type="text/csv; charset=utf-8",
    )


def add_reaction(request: HttpRequest, prescription: UUID) -> HttpResponse:
    """Write down what somebody told by telephone or in a call."""
    look = looking(request)
    supply = supplies.get_supply(prescription, look.opened)
    form = ToldForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = services.report_reaction(
                prescription, **reacting.told_in(form.cleaned_data), by=look.actor, at=look.at
            )
        except NotPossible as refused:
            form.add_error(None, str(refused))
        else:
            return done("desk_reaction", "supply-stepped", reaction=made)
    who = people.get_identity(supply.subject, look.opened)
    return show(
        request,
        "reaction/add",
        about(request, look, supply.subject),
        name=who.name if who else "",
        medicine=supply.item["name"],
        form=form,
        status=422 if form.is_bound else 200,
    )
