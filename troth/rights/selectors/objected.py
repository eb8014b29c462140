"""
What a case names besides the words that somebody used: the uses of an objection and what was found of each, the clinic that
data goes to. What a person objected to before is another case's.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from troth.gate import facts, linking
from troth.gate.contexts import Opened
from troth.gate.facts import FactKind
from troth.notice import selectors as notices
from troth.notice.purposes import Purpose
from troth.rights.models import Asked, CaseStep, StepKind
from troth.rights.selectors.cases import Case, list_steps
from troth.rights.selectors.wishes import standing_objections
from troth.vault.categories import Category


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


def named_in_cases(subject: UUID, opened: Opened, *, at: datetime) -> dict[UUID, tuple[str, ...]]:
    """
    What the cases of a person name besides their own words: the uses that they object to, as the notice calls them now, or the
    clinic that their data goes to. Those that name nothing are left out.

    :raises Refused: this context may not open it.
    """
    opened.require(subject, Category.RIGHTS)
    purposes, found = notices.register_in_force(at).purposes, dict[UUID, list[str]]()
    rows = CaseStep.objects.filter(
        subject_id=subject, kind=StepKind.NOTE, case__right__in=(Asked.OBJECTION, Asked.PORTABILITY)
    )
    for row in rows.order_by(*CaseStep.IN_ORDER):
        detail = row.detail or {}
        declared = purposes.get(Purpose(detail["use"])) if "use" in detail else None
        named = declared.title if declared else detail.get("named", "")
        if named and named not in found.setdefault(row.case_id, []):
            found[row.case_id].append(named)
    return {case: tuple(names) for case, names in found.items() if names}
