"""A day at a wellness clinic, and those before it: booked with a deposit, reminded, come, treated, billed, paid, given back."""

import io
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import expect

from tests.stories import firm as firms
from tests.stories.conftest import ROOT, HomeOf, NewVisitor, serving
from tests.stories.firm import Firm
from tests.stories.test_joining import fill_in, heading, message_to
from tests.stories.test_wellness import MAIL, path_of
from tests.stories.visitors import Visitor
from tests.stories.walking import TELEPHONE
from troth.law.calendar import LONDON

CLIENT, NAME = "gethin.bhatt@post.example", "Gethin Bhatt"
CLOCK = ROOT / "tests" / "stories" / "clock"


@dataclass(frozen=True)
class Day:
    """A clinic of this story's own, the payment firm beside it, and the file by which its clock is moved on."""

    address: str
    firm: Firm
    clock: Path

    def let_it_be(self, moment: datetime) -> None:
        """From now on it is that time there."""
        self.clock.write_text(str((moment - datetime.now(LONDON)).total_seconds()))


@pytest.fixture
def day(home_of: HomeOf, tmp_path: Path) -> Iterator[Day]:
    shutil.copytree(home_of("wellness-clinic"), tmp_path / "clinic")
    clock = tmp_path / "ahead"
    clock.write_text("0")
    with firms.opened() as firm:
        settings = {"STORY_CLOCK": str(clock), "PYTHONPATH": f"{CLOCK}:{ROOT}", **firm.settings}
        with serving(tmp_path / "clinic", "--pack", "wellness-clinic", settings=settings) as address:
            yield Day(address, firm, clock)


def pay(client: Visitor) -> None:
    """Press the button below the firm's fields, go to the firm, and come back."""
    expect(client.page.locator("#card-fields")).to_have_text("Card fields of the firm")
    client.page.locator("#pay button").click()
    expect(client.page.locator("#card-fields")).to_have_count(0)


def enter(new_visitor: NewVisitor, day: Day, who: str, *, size: Any = None) -> Visitor:
    """A new window of somebody who signs in at that hour; a client's is a telephone's."""
    visitor = new_visitor(day.address)
    visitor.firm = day.firm.address
    if size:
        visitor.page.set_viewport_size(size)
    visitor.sign_in(who)
    return visitor


def picture() -> dict[str, Any]:
    made = io.BytesIO()
    Image.new("RGB", (640, 480), (196, 160, 140)).save(made, "JPEG")
    return {"name": "before.jpg", "mimeType": "image/jpeg", "buffer": made.getvalue()}


@pytest.mark.story("a day at the clinic: booked with a deposit, reminded, come, treated, billed, paid, given back")
def test_a_day_at_the_clinic(day: Day, new_visitor: NewVisitor) -> None:
    # Given a Monday morning, and a client who agrees to photographs and books a treatment for Wednesday or later
    today = timezone.localdate()
    monday = datetime.combine(today + timedelta(days=7 - today.weekday()), time(9, 30), tzinfo=LONDON)
    day.let_it_be(monday)
    client = enter(new_visitor, day, CLIENT, size=TELEPHONE)
    client.go("/my-data/choices/photography/")
    client.page.locator("main button.button").first.click()
    client.go("/book/")
    client.page.get_by_role("link", name="Skin treatment").click()
    client.page.get_by_role("link", name="Orla Thewlis").click()
    later = monday.date() + timedelta(days=2)
    client.page.goto(re.sub(r"from=[^&]*", f"from={later}", client.page.url))
    chosen = client.page.locator("button.time").first
    starts = datetime.fromisoformat((chosen.get_attribute("value") or "").partition("|")[2])
    chosen.click()
    client.page.get_by_role("button", name="Go on to the deposit").click()
    # When they pay the deposit at the firm
    pay(client)
    client.go("/visit/")
    assert "Your visit is not booked yet" not in client.text()
    # Then it is booked, they are written to, and a day before it they are reminded, of when and nothing else
    message_to(client, CLIENT, "Your visit is booked")
    day.let_it_be(starts - timedelta(hours=23, minutes=50))
    message_to(client, CLIENT, "Your visit is near")
    assert "Skin" not in client.page.frame_locator("iframe.mail-frame").locator("body").inner_text()
    # When they come, reception says so
    day.let_it_be(starts - timedelta(minutes=5))
    reception = enter(new_visitor, day, MAIL.format("receptionist"))
    on = starts.astimezone(LONDON).date()
    reception.go(f"/desk/diary/day/?on={on}")
    reception.page.locator("li.slot", has_text="Skin treatment").get_by_role("link", name=NAME).click()
    visit = path_of(reception)
    reception.page.get_by_role("button", name="They are here").click()
    expect(reception.page.locator("main")).to_contain_text("Here")
    # And the practitioner has a consent signed, takes a photograph, writes a note and signs it
    practitioner = enter(new_visitor, day, MAIL.format("practitioner"))
    practitioner.go(visit)
    practitioner.page.get_by_role("link", name="Open their card").click()
    card = path_of(practitioner)
    practitioner.go(f"{card}agreements/new/")
    practitioner.page.locator("form.choosing button").first.click()
    practitioner.page.locator("[name=agreed]").check()
    fill_in(practitioner, {"name": NAME})
    practitioner.page.get_by_role("button", name="Sign it").click()
    practitioner.page.wait_for_url(f"**{card}**")
    practitioner.go(f"{card}photographs/new/")
    practitioner.page.locator("[name=file]").set_input_files(picture())
    practitioner.page.locator("[name=stage]").first.check()
    practitioner.page.locator("main form button.button").first.click()
    expect(practitioner.page.locator("#said")).to_contain_text("The photograph is kept")
    practitioner.go(f"{card}notes/new/")
    fill_in(practitioner, {"heading": "After the visit", "text": "Slight redness, gone after ten minutes."})
    practitioner.page.get_by_role("button", name="Save and read it through").click()
    practitioner.page.wait_for_url(re.compile("/desk/notes/"))
    draft = re.match("/desk/notes/[^/]+/", path_of(practitioner))
    assert draft
    practitioner.go(f"{draft[0]}sign/")
    practitioner.page.locator("[name=release]").first.check()
    practitioner.page.get_by_role("button", name="Sign the note").click()
    expect(practitioner.page.locator("#said")).to_contain_text("The note is signed")
    practitioner.go(visit)
    practitioner.page.get_by_role("button", name="The visit is over").click()
    # When finance bills it, the client pays what is left by card
    finance = enter(new_visitor, day, MAIL.format("finance"))
    finance.go("/desk/find/")
    finance.page.locator("main [name=q]").fill(NAME)
    finance.page.get_by_label("They are on the telephone").check()
    finance.page.locator("main").get_by_role("button", name="Find").click()
    expect(finance.page.locator("main")).to_contain_text(NAME)
    finance.go(f"{card}money/")
    finance.page.get_by_label(re.compile("^Skin smoothing")).first.fill("1")
    finance.page.locator("[name=deposits]").first.check()
    finance.page.get_by_role("button", name="Issue the invoice").click()
    finance.page.wait_for_url("**/desk/money/**")
    invoice, number = path_of(finance), heading(finance).split()[-1]
    client = enter(new_visitor, day, CLIENT, size=TELEPHONE)
    client.go("/payments/")
    client.page.get_by_role("link", name=number).click()
    client.page.get_by_role("button", name="Go on to your card").click()
    pay(client)
    expect(client.page.locator("main")).to_contain_text("Paid")
    # Then it is paid, and what finance gives back goes to the same card
    finance.go(invoice)
    fill_in(finance, {"pence": "20", "why": "The second half was left out"})
    finance.page.get_by_label("They pay so much less").check()
    finance.page.get_by_role("button", name="Give it back to the card").click()
    for _ in range(60):
        if any(each["amount"] == 2_000 for each in day.firm.books.refunds):
            break
        finance.page.wait_for_timeout(500)
    assert [each["amount"] for each in day.firm.books.refunds] == [2_000]
    # And that part is not to be paid again
    finance.go(invoice)
    assert "Taken back by credit notes" in finance.text()
