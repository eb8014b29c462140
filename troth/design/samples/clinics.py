"""The invented clinics, and the frames of their pages."""

from datetime import date

from troth.design.pages import Clinic, Find, Page, PurposeLine
from troth.design.values import Item, Link

TODAY = date(2026, 11, 24)

FOOT = tuple(
    Item(words, "#")
    for words in ("Privacy notice", "How we keep our promises", "Cookies", "Complain", "Accessibility")
)
ONLINE = Clinic(
    "Wharfstone Clinic",
    particulars="Wharfstone Clinic is run by Wharfstone Care Ltd, 3 Tollgate Row, Hexham NE46 9ZZ.",
    privacy_email="privacy@wharfstone.example",
    telephone="01632 960 204",
    links=FOOT,
)
SKIN = Clinic("Teasel & Rowe")

PORTAL = Page(
    ONLINE,
    person="Mabli Trevor",
    sign_out="#",
    demo=True,
    nav=(
        Item("Home", "#"),
        Item("Messages", "#", count=1, counted="unread"),
        Item("Requests", "#"),
        Item("My data", "#", current=True),
    ),
)
DOOR = Page(ONLINE, demo=True)
DESK = Page(
    SKIN,
    person="Ottilie Brandt",
    role="Skin practitioner",
    sign_out="#",
    find=Find("#"),
    nav=(
        Item("Diary", "#"),
        Item("People", "#", current=True),
        Item("Tasks", "#", count=6, counted="waiting"),
        Item("Messages", "#", count=3, counted="unread"),
        Item("Money", "#"),
        Item("Reports", "#"),
    ),
    purpose=PurposeLine(
        "care",
        "Rosalind Okafor is booked with you today at 14:30",
        "Each view is recorded, and she can see it.",
        short="booked with you, 14:30",
        change=Link("Change purpose", "#"),
    ),
)
OFFICE = Page(
    ONLINE,
    person="Gwenda Marsh",
    role="Privacy officer",
    room="Privacy office",
    find=Find("#", "Find a case"),
    nav=(
        Item("Today", "#", current=True),
        Item("Requests", "#", count=5, counted="open"),
        Item("Retention", "#"),
        Item("Notice", "#"),
        Item("Recipients", "#"),
        Item("Incidents", "#"),
        Item("Promises", "#", count=3, counted="fell short"),
        Item("Ledger", "#"),
    ),
    purpose=PurposeLine(
        "rights and accountability",
        told="You see cases and counts. A person’s record opens only from their case.",
        short="cases and counts",
        kind="stone",
        change=Link("Change purpose", "#"),
    ),
)

WHO_LOOKED = Link("Who has looked at it", "#")
