"""
The gate's own three pages: refused, a fault of ours, and closed because the ledger cannot be written.

They stand in the frame of the face where they arise, which `settings.TROTH_FRAME` names a function for. Where that frame
cannot be made, or must not ask the database, a bare one does: the answer to a refusal never depends on anything else working.
"""

import logging
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.module_loading import import_string

from troth.design.pages import Clinic, Page
from troth.design.values import Check, Counterpart, Parted, Term
from troth.gate.refusals import Decision
from troth.gate.whys import steps

log = logging.getLogger("troth.gate")


def refusal_page(request: HttpRequest, decision: Decision) -> HttpResponse:
    """The refusal as a page of its own, answered 403. It says the rule only where it may say the check."""
    at = getattr(request, "at", None) or timezone.now()
    label = "Law" if decision.rule.startswith(("UK GDPR", "LAW")) else "Rule"
    rule = Term(label, decision.rule[:1].upper() + decision.rule[1:]) if decision.spoken and decision.rule else Term(
        "Rule", "A record opens to the person it’s about, and to those who have a reason")
    refusal = Parted(
        sentence=decision.sentence,
        counterpart=Counterpart("Why you can’t", "parted", (
            rule, Term("This attempt", f"Recorded, {timezone.localtime(at):%H:%M} today"))),
        checks=tuple(Check(step.name, step.state, step.words) for step in steps(decision)),
        remedy="" if decision.spoken else _REMEDY,
    )
    return render(request, "gate/refused.html", {**_framed(request), "refusal": refusal}, status=403)


def plain_page(request: HttpRequest, name: str, *, status: int) -> HttpResponse:
    """A page that asks no database for anything."""
    return render(request, f"gate/{name}.html", _bare(request), status=status)


_REMEDY = "If you need it for your work, ask for what connects you: a request passed to you, or an appointment. Then it opens."


def _framed(request: HttpRequest) -> dict[str, Any]:
    named = getattr(settings, "TROTH_FRAME", "")
    if not named:
        return _bare(request)
    try:
        layout, page = import_string(named)(request)
    except (DatabaseError, LookupError, AttributeError) as error:
        log.warning("no frame for a refusal: %s", type(error).__name__)
        return _bare(request)
    return {"layout": layout, "page": page}


def _bare(request: HttpRequest) -> dict[str, Any]:
    staff = bool(getattr(getattr(request, "actor", None), "roles", ()))
    return {"layout": "design/desk.html" if staff else "design/portal.html", "page": Page(clinic=Clinic("The clinic"))}
