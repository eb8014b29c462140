"""Every page that makes something new gives its forms an identifier, or is named here with the reason why it need not."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from tests.structure.source import KERNEL, ROOT

#: What these make is no row that a person asked for: keys, events, facts of the gate, messages that wait.
BELOW = tuple(f"troth.{room}" for room in (*KERNEL, "delivery", "law", "design", "config"))
MAKES = {"create", "bulk_create", "get_or_create", "update_or_create"}

STATE = "it changes what stands: done again it is refused, or stands as before; from an old page it has to be done, not passed over"
TICKET = "a time is kept or booked under a ticket, which counts once"
LINK = "a link, code or session of its own is made, and the earlier one ends"
MACHINE = "no form: another machine sends it, and its own number counts once"
NAMED = "it is found by its name, and set"
KEEPS = "a draft keeps itself as it is typed, with other words each time; a second one is seen by its author alone"
AS_OFTEN = "the file is made as often as it is asked for, and each time is written down: one that failed on its way is made again"
WITHOUT: dict[str, str] = {
    **dict.fromkeys(("register", "ask_link", "address", "confirm", "claim", "start", "sign_in"), LINK),
    **dict.fromkeys(("second_step", "passkey_sign_in", "desk_let_in", "desk_let_back", "desk_member_code"), LINK),
    **dict.fromkeys(("new_app", "new_passkey", "recovery_codes", "desk_calendar"), LINK),
    **dict.fromkeys(("book_time", "book_details", "offer", "visit_cancel", "visit_move", "visit_deposit"), TICKET),
    **dict.fromkeys(("answer_page", "my_gp", "my_request_stop", "my_copy", "my_details_change", "my_choice"), STATE),
    **dict.fromkeys(("my_adjustments", "desk_adjustments"), STATE),
    **dict.fromkeys(("my_restriction", "my_erasure", "my_payment", "stop_messages", "my_move_send"), STATE),
    **dict.fromkeys(("desk_visit", "desk_visit_move", "desk_visit_cancel", "desk_class_cancel", "desk_case"), STATE),
    **dict.fromkeys(("desk_same_pair", "desk_bring_in_file", "desk_consent"), STATE),
    **dict.fromkeys(
        ("desk_gp_letter", "desk_gp_answer", "desk_gp_message", "desk_reaction", "desk_supply", "start_answers"),
        STATE,
    ),
    **dict.fromkeys(("office_case", "office_review", "office_review_tell"), STATE),
    "office_promises_check": STATE,
    "exchange_records": MACHINE,
    "desk_note_new": KEEPS,
    "office_portable_file": AS_OFTEN,
    **dict.fromkeys(("desk_prices", "desk_packages"), NAMED),
}


def names(code: CodeType) -> Iterator[str]:
    """Every name that a function uses, those within it too."""
    yield from code.co_names
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from names(each)


def words(code: CodeType) -> Iterator[str]:
    """Every text that a function uses."""
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from words(each)
        elif isinstance(each, str):
            yield each


def functions_in(values: Iterable[Any], deep: int = 3) -> Iterator[FunctionType]:
    """The functions of a table, as `STEPS = {"note": (NoteForm, add_note)}` has them."""
    for each in values:
        if isinstance(each, FunctionType):
            yield each
        elif deep and isinstance(each, dict):
            yield from functions_in(each.values(), deep - 1)
        elif deep and isinstance(each, tuple | list):
            yield from functions_in(each, deep - 1)
        elif deep and hasattr(each, "__dataclass_fields__"):
            yield from functions_in([getattr(each, name, None) for name in each.__dataclass_fields__], deep - 1)


def named_by(function: FunctionType) -> Iterator[FunctionType]:
    """The functions that a function names, by themselves or through a module."""
    used = set(names(function.__code__))
    for name in used:
        value = function.__globals__.get(name)
        if isinstance(value, ModuleType) and value.__name__.startswith("troth."):
            yield from functions_in(getattr(value, each, None) for each in used)
        else:
            yield from functions_in([value])


def bare(function: Any) -> FunctionType:
    """What decorators were put around."""
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    found: FunctionType = function
    return found


def reached(function: FunctionType, known: dict[FunctionType, FunctionType] | None = None) -> set[FunctionType]:
    """Everything that a view or an act may come to, in the rooms and faces; jobs run by themselves, and are left out."""
    known = {} if known is None else known
    known[bare(function)] = function
    for each in named_by(bare(function)):
        module = bare(each).__module__
        inside = module.startswith("troth.") and not module.startswith(BELOW) and ".jobs" not in module
        if inside and bare(each) not in known:
            reached(each, known)
    return set(known.values())


def makes(function: FunctionType) -> bool:
    """Whether it makes a row or a person by itself."""
    used = set(names(bare(function).__code__))
    return bool(used & MAKES and "objects" in used) or "new_subject" in used


def rows(under: URLResolver | None = None) -> Iterator[tuple[str, FunctionType]]:
    """Every row of the URL table with its view."""
    for each in (under or get_resolver()).url_patterns:
        if isinstance(each, URLResolver):
            yield from rows(each)
        elif isinstance(each, URLPattern) and hasattr(each.callback, "row"):
            view: Any = each.callback
            yield view.row.name, view.__wrapped__


@cache
def creators() -> dict[str, FunctionType]:
    """The rows whose view comes to an act that makes something."""
    return {
        name: view
        for name, view in rows()
        if any(hasattr(each, "act") and any(map(makes, reached(each))) for each in reached(view))
    }


def gives_identifier(view: FunctionType) -> bool:
    """Whether a template that the view names, or one of another view whose form it answers, has `{% once %}`."""
    face = bare(view).__module__.split(".")[1]
    inside = [bare(each) for each in reached(view) if bare(each).__module__.startswith(f"troth.{face}.")]
    named = {text for each in inside for text in words(each.__code__)}
    return any({name, name.removesuffix(".html").removeprefix(f"{face}/")} & named for name in giving(face))


@cache
def giving(face: str) -> frozenset[str]:
    """The templates of a face that have the identifier."""
    templates = ROOT / "troth" / face / "templates"
    return frozenset(
        place.relative_to(templates).as_posix()
        for place in templates.rglob("*.html")
        if "{% once %}" in place.read_text(encoding="utf-8")
    )


#: What is made by saving a row, which the finder cannot tell from changing one.
BY_SAVING = ("desk_bring_in", "desk_wait", "desk_worker")


def test_pages_that_make_something_are_found() -> None:
    found = set(creators())
    assert {
        "my_correction",
        "my_ask",
        "complain",
        "ask",
        "desk_allergy_new",
        "desk_note_new",
        "office_case_step",
    } <= found
    assert not {"home", "my_data", "desk_card", "desk_diary"} & found


@pytest.mark.parametrize("name", sorted(creators()))
def test_a_page_that_makes_something_gives_its_form_an_identifier(name: str) -> None:
    if name not in WITHOUT:
        assert gives_identifier(creators()[name])


@pytest.mark.parametrize("name", BY_SAVING)
def test_a_page_that_saves_something_new_gives_its_form_an_identifier(name: str) -> None:
    assert gives_identifier(dict(rows())[name])


def answers_get(view: Any) -> bool:
    """Whether no decorator of a view keeps it to other methods."""
    while view is not None:
        held = [cell.cell_contents for cell in getattr(view, "__closure__", None) or ()]
        if any(isinstance(each, list) and "POST" in each and "GET" not in each for each in held):
            return False
        view = getattr(view, "__wrapped__", None)
    return True


def test_what_counts_once_is_sent_where_a_later_press_can_be_led() -> None:
    form = re.compile(r'<form[^>]*action="{% url "(\w+)"[^>]*>(?:(?!</form>).)*?{% once %}', re.DOTALL)
    templates = (ROOT / "troth").rglob("templates/**/*.html")
    sent_to = {name for place in templates for name in form.findall(place.read_text(encoding="utf-8"))}
    views = dict(rows())
    assert "desk_note_add" in sent_to and not answers_get(views["start_answers"])
    assert [name for name in sorted(sent_to | set(creators()) - set(WITHOUT)) if not answers_get(views[name])] == []


def test_every_reason_is_of_a_page_that_needs_one() -> None:
    assert set(WITHOUT) <= {name for name, _ in rows()}
    found = creators()
    assert sorted(name for name in WITHOUT if name not in found) == []
