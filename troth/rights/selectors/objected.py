"""Which uses the case of an objection is about, and what was found of each. What a person objected to before is another case's."""

from dataclasses import dataclass
from datetime import datetime

from troth.gate import facts, linking
from troth.gate.contexts import Opened
from troth.gate.facts import FactKind
from troth.notice.purposes import Purpose
from troth.rights.models import StepKind
from troth.rights.selectors.cases import Case, list_steps
from troth.rights.selectors.wishes import standing_objections


@dataclass(frozen=True)
class Objected:
    """
    `named` is every use that a case is about, `found` whether the objection to each was upheld that was weighed since the case
    opened last, and `waiting` what still stands unweighed.
    """

    named: frozenset[Purpose]
    found: dict[Purpose, bool]
    waiting: frozenset[Purpose]


def objected_in(case: Case, opened: Opened, *, at: datetime) -> Objected:
    """
    Read it from the steps of a case; where none names a use, from what stopped at the moment at which the case opened.

    :raises Refused: this context may not open it.
    """
    named: set[Purpose] = set()
    found: dict[Purpose, bool] = {}
    for step in list_steps(case.id, opened):
        if step.kind is StepKind.REOPENED:
            found = {}
        elif step.kind is StepKind.NOTE and "use" in step.detail:
            named.add(Purpose(step.detail["use"]))
        elif step.kind is StepKind.NOTE and "weighed" in step.detail:
            found[Purpose(step.detail["weighed"])] = step.detail.get("upheld") == "yes"
    if not named:
        named = {
            Purpose(fact.purpose)
            for fact in linking.facts_of(case.subject, at=at)
            if fact.kind == FactKind.OBJECTION and fact.purpose and facts.moment(fact.since) == case.recorded_at
        }
    standing = {purpose for purpose, _ in standing_objections(case.subject, at=at)}
    return Objected(frozenset(named), found, frozenset((named & standing) - set(found)))
