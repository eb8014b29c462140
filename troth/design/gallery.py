"""
The gallery: every component in every state, and the sample pages, written out as plain files.

    python -m troth.design.gallery FOLDER

Serve the folder over HTTP to look at it (`python -m http.server -d FOLDER`): browsers read no masks from plain files.
"""

import shutil
import sys
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.template.loader import render_to_string

HERE = Path(__file__).resolve().parent
EMAIL = "email-reminder.html"
urlpatterns: list[Any] = []


def prepare() -> None:
    """This will set Django up for templates alone, unless a project has done so already."""
    if not settings.configured:
        settings.configure(
            INSTALLED_APPS=["django.contrib.staticfiles", "troth.design"],
            STATIC_URL="/static/",
            ROOT_URLCONF="troth.design.gallery",  # the gallery stands by itself: no link of it leads to a page of a clinic
            USE_I18N=False,
            USE_TZ=True,
            DATABASES={},
            TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
        )
        django.setup()


def components() -> dict[str, Any]:
    """The context of `design/gallery.html`."""
    from troth.design import samples
    from troth.design.charts import Chart, Series
    from troth.design.rulers import tape_of_days, tape_of_hours
    from troth.design.tables import Cell, Column, Line, Table
    from troth.design.values import (
        COIN_WORDS,
        Banner,
        Check,
        Counterpart,
        Figure,
        Item,
        Kept,
        Link,
        Paging,
        Parted,
        Row,
        Step,
        Tag,
        Term,
    )

    today = samples.TODAY
    noon = datetime(2026, 11, 24, 12)  # noqa: DTZ001

    def ago(days: int) -> date:
        return today - timedelta(days=days)

    joined = Counterpart(
        "Why you see this",
        terms=(Term("For", "Care"), Term("Because", "Booked with you today"), Term("Kept until", "24 Nov 2034")),
        link=samples.WHO_LOOKED,
    )
    asked = Counterpart(
        "Why we ask",
        terms=(
            Term("For", "Some of these can make this medicine unsafe"),
            Term("Seen by", "A prescriber and one pharmacist. No one else here"),
            Term("If you’d rather not say", "We can’t decide safely, so we couldn’t prescribe"),
            Term("Who decides", "A person, never the computer"),
        ),
    )
    items = (
        "Qualifications",
        "Literature relied on",
        "Substance of all instructions",
        "Which facts are his own knowledge",
        "Range of opinion on the shoulder, and reasons",
        "Summary of conclusions",
        "Duty to the court",
        "Statement of truth, signed",
    )
    missing = {4, 7}
    work = Parted(
        "Two things that Practice Direction 35 asks for are missing. Nobody can release it until they’re added.",
        Counterpart(
            "Why you can’t",
            "parted",
            (
                Term("Rule", "Practice Direction 35, paragraphs 3.2(6) and 3.3"),
                Term("Who can mend it", "Its author only"),
            ),
        ),
        musts=tuple(Check(name, "failed" if place in missing else "passed") for place, name in enumerate(items)),
        action=Link("Send him these two", "#"),
        tag="Can’t be released",
    )
    due = Table(
        "Requests by the day they are due",
        (
            Column("Due", "figures", sorted="up", href="#"),
            Column("Person", "name"),
            Column("Clock"),
            Column("What", word="What"),
            Column("Pages", "number", word="Pages"),
            Column("Act", "act"),
        ),
        (
            Line(
                (
                    Cell("Thu 26 Nov", tag=Tag("close", "2 days")),
                    Cell("Mr R. Averill", small="R-118, by email"),
                    Cell(tape=tape_of_days(ago(29), today + timedelta(days=2), today)),
                    Cell("Access"),
                    Cell("86"),
                    Cell(act=Link("Release", "#", "Mr Averill’s copy")),
                ),
                chosen=True,
                group="This week",
            ),
            Line(
                (
                    Cell("Thu 3 Dec"),
                    Cell("Mrs J. Oyediran", small="R-121, in her account", href="#"),
                    Cell(tape=tape_of_days(ago(21), today + timedelta(days=9), today)),
                    Cell("Erasure"),
                    Cell(""),
                    Cell(act=Link("Decide", "#", "Mrs Oyediran’s request")),
                ),
                group="Later",
            ),
            Line(
                (
                    Cell("Mon 14 Dec"),
                    Cell("Mr D. Kirkness", small="R-109, by letter"),
                    Cell(tape=tape_of_days(ago(71), today + timedelta(days=20), today)),
                    Cell("Access"),
                    Cell("332"),
                    Cell(act=Link("Carry on", "#", "with Mr Kirkness’s request")),
                )
            ),
        ),
    )
    months = ("Dec", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov")
    bars = Chart(
        "People whose data falls due, by month: about 400 to 540 each, and 1,040 in April, when a tax year ends.",
        months,
        (
            Series("Sign-ins and cookies", "rule", (310, 325, 300, 340, 330, 320, 325, 335, 340, 330, 340, 345)),
            Series("Contact and messages", "slate", (75, 80, 95, 90, 85, 100, 110, 115, 120, 125, 110, 125)),
            Series("Payments", "ochre", (0, 0, 0, 0, 612, 0, 0, 0, 0, 0, 0, 0)),
            Series("Health", "seal", (0, 0, 0, 0, 0, 0, 0, 35, 55, 60, 65, 65)),
            Series("Held back, with a reason", "hatch", (8, 6, 0, 9, 14, 7, 0, 5, 6, 5, 0, 8)),
        ),
        Link("As a table", "#", ": what goes in the next 12 months"),
        mark=(4, "612 payment records"),
    )
    line = Chart(
        "Median days to answer an access request: down from 19 in July to 11 in November.",
        ("Jul", "Aug", "Sep", "Oct", "Nov"),
        (Series("Days to answer", "seal", (19, 17, 17, 13, 11)),),
        Link("As a table", "#", ": days to answer"),
        mark=(3, "second officer joined"),
        shape="line",
    )
    wrong = samples.AboutYou(
        {"weight": "eighty-four", "born_on_day": "31", "born_on_month": "2", "born_on_year": "1984"}
    )
    wrong.is_valid()
    return {
        "page": replace(samples.PORTAL, nav=(Item("Components", "#", current=True),)),
        "pages": [(f"{name}.html", words) for name, words, _, _ in pages()] + [(EMAIL, "email")],
        "joined": joined,
        "asked": asked,
        "refusal": samples.REFUSAL,
        "work": work,
        "head_links": (Link("Add", "#"), Link("Check with her", "#")),
        "coin_states": list(COIN_WORDS),
        "clocks": [
            (
                tape_of_days(ago(8), today + timedelta(days=22), today),
                "Wed 16 Dec",
                "22 days",
                "One month from the authority",
            ),
            (
                tape_of_days(ago(27), today + timedelta(days=3), today),
                "Fri 27 Nov",
                "3 days",
                "30 days to acknowledge",
            ),
            (tape_of_days(ago(32), ago(2), today), "Sun 22 Nov", "late by 2 days", "One month from 23 October"),
            (
                tape_of_days(ago(26), today + timedelta(days=18), today, ((ago(17), ago(3)),)),
                "Sat 12 Dec",
                "18 days",
                "Paused 14 days while we asked who you are",
            ),
            (
                tape_of_days(ago(71), today + timedelta(days=20), today),
                "Mon 14 Dec",
                "20 days",
                "Extended to three months; a tick is a week",
            ),
            (
                tape_of_hours(noon - timedelta(hours=21), noon + timedelta(hours=3), noon),
                "Today 15:00",
                "3 hours",
                "24 hours to acknowledge",
            ),
        ],
        "ask": Link("Ask her", "#"),
        "undo": Link("Undo", "#"),
        "wrong": wrong,
        "about": samples.AboutYou(auto_id="about_%s"),
        "acting": Banner(
            "acting",
            "You’re acting for Mabli Trevor.",
            "She agreed on 2 November, for her bookings and letters.",
            Link("Stop acting", "#"),
        ),
        "alerts": samples.CARD["alerts"],
        "due": due,
        "paging": Paging(1, 3, 31, following="#"),
        "index": samples.CARD["index"],
        "timeline": samples.CARD["timeline"],
        "steps": (
            Step("Sent", "Sun 22 Nov", "done"),
            Step("Identity checked", "Sun 22 Nov", "done"),
            Step("Weight checked by video", "Mon 23 Nov", "done"),
            Step("With a prescriber", "since 9:05 today", "now"),
            Step("Pharmacist’s check", "next"),
            Step("On its way", "tracked, 1–2 days"),
        ),
        "tabs": (
            Item("Home", "#", current=True),
            Item("Messages", "#", count=1, counted="unread"),
            Item("My data", "#"),
        ),
        "views": (Item("Day", "#"), Item("Week", "#", current=True), Item("Rooms", "#")),
        "rows": (
            Row(
                "Weight",
                "84 kg",
                "Changed at 17:49, 40 seconds after the page said 71 kg might rule her out.",
                flagged=True,
            ),
            Row("Height and body mass index", "1.66 m, BMI 30.6", "Both measured on video"),
            Row("Pancreatitis, ever", "No"),
        ),
        "figures": (
            Figure("6", "New", "1 late", "late"),
            Figure("3", "Conflict check"),
            Figure("11", "Awaiting authority", "2 at risk", "close"),
            Figure("24", "Records"),
        ),
        "promises": (
            Kept(
                "Only people involved in your care open your answers",
                "joined",
                "2 people have, 3 times.",
                Link("See who, when and why", "#"),
            ),
            Kept(
                "We answer your complaint within 30 days", "running", "It came on 12 November.", words="12 days used"
            ),
            Kept("Each supplier’s terms are reviewed yearly", "waiting", "A person must attest it.", words="Waiting"),
            Kept(
                "We answer messages within 1 working day",
                "slipped",
                "Your message of Friday took 1 day 3 hours. We’re sorry.",
                Link("What we’re doing about it", "#"),
            ),
        ),
        "bars": bars,
        "line": line,
    }


def pages() -> list[tuple[str, str, str, dict[str, Any]]]:
    """The sample pages: file, words, template, context."""
    from django import forms

    from troth.design import samples
    from troth.design.values import Link

    class Why(forms.Form):
        reason = forms.CharField(label="Why you need them now", widget=forms.Textarea(attrs={"rows": 2}))

    tried = samples.SignIn({"email": "mabli.trevor@post.example", "password": ""})
    tried.is_valid()
    glass = {
        "page": replace(samples.DESK, purpose=None),
        "question": "Open Rosalind Okafor’s photographs in an emergency?",
        "consequence": "Do this only if someone’s life or health is at risk. She’ll be told, and "
        "Gwenda Marsh will ask you about it today.",
        "form": Why(),
        "back": Link("Don’t open", "#"),
    }
    refused = {
        **samples.REFUSED,
        "frame": "design/desk.html",
        "page": replace(samples.DESK, purpose=None, keys=False),
        "back": Link("Go to today’s diary", "#"),
    }
    return [
        ("desk-card", "client card", "design/samples/desk_card.html", samples.CARD),
        ("my-data", "my data", "design/samples/my_data.html", samples.MY_DATA),
        ("sign-in", "sign in", "design/samples/sign_in.html", samples.SIGN_IN),
        ("sign-in-error", "sign in, in error", "design/samples/sign_in.html", {**samples.SIGN_IN, "form": tried}),
        ("refused", "refusal", "design/samples/refused.html", samples.REFUSED),
        ("erase-confirm", "before an erasure", "design/samples/erase_confirm.html", samples.ERASE_CONFIRM),
        ("erase-certificate", "certificate of erasure", "design/samples/erase_certificate.html", samples.CERTIFICATE),
        ("history", "who has looked", "design/samples/history.html", samples.HISTORY),
        ("break-glass", "breaking the glass", "design/break_glass.html", glass),
        ("refused-staff", "refusal at the desk", "design/samples/refused.html", refused),
        ("office", "the office’s frame", "design/samples/office.html", {**samples.HISTORY, "page": samples.OFFICE}),
    ]


def email() -> dict[str, Any]:
    """The context of a reminder, which says nothing of health."""
    from troth.design import samples
    from troth.design.values import Counterpart, Link, Row, Term

    return {
        "clinic_name": samples.SKIN.name,
        "heading": "See you on Tuesday",
        "greeting": "Hello Rosalind,",
        "rows": [
            Row("When", "Tuesday 24 November 2026, 2:30pm"),
            Row("Where", "23 King Street, Ludlow SY8 9ZZ. There’s a step-free way in from Mill Lane."),
            Row("Bring", "Nothing"),
        ],
        "action": Link("See your booking", "https://teasel.example/bookings"),
        "paragraphs": [
            "Don’t reply with anything about your health. Send it as a message in your account, where "
            "only the people caring for you can read it."
        ],
        "why": Counterpart(
            "Why you got this",
            terms=(Term("Because", "You have a booking, and on 21 August you chose email for reminders"),),
            link=Link("Choose how we remind you", "https://teasel.example/choices"),
        ),
        "wave": f"{settings.STATIC_URL.strip('/')}/design/email/wave.png",
        "imprint": "Teasel & Rowe Ltd, 23 King Street, Ludlow SY8 9ZZ.",
        "notice": Link("Privacy notice", "https://teasel.example/notice"),
    }


def write(folder: Path, *, theme: str = "auto") -> list[Path]:
    """This will write the gallery, the samples and their assets into the folder, and return the pages written."""
    prepare()
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(HERE / "static", folder / settings.STATIC_URL.strip("/"), dirs_exist_ok=True)
    written = []
    for name, template, context in [
        ("index", "design/gallery.html", components()),
        *((name, template, context) for name, _, template, context in pages()),
    ]:
        path = folder / f"{name}.html"
        path.write_text(
            render_to_string(template, {**context, "page": replace(context["page"], theme=theme)}), encoding="utf-8"
        )
        written.append(path)
    (folder / EMAIL).write_text(render_to_string("design/email/base.html", email()), encoding="utf-8")
    return [*written, folder / EMAIL]


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Say where to: python -m troth.design.gallery FOLDER")
    for page in write(Path(sys.argv[1])):
        sys.stdout.write(f"{page}\n")
