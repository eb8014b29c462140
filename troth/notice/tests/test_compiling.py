"""From the file to the register that the gate enforces."""

import pytest

from troth.law.bases import Basis, Condition
from troth.notice.compiling import compile_register, hash_of
from troth.notice.files import parse_notice, read_notice
from troth.notice.findings import FaultyNotice
from troth.notice.purposes import KERNEL_PURPOSES, Action, Purpose
from troth.notice.tests.factories import NOON, PACK, changed, row
from troth.vault.categories import Category


@pytest.fixture(scope="module")
def register():
    parsed = read_notice(PACK)
    return compile_register(parsed, 1, hash_of(parsed.notice), NOON)


def test_the_register_numbers_rows_as_the_notice_does(register):
    parsed = read_notice(PACK)
    for place, purpose in enumerate(parsed.notice.purposes, start=1):
        assert register.purposes[purpose.id].row == place
        assert register.purposes[purpose.id].title == purpose.title


def test_the_kernel_can_work(register):
    assert set(register.purposes) >= KERNEL_PURPOSES
    rights = register.purposes[Purpose.RIGHTS]
    assert rights.access["self"].categories == frozenset(Category)
    assert rights.access["self"].actions >= {Action.READ, Action.WRITE, Action.EXPORT}
    assert rights.access["privacy_officer"].actions >= {Action.READ, Action.WRITE, Action.EXPORT, Action.ERASE}
    find = register.purposes[Purpose.FIND]
    assert find.categories == {Category.IDENTITY, Category.CONTACT}
    emergency = register.purposes[Purpose.EMERGENCY]
    assert (emergency.basis, emergency.condition) == (Basis.VITAL_INTERESTS, Condition.VITAL_INTERESTS)
    assert all(register.roles[who].health_professional for who in emergency.access)


def test_prescribing_rests_on_contract_and_health_care(register):
    prescribing = register.purposes[Purpose.PRESCRIBING]
    assert (prescribing.basis, prescribing.condition) == (Basis.CONTRACT, Condition.HEALTH_CARE)
    assert Category.HEALTH not in prescribing.access["patient_support"].categories
    assert prescribing.access["prescriber"].categories == prescribing.categories
    assert register.purposes[Purpose.MARKETING].basis is Basis.CONSENT


def test_special_data_always_has_a_condition_and_every_category_a_rule(register):
    for declared in register.purposes.values():
        assert declared.condition or not any(category.special for category in declared.categories)
        if declared.categories != frozenset(Category):
            assert set(declared.retention) == declared.categories


def test_a_register_cannot_be_changed(register):
    with pytest.raises(TypeError):
        register.purposes[Purpose.CCTV] = register.purposes[Purpose.CARE]
    with pytest.raises(TypeError):
        register.purposes[Purpose.CARE].access["finance"] = register.purposes[Purpose.CARE].access["self"]


def test_a_faulty_notice_is_not_compiled():
    parsed = changed(lambda values: row(values, "care").pop("condition"))
    with pytest.raises(FaultyNotice, match="F-02"):
        compile_register(parsed, 1, hash_of(parsed.notice), NOON)


def test_a_file_that_is_no_notice_is_not_compiled():
    with pytest.raises(FaultyNotice, match="Line 1"):
        compile_register(parse_notice("title: x"), 1, "", NOON, published=True)


def test_default_rule_fills_in_and_access_stays_within_the_purpose():
    def change(values):
        row(values, "care")["retention"].pop("correspondence")
        values["retention"]["default"] = "contact"

    parsed = changed(change)
    care = compile_register(parsed, 2, "", NOON).purposes[Purpose.CARE]
    assert care.retention[Category.CORRESPONDENCE] == "contact"
    assert all(access.categories <= care.categories for access in care.access.values())


def test_the_hash_names_the_content_and_not_its_spelling():
    text = PACK.read_text("utf-8")
    first = hash_of(parse_notice(text).notice)
    assert hash_of(parse_notice("# comment\n" + text.replace("basis: contract", "basis: [contract]")).notice) == first
    assert hash_of(changed(lambda values: None).notice) == first
    assert hash_of(changed(lambda values: values["controller"].update(telephone="01632 960 119")).notice) != first
    assert len(first) == 64
