"""Whoever instructs from outside writes no consent for anybody: not for a stranger, and not for the claimant of their own case."""

import pytest
from django.utils import timezone

from troth.consent import services as consents
from troth.consent.models import How
from troth.gate import actors, facts
from troth.gate.facts import FactKind
from troth.gate.refusals import Refused
from troth.medicolegal.models import Case
from troth.medicolegal.tests.conftest import Agency
from troth.notice.purposes import Purpose
from troth.people.tests.factories import browser_of


def test_a_solicitor_writes_no_consent_for_a_claimant(agency: Agency) -> None:
    claimant = Case.objects.get(pk=agency.instruct()).subject_id
    browser, path = browser_of(agency.solicitor), f"/desk/people/{claimant}/consent/"
    assert browser.get(path).status_code in (403, 404) and browser.post(path, {}).status_code in (403, 404)
    now = timezone.now()
    with pytest.raises(Refused):
        consents.say_for(
            claimant,
            Purpose.MARKETING,
            channel="email",
            given=True,
            how=How.RECEPTION,
            said_on=timezone.localdate(now),
            proof="Said it to me at the office",
            by=actors.person(agency.solicitor, at=now),
            at=now,
        )
    assert not facts.of(claimant, FactKind.CONSENT, at=now)
