"""Invented people and clinics, and the values of the sample pages. It is Tuesday 24 November 2026 in all of them."""

from dataclasses import replace
from datetime import date
from typing import Any

from django import forms

from troth.design.charts import Going, Goings
from troth.design.fields import Choices, DateInBoxes
from troth.design.pages import Clinic, Find, Page, PurposeLine, Section
from troth.design.tables import Cell, Column, Line, Table, table_of
from troth.design.values import (
    Alert,
    Check,
    Counterpart,
    Entry,
    Fate,
    Figure,
    Item,
    Link,
    Paging,
    Parted,
    Right,
    Row,
    Tag,
    Term,
)

TODAY = date(2026, 11, 24)

FOOT = tuple(Item(words, "#") for words in ("Privacy notice", "How we keep our promises", "Cookies", "Complain", "Accessibility"))
ONLINE = Clinic("Wharfstone Clinic", particulars="Wharfstone Clinic is run by Wharfstone Care Ltd, 3 Tollgate Row, Hexham NE46 9ZZ.",
                privacy_email="privacy@wharfstone.example", telephone="01632 960 204", links=FOOT)
SKIN = Clinic("Teasel & Rowe")

PORTAL = Page(ONLINE, person="Mabli Trevor", sign_out="#", demo=True, nav=(
    Item("Home", "#"), Item("Messages", "#", count=1, counted="unread"), Item("Requests", "#"), Item("My data", "#", current=True)))
DOOR = Page(ONLINE, demo=True)
DESK = Page(SKIN, person="Ottilie Brandt", role="Skin practitioner", sign_out="#", find=Find("#"), nav=(
    Item("Diary", "#"), Item("People", "#", current=True), Item("Tasks", "#", count=6, counted="waiting"),
    Item("Messages", "#", count=3, counted="unread"), Item("Money", "#"), Item("Reports", "#")),
    purpose=PurposeLine("care", "Rosalind Okafor is booked with you today at 14:30", "Each view is recorded, and she can see it.",
                        short="booked with you, 14:30", change=Link("Change purpose", "#")))
OFFICE = Page(ONLINE, person="Gwenda Marsh", role="Privacy officer", room="Privacy office", find=Find("#", "Find a case"), nav=(
    Item("Today", "#", current=True), Item("Requests", "#", count=5, counted="open"), Item("Retention", "#"), Item("Notice", "#"),
    Item("Recipients", "#"), Item("Incidents", "#"), Item("Promises", "#", count=3, counted="fell short"), Item("Ledger", "#")),
    purpose=PurposeLine("rights and accountability", told="You see cases and counts. A person’s record opens only from their case.",
                        short="cases and counts", kind="stone", change=Link("Change purpose", "#")))

SEEN = Counterpart("Why you see this", terms=(
    Term("For", "Care"), Term("Because", "She’s booked with you today"), Term("Kept until", "24 Nov 2034")))
WHO_LOOKED = Link("Who has looked at it", "#")


def _held(what_for: str, law: str, seen_by: str, until: str, section: str) -> Counterpart:
    return Counterpart("Why we hold this", terms=(Term("For", what_for), Term("The law lets us because", law), Term("Seen by", seen_by),
                                                  Term("Until", until)), link=replace(WHO_LOOKED, hidden=f": {section}"))


REFUSAL = Parted(
    sentence="Rosalind took back her consent to photographs on 9 November. Nobody here can open what we hold, and no more may be taken.",
    checks=(Check("Purpose", "passed", "Care is in the notice"), Check("Category", "passed", "Care may use photographs"),
            Check("Role", "passed", "Practitioners may"), Check("Reason", "passed", "Booked with you today"),
            Check("Basis", "failed", "Consent taken back"), Check("Restriction", "not_asked", "Not asked: it stopped at basis")),
    remedy="Describe what you see in today’s note. If she would like photographs again, she can agree with you in the room.",
    action=Link("Ask for consent with her", "#"), emergency=Link("Break the glass in an emergency", "#"),
    counterpart=Counterpart("Why you don’t", "parted", (
        Term("Rule", "Notice 7, row 12: photographs, by consent"), Term("Law", "UK GDPR Article 7(3)"),
        Term("Since", "9 Nov 2026, 18:22"), Term("They will be", "Destroyed on 9 Dec 2026"),
        Term("This attempt", "Recorded, 14:12 today"))))

MEDICINES = table_of("Medicines and allergies", (
    Column("What", "name"), Column("Dose", word="Dose"), Column("Since", "figures", word="Since"), Column("How we know")), [
    ("Lymecycline", "408 mg daily", "Jun 2026", Cell("She told us, 21 Aug", small="Checked at each visit, last 13 Oct")),
    ("Aciclovir", "200 mg, 5 a day, 5 days", "22 Nov 2026", "She told us by message, 22 Nov"),
    (Cell("Aspirin: allergy", alarm=True), "Hives", "2019", "She told us, not confirmed")])

CONSENTS = Table("Treatment consents", (Column("Treatment", "name"), Column("Signed"), Column("State", "number")), (
    Line((Cell("Chemical peel, version 4"), Cell("Signed with her, 13 Oct 2026"), Cell(tag=Tag("kept", "Covers today")))),
    Line((Cell("Patch test, version 2"), Cell("Signed with her, 1 Sep 2026"), Cell(tag=Tag("plain", "Done"))))))

CARD: dict[str, Any] = {
    "page": DESK,
    "name": "Rosalind Okafor",
    "known_as": "“Roz”, she/her",
    "facts": ["Born 8 March 1985, aged 41", "Client since 21 August 2026", "07700 900 412"],
    "now": "Today 14:30",
    "now_detail": "glycolic peel 30%, 45 minutes, Room 2",
    "acts": [Link("Start today’s note", "#"), Link("Message", "#"), Link("More", "#")],
    "alerts": [Alert("harm", "Allergy: aspirin and salicylates", "Hives, 2019. She told us; not confirmed. No salicylic peel."),
               Alert("caution", "Cold sores", "Give antiviral cover two days before a peel. Taken: yes."),
               Alert("info", "Hard of hearing, left side", "Face her when you speak. No phone calls.")],
    "index": [Item("Summary", "#", current=True), Item("Medicines and allergies", "#", count=3), Item("Treatment notes", "#", count=4),
              Item("Photographs", "#", state="refused"), Item("Treatment consents", "#", count=3), Item("Letters", "#", count=1),
              Item("Messages", "#", count=5), Item("Contact", "#"), Item("Money", state="other_role"),
              Item("Recordings", state="other_role")],
    "timeline": [Entry("Today, 14:30", "Glycolic peel 30%", "You, Room 2", "today"),
                 Entry("9 November, 18:22", "Consent to photographs taken back", "By her, in the portal", "ended"),
                 Entry("13 October", "Glycolic peel 20%", "Your note, signed and locked"),
                 Entry("13 October", "Treatment consent signed, version 4"),
                 Entry("28 September", "Message about redness, answered in 2 hours", "Kit Larwood"),
                 Entry("1 September", "Patch test: no reaction"),
                 Entry("21 August", "Registered; notice 7 given", "By Idris Vane, front desk")],
    "history": Link("Everything, and who looked", "#"),
    "sections": [
        Section("Medicines and allergies", SEEN, table=MEDICINES,
                head_links=(Link("Add", "#", "a medicine or allergy"), Link("Check with her", "#"))),
        Section("Photographs", refusal=REFUSAL),
        Section("Last treatment note", Counterpart("Why you see this", terms=(
            Term("For", "Care"), Term("Because", "You wrote it; she’s booked with you today"), Term("Kept until", "24 Nov 2034"))),
            note="13 October 2026", head_links=(Link("All 4 notes", "#"),), prose=(
                "Glycolic peel 20%, full face, 3 minutes. Mild redness at 2 minutes on both cheeks, settled with neutraliser. No "
                "frosting. Advised a high sun factor and no retinoid for 5 days.",
                "Plan: step up to 30% at six weeks if no flare. Watch the left jaw line."),
            addition="Added 15 October. She messaged: slight peeling on day 2, settled on day 3.",
            signed="Signed by Ottilie Brandt, 13 October 15:21. Locked; additions only."),
        Section("Treatment consents", SEEN, table=CONSENTS, head_links=(Link("Sign a new one", "#"),)),
    ],
}

LOOK_COLUMNS = (Column("When", "figures"), Column("Who"), Column("What they opened", word="Opened"), Column("Why", word="Why"))
LOOKS = table_of("Who has looked at your record", LOOK_COLUMNS, [
    ("Today, 9:05", Cell("Sorcha Dunleavy", small="Prescriber"), "Your answers, weight, identity check", "Your care: your request came to her"),
    ("Mon 23 Nov, 14:30", Cell("Kwabena Osei", small="Healthcare assistant"), "Weight and height", "Your care: video weight check"),
    ("Mon 23 Nov, 14:12", Cell("Tilda Haugen", small="Patient support"), "Your answers",
     Cell(tag=Tag("refused", "Refused"), small="Patient support may not open health answers. Nothing was shown")),
    ("Sun 22 Nov, 17:41", Cell("Identity checker", small="Automatic, then Kwabena Osei"), "Passport picture", "Being sure we treat the right person")])

MY_DATA: dict[str, Any] = {
    "page": PORTAL,
    "clinic_name": ONLINE.name,
    "figures": [Figure("6", "kinds of information held"), Figure("2", "companies we passed it to"),
                Figure("2", "people opened it; 1 was refused")],
    "download": Link("Download a copy", "#"),
    "download_words": "Free, and ready at once. To read, or for another clinic’s computer.",
    "sections": [
        Section("Who you are", _held("Being sure we treat the right person", "You asked us for care, and a prescriber must know who they treat",
                                     "Your prescriber, one pharmacist", "24 November 2034", "who you are"), rows=(
            Row("Name", "Mabli Trevor", "You told us, 22 Nov 2026"),
            Row("Date of birth", "3 May 1984", "You told us; matched to your passport"),
            Row("Identity check", "Passed, 22 Nov 2026", "The picture of your passport was destroyed one minute later.",
                Link("Certificate", "#", "of its destruction"))), links=(Link("Correct something", "#", "in who you are"),)),
        Section("Your health", _held("Deciding whether treatment is safe, and treating you",
                                     "You asked us for care, and it’s given by people bound to secrecy", "Your prescriber, one pharmacist",
                                     "24 November 2034, eight years after your care ends", "your health"), rows=(
            Row("Your answers", "31 answers in 1 questionnaire", "You told us, 22 Nov 2026. One answer was changed:", Link("see both", "#")),
            Row("Weight and height", "84.2 kg, 1.66 m", "Measured with you by video, 23 Nov 2026"),
            Row("Prescriber’s notes", "1 note", "Written by Sorcha Dunleavy, 24 Nov 2026"),
            Row("From your GP", "Nothing asked for, nothing held")),
            links=(Link("Read all of it", "#"), Link("Correct something", "#", "in your health"))),
        Section("How to reach you", _held("Telling you about your request, and delivering it", "You asked us for a service",
                                          "Patient support, one pharmacist", "24 November 2028, two years after we last hear from you",
                                          "how to reach you"), rows=(
            Row("Email", "mabli.trevor@post.example"), Row("Phone", "07700 900 187"),
            Row("Address", "Flat 2, 9 Weir Row, Brecon LD3 9ZZ", "Where your order is sent")),
            links=(Link("Change", "#", "how to reach you"), Link("Choose what we may contact you about", "#"))),
    ],
    "also_held": [Link("payments (1)", "#"), Link("messages (4)", "#"), Link("sign-ins and cookies (9)", "#")],
    "goings": Goings(TODAY, (
        Going("Passport picture", date(2026, 11, 22), "Gone, 22 Nov 2026", gone=True),
        Going("Sign-ins and cookies", date(2027, 11, 24), "24 November 2027"),
        Going("How to reach you, messages", date(2028, 11, 24), "24 November 2028"),
        Going("Payments", date(2033, 4, 5), "5 April 2033"), Going("Who you are, your health", date(2034, 11, 24), "24 November 2034"))),
    "goings_note": "These are the latest dates if nothing else happens. If you come back to us, care records are kept eight years from your "
                   "last treatment.",
    "passed": table_of("Who we have passed it to", (Column("When", "figures"), Column("Who"), Column("What"), Column("Why", word="Why")), [
        ("22 Nov, 17:41", Cell("Ferrous Identity Ltd", small="Works for us, in the UK"), "Passport picture, name, date of birth",
         "To check who you are. They deleted it the same day"),
        ("22 Nov, 17:52", Cell("Tallyrand Payments plc", small="Works for us, in the UK"), "Card details, which we never see", "To set aside £149")]),
    "passed_note": "Your GP hasn’t been told anything. We’re waiting for your answer.",
    "looked": LOOKS,
    "check": Link("Check this list for yourself", "#"),
    "rights": [Right(Link(words, "#"), text) for words, text in (
        ("Get a copy", "At once here, or within one month by post or email"),
        ("Have something corrected", "Contact details at once; other things within one month"),
        ("Have something erased", "We show you first what would go and what must stay"),
        ("Tell us to stop using something", "It stops the moment you ask, while a person decides"),
        ("Move it to another clinic", "To you, or straight to them"),
        ("Take back a consent", "You’ve given 1. Taking it back works at once"),
        ("Act for someone else, or let someone act for you", "We check their authority before they see anything"),
        ("Complain", "We reply within 30 days. You can go to the regulator too"))],
}


class SignIn(forms.Form):
    """Email and password, as the sign-in page asks for them. Pasting is allowed, and managers may fill it."""

    email = forms.EmailField(label="Email address", error_messages={"required": "Enter your email address"}, widget=forms.EmailInput(attrs={"autocomplete": "username", "spellcheck": "false"}))
    password = forms.CharField(label="Password", strip=False, error_messages={"required": "Enter your password"}, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))


class Sure(forms.Form):
    """The last step before an erasure."""

    sure = forms.BooleanField(label="I’ve read what will go, and that it can’t be brought back",
                              error_messages={"required": "Tick the box if you’re sure, or leave this page and nothing changes."})
    password = forms.CharField(label="Your password", help_text="So that nobody else can do this for you", strip=False,
                               widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))


class AboutYou(forms.Form):
    """A field of each kind, for the gallery."""

    surgery = forms.CharField(label="Name of your GP surgery", help_text="The name or the postcode", required=False)
    weight = forms.DecimalField(label="Your weight", help_text="In kilograms, for example 84 or 84.5", min_value=30, max_value=300,
                                widget=forms.TextInput(attrs={"inputmode": "decimal"}),
                                error_messages={"invalid": "Enter your weight as a number between 30 and 300"})
    born_on = DateInBoxes(label="Your date of birth", help_text="For example 3 5 1984", birthday=True,
                          error_messages={"required": "Enter your date of birth"})
    tell_gp = forms.ChoiceField(label="May we write to them?", choices=[("yes", "Yes, each time you supply me"), ("no", "No")],
                                widget=Choices(hints={"no": "A prescriber then decides whether it’s safe to go ahead"}),
                                error_messages={"required": "Choose yes or no"})
    news = forms.BooleanField(label="Email me news", help_text="Never ticked for you. Stop at any time, in one step", required=False)
    note = forms.CharField(label="Anything else we should know?", required=False, widget=forms.Textarea(attrs={"rows": 3}))


SIGN_IN_WHY = Counterpart("Why we ask", terms=(
    Term("For", "Keeping your record shut to everyone but you"), Term("Seen by", "Nobody: your password is kept only as a fingerprint of it"),
    Term("Until", "Signed out, or 15 minutes after you stop")))
SIGN_IN: dict[str, Any] = {"page": DOOR, "form": SignIn(), "passkey": Link("Use a passkey", "#"), "forgotten": Link("I’ve forgotten my password", "#"),
                           "register": Link("Register with us", "#"), "why": SIGN_IN_WHY}
REFUSED: dict[str, Any] = {
    "page": PORTAL, "title": "What you asked for", "back": Link("Go to your home page", "#"),
    "refusal": Parted(
        sentence="Your account doesn’t open this, or there’s nothing here. We say the same in both cases, so that nobody learns anything by trying.",
        remedy="If you followed a link that we sent you, sign in with the account it was sent to.",
        action=Link("Ask the clinic about it", "#"),
        counterpart=Counterpart("Why you can’t", "parted", (Term("Rule", "A record opens to the person it’s about, and to those who have a reason"),
                                                            Term("This attempt", "Recorded, 14:12 today"))))}
ERASE_WHY = Counterpart("Why you see this", terms=(
    Term("For", "Your right to have things erased"), Term("The law lets us because", "You asked, and we must answer (UK GDPR Article 17)"),
    Term("Seen by", "You, and Gwenda Marsh, privacy officer"), Term("Until", "Six years after our answer")))
ERASED = (("How to reach you", "Email, phone and address. After this we can’t write to you about anything."),
          ("Your messages to us", "4 messages, none about treatment."), ("Sign-ins and cookies", "9 records of when you signed in."))
GOING = [Fate(what, why, "going", "Goes now") for what, why in ERASED]
GONE = [Fate(what, why, "gone", "Gone") for what, why in ERASED]
STAYING = [Fate("Your health record", "Care was given, and the notes of it must be kept so that others can treat you safely.", "staying",
                "Stays until 24 November 2034", "UK GDPR Article 17(3)(c)"),
           Fate("Your payment", "Tax law makes us keep it for six years.", "staying", "Stays until 5 April 2033", "UK GDPR Article 17(3)(b)")]
ERASE_CONFIRM: dict[str, Any] = {"page": PORTAL, "going": GOING, "staying": STAYING, "gone_at": "the moment you press the button",
                                 "gone_everywhere_on": "29 January 2027", "form": Sure(), "why": ERASE_WHY, "back": Link("Don’t erase", "#")}
CERTIFICATE: dict[str, Any] = {
    "page": PORTAL, "reference": "E-0417", "issued": "24 November 2026, 2:14pm", "for_whom": "Mabli Trevor, who asked for it in her account",
    "rows": [Row("Asked for", "24 November 2026, 2:11pm, by you"), Row("Decided by", "You, from the choices on the page before")],
    "moments": [Row("Gone from the live system", "24 November 2026, 2:14:07pm", "The keys to it were destroyed, then the records"),
                Row("Gone from every backup", "By 29 January 2027", "When the last master key that could open an old copy is destroyed"),
                Row("What a backup still shows", "Random numbers without a name", "That something was there, and when; never what")],
    "went": GONE, "stayed": STAYING,
    "proof": [Row("Ledger event", "1,284,118"), Row("Its hash", "9f3a 61c7 0be4 d25f 77a0 c18e 42d9 5b06"), Row("Checkpoint", "20,114"),
              Row("Code of this page", "7KQ4-MX2D-0V9T")],
    "check_address": "wharfstone.example/check",
    "why": Counterpart("How this reached you", terms=(Term("Given to", "You, signed in with a second check"), Term("By", "Your account"),
                                                      Term("Cost", "Free")))}
HISTORY: dict[str, Any] = {
    "page": PORTAL, "count_words": "2 people and 1 machine have opened your record, 3 times. 1 look was refused.", "looked": LOOKS,
    "paging": Paging(1, 4, 12, following="#"), "download": Link("Download with proofs", "#"),
    "why": Counterpart("Why you see this", terms=(Term("For", "Knowing who has used what we hold"), Term("Seen by", "You, and the privacy officer"),
                                                  Term("Until", "24 November 2034"))) }
