"""What is asked of whom, whether an answer fits, and what follows from answers. Answers are plain JSON values by their link."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from troth.intake.rules import NotPossible
from troth.intake.rules.forms import ROWS, Condition, Form, Item, Page, Rule
from troth.intake.rules.reckoning import reckon

Answers = Mapping[str, Any]


def in_force(form: Form, answers: Answers) -> dict[str, Any]:
    """
    The answers that count: of questions that are asked of this person, with the calculated numbers among them.

    What was answered before another answer made the question fall away stays in the history, and decides nothing.
    """
    found: dict[str, Any] = {}
    for page in form.pages:
        for item in page.items:
            if not _holds_all(item.when, item.any_of, found):
                continue
            if item.formula:
                numbers = {
                    name: Decimal(value) for name, value in found.items() if form.items[name].type == "quantity"
                }
                if (made := reckon(item.formula, numbers)) is not None:
                    found[item.id] = str(made)
            elif answers.get(item.id) not in (None, "", []):
                found[item.id] = answers[item.id]
    return found


def asked(form: Form, page: Page, answers: Answers) -> list[Item]:
    """The questions of a page that are asked of this person, by what they answered so far."""
    counts = in_force(form, answers)
    return [item for item in page.items if _holds_all(item.when, item.any_of, counts)]


def missing(form: Form, answers: Answers) -> dict[str, list[Item]]:
    """What is required, asked and not answered, by page."""
    counts = in_force(form, answers)
    found = {
        page.id: [
            item
            for item in asked(form, page, answers)
            if not item.formula and item.id not in counts and (item.required or _unfilled(item))
        ]
        for page in form.pages
    }
    return {key: items for key, items in found.items() if items}


def fired(form: Form, answers: Answers) -> list[Rule]:
    """The rules that hold, stops first, in the order of the file."""
    counts = in_force(form, answers)
    holding = [rule for rule in form.rules if _holds_all(rule.when, rule.any_of, counts)]
    return sorted(holding, key=lambda rule: rule.effect != "stop")


def check_answer(item: Item, value: Any) -> Any:
    """
    The answer as it is kept.

    :raises NotPossible: it does not fit the question.
    """
    if value in (None, "", []):
        return None
    if item.formula:
        raise NotPossible("This number is reckoned and not asked.")
    return _CHECKS[item.type](item, value)


def said(item: Item, value: Any) -> str:
    """An answer in words, for people."""
    if value in (None, "", []):
        return "Not answered"
    if item.type == "boolean":
        return "Yes" if value else "No"
    if item.type == "choice":
        options = dict(item.options)
        chosen = value if isinstance(value, list) else [value]
        return "; ".join(options.get(code, str(code)) for code in chosen)
    if item.type == "quantity":
        return f"{value} {'kg/m²' if item.unit == 'kg/m2' else item.unit}"
    if item.type == "date":
        day = date.fromisoformat(value)
        return f"{day:%-d %B %Y}"
    if item.type == "attachment":
        return "A picture"
    if item.type == "group":
        return "; ".join(", ".join(str(row[each.id]) for each in item.items if row.get(each.id)) for row in value)
    return str(value)


def _unfilled(item: Item) -> bool:
    """A list that is asked of somebody has at least one row: it is asked because they said that there is something."""
    return item.type == "group" and any(inner.required for inner in item.items)


def _holds_all(conditions: tuple[Condition, ...], any_of: bool, answers: Answers) -> bool:
    if not conditions:
        return True
    return (any if any_of else all)(_holds(condition, answers) for condition in conditions)


def _holds(condition: Condition, answers: Answers) -> bool:
    there = condition.question in answers
    if condition.operator == "exists":
        return there is condition.answer
    if not there:
        return False
    value = answers[condition.question]
    if isinstance(condition.answer, Decimal):
        number = Decimal(value)
        return {
            "=": number == condition.answer,
            "!=": number != condition.answer,
            ">": number > condition.answer,
            "<": number < condition.answer,
            ">=": number >= condition.answer,
            "<=": number <= condition.answer,
        }[condition.operator]
    is_among = condition.answer in value if isinstance(value, list) else value == condition.answer
    return is_among is (condition.operator == "=")


def _yes_or_no(item: Item, value: Any) -> bool:
    if not isinstance(value, bool):
        raise NotPossible("Choose yes or no.")
    return value


def _choice(item: Item, value: Any) -> Any:
    codes = [code for code, _ in item.options]
    if not item.many:
        if value not in codes:
            raise NotPossible("Choose one of the answers.")
        return value
    if not isinstance(value, list) or any(code not in codes for code in value):
        raise NotPossible("Choose from the answers.")
    if "none" in value and len(value) > 1:
        raise NotPossible("You chose “none” and something else. Keep one of the two.")
    return [code for code in codes if code in value]


def _number(item: Item, value: Any) -> str:
    try:
        number = Decimal(str(value).strip().replace(",", "."))
    except InvalidOperation:
        raise NotPossible(f"Enter a number, in {item.unit}.") from None
    least, most = item.least or Decimal(0), item.most or Decimal(10**6)
    if not number.is_finite() or not least <= number <= most:
        raise NotPossible(f"Enter a number from {least} to {most}, in {item.unit}.")
    if len(str(number)) > 8 or number.as_tuple().exponent < -2:  # type: ignore[operator]
        raise NotPossible("Two places after the point are enough.")
    return f"{number:f}"


def _day(item: Item, value: Any) -> str:
    try:
        found = date.fromisoformat(str(value))
    except ValueError:
        raise NotPossible("There is no such day. Check the day, the month and the year.") from None
    if found.year < 1900:
        raise NotPossible("That is too long ago. Check the year.")
    return found.isoformat()


def _words(item: Item, value: Any) -> str:
    if not isinstance(value, str):
        raise NotPossible("Write it in words.")
    if len(value) > item.longest:
        raise NotPossible(f"Use at most {item.longest} letters.")
    return value.strip()


def _picture(item: Item, value: Any) -> str:
    try:
        return UUID(str(value)).hex
    except ValueError:
        raise NotPossible("Choose a picture.") from None


def _list(item: Item, value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise NotPossible("Write each in its own row.")
    if len(value) > ROWS:
        raise NotPossible(f"Write at most {ROWS}, and tell us that there are more.")
    rows = []
    for row in value:
        kept = {inner.id: check_answer(inner, row.get(inner.id)) for inner in item.items}
        lacking = next((inner for inner in item.items if inner.required and kept[inner.id] is None), None)
        if any(each is not None for each in kept.values()):
            if lacking is not None:
                raise NotPossible(f"{lacking.text}: fill it in for each row.")
            rows.append({key: each for key, each in kept.items() if each is not None})
    return rows


_CHECKS = {
    "boolean": _yes_or_no,
    "choice": _choice,
    "quantity": _number,
    "date": _day,
    "string": _words,
    "text": _words,
    "attachment": _picture,
    "group": _list,
}


@dataclass(frozen=True)
class Difference:
    """One thing in which two versions of a questionnaire differ."""

    what: str
    before: str
    after: str


def differences(before: Form, after: Form) -> list[Difference]:
    """What a new version adds, leaves out and asks otherwise: for whoever decides whether to ask it."""
    made = [
        Difference(f"{name.capitalize()} of the questionnaire", old, new)
        for name, old, new in (("title", before.title, after.title), ("description", before.about, after.about))
        if old != new
    ]
    old_items, new_items = before.items, after.items
    for key in dict.fromkeys((*old_items, *new_items)):
        old, new = old_items.get(key), new_items.get(key)
        if old != new:
            made.append(Difference(f"Question {key}", _told(old), _told(new)))
    old_rules = {rule.id: rule for rule in before.rules}
    new_rules = {rule.id: rule for rule in after.rules}
    for key in dict.fromkeys((*old_rules, *new_rules)):
        if old_rules.get(key) != new_rules.get(key):
            made.append(Difference(f"Rule {key}", _told(old_rules.get(key)), _told(new_rules.get(key))))
    if [page.id for page in before.pages] != [page.id for page in after.pages]:
        made.append(Difference("Pages", *(", ".join(page.title for page in form.pages) for form in (before, after))))
    return made


def _told(what: Item | Rule | None) -> str:
    if what is None:
        return "Not there"
    when = " or ".join if what.any_of else " and ".join
    if_ = when(f"{each.question} {each.operator} {each.answer}" for each in what.when)
    if isinstance(what, Rule):
        return f"{what.effect} when {if_}: {what.reason} ({what.source})"
    options = f" [{'; '.join(label for _, label in what.options)}]" if what.options else ""
    bounds = f" ({what.least} to {what.most} {what.unit})" if what.unit and not what.formula else ""
    must = ", required" if what.required else ""
    return f"{what.text}{options}{bounds}{must}{f', when {if_}' if if_ else ''}"
