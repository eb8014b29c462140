"""The frame of every page: whose clinic it is, what this person can go to, and who is signed in. Faces may pass their own."""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from troth.contact import selectors as contact
from troth.design.done import said
from troth.design.pages import Clinic, Find, Page
from troth.design.values import Item
from troth.diary import selectors as diary
from troth.gate.pages import is_in_office
from troth.gate.table import actor_of, open_path, register_of, rows
from troth.notice import selectors as notices
from troth.notice.purposes import Purpose
from troth.notice.schema import Notice
from troth.people import selectors as people
from troth.people.middleware import cookie_name
from troth.portal.forms.device import LOOK, look_of
from troth.records import selectors as records
from troth.rights.selectors import opinions

# The words of each navigation and the routes behind them. A page that the notice in force does not declare, or that is for other
# roles, is left out.
VISITOR = (
    ("Home", "home"),
    ("Treatments", "treatments"),
    ("Book a visit", "book"),
    ("Privacy notice", "notice"),
    ("Ask us", "ask"),
    ("Register", "register"),
    ("Sign in", "sign_in"),
)
PATIENT = (
    ("Home", "my_home"),
    ("Your visits", "my_visits"),
    ("Messages", "my_messages"),
    ("Requests", "my_requests"),
    ("Your case", "my_cases"),
    ("My data", "my_data"),
    ("Who looked", "my_history"),
    ("Security", "security"),
)
#: The portal's band has room for so many words. Where there are more, these give way: the clinic's name leads home, and who looked
#: stands on `My data`, and asking stands at the foot. In this order, and no more of them than needed.
PORTAL_WORDS, SPARED = 4, ("home", "my_history", "ask", "my_home", "book", "my_visits", "my_messages")
#: At the desk the search stands in the band itself: of more than six words its own gives way, and no other.
DESK_WORDS, SPARED_AT_THE_DESK = 6, ("desk_find",)
STAFF = (
    ("Today", "desk_home"),
    ("Diary", "desk_diary"),
    ("Services", "desk_services"),
    ("Figures", "desk_reports"),
    ("Cases", "desk_cases"),
    ("Find a person", "desk_find"),
    ("Tasks", "desk_tasks"),
    ("Messages", "desk_messages"),
    ("Questions", "desk_enquiries"),
    ("Money", "desk_money"),
    ("Supplies", "desk_supplies"),
    ("Documents", "desk_documents"),
    ("Reactions", "desk_reactions"),
    ("GP letters", "desk_gp_letters"),
    ("From GPs", "desk_from_gps"),
    ("Questionnaires", "desk_questionnaires"),
    ("Templates", "desk_note_templates"),
    ("Staff", "desk_staff"),
    ("Office", "office_home"),
)
#: Words behind which nothing lies yet are left out too: a clinic that offers no visits keeps no diary, though it may.
KEPT: dict[str, Callable[[], bool]] = {
    "desk_diary": diary.is_kept,
    "book": diary.has_anything,
    "my_visits": diary.is_kept,
    "desk_reports": diary.is_kept,
}
#: What a clinic must do for a word to stand: administrators keep the settings of the diary, and only where there are visits.
NEEDED = {"desk_services": Purpose.BOOKING, "desk_reports": Purpose.BOOKING}
#: The office's own words; those of its rooms that a clinic does not have are left out.
OFFICE = (
    ("Today", "office_home"),
    ("Requests", "office_cases"),
    ("Ledger", "office_ledger"),
    ("Notice", "office_notice"),
    ("Reviews", "office_reviews"),
    ("Messages", "office_messages"),
    ("Promises", "office_promises"),
)
#: Pages that lie under a word whose address they do not begin with: where data goes is what the notice comes to.
UNDER = {
    "office_arrivals": "office_cases",
    "office_sources": "office_cases",
    "office_flow": "office_notice",
    "office_record": "office_notice",
}
#: Behind the name of whoever is signed in at the desk, and in the office, which leads back there.
MENU = (("Security", "security"), ("How pages look", "look"))
OFFICE_MENU = (("The desk", "desk_home"), *MENU)
FOOT = (
    ("Privacy notice", "notice"),
    ("Ask us", "ask"),
    ("What we said, and what we did", "promises"),
    ("Complain about your data", "complain"),
    ("What software decides", "decisions"),
    ("Cookies", "cookies"),
    ("How pages look", "look"),
)


def frame(request: HttpRequest) -> dict[str, Any]:
    """The context processor: `page` for every template, made when first used."""
    return {"page": SimpleLazyObject(lambda: page_for(request))}


def page_for(request: HttpRequest) -> Page:
    """The frame that fits whoever asks, in the colours that this device was told to use."""
    look = look_of(request.COOKIES.get(cookie_name(LOOK), ""))
    return replace(_frame(request), theme=look.theme, keys=look.keys, said=said(request))


def _frame(request: HttpRequest) -> Page:
    at = getattr(request, "at", None) or timezone.now()
    actor = actor_of(request)
    version = notices.version_in_force(at)
    clinic = clinic_of(version.number, version.hash) if version else Clinic("Troth")
    # What the notice does not declare is off at the foot too, whoever reads it; `clinic_of` is kept, so it names every word.
    off = {_path(row.name) for _, route in FOOT if (row := rows.get(route)) and not row.is_on(register_of(request))}
    clinic = replace(clinic, links=tuple(item for item in clinic.links if item.href not in off))
    if actor.kind != "person" or actor.id is None:
        return Page(clinic, nav=_fitting(VISITOR, request), demo=settings.TROTH_DEMO)
    if actor.held_back:  # every other page would lead back to where the second factor is set up
        return Page(clinic, sign_out=reverse("sign_out"), demo=settings.TROTH_DEMO)
    if not actor.roles:
        return Page(clinic, nav=_fitting(PATIENT, request), sign_out=reverse("sign_out"), demo=settings.TROTH_DEMO)
    member = people.staff_profiles([actor.id]).get(actor.id)
    search = open_path(request, "desk_find")
    in_office = is_in_office(request)
    return Page(
        clinic,
        nav=_office(request)
        if in_office
        else tuple(
            _counted(item, request) for item in _fitting(STAFF, request, most=DESK_WORDS, spared=SPARED_AT_THE_DESK)
        ),
        room="Privacy office" if in_office else "",
        person=member.name if member else "",
        role=member.role_words if member else "",
        sign_out=reverse("sign_out"),
        find=Find(search, "Find a person") if search else None,
        menu=_items(OFFICE_MENU if in_office else MENU, request),
        demo=settings.TROTH_DEMO,
    )


@lru_cache(maxsize=32)
def clinic_of(number: int, hash_: str) -> Clinic:
    """The clinic as a version of its notice names it; `hash_` keeps two deployments of one process apart."""
    notice: Notice = notices.notice_of(notices.get_version(number))
    who = notice.controller
    if who is None:
        return Clinic("Troth")
    name = who.trading_name or who.legal_name or "Troth"
    run_by = f"{name} is run by {who.legal_name}" if who.legal_name and who.legal_name != name else name
    privacy = next((contact.value for contact in who.contacts or [] if contact.by == "email"), who.email or "")
    return Clinic(
        name,
        particulars=f"{run_by}, {who.address}." if who.address else f"{run_by}.",
        privacy_email=privacy,
        telephone=who.telephone or "",
        links=tuple(Item(words, path) for words, route in FOOT if (path := _path(route))),
    )


def _items(rows: tuple[tuple[str, str], ...], request: HttpRequest) -> tuple[Item, ...]:
    asked: dict[Callable[[], bool], bool] = {}

    def kept(route: str) -> bool:
        """Asked once, however many words hang on it."""
        ask = KEPT.get(route)
        if ask is not None and ask not in asked:
            asked[ask] = ask()
        return ask is None or asked[ask]

    return tuple(
        Item(words, path, current=request.path == path)
        for words, route in rows
        if (path := open_path(request, route)) and _is_for_here(route, request) and kept(route)
    )


def _is_for_here(route: str, request: HttpRequest) -> bool:
    """Whether the clinic does what a word is for, where its page serves more than that."""
    register = register_of(request)
    return route not in NEEDED or (register is not None and NEEDED[route] in register.purposes)


def _fitting(
    rows: tuple[tuple[str, str], ...],
    request: HttpRequest,
    *,
    most: int = PORTAL_WORDS,
    spared: tuple[str, ...] = SPARED,
) -> tuple[Item, ...]:
    """The words of a band: of more than fit, those that a reader comes to another way give way."""
    items = _items(rows, request)
    for route in spared:
        if len(items) > most:
            items = tuple(item for item in items if item.href != _path(route))
    return items


def _office(request: HttpRequest) -> tuple[Item, ...]:
    """The office's words; the one whose pages this page lies under is the current one."""
    items = [(words, path) for words, route in OFFICE if (path := open_path(request, route))]
    asked = next(
        (_path(word) for route, word in UNDER.items() if request.path.startswith(_path(route) or "//")), request.path
    )
    here = max((path for _, path in items if asked.startswith(path)), key=len, default="")
    return tuple(Item(words, path, current=path == here) for words, path in items)


def _counted(item: Item, request: HttpRequest) -> Item:
    """The item with the number of what waits behind it, where something is counted. None waiting shows no number."""
    if item.href == _path("desk_tasks"):
        actor = actor_of(
            request
        )  # an opinion that was asked for stands on the page of tasks, and is counted with them
        waiting = records.count_tasks(actor) + (opinions.count_opinions(actor.id) if actor.id else 0)
    elif item.href == _path("desk_messages"):
        waiting = contact.count_waiting(actor_of(request), register_of(request), at=timezone.now())
    else:
        return item
    return replace(item, count=waiting, counted="to do") if waiting else item


def _path(route: str) -> str:
    try:
        return reverse(route)
    except NoReverseMatch:
        return ""
