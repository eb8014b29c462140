"""What a person sees of her own record: what is held, who looked, when it goes."""

from dataclasses import replace
from datetime import date
from typing import Any

from troth.design.charts import Going, Goings
from troth.design.pages import Section
from troth.design.samples.clinics import ONLINE, PORTAL, TODAY, WHO_LOOKED
from troth.design.tables import Cell, Column, table_of
from troth.design.values import Counterpart, Figure, Link, Paging, Right, Row, Tag, Term


def _held(what_for: str, law: str, seen_by: str, until: str, section: str) -> Counterpart:
    return Counterpart(
        "Why we hold this",
        terms=(
            Term("For", what_for),
            Term("The law lets us because", law),
            Term("Seen by", seen_by),
            Term("Until", until),
        ),
        link=replace(WHO_LOOKED, hidden=f": {section}"),
    )


LOOK_COLUMNS = (
    Column("When", "figures"),
    Column("Who"),
    Column("What they opened", word="Opened"),
    Column("Why", word="Why"),
)
LOOKS = table_of(
    "Who has looked at your record",
    LOOK_COLUMNS,
    [
        (
            "Today, 9:05",
            Cell("Sorcha Dunleavy", small="Prescriber"),
            "Your answers, weight, identity check",
            "Your care: your request came to her",
        ),
        (
            "Mon 23 Nov, 14:30",
            Cell("Kwabena Osei", small="Healthcare assistant"),
            "Weight and height",
            "Your care: video weight check",
        ),
        (
            "Mon 23 Nov, 14:12",
            Cell("Tilda Haugen", small="Patient support"),
            "Your answers",
            Cell(
                tag=Tag("refused", "Refused"), small="Patient support may not open health answers. Nothing was shown"
            ),
        ),
        (
            "Sun 22 Nov, 17:41",
            Cell("Identity checker", small="Automatic, then Kwabena Osei"),
            "Passport picture",
            "Being sure we treat the right person",
        ),
    ],
)

MY_DATA: dict[str, Any] = {
    "page": PORTAL,
    "clinic_name": ONLINE.name,
    "figures": [
        Figure("6", "kinds of information held"),
        Figure("2", "companies we passed it to"),
        Figure("2", "people opened it; 1 was refused"),
    ],
    "download": Link("Download a copy", "#"),
    "download_words": "Free, and ready at once. To read, or for another clinic’s computer.",
    "sections": [
        Section(
            "Who you are",
            _held(
                "Being sure we treat the right person",
                "You asked us for care, and a prescriber must know who they treat",
                "Your prescriber, one pharmacist",
                "24 November 2034",
                "who you are",
            ),
            rows=(
                Row("Name", "Mabli Trevor", "You told us, 22 Nov 2026"),
                Row("Date of birth", "3 May 1984", "You told us; matched to your passport"),
                Row(
                    "Identity check",
                    "Passed, 22 Nov 2026",
                    "The picture of your passport was destroyed one minute later.",
                    Link("Certificate", "#", "of its destruction"),
                ),
            ),
            links=(Link("Correct something", "#", "in who you are"),),
        ),
        Section(
            "Your health",
            _held(
                "Deciding whether treatment is safe, and treating you",
                "You asked us for care, and it’s given by people bound to secrecy",
                "Your prescriber, one pharmacist",
                "24 November 2034, eight years after your care ends",
                "your health",
            ),
            rows=(
                Row(
                    "Your answers",
                    "31 answers in 1 questionnaire",
                    "You told us, 22 Nov 2026. One answer was changed:",
                    Link("see both", "#"),
                ),
                Row("Weight and height", "84.2 kg, 1.66 m", "Measured with you by video, 23 Nov 2026"),
                Row("Prescriber’s notes", "1 note", "Written by Sorcha Dunleavy, 24 Nov 2026"),
                Row("From your GP", "Nothing asked for, nothing held"),
            ),
            links=(Link("Read all of it", "#"), Link("Correct something", "#", "in your health")),
        ),
        Section(
            "How to reach you",
            _held(
                "Telling you about your request, and delivering it",
                "You asked us for a service",
                "Patient support, one pharmacist",
                "24 November 2028, two years after we last hear from you",
                "how to reach you",
            ),
            rows=(
                Row("Email", "mabli.trevor@post.example"),
                Row("Phone", "07700 900 187"),
                Row("Address", "Flat 2, 9 Weir Row, Brecon LD3 9ZZ", "Where your order is sent"),
            ),
            links=(Link("Change", "#", "how to reach you"), Link("Choose what we may contact you about", "#")),
        ),
    ],
    "also_held": [Link("payments (1)", "#"), Link("messages (4)", "#"), Link("sign-ins and cookies (9)", "#")],
    "goings": Goings(
        TODAY,
        (
            Going("Passport picture", date(2026, 11, 22), "Gone, 22 Nov 2026", gone=True),
            Going("Sign-ins and cookies", date(2027, 11, 24), "24 November 2027"),
            Going("How to reach you, messages", date(2028, 11, 24), "24 November 2028"),
            Going("Payments", date(2033, 4, 5), "5 April 2033"),
            Going("Who you are, your health", date(2034, 11, 24), "24 November 2034"),
        ),
    ),
    "goings_note": "These are the latest dates if nothing else happens. If you come back to us, care "
    "records are kept eight years from your "
    "last treatment.",
    "passed": table_of(
        "Who we have passed it to",
        (Column("When", "figures"), Column("Who"), Column("What"), Column("Why", word="Why")),
        [
            (
                "22 Nov, 17:41",
                Cell("Ferrous Identity Ltd", small="Works for us, in the UK"),
                "Passport picture, name, date of birth",
                "To check who you are. They deleted it the same day",
            ),
            (
                "22 Nov, 17:52",
                Cell("Tallyrand Payments plc", small="Works for us, in the UK"),
                "Card details, which we never see",
                "To set aside £149",
            ),
        ],
    ),
    "passed_note": "Your GP hasn’t been told anything. We’re waiting for your answer.",
    "looked": LOOKS,
    "check": Link("Check this list for yourself", "#"),
    "rights": [
        Right(Link(words, "#"), text)
        for words, text in (
            ("Get a copy", "At once here, or within one month by post or email"),
            ("Have something corrected", "Contact details at once; other things within one month"),
            ("Have something erased", "We show you first what would go and what must stay"),
            ("Tell us to stop using something", "It stops the moment you ask, while a person decides"),
            ("Move it to another clinic", "To you, or straight to them"),
            ("Take back a consent", "You’ve given 1. Taking it back works at once"),
            ("Act for someone else, or let someone act for you", "We check their authority before they see anything"),
            ("Complain", "We reply within 30 days. You can go to the regulator too"),
        )
    ],
}

HISTORY: dict[str, Any] = {
    "page": PORTAL,
    "count_words": "2 people and 1 machine have opened your record, 3 times. 1 look was refused.",
    "looked": LOOKS,
    "paging": Paging(1, 4, 12, following="#"),
    "download": Link("Download with proofs", "#"),
    "why": Counterpart(
        "Why you see this",
        terms=(
            Term("For", "Knowing who has used what we hold"),
            Term("Seen by", "You, and the privacy officer"),
            Term("Until", "24 November 2034"),
        ),
    ),
}
