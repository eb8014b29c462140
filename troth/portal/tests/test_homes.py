"""The public home of each pack: its own words, what the notice says drawn from it, and no door to what is off."""

import pytest
from django.conf import settings
from django.test import Client

from conftest import publish_pack
from troth.notice.files import read_notice
from troth.notice.tests.factories import PACK
from troth.portal.homes import FOLDER, home_of

PACKS = sorted(path.stem for path in PACK.parent.glob("*.yaml"))


def test_every_pack_has_a_home_and_every_home_a_pack() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.yaml")) == PACKS
    assert home_of("no-such-pack") is None


@pytest.mark.parametrize("pack", PACKS)
def test_a_home_says_its_own_words_and_the_notices(pack: str, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "TROTH_PACK", pack)
    publish_pack(pack)
    home, notice = home_of(pack), read_notice(PACK.parent / f"{pack}.yaml").notice
    assert home and notice and notice.controller
    body = Client().get("/").content.decode()
    row = next(row for row in notice.purposes if row.id is home.served_by)
    for words in (home.claim, home.first.steps[0].name, row.title, notice.controller.address):
        assert words in body, words
    names = {each.id: each.name for each in notice.recipients}
    assert all(names[each].replace("'", "&#x27;") in body for each in row.recipients)
    declared = {each.id for each in notice.purposes}
    assert ('href="/register/"' in body) == ("registration" in declared)


def test_a_home_for_what_the_notice_does_not_declare_is_left_bare(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A prescriber's home with a wellness clinic's notice in force would promise what nobody here may do."""
    monkeypatch.setattr(settings, "TROTH_PACK", "online-prescribing")
    publish_pack("wellness-clinic")
    body = Client().get("/").content.decode()
    assert "Thrushcombe Clinic" in body and "Prescriptions decided" not in body
