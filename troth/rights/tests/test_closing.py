"""One way of ending: whichever act ends a case, it adds the step that says how, keeps its letter, and only then stands as done."""

import ast
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection

from troth.assurance.rules.evidence import Question
from troth.gate.actors import Actor
from troth.gate.contexts import processing
from troth.law.rights import Right
from troth.notice.purposes import Action, Purpose
from troth.rights import selectors, services
from troth.rights.answers.checks import weighed
from troth.rights.models import Asked, State, StepKind
from troth.rights.rules.letters import Ending
from troth.rights.selectors import proofs
from troth.rights.tests.factories import LATER, make_officer, make_patient

SOON = LATER + timedelta(minutes=1)


def _behind_our_back(state: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE rights_rightscase SET state = %s", [state])


def _finish(ann: Actor, officer: Actor) -> UUID:
    case = services.open_case(ann.id, Right.ACCESS, by=ann, at=LATER)
    services.finish_case(case, ending=Ending.ANSWERED, words="Handed over on paper", by=officer, at=SOON)
    return case


def _weigh(ann: Actor, officer: Actor) -> UUID:
    case = services.ask_to_stop(ann.id, Purpose.CLINICAL_AUDIT, by=ann, at=LATER)
    services.weigh_objection(
        case, purpose=Purpose.CLINICAL_AUDIT, upheld=False, words="Safety needs it.", by=officer, at=SOON
    )
    return case


def _lift(ann: Actor, officer: Actor) -> UUID:
    case = services.ask_to_stop(ann.id, None, by=ann, at=LATER)
    services.announce_lifting(
        case, lifts_on=(SOON + timedelta(days=2)).date(), words="It is right as it stands.", by=officer, at=SOON
    )
    services.lift_after_notice(case, by=officer, at=SOON + timedelta(days=2))
    return case


def _erase(ann: Actor, officer: Actor) -> UUID:
    case = services.ask_erasure(ann.id, by=ann, at=LATER)
    services.carry_out_erasure(case, by=ann, at=SOON)
    return case


@pytest.mark.parametrize("end", [_finish, _weigh, _lift, _erase])
def test_each_way_of_ending_adds_its_step_and_its_letter(clinic: object, end: Callable[[Actor, Actor], UUID]) -> None:
    ann, officer = make_patient(), make_officer()
    case = end(ann, officer)
    later = SOON + timedelta(days=3)
    with processing(Purpose.RIGHTS, Action.READ, by=officer, at=later) as opened:
        known, steps = selectors.get_case(case, opened), selectors.list_steps(case, opened)
    kinds = [step.kind for step in steps]
    assert known.state is State.DONE and kinds.count(StepKind.CLOSED) == 1
    (closed,) = [step for step in steps if step.kind is StepKind.CLOSED]
    assert closed.detail["ending"] == known.outcome["ending"] and known.outcome["closed_at"]
    letters = {step.detail["letter"] for step in steps if step.kind is StepKind.LETTER}
    assert letters & {"answer", "refusal", "lifted", "certificate"}
    assert proofs.count_misclosed() == 0
    if end is _weigh:
        (letter,) = [step.words for step in steps if step.detail.get("letter") == "refusal"]
        assert "compelling" in letter and "UK GDPR Article 21(1)" in letter and "LAW-" not in letter
        assert "court" in letter and "Safety needs it." in letter
    _behind_our_back("asked")
    assert proofs.count_misclosed() == 1


def test_a_case_that_was_closed_without_a_step_is_found(clinic: object) -> None:
    ann = make_patient()
    services.open_case(ann.id, Asked.REVIEW, by=ann, at=LATER)
    assert proofs.count_misclosed() == 0
    _behind_our_back("done")
    assert proofs.count_misclosed() == 1


def test_only_one_place_sets_a_case_done() -> None:
    room = Path(__file__).parents[1] / "services"
    setters = []
    for path in room.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            assigned = isinstance(node, ast.Assign) and ast.unparse(node.value) == "State.DONE"
            updated = (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in {"update", "create"}
                and any(word.arg == "state" and ast.unparse(word.value) == "State.DONE" for word in node.keywords)
            )
            if assigned or updated:
                setters.append(path.name)
    assert setters == ["stepping.py"]


def test_an_objection_to_marketing_that_was_refused_is_found_whatever_the_rule_says_now(
    clinic: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, officer = make_patient(), make_officer()
    given_up = services.ask_to_stop(ann.id, Purpose.MARKETING, by=ann, at=LATER)
    services.withdraw_objection(
        ann.id, Purpose.MARKETING, by=ann, at=LATER + timedelta(seconds=9)
    )  # her own word refuses nothing
    services.finish_case(given_up, ending=Ending.ANSWERED, by=officer, at=SOON + timedelta(minutes=1))
    _weigh(ann, officer)
    question, at = Question(SOON), SOON + timedelta(minutes=2)
    assert weighed(question).holds
    case = services.ask_to_stop(ann.id, Purpose.MARKETING, by=ann, at=at)
    with monkeypatch.context() as changed:
        changed.setattr("troth.rights.rules.NEVER_WEIGHED", frozenset())
        assert not weighed(question).holds  # the rule would let one be outweighed
        overruled = {"purpose": Purpose.MARKETING, "upheld": False, "words": "Our news matters to us."}
        services.weigh_objection(case, **overruled, by=officer, at=at + timedelta(minutes=1))
    found = weighed(question)
    assert not found.holds and found.counts["marketing_refused"] == 1
