"""What a file may ask, what is asked of whom, what fits, and what follows."""

import json
from datetime import date
from typing import Any

import pytest

from troth.intake import selectors
from troth.intake.rules import NotPossible, answering, suiting
from troth.intake.rules.forms import Faulty, Form, read
from troth.intake.rules.reckoning import names_in, reckon

TODAY = date(2026, 11, 26)


def form(key: str) -> Form:
    return selectors.shipped()[key][0]


def formula(given: dict[str, Any]) -> Any:
    return given["item"][0]["item"][2]["extension"][1]["valueExpression"]


def spoiled(change: Any) -> list[str]:
    """What the linter says of the weight questionnaire after a change of its JSON."""
    given = json.loads(selectors.shipped()["weight-management"][1])
    change(given)
    with pytest.raises(Faulty) as faulty:
        read(json.dumps(given))
    return [str(fault) for fault in faulty.value.faults]


def test_six_questionnaires_can_be_asked_and_each_is_asked_for() -> None:
    asked = {each.asks for each in selectors.treatments().values()}
    assert set(selectors.shipped()) == asked and len(asked) >= 6


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda q: q.update(resourceType="Patient"), "not a FHIR Questionnaire"),
        (lambda q: q.update(description="Nothing"), "Sources:"),
        (lambda q: q["item"][0]["item"][0].update(type="slider"), "cannot be asked"),
        (lambda q: q["item"][0]["item"][1].update(linkId="height"), "another question has this linkId"),
        (lambda q: q["item"][0]["item"][0].update(extension=[]), "needs its unit"),
        (
            lambda q: formula(q).update(expression="__import__('os')"),
            "more than numbers",
        ),
        (
            lambda q: formula(q).update(expression="weight / age"),
            "no number asked before",
        ),
        (lambda q: q["item"][2]["item"][0]["enableWhen"][0].update(question="nothing"), "not asked before it"),
        (lambda q: q["item"][2]["item"][0]["enableWhen"][0].update(answerCoding={"code": "x"}), "no option"),
        (lambda q: q["item"][0]["item"][3].update(answerOption=[]), "two options or more"),
        (lambda q: q["extension"][0]["extension"].pop(), "it has no source"),
        (lambda q: q["extension"][0]["extension"].pop(-2), "does not tell them why"),
        (lambda q: q["extension"].append(q["extension"][0]), "two rules of that name"),
        (lambda q: q["item"].append({"linkId": "x", "text": "x", "type": "boolean"}), "outside a page"),
        (lambda q: q["item"][0]["item"][0]["extension"].append({"url": "urn:other"}), "not understood"),
    ],
)
def test_a_file_that_cannot_be_asked_says_why(change: Any, said: str) -> None:
    assert any(said in fault for fault in spoiled(change)), spoiled(change)


def test_what_is_not_json_says_so() -> None:
    with pytest.raises(Faulty, match="not JSON"):
        read("{")


def test_a_formula_is_arithmetic_and_waits_for_its_numbers() -> None:
    assert names_in("weight / (height / 100) ** 2") == {"weight", "height"}
    counted = answering.in_force(form("weight-management"), {"height": "170", "weight": "95"})
    assert counted["bmi"] == "32.9"
    assert "bmi" not in answering.in_force(form("weight-management"), {"height": "170"})
    assert reckon("a / 0", {}) is None


def test_a_question_is_asked_only_of_whom_it_concerns() -> None:
    asked = form("weight-management")
    page = asked.pages[2]
    assert answering.asked(asked, page, {"sex": "male"}) == []
    assert [item.id for item in answering.asked(asked, page, {"sex": "female"})] == ["pregnant", "pill"]


def test_an_answer_that_fell_away_decides_nothing() -> None:
    asked = form("weight-management")
    said = {"sex": "female", "pregnant": True}
    assert [rule.id for rule in answering.fired(asked, said)] == ["pregnant"]
    assert answering.fired(asked, {**said, "sex": "male"}) == []


def test_stops_come_before_flags_and_any_of_several_is_enough() -> None:
    asked = form("urinary-infection")
    fired = answering.fired(asked, {"warning": ["blood", "fever"], "sex": "female"})
    assert [(rule.id, rule.effect) for rule in fired] == [("upper", "stop"), ("blood", "flag")]


@pytest.mark.parametrize(
    ("question", "value", "said"),
    [
        ("height", "1,70", "from 120 to 220"),
        ("height", "tall", "Enter a number"),
        ("height", "NaN", "from 120"),
        ("height", "170.123", "Two places"),
        ("sex", "other", "Choose one"),
        ("serious", ["none", "kidney"], "Keep one of the two"),
        ("serious", ["made-up"], "Choose from"),
        ("eating", "yes", "yes or no"),
        ("tried", "x" * 1001, "at most 1000"),
        ("bmi", "22", "reckoned"),
        ("photo-body", "not-a-picture", "Choose a picture"),
        ("medicines", [{"medicine-dose": "5 mg"}], "Name of the medicine"),
        ("medicines", [{"medicine-name": "x"}] * 21, "at most 20"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence(question: str, value: Any, said: str) -> None:
    with pytest.raises(NotPossible, match=said):
        answering.check_answer(form("weight-management").items[question], value)


def test_a_day_is_a_day() -> None:
    item = form("urinary-infection").items["since"]
    assert answering.check_answer(item, "2026-11-25") == "2026-11-25"
    for wrong in ("2026-02-30", "0026-01-01"):
        with pytest.raises(NotPossible):
            answering.check_answer(item, wrong)


def found(
    treatment: str, answers: dict[str, Any], *, born: date | None = date(1990, 5, 1), last: date | None = None
) -> dict[str, str]:
    wanted = selectors.treatments()[treatment]
    made = suiting.assess(wanted, form(wanted.asks), answers, born_on=born, last_supplied_on=last, today=TODAY)
    return {each.rule: each.effect for each in made}


def test_age_is_by_the_calendar_and_unknown_age_stops() -> None:
    assert "age" not in found("hair-loss", {}, born=date(2008, 11, 26))
    assert found("hair-loss", {}, born=date(2008, 11, 27))["age"] == "stop"
    assert found("hair-loss", {}, born=None)["age"] == "stop"


def test_a_medicine_that_does_not_go_with_it_stops_whatever_its_spelling() -> None:
    taken = {"takes-medicines": True, "medicines": [{"medicine-name": "Isosorbide MONOnitrate 20mg"}]}
    assert found("erectile-dysfunction", taken)["interaction:glyceryl"] == "stop"
    # A list that fell away is not declared any more.
    assert found("erectile-dysfunction", {**taken, "takes-medicines": False}) == {}


def test_the_interval_since_the_last_supply_counts_to_the_day() -> None:
    assert found("weight-management", {}, last=date(2026, 11, 1)).get("early") == "stop"
    assert "early" not in found("weight-management", {}, last=date(2026, 10, 31))


@pytest.mark.parametrize(
    ("born", "today", "too_young"),
    [
        (date(2008, 2, 29), date(2026, 2, 28), True),
        (date(2008, 2, 29), date(2026, 3, 1), False),
        (date(2008, 11, 27), date(2026, 11, 26), True),
        (date(2008, 11, 27), date(2026, 11, 27), False),
    ],
)
def test_who_is_under_age_to_the_day_is_stopped(born: date, today: date, too_young: bool) -> None:
    treatment = suiting.shipped_treatments()["hair-loss"]
    said = suiting.assess(treatment, form("hair-loss"), {}, born_on=born, last_supplied_on=None, today=today)
    assert ("age" in {each.rule for each in said}) is too_young


def test_every_stop_tells_the_person_why_and_names_its_source() -> None:
    for asked, _ in selectors.shipped().values():
        for rule in asked.rules:
            assert rule.source and rule.reason and (rule.words or rule.effect == "flag")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("ages: [18, 74]", "ages: [74, 18]"), "cannot be"),
        (("effect: stop", "effect: maybe"), "stop or flag"),
        (("pence: 14900", "pences: 1"), "pence"),
        (("id: hair-loss", "id: weight-management"), "twice"),
    ],
)
def test_treatments_that_cannot_be_say_so(change: tuple[str, str], said: str) -> None:
    text = suiting._FILE.read_text(encoding="utf-8").replace(change[0], change[1], 1)
    with pytest.raises(ValueError, match=said):
        suiting.read_treatments(text)


def test_a_comparison_tells_each_question_and_rule_that_changed() -> None:
    text = selectors.shipped()["hair-loss"][1]
    given = json.loads(text)
    given["item"][0]["item"][1]["text"] = "Where do you lose hair?"
    given["extension"].pop(0)
    told = {
        each.what: (each.before, each.after) for each in answering.differences(read(text), read(json.dumps(given)))
    }
    assert told["Question where"][1].startswith("Where do you lose hair?")
    assert told["Rule female"][1] == "Not there"
