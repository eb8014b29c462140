"""
Reading a questionnaire: FHIR R4 `Questionnaire` as JSON, of which this takes a stated part and refuses the rest by name.

Each top group is one page. A group that repeats within a page is a list, such as of medicines. Two extensions of FHIR's own are
read (unit, bounds), one of SDC (a calculated number, in plain arithmetic), and two of ours: a hint, and a rule with its reason.
"""

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from troth.intake.rules.reckoning import names_in

HINT = "https://troth.example/fhir/hint"
RULE = "https://troth.example/fhir/rule"
UNIT = "http://hl7.org/fhir/StructureDefinition/questionnaire-unit"
LEAST = "http://hl7.org/fhir/StructureDefinition/minValue"
MOST = "http://hl7.org/fhir/StructureDefinition/maxValue"
CALCULATED = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression"
ARITHMETIC = "text/x-arithmetic"

TYPES = frozenset({"boolean", "choice", "quantity", "date", "string", "text", "attachment", "group"})
OPERATORS = frozenset({"=", "!=", ">", "<", ">=", "<=", "exists"})
EFFECTS = frozenset({"stop", "flag"})
#: Answers in one list; more medicines than this are told to a person.
ROWS = 20


@dataclass(frozen=True)
class Fault:
    """What is wrong in a file, where (the path of links), and how to mend it."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


class Faulty(Exception):
    """The file is no questionnaire that can be asked. `faults` say why, each with its place."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(str(fault) for fault in faults))
        self.faults = faults


@dataclass(frozen=True)
class Condition:
    """One comparison of an answer: `question operator answer`."""

    question: str
    operator: str
    answer: Any  # bool, Decimal or the code of an option


@dataclass(frozen=True)
class Item:
    """One question, one list of a few, or a calculated number."""

    id: str
    text: str
    type: str
    hint: str = ""
    required: bool = False
    many: bool = False  # of a choice: any of a few; of a group: a list
    options: tuple[tuple[str, str], ...] = ()
    unit: str = ""
    least: Decimal | None = None
    most: Decimal | None = None
    longest: int = 2000
    formula: str = ""
    when: tuple[Condition, ...] = ()
    any_of: bool = False
    items: tuple["Item", ...] = ()


@dataclass(frozen=True)
class Page:
    """What stands on one page."""

    id: str
    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Rule:
    """What follows from answers: `stop` or `flag`. `reason` is for clinicians, `words` for the person, `source` says where from."""

    id: str
    effect: str
    when: tuple[Condition, ...]
    any_of: bool
    reason: str
    words: str
    source: str


@dataclass(frozen=True)
class Form:
    """One version of a questionnaire. `digest` is of the file's text, so that what was asked can be shown to be what is kept."""

    key: str
    version: str
    title: str
    about: str
    pages: tuple[Page, ...]
    rules: tuple[Rule, ...]
    digest: str

    @property
    def items(self) -> dict[str, Item]:
        """Every question by its link, those of lists too, in order."""
        found: dict[str, Item] = {}
        for page in self.pages:
            for item in page.items:
                found[item.id] = item
                found.update((inner.id, inner) for inner in item.items)
        return found


def read(text: str) -> Form:
    """
    The questionnaire that a file holds.

    :raises Faulty: it cannot be asked as it stands; every fault is named, and not the first only.
    """
    try:
        given = json.loads(text)
    except ValueError as error:
        raise Faulty([Fault("the file", f"it is not JSON ({error})")]) from None
    reading = _Reading()
    form = reading.form(given, hashlib.sha256(text.encode()).hexdigest())
    if reading.faults:
        raise Faulty(reading.faults)
    assert form is not None
    return form


class _Reading:
    """One reading of one file, and the faults found on the way."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.seen: dict[str, Item] = {}

    def fault(self, where: str, what: str) -> None:
        self.faults.append(Fault(where, what))

    def form(self, given: Any, digest: str) -> Form | None:
        if not isinstance(given, dict) or given.get("resourceType") != "Questionnaire":
            self.fault("the file", "it is not a FHIR Questionnaire: resourceType must say so")
            return None
        for name in ("id", "version", "title", "description"):
            if not isinstance(given.get(name), str) or not given[name].strip():
                self.fault(name, "it is missing; a questionnaire is known by it")
        if given.get("status") != "active":
            self.fault("status", "it must be `active` to be asked")
        if "Sources:" not in str(given.get("description", "")):
            self.fault("description", "it must name where the clinical content is from, after `Sources:`")
        pages = tuple(self.page(each) for each in self.dicts(given.get("item"), "item"))
        if not pages:
            self.fault("item", "there is no page: give at least one group with questions")
        rules = tuple(
            self.rule(each) for each in self.dicts(given.get("extension", []), "extension") if each.get("url") == RULE
        )
        ids = [rule.id for rule in rules]
        for twice in sorted({each for each in ids if ids.count(each) > 1}):
            self.fault(f"rule {twice}", "there are two rules of that name")
        self.references(pages, rules)
        return Form(
            str(given.get("id")),
            str(given.get("version")),
            str(given.get("title")),
            str(given.get("description")),
            pages,
            rules,
            digest,
        )

    def dicts(self, given: Any, where: str) -> list[dict[str, Any]]:
        """A list of objects, or nothing and a fault."""
        if isinstance(given, list) and all(isinstance(each, dict) for each in given):
            return given
        self.fault(where, "it must be a list of objects")
        return []

    def page(self, given: dict[str, Any]) -> Page:
        link = str(given.get("linkId", ""))
        if given.get("type") != "group" or given.get("repeats"):
            self.fault(link or "item", "a question stands outside a page: put it into a group")
        items = tuple(self.item(each, link) for each in self.dicts(given.get("item", []), f"{link}.item"))
        if not items:
            self.fault(link, "the page asks nothing")
        return Page(link, str(given.get("text", "")), items)

    def item(self, given: dict[str, Any], path: str, *, inner: bool = False) -> Item:
        link, kind = str(given.get("linkId", "")), str(given.get("type", ""))
        where = f"{path}/{link}"
        if not link:
            self.fault(path, "a question has no linkId")
        if link in self.seen:
            self.fault(where, "another question has this linkId; an answer would not know whose it is")
        if not str(given.get("text", "")).strip():
            self.fault(where, "it asks nothing: text is missing")
        if kind not in TYPES:
            self.fault(where, f"type {kind!r} cannot be asked; use one of {', '.join(sorted(TYPES))}")
        extensions = {each.get("url"): each for each in self.dicts(given.get("extension", []), f"{where}.extension")}
        if unknown := sorted(str(url) for url in extensions if url not in {HINT, UNIT, LEAST, MOST, CALCULATED}):
            self.fault(where, f"extension {unknown[0]} is not understood, and what is not understood is not asked")
        options = tuple(
            (str(coding.get("code", "")), str(coding.get("display", "")))
            for each in self.dicts(given.get("answerOption", []), f"{where}.answerOption")
            for coding in (each.get("valueCoding", {}),)
        )
        if kind == "choice" and (len(options) < 2 or not all(code and label for code, label in options)):
            self.fault(where, "a choice needs two options or more, each with a code and words")
        if len({code for code, _ in options}) < len(options):
            self.fault(where, "two options have the same code")
        unit = str(extensions.get(UNIT, {}).get("valueCoding", {}).get("code", ""))
        if kind == "quantity" and not unit:
            self.fault(where, "a number needs its unit")
        bounds = [self.bound(extensions.get(url), where) for url in (LEAST, MOST)]
        formula = ""
        if CALCULATED in extensions:
            expression = extensions[CALCULATED].get("valueExpression", {})
            formula = str(expression.get("expression", ""))
            if expression.get("language") != ARITHMETIC:
                self.fault(where, f"the formula must be in {ARITHMETIC}")
        elif kind == "quantity" and None in bounds:
            self.fault(where, "a number that people type needs a least and a most, so that a slip is noticed")
        if kind == "group" and (inner or not given.get("repeats")):
            self.fault(where, "a group within a page must repeat, and holds questions only")
        inside = (
            tuple(self.item(each, where, inner=True) for each in self.dicts(given.get("item", []), f"{where}.item"))
            if kind == "group"
            else ()
        )
        made = Item(
            link,
            str(given.get("text", "")),
            kind,
            str(extensions.get(HINT, {}).get("valueString", "")),
            bool(given.get("required")),
            bool(given.get("repeats")),
            options,
            unit,
            bounds[0],
            bounds[1],
            int(given.get("maxLength", 2000)),
            formula,
            tuple(
                self.condition(each, where) for each in self.dicts(given.get("enableWhen", []), f"{where}.enableWhen")
            ),
            given.get("enableBehavior") == "any",
            inside,
        )
        self.seen[link] = made
        return made

    def bound(self, given: dict[str, Any] | None, where: str) -> Decimal | None:
        if given is None:
            return None
        for name in ("valueDecimal", "valueInteger"):
            if isinstance(given.get(name), int | float):
                return Decimal(str(given[name]))
        self.fault(where, "a bound must be a number")
        return None

    def condition(self, given: dict[str, Any], where: str) -> Condition:
        values = [given[name] for name in given if name.startswith(("answer", "value"))]
        answer = values[0] if len(values) == 1 else None
        if len(values) != 1:
            self.fault(where, "a condition compares with exactly one answer")
        if isinstance(answer, dict):
            answer = answer.get("code", answer.get("value"))
        if isinstance(answer, int | float) and not isinstance(answer, bool):
            answer = Decimal(str(answer))
        operator = str(given.get("operator", ""))
        if operator not in OPERATORS:
            self.fault(where, f"operator {operator!r} is not one of {' '.join(sorted(OPERATORS))}")
        return Condition(str(given.get("question", "")), operator, answer)

    def rule(self, given: dict[str, Any]) -> Rule:
        parts = self.dicts(given.get("extension", []), "rule")
        said = {
            str(each.get("url")): next((value for name, value in each.items() if name.startswith("value")), None)
            for each in parts
            if each.get("url") != "when"
        }
        name = str(said.get("id") or "")
        where = f"rule {name or '?'}"
        when = []
        for each in (each for each in parts if each.get("url") == "when"):
            inner: dict[str, Any] = {}
            for part in self.dicts(each.get("extension", []), where):
                value = next((found for key, found in part.items() if key.startswith("value")), None)
                inner[str(part.get("url"))] = value
            when.append(self.condition(inner, where))
        if said.get("effect") not in EFFECTS:
            self.fault(where, "its effect must be stop or flag")
        for needed in ("id", "reason", "source"):
            if not said.get(needed):
                self.fault(where, f"it has no {needed}: a clinician must be able to judge it")
        if said.get("effect") == "stop" and not said.get("words"):
            self.fault(where, "it stops somebody and does not tell them why")
        if not when:
            self.fault(where, "it follows from nothing: give a condition")
        return Rule(
            name,
            str(said.get("effect")),
            tuple(when),
            said.get("behavior") == "any",
            str(said.get("reason") or ""),
            str(said.get("words") or ""),
            str(said.get("source") or ""),
        )

    def references(self, pages: tuple[Page, ...], rules: tuple[Rule, ...]) -> None:
        """What a condition or a formula speaks of must have been asked before it, and be comparable with it."""
        before: dict[str, Item] = {}
        for page in pages:
            for item in page.items:
                for condition in item.when:
                    self.comparable(condition, before, item.id)
                if item.formula:
                    self.formula(item, before)
                before[item.id] = item
                for inner in item.items:
                    for condition in inner.when:
                        self.comparable(condition, before, inner.id)
        for rule in rules:
            for condition in rule.when:
                self.comparable(condition, before, f"rule {rule.id}")

    def comparable(self, condition: Condition, before: dict[str, Item], where: str) -> None:
        asked = before.get(condition.question)
        if asked is None:
            self.fault(where, f"it depends on {condition.question!r}, which is not asked before it")
            return
        wanted: type = {"boolean": bool, "quantity": Decimal}.get(asked.type, str)
        if condition.operator == "exists":
            wanted = bool
        elif asked.type not in {"boolean", "quantity", "choice"}:
            self.fault(where, f"it compares {asked.id!r}, of which only whether it was answered can be asked")
            return
        if not isinstance(condition.answer, wanted):
            self.fault(where, f"it compares {asked.id!r} with something of another kind")
        elif asked.type == "choice" and condition.operator != "exists":
            if condition.answer not in dict(asked.options):
                self.fault(where, f"{asked.id!r} has no option {condition.answer!r}: the rule could never hold")
            if condition.operator not in {"=", "!="}:
                self.fault(where, f"options of {asked.id!r} have no order")

    def formula(self, item: Item, before: dict[str, Item]) -> None:
        try:
            names = names_in(item.formula)
        except ValueError as error:
            self.fault(item.id, str(error))
            return
        for name in sorted(names):
            if name not in before or before[name].type != "quantity":
                self.fault(item.id, f"its formula takes {name!r}, which is no number asked before it")
