"""The matrix of permissions, cell by cell: by page, link of a file and search; at once; and never wider than the notice."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from conftest import publish_pack
from troth.diary import services as diary
from troth.gate import actors, features
from troth.gate.models import Narrowing
from troth.gate.narrowed import ACTIONS, NEVER_NARROWED, ON_A_CARD, Cell, narrowed, switched_off, version_of
from troth.gate.narrowing import ChangedMeanwhile, set_cells
from troth.gate.refusals import Refused
from troth.gate.rules import Asker, Relation, Standing, decide
from troth.ledger.models import LedgerEvent
from troth.notice import selectors as notices
from troth.notice.purposes import Action, Purpose
from troth.people.tests.factories import browser_of, make_patient, make_staff
from troth.prescribing.rules import prescribing_roles
from troth.records import services as records
from troth.records.models import Source
from troth.rights.selectors.packs import may_give_opinion
from troth.vault import files
from troth.vault.categories import LOCKED, Category
from troth.vault.uploads import SealedUpload

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
SOUND = Standing(told=True, contract=True, consent=True, needed=LOCKED)


@pytest.fixture
def people(db: None, monkeypatch: pytest.MonkeyPatch, settings: Any) -> dict[str, UUID]:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    publish_pack("wellness-clinic")
    made = {"ann": make_patient(at=NOW - timedelta(days=30))}
    for number, role in enumerate(("practitioner", "receptionist", "administrator", "finance")):
        made[role] = make_staff(
            role, at=NOW - timedelta(days=30), name=f"Una {role.title()}", email=f"{number}@clinic.example"
        )
    setup = actors.person(made["administrator"], at=NOW)
    diary.set_hours(made["practitioner"], hours=dict.fromkeys(range(7), (0, 96)), by=setup, at=NOW)
    service = diary.offer_service(name="sentinel-service", minutes=30, by=setup, at=NOW)
    ann, orla = actors.person(made["ann"], at=NOW), actors.person(made["practitioner"], at=NOW)
    made["visit"] = diary.book(
        ann.id or UUID(int=0),
        practitioner=made["practitioner"],
        service=service,
        starts_at=NOW + timedelta(hours=2, minutes=30),
        by=ann,
        at=NOW,
    )
    made["note"] = records.write_note(made["ann"], heading="First", text="sentinel-note", by=orla, at=NOW).pk
    return made


@pytest.fixture
def page_of(people: dict[str, UUID]) -> Callable[..., Any]:
    """What a role's browser is answered: a name of the table, its parts, and words to post."""

    def ask(role: str, name: str, *parts: object, post: dict[str, Any] | None = None) -> Any:
        client, path = browser_of(people[role], at=NOW), reverse(name, args=list(parts))
        return client.post(path, post) if post is not None else client.get(path)

    return ask


def switch_off(people: dict[str, UUID], *cells: tuple[str, Category, Action]) -> None:
    by = actors.person(people["administrator"], at=NOW)
    set_cells({Cell(*cell) for cell in cells}, read=version_of(switched_off()), by=by, at=NOW)


@pytest.mark.parametrize("pack", ["wellness-clinic", "online-prescribing", "medico-legal"])
def test_each_cell_takes_away_what_it_says_and_nothing_else(db: None, pack: str) -> None:
    publish_pack(pack)
    register = notices.register_in_force(NOW)
    taken_away = 0
    for cell in (
        Cell(role, category, action) for role in register.roles for category in ON_A_CARD for action in ACTIONS
    ):
        less = narrowed(register, frozenset({cell}))
        asker = Asker(Relation.STAFF, frozenset({cell.role}))
        for purpose, declared in register.purposes.items():
            for role, granted in declared.access.items():
                left = less.purposes[purpose].access[role]
                if role != cell.role or purpose in NEVER_NARROWED:
                    assert left == granted, (cell, purpose, role)
                    continue
                for category in Category:
                    for what in Action:
                        taken = category is cell.category and (cell.action is Action.READ or what is Action.WRITE)
                        assert left.allows(what, category) == (granted.allows(what, category) and not taken)
            # The gate says the same of the cell itself.
            before = decide(register, purpose, cell.category, cell.action, asker, SOUND, "a reason").allowed
            after = decide(less, purpose, cell.category, cell.action, asker, SOUND, "a reason").allowed
            assert after == (before and purpose in NEVER_NARROWED), (cell, purpose)
            taken_away += before and not after
    assert taken_away > 20


def test_an_action_goes_with_the_last_kind_of_data_that_it_was_good_for(db: None) -> None:
    """Menus and acts ask whether a role has the action at all."""
    publish_pack("online-prescribing")
    register = notices.register_in_force(NOW)
    prescribing = register.purposes[Purpose.PRESCRIBING]
    kinds = prescribing.access["prescriber"].categories
    by = actors.Actor("person", uuid4(), roles=frozenset({"prescriber"}))
    assert features.serves_any((Purpose.PRESCRIBING,), Action.WRITE, by, register)
    off = frozenset(Cell("prescriber", category, Action.WRITE) for category in kinds)
    less = narrowed(register, off)
    assert not features.serves_any((Purpose.PRESCRIBING,), Action.WRITE, by, less)
    assert features.serves_any((Purpose.PRESCRIBING,), Action.READ, by, less)
    health = narrowed(register, frozenset({Cell("prescriber", Category.HEALTH, Action.WRITE)}))
    assert prescribing_roles(register) and not prescribing_roles(health)
    assert may_give_opinion({"prescriber"}, register) and not may_give_opinion({"prescriber"}, health)


def test_a_kind_that_is_switched_off_is_withheld_by_page_link_and_search(
    people: dict[str, UUID], page_of: Callable[..., Any]
) -> None:
    ann = people["ann"]
    stored = files.store([b"sentinel-file"], name="x.txt", media_type="text/plain")
    upload = SealedUpload(stored, "text/plain", None)
    file = records.add_file(
        ann,
        title="sentinel-title",
        source=Source.CLINIC,
        upload=upload,
        by=actors.person(people["practitioner"], at=NOW),
        at=NOW,
    ).pk

    def health() -> tuple[bool, int, int]:
        card = page_of("practitioner", "desk_card", ann)
        return (
            b"sentinel-title" in card.content,
            page_of("practitioner", "desk_file", file).status_code,
            page_of("practitioner", "desk_note", people["note"]).status_code,
        )

    found = {"q": "oddie", "reason": "clinical_query"}
    assert health() == (True, 200, 200)
    assert b"Maureen" in page_of("practitioner", "desk_find", post=found).content
    switch_off(people, ("practitioner", Category.HEALTH, Action.READ))
    assert health() == (False, 403, 403)
    refused = page_of("practitioner", "desk_note", people["note"]).content.decode()
    assert "permissions do not let your role open this" in refused and "allows it" in refused, (
        "the notice is not to blame"
    )
    assert page_of("practitioner", "desk_note_new", ann, post={"heading": "x", "text": "y"}).status_code == 403
    assert page_of("practitioner", "desk_visit", people["visit"]).status_code == 200  # another kind
    switch_off(people, ("practitioner", Category.IDENTITY, Action.READ))
    assert b"Maureen" not in page_of("practitioner", "desk_find", post=found).content
    assert page_of("practitioner", "desk_card", ann).status_code == 403
    assert b"Maureen" in page_of("receptionist", "desk_find", post=found).content  # another role
    switch_off(people, ("practitioner", Category.CORRESPONDENCE, Action.READ))
    assert page_of("practitioner", "desk_visit", people["visit"]).status_code == 403
    switch_off(people)
    assert health() == (True, 200, 200)


def test_a_search_says_nothing_of_what_a_role_may_not_see(
    people: dict[str, UUID], page_of: Callable[..., Any]
) -> None:
    def told(text: str) -> str:
        answer = page_of("receptionist", "desk_find", post={"q": text, "reason": "on_the_telephone"})
        words = answer.content.decode().replace(text, "")  # the form has what was typed
        return re.sub(r'name="(csrfmiddlewaretoken|once)" value="[^"]*"', "", words[words.index("<main") :])

    known, unknown = ("maureen@oddie.example", "07700 900 214"), ("nobody@oddie.example", "07700 900 999")
    assert all("Maureen" in told(each) and "NE46" in told(each) for each in known)
    # How they are reached finds nobody, in the same words whether it is anybody's; who they are still does, and says no more.
    switch_off(people, ("receptionist", Category.CONTACT, Action.READ))
    for theirs, nobodys in zip(known, unknown, strict=True):
        assert told(theirs) == told(nobodys) and "may not see how people are reached" in told(theirs)
    assert "Maureen" in told("oddie") and "NE46" not in told("oddie")
    # Who they are finds nobody either, and the page says that it is the role's and no spelling of theirs.
    switch_off(people, ("receptionist", Category.IDENTITY, Action.READ))
    for each in ("oddie", "xqzzy", *known):
        assert told(each) == told("xqzzy") and "permissions do not let your role open this" in told(each)


def test_what_may_be_seen_and_not_changed(people: dict[str, UUID], page_of: Callable[..., Any]) -> None:
    switch_off(people, ("practitioner", Category.HEALTH, Action.WRITE))
    card = page_of("practitioner", "desk_card", people["ann"]).content
    assert reverse("desk_allergy_new", args=[people["ann"]]).encode() not in card
    with pytest.raises(Refused):
        by = actors.person(people["practitioner"], at=NOW)
        records.record_measurement(
            people["ann"],
            measure=records.Measure.WEIGHT,
            value=80,
            taken_on=NOW.date(),
            source=Source.CLINIC,
            by=by,
            at=NOW,
        )


def test_the_page_sets_it_and_holds_at_once_for_who_is_signed_in(
    people: dict[str, UUID], page_of: Callable[..., Any]
) -> None:
    signed_in = browser_of(people["practitioner"], at=NOW)
    card = reverse("desk_card", args=[people["ann"]])
    assert signed_in.get(card).status_code == 200
    body = page_of("administrator", "desk_permissions").content.decode()
    every = [each.split('"')[0] for each in body.split('name="on" value="')[1:]]
    assert "practitioner/identity/read" in every and "marketing/health/read" not in every
    on = [each for each in every if each != "practitioner/identity/read"]
    version = body.split('name="version" value="')[1].split('"')[0]
    posted = {"version": version, "on": [*on, "marketing/health/read"]}  # the last one is not in the notice
    assert page_of("administrator", "desk_permissions", post=posted).status_code == 302
    assert signed_in.get(card).status_code == 403
    assert switched_off() == {Cell("practitioner", Category.IDENTITY, Action.READ)}
    event = LedgerEvent.objects.get(event="gate:permission_changed")
    assert (
        "gate.narrowing/practitioner/identity/read/off" in event.objects_touched
        and event.actor == people["administrator"].hex
    )
    stale = page_of("administrator", "desk_permissions", post={"version": version, "on": every})
    assert stale.status_code == 422 and "since you opened them" in stale.content.decode()
    assert switched_off()


@pytest.mark.parametrize("who", ["practitioner", "receptionist", "finance", "ann"])
def test_nobody_else_sets_it(people: dict[str, UUID], page_of: Callable[..., Any], who: str) -> None:
    assert page_of(who, "desk_permissions").status_code == 403
    assert page_of(who, "desk_permissions", post={"version": version_of(frozenset()), "on": []}).status_code == 403
    with pytest.raises(Refused):
        set_cells(
            {Cell("finance", Category.FINANCIAL, Action.READ)},
            read=version_of(frozenset()),
            by=actors.person(people[who], at=NOW),
            at=NOW,
        )
    assert not switched_off()


def test_a_stale_matrix_changes_nothing(people: dict[str, UUID]) -> None:
    switch_off(people, ("finance", Category.FINANCIAL, Action.READ))
    with pytest.raises(ChangedMeanwhile):
        set_cells(set(), read=version_of(frozenset()), by=actors.person(people["administrator"], at=NOW), at=NOW)


def test_a_cell_that_was_switched_on_below_the_gate_stays_off(people: dict[str, UUID]) -> None:
    switch_off(people, ("practitioner", Category.HEALTH, Action.READ))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE gate_narrowing SET ended = since")
    assert switched_off() == {Cell("practitioner", Category.HEALTH, Action.READ)}
    switch_off(people)  # an administrator can put it right, and so it is no cell that stays off for ever
    assert not switched_off()
    switch_off(people, ("practitioner", Category.HEALTH, Action.READ))
    Narrowing.objects.update(role="receptionist")
    assert narrowed(notices.register_in_force(NOW), switched_off()).narrowing != ""


def test_rights_security_and_the_running_of_staff_are_never_narrowed(people: dict[str, UUID]) -> None:
    every = {
        Cell(role, category, action)
        for role in notices.register_in_force(NOW).roles
        for category in ON_A_CARD
        for action in ACTIONS
    }
    switch_off(people, *every)
    assert Client().get(reverse("home")).status_code == 200
    assert browser_of(people["ann"], at=NOW).get(reverse("my_data")).status_code == 200
    assert browser_of(people["administrator"], at=NOW).get(reverse("desk_permissions")).status_code == 200
