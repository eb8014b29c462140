"""What is kept no longer: the office sees kinds and numbers and nobody by name, agrees, and the next run takes it."""

import re
from collections.abc import Callable
from datetime import timedelta

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from troth.rights.models import Appraisal


def test_an_officer_agrees_to_what_is_over_and_nobody_else_does(
    officer: Client, colleague: Callable[[str], Client]
) -> None:
    path = reverse("office_ending")
    assert Client().get(path).headers["Location"] == reverse("sign_in")
    assert colleague("patient_support").post(path, {"rule": "care_record", "looked": "on"}).status_code == 403
    assert "Nothing waits for a look" in officer.get(path).content.decode()
    assert officer.post(path, {"rule": "care_record", "looked": "on"}).status_code == 422
    longest = timezone.localdate() - timedelta(days=40)
    Appraisal.objects.create(rule="care_record", people=1, oldest=longest, looked_at=timezone.now())
    page = officer.get(path).content.decode()
    assert "Eight years after we last treated you" in page and "1 person" in page
    assert "1 kind of record" in officer.get(reverse("office_home")).content.decode()
    seen = re.search(r'name="rule" value="(care_record@[^"]+)"', page)[1]  # type: ignore[index]
    assert officer.post(path, {"rule": seen}).status_code == 422
    assert officer.post(path, {"rule": "accounts", "looked": "on"}).status_code == 422
    # What a run counted since was seen by nobody.
    Appraisal.objects.update(people=40, looked_at=timezone.now())
    again = officer.post(path, {"rule": seen, "looked": "on"})
    assert again.status_code == 422 and "counted anew" in again.content.decode()
    seen = re.search(r'name="rule" value="(care_record@[^"]+)"', again.content.decode())[1]  # type: ignore[index]
    assert officer.post(path, {"rule": seen, "looked": "on"}).status_code == 302
    assert Appraisal.objects.get(rule="care_record").approved_up_to == timezone.localdate()
    assert "Nothing waits for a look" in officer.get(path).content.decode()
