"""What changed, and whether it matters to people."""

import pytest

from troth.notice.comparison import compare
from troth.notice.files import parse_notice
from troth.notice.tests.factories import changed, pack_values, row, text_of


def _compared(change):
    before = changed(lambda values: None).notice
    after = changed(change)
    assert before is not None and after.notice is not None, after.findings
    return compare(before, after.notice)


def _abroad(values):
    return next(each for each in values["recipients"] if each.get("country") not in {None, "GB"})


def _rule(values, name):
    return next(rule for rule in values["retention"]["rules"] if rule["id"] == name)


MATERIAL = {
    "new purpose": lambda values: values["purposes"].append({**row(values, "feedback"), "id": "photography"}),
    "changed basis": lambda values: row(values, "feedback").update(basis=["consent"]),
    "changed condition": lambda values: row(values, "care").update(condition=["explicit_consent"]),
    "category under a purpose": lambda values: row(values, "marketing")["categories"].append("health"),
    "new kind of data": lambda values: values["categories"].append({"id": "genetic", "words": "Genes"}),
    "new piece of data": lambda values: values["categories"][0]["items"].append({"item": "maiden_name"}),
    "new recipient": lambda values: values["recipients"].append({"id": "lab", "name": "Lab", "trade": "laboratory"}),
    "recipient under a purpose": lambda values: row(values, "care")["recipients"].append("courier"),
    "recipient gets more": lambda values: values["recipients"][2]["receives"].append("health"),
    "recipient changes its part": lambda values: values["recipients"][2].update(kind="controller"),
    "recipient is another firm": lambda values: values["recipients"][2].update(name="Other Couriers Ltd"),
    "recipient moves abroad": lambda values: values["recipients"][2].update(country="US"),
    "new transfer": lambda values: values["transfers"]["routes"].append({"country": "IN", "mechanism": ["idta"]}),
    "hosted abroad": lambda values: values["transfers"]["hosted_in"].append("IE"),
    "longer retention": lambda values: _rule(values, "contact")["limbs"][0].update(period="25 months"),
    "other trigger": lambda values: _rule(values, "contact")["limbs"][0].update(trigger="created"),
    "one more limb": lambda values: _rule(values, "contact")["limbs"].append({"trigger": "death", "period": "1 day"}),
    "later age": lambda values: _rule(values, "care_record")["limbs"][1].update(until_age=30),
    "another rule": lambda values: row(values, "marketing")["retention"].update(contact="care_record"),
    "slower master keys": lambda values: values["retention"].update(master_key_days=60),
    "right gone": lambda values: values.update(
        rights=[each for each in values["rights"] if each["right"] != "portability"]
    ),
    "right limited": lambda values: values["rights"][1]["limits"].append("legal_duty"),
    "right by fewer routes": lambda values: values["rights"][1]["routes"].remove("telephone"),
    "right answered later": lambda values: values["rights"][1].update(within="2 months"),
    "right asks for more": lambda values: values["rights"][2]["demands"].append("writing"),
    "complaints answered later": lambda values: values["complaints"]["own"].update(acknowledged_within_days=60),
    "changes told later": lambda values: values["changes"].update(days_ahead=7),
    "another controller": lambda values: values["controller"].update(legal_name="Other Care Ltd"),
    "another role sees health": lambda values: row(values, "care")["access"].update(finance={"actions": ["read"]}),
    "the person sees less": lambda values: row(values, "care")["access"]["self"].update(categories=["contact"]),
    "machines decide": lambda values: row(values, "eligibility")["automation"].update(solely=True),
    "marketing unasked": lambda values: values["marketing"]["channels"].append({"by": "post"}),
    "marketing on another basis": lambda values: values["marketing"]["channels"][0].update(
        basis="legitimate_interests"
    ),
    "new disclosure": lambda values: values["sharing"]["disclosures"].append({"use": "safety", "to": "police"}),
}
MINOR = {
    "wording of a purpose": lambda values: row(values, "care").update(words="Said otherwise.", title="Care"),
    "wording of a rule": lambda values: _rule(values, "contact").update(words="For two years"),
    "purpose given up": lambda values: values.update(purposes=values["purposes"][:-1]),
    "shorter retention": lambda values: _rule(values, "contact")["limbs"][0].update(period="1 year"),
    "the same span in other units": lambda values: _rule(values, "contact")["limbs"][0].update(period="104 weeks"),
    "recipient gone": lambda values: values.update(recipients=values["recipients"][:-1]),
    "recipient comes home": lambda values: _abroad(values).update(country="GB"),
    "right answered sooner": lambda values: values["rights"][1].update(within="14 days"),
    "right with fewer limits": lambda values: values["rights"][1].update(limits=[]),
    "changes told sooner": lambda values: values["changes"].update(days_ahead=60),
    "summary": lambda values: values.update(summary="Short."),
    "role sees less": lambda values: row(values, "care")["access"].pop("healthcare_assistant"),
    "complaints answered sooner": lambda values: values["complaints"]["own"].update(acknowledged_within_days=7),
    "new date": lambda values: values.update(issued="2026-11-20"),
}


@pytest.mark.parametrize("name", MATERIAL)
def test_what_people_may_expect_is_material(name):
    changes = _compared(MATERIAL[name])
    assert changes and changes[0].material, changes


@pytest.mark.parametrize("name", MINOR)
def test_wording_and_what_helps_people_is_not(name):
    changes = _compared(MINOR[name])
    assert changes and not any(change.material for change in changes), changes


def test_nothing_changed_is_nothing():
    assert _compared(lambda values: None) == []


@pytest.mark.parametrize("name", {**MATERIAL, **MINOR})
def test_no_change_goes_unseen_on_the_way_back_either(name):
    values = pack_values()
    {**MATERIAL, **MINOR}[name](values)
    after = parse_notice(text_of(values)).notice
    before = parse_notice(text_of(pack_values())).notice
    assert before is not None and after is not None
    assert compare(after, before)


def test_one_changed_rule_is_said_once_with_the_uses_it_changes_for():
    (change,) = (each for each in _compared(MATERIAL["longer retention"]) if each.part == "retention")
    assert change.material and "other uses" in change.words and change.words.count("'") == 6
    assert change.words.count("kept longer") == 1
