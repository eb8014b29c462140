"""Letters to GPs on the desk: by which way each goes, and what is in its way."""

from troth.people.tests.factories import browser_of
from troth.prescribing.models import GpChannel, GpNotice
from troth.prescribing.tests.conftest import Clinic, clinic  # noqa: F401 - a fixture
from troth.prescribing.tests.test_telling import sent


def test_a_letter_says_by_what_it_goes_and_why_it_has_not_gone(clinic: Clinic) -> None:  # noqa: F811
    sent(clinic)
    notice = GpNotice.objects.get().pk
    pharmacist = browser_of(clinic.pharmacist.id)
    page = pharmacist.get("/desk/gp-letters/").content.decode()
    assert "to be printed" in page and GpChannel.MESH.words not in page
    page = pharmacist.get(f"/desk/gp-letters/{notice}/").content.decode()
    assert "By what" in page and "Post" in page and "It is printed and posted" in page
