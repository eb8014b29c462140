"""What we said and what we did: the clinic's promises and what a check found of each, shortfalls first. Open to anyone."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from troth.assurance.selectors import board
from troth.assurance.selectors.board import Board, Standing, Status
from troth.design.moments import day_and_hour
from troth.design.values import CoinState, Figure, Kept

#: The groups after those that fell short, in order: state, coin, title, and what it means.
GROUPS: tuple[tuple[Status, CoinState, str, str], ...] = (
    (Status.HOLDS, "joined", "What we keep", "Our system looked at each of these and found it kept."),
    (
        Status.CORRECTED,
        "joined",
        "What we promise in better words",
        "Clinics like ours used to word these in ways that were wrong or could not be kept. We say them rightly and keep them so.",
    ),
    (
        Status.ORGANISATIONAL,
        "waiting",
        "What our people keep",
        "No machine can look at these. A person does, on a set day.",
    ),
    (
        Status.MISSING,
        "running",
        "What we don’t do yet",
        "These need a part of our system that isn’t built yet. Until it is, we don’t do what they are about.",
    ),
    (
        Status.UNLAWFUL,
        "parted",
        "What we won’t do",
        "Clinics like ours have said that they do these. The law forbids it, so we don’t.",
    ),
)


@require_http_methods(["GET", "HEAD"])
def show(request: HttpRequest) -> HttpResponse:
    """Say what was found at the last look, what fell short first."""
    found = board.board_of(settings.TROTH_PACK)
    return render(
        request,
        "portal/promises/show.html",
        {
            "found": found,
            "checked": day_and_hour(found.run.at, between=" at ") if found else "",
            "figures": _figures(found) if found else [],
            "slipped": [_slipped(each) for each in found.slipped] if found else [],
            "groups": [
                (title, meaning, [_kept(each, coin) for each in found.standings if each.status is status])
                for status, coin, title, meaning in GROUPS
                if found.counts[status]
            ]
            if found
            else [],
        },
    )


def _figures(found: Board) -> list[Figure]:
    counts = found.counts
    kept = counts[Status.HOLDS] + counts[Status.CORRECTED]
    return [
        Figure(str(kept), "looked at and kept"),
        Figure(str(counts[Status.FALLS_SHORT]), "fell short"),
        Figure(str(counts[Status.ORGANISATIONAL]), "kept by people"),
        Figure(str(counts[Status.MISSING]), "not done yet"),
    ]


def _slipped(each: Standing) -> Kept:
    since = f" Since {timezone.localtime(each.since):%-d %B %Y}." if each.since else ""
    return Kept(each.promise.says, "slipped", f"{each.evidence['words']}.{since}", words="Fell short")


def _kept(each: Standing, coin: CoinState) -> Kept:
    words = {
        Status.HOLDS: "Kept",
        Status.CORRECTED: "Kept",
        Status.ORGANISATIONAL: "Kept by people",
        Status.MISSING: "Not yet",
        Status.UNLAWFUL: "We won’t",
    }[each.status]
    detail = each.evidence["words"]
    return Kept(each.promise.says, coin, detail if detail.endswith(".") else f"{detail}.", words=words)
