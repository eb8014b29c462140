"""Asking a GP on the desk: from the page of the request to the file on the card."""

import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from troth.people.tests.factories import browser_of
from troth.prescribing.models import GpNotice, GpNoticeState
from troth.prescribing.tests.conftest import Clinic, clinic, send  # noqa: F401 - a fixture
from troth.prescribing.tests.test_asking import agree
from troth.records.models import DocumentReference


def test_a_prescriber_asks_on_the_page_of_the_request_and_keeps_what_came(clinic: Clinic) -> None:  # noqa: F811
    request = send(clinic)
    prescriber = browser_of(clinic.prescriber.id)
    page = reverse("desk_decide", args=[request])
    assert (
        "Their GP is not asked" in (before := prescriber.get(page).content.decode())
        and "Ask the practice" not in before
    )
    agree(clinic)
    shown = prescriber.get(page).content.decode()
    assert "Ask the practice" in shown
    form = next(each for each in re.findall(r"<form.*?</form>", shown, re.DOTALL) if 'value="gp"' in each)
    (once,) = re.findall(r'name="once" value="([^"]+)"', form)
    asked = {"act": "gp", "gp-wanted": ["medicines", "history"], "gp-history": "", "gp-words": "", "once": once}
    assert prescriber.post(page, asked).status_code == 422 and not GpNotice.objects.exists()
    asked |= {"gp-history": "liver disease"}
    assert prescriber.post(page, asked).status_code == 302
    assert prescriber.post(page, asked).status_code == 302 and GpNotice.objects.count() == 1  # pressed twice
    letter = GpNotice.objects.get().pk
    shown = prescriber.get(page).content.decode()
    assert "Asked on" in shown and "Relevant history: liver disease" in shown and "Ask the practice" not in shown
    assert "Asks. To be sent" in browser_of(clinic.pharmacist.id).get(reverse("desk_gp_letters")).content.decode()
    own = reverse("desk_gp_letter", args=[letter])
    assert prescriber.post(own, {"act": "post"})["Location"].startswith(own)  # the list is the pharmacist's
    today = timezone.localdate()
    came = {
        "act": "answer",
        "way": "post",
        "words": "",
        "came_on_day": today.day,
        "came_on_month": today.month,
        "came_on_year": today.year,
    }
    assert prescriber.post(own, came).status_code == 422
    file = SimpleUploadedFile("x.pdf", b"%PDF-1.7 sentinel", content_type="application/pdf")
    assert prescriber.post(own, {**came, "file": file}).status_code == 302
    assert GpNotice.objects.get().state == GpNoticeState.ANSWERED and DocumentReference.objects.count() == 1
    assert "The file that came" in prescriber.get(own).content.decode()
    mine = browser_of(clinic.subject).get(reverse("my_request", args=[request])).content.decode()
    assert "Asked of Tanyard Surgery" in mine and "Relevant history: liver disease" in mine
