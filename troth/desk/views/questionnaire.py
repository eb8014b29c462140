"""Questionnaires for whoever answers for what is asked: each version, a preview, and a new one compared before it is asked."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from troth.design.done import done
from troth.design.tables import Cell, Column, Line, Table
from troth.design.values import Row
from troth.desk.forms.questionnaire import VersionForm
from troth.desk.frame import frame, looking, show
from troth.intake import selectors as intake
from troth.intake import services
from troth.intake.rules import NotPossible, answering
from troth.intake.rules.forms import Condition, Faulty, Form, Item, read


def list_questionnaires(request: HttpRequest) -> HttpResponse:
    """What is asked before each treatment, in which version."""
    rows = []
    for treatment in intake.treatments().values():
        form, _ = intake.newest(treatment.asks)
        stops = sum(rule.effect == "stop" for rule in form.rules) + sum(
            each.effect == "stop" for each in treatment.interactions
        )
        rows.append(
            Line(
                (
                    Cell(treatment.title, href=_path(form.key)),
                    Cell(form.version),
                    Cell(str(len(form.items))),
                    Cell(f"{stops} stop, {len(form.rules) + len(treatment.interactions) - stops} flag"),
                    Cell(f"{treatment.youngest} to {treatment.oldest}"),
                )
            )
        )
    columns = (
        Column("Asked before", "name"),
        Column("Version", "figures", word="Version"),
        Column("Questions", "figures", word="Questions"),
        Column("Rules"),
        Column("Ages", "figures", word="Ages"),
    )
    return show(request, "questionnaire/list", frame(request), table=Table("Questionnaires", columns, tuple(rows)))


def show_questionnaire(request: HttpRequest, key: str) -> HttpResponse:
    """A preview: every question with when it is asked, every rule with its reason and source, and every version."""
    if key not in intake.shipped():
        raise Http404
    form, text = intake.newest(key)
    return show(
        request,
        "questionnaire/show",
        frame(request),
        asked=form,
        pages=[(page.title, [_question(item, form) for item in page.items]) for page in form.pages],
        rules=_rules(form),
        versions=[
            Row(
                f"Version {line.form.version}",
                f"Asked since {timezone.localtime(line.published_at):%-d %B %Y, %-H:%M}"
                if line.published_at
                else "As it came with the system",
                note=line.form.digest[:16],
            )
            for line in intake.list_versions(key)
        ],
        text=text,
    )


def publish(request: HttpRequest, key: str) -> HttpResponse:
    """Paste a new version, read what is wrong in it or what it changes, and publish it."""
    look = looking(request)
    if key not in intake.shipped():
        raise Http404
    now, text = intake.newest(key)
    form = VersionForm(request.POST if request.method == "POST" else None, initial={"text": text})
    faults: list[Row] = []
    changes: list[answering.Difference] | None = None
    if request.method == "POST" and form.is_valid():
        try:
            wanted = read(form.cleaned_data["text"])
            if wanted.key != key:
                raise NotPossible(f"This is the questionnaire “{wanted.key}”. Publish it there.")
            if "publish" in request.POST:
                services.publish_questionnaire(form.cleaned_data["text"], by=look.actor, at=look.at)
                return done("desk_questionnaire", "questionnaire-published", key=key)
            changes = answering.differences(now, wanted)
        except Faulty as faulty:
            faults = [Row(fault.where, fault.what) for fault in faulty.faults]
            form.add_error("text", f"It cannot be asked yet: {len(faults)} to mend, listed below")
        except NotPossible as error:
            form.add_error("text", str(error))
    return show(
        request,
        "questionnaire/publish",
        frame(request),
        asked=now,
        form=form,
        faults=faults,
        compared=changes is not None,
        changes=[Row(each.what, each.after, note=f"Before: {each.before}") for each in changes or ()],
        status=422 if form.errors else 200,
    )


def _path(key: str) -> str:
    return reverse("desk_questionnaire", args=[key])


_KINDS = {
    "boolean": "Yes or no",
    "choice": "One of",
    "date": "A day",
    "string": "A line",
    "text": "Text",
    "attachment": "A picture",
    "group": "A list of",
}


def _question(item: Item, form: Form) -> Row:
    """One question for the preview: what it takes, and when it is asked."""
    if item.formula:
        kind = f"Reckoned: {item.formula}, in {_unit(item)}"
    elif item.type == "quantity":
        kind = f"{item.least} to {item.most} {_unit(item)}"
    elif item.type == "group":
        kind = f"A list of: {', '.join(inner.text for inner in item.items)}"
    else:
        kind = "Any of" if item.many else _KINDS[item.type]
        if item.options:
            kind += f": {'; '.join(label for _, label in item.options)}"
    asked = f"Asked when {_conditions(item.when, item.any_of, form)}" if item.when else ""
    must = "" if item.required or item.formula or item.type == "group" else "If they like"
    return Row(item.text, kind, note=". ".join(part for part in (item.hint, asked, must) if part))


def _rules(form: Form) -> Table:
    lines = [
        Line(
            (
                Cell(rule.reason, small=rule.source),
                Cell("Stops" if rule.effect == "stop" else "Flags"),
                Cell(_conditions(rule.when, rule.any_of, form)),
                Cell(rule.words or "Said to the prescriber only"),
            )
        )
        for rule in form.rules
    ]
    columns = (Column("Reason", "name"), Column("Does"), Column("When"), Column("What the person reads"))
    return Table("Rules", columns, tuple(lines))


_OPERATORS = {"=": "is", "!=": "is not", ">": "is above", ">=": "is at least", "<": "is below", "<=": "is at most"}


def _conditions(when: tuple[Condition, ...], any_of: bool, form: Form) -> str:
    return (" or " if any_of else " and ").join(_condition(each, form.items.get(each.question)) for each in when)


def _condition(each: Condition, asked: Item | None) -> str:
    """A comparison in the words of the question and of its answer, never in the codes that the file has for them."""
    if isinstance(each.answer, bool):
        answer = "yes" if each.answer else "no"
    else:
        answer = dict(asked.options).get(each.answer, str(each.answer)) if asked else str(each.answer)
    question = f"“{asked.text}”" if asked else each.question
    return f"{question} {_OPERATORS.get(each.operator, each.operator)} {answer}"


def _unit(item: Item) -> str:
    return item.unit.replace("m2", "m²")
