"""What is held about a person as the notice keeps it: the file of a complaint is kept by another rule than that of a request."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models

from troth.rights.models import AccessPack, Asked, PackDecision, PackPart, RightsCase
from troth.rights.rules import COMPLAINT_FILE, Held
from troth.rights.rules.ending import Key
from troth.rights.selectors.holdings import survey
from troth.rights.selectors.places import Places, compartment_of, holding_models


def survey_as_kept(subject: UUID, places: Places | None = None, *, told_at: datetime | None = None) -> list[Held]:
    """
    What is held about a person by compartment and key, each with the rule by which it is kept; `told_at` as with `survey`. It opens
    nothing.
    """
    held = survey(subject, places, told_at=told_at)
    if not any(each.compartment == "rights.cases" for each in held):
        return held
    complaints = files_of(RightsCase.objects.filter(subject_id=subject, right=Asked.COMPLAINT))
    return [
        replace(each, retention=COMPLAINT_FILE) if (each.compartment, each.scope) in complaints else each
        for each in held
    ]


def files_of(cases: models.QuerySet[RightsCase]) -> dict[Key, UUID]:
    """Everything that hangs on these cases, by its key, with the case."""
    found: dict[Key, UUID] = {("rights.cases", case.hex): case for case in cases.values_list("pk", flat=True)}
    if not found:
        return found
    of = list(found.values())
    for model in holding_models():
        if any(field.name == "case" and field.related_model is RightsCase for field in model._meta.concrete_fields):
            hanging: models.QuerySet[Any] = model._base_manager.all()
            rows = hanging.filter(case_id__in=of).values_list("pk", "case_id")
            found.update({(compartment_of(model), row.hex): case for row, case in rows})
    packs = dict(AccessPack.objects.filter(case_id__in=of).values_list("pk", "case_id"))
    decisions = PackDecision.objects.filter(pack__in=packs).values_list("pk", "pack")
    found.update({("rights.answers", row.hex): packs[pack] for row, pack in decisions})
    parts = PackPart.objects.filter(pack_id__in=packs).values_list("pk", "pack_id")
    found.update({("rights.packs", row.hex): packs[pack] for row, pack in parts})
    return found
