"""Whether a prescription stands: for a pharmacy that holds the paper. Nothing of the person it is for."""

import hashlib
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from troth.design.moments import day_and_hour
from troth.design.values import Row
from troth.ledger import signing
from troth.ledger.check_export import BadNote
from troth.people import selectors as people
from troth.portal.forms.requests import CheckForm
from troth.prescribing.rules import paper
from troth.prescribing.rules.dispensing import last_day
from troth.prescribing.selectors import SupplyStatus, supplies

LARGEST = 2 * 1024 * 1024
#: What a pharmacy may know of where it is: whether it may still be given out.
_SAID = {
    SupplyStatus.SIGNED: "It stands, and has not been supplied",
    SupplyStatus.QUERIED: "It is being asked about. Do not supply it",
    SupplyStatus.RELEASED: "It is being supplied by our own pharmacy. Do not supply it",
    SupplyStatus.CANCELLED: "It was cancelled. Do not supply it",
}
_GONE = "It has been supplied. Do not supply it again"


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Say who signed, when, whether it stands and whether the file is unchanged."""
    form = CheckForm(request.POST, request.FILES) if request.method == "POST" else CheckForm()
    rows: list[Row] = []
    if form.is_bound and form.is_valid():
        found = supplies.find_standing(form.cleaned_data["reference"])
        if found is None:
            form.add_error(
                "reference", "We have signed no prescription with this reference. Compare it letter by letter."
            )
        else:
            signer = people.staff_profiles([found.prescriber]).get(found.prescriber)
            rows = [
                Row("Signed by", signer.name if signer else "", note=signer.registration if signer else ""),
                Row("Signed on", day_and_hour(found.signed_at)),
                _stands(found, timezone.localdate()),
                Row("Our signature", _signature(found)),
                Row("SHA-256 of the file", found.digest, mono=True),
            ]
            sent = form.cleaned_data.get("file")
            if sent is not None:
                same = sent.size <= LARGEST and hashlib.sha256(sent.read()).hexdigest() == found.digest
                rows.insert(
                    3,
                    Row(
                        "The file",
                        "It is the one that was signed, unchanged" if same else "It is not the one that was signed",
                        flagged=not same,
                    ),
                )
    return render(
        request,
        "portal/prescriptions/check.html",
        {"form": form, "rows": rows},
        status=422 if form.errors else 200,
    )


def _stands(found: supplies.Standing, today: date) -> Row:
    """Whether it may still be given out. What it is for is not looked at here, so the paper says the day of a controlled drug."""
    if found.status is SupplyStatus.SIGNED and today > last_day(timezone.localdate(found.signed_at)):
        return Row("Does it stand?", "It has run out. Do not supply it", flagged=True)
    stands = found.status is SupplyStatus.SIGNED
    note = "Until the day that stands on it as “Dispense by”" if stands else ""
    return Row("Does it stand?", _SAID.get(found.status, _GONE), note=note, flagged=not stands)


def _signature(found: supplies.Standing) -> str:
    """Whether our signature covers this reference, this file, this signer and this moment, and nothing else."""
    try:
        text = signing.signer().public.check(found.signature)
    except BadNote:
        return "It does not hold. Do not supply it, and tell us"
    signed = paper.signed_text(found.reference, found.digest, found.prescriber, found.signed_at)
    return "It holds" if text == signed else "It covers something else. Do not supply it"
