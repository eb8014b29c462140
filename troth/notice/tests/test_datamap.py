"""The map of data is the notice and the holdings, and nothing else."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from troth.notice import datamap
from troth.notice.selectors import NoNotice
from troth.vault.compartments import get_compartment
from troth.vault.models import all_holdings

AT = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.mark.django_db
def test_without_a_notice_there_is_no_map() -> None:
    with pytest.raises(NoNotice):
        datamap.map_in_force(AT)


def test_every_sealed_field_is_counted_once_under_its_category(notice_in_force: None) -> None:
    known = datamap.map_in_force(AT)
    stored: dict[str, int] = {}
    for model in all_holdings():
        for field in model.sealed_fields():
            category = get_compartment(field.compartment).category.value
            stored[category] = stored.get(category, 0) + 1
    assert {held.category: held.fields for held in known.held if held.fields} == stored
    assert {place.name for place in known.places} == {model._meta.label_lower for model in all_holdings()}


def test_every_purpose_of_the_register_is_a_row_with_what_the_notice_says(notice_in_force: None) -> None:
    known = datamap.map_in_force(AT)
    care = known.use("care")
    assert care is not None and care.basis == "contract" and care.basis_article == "UK GDPR Article 6(1)(b)"
    assert care.condition == "health_care" and "Part 1 paragraph 2" in care.ground
    assert {held.category for held in known.kinds_of(care)} == {"identity", "contact", "health", "correspondence"}
    assert "Prescriber" in care.seen_by and "Finance" not in care.seen_by
    assert known.use("cctv") is None
    assert "NHS number" in known.held[0].pieces and "date of birth" in known.held[0].pieces
    emergency = known.use("emergency")
    assert emergency is not None
    ((receiver, those),) = known.passed_to(emergency)
    assert receiver.id == "emergency_services" and {held.category for held in those} <= set(emergency.categories)


def test_what_is_declared_and_not_stored_is_drawn_thin_and_said(notice_in_force: None) -> None:
    known = datamap.map_in_force(AT)
    held = replace(known.held[0], fields=0)
    assert (held.width, replace(held, fields=7).width) == (1, 7)


def test_the_record_has_what_article_30_asks_for_as_json(notice_in_force: None) -> None:
    known = datamap.map_in_force(AT)
    document = json.loads(json.dumps(known.document()))
    assert document["controller"]["name"] == "Aldersyke Care Ltd" and document["officer"]["name"]
    assert document["security"] and document["receivers"] and document["in_force_at"].startswith("2026-01-01")
    for use in document["uses"]:
        assert use["basis"] and use["keeping"] and use["categories"], use["purpose"]
    assert any(receiver["contract"] or receiver["country"] for receiver in document["receivers"])
