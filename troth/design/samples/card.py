"""A client card with one section refused."""

from typing import Any

from troth.design.pages import Section
from troth.design.samples.clinics import DESK
from troth.design.tables import Cell, Column, Line, Table, table_of
from troth.design.values import Alert, Check, Counterpart, Entry, Item, Link, Parted, Tag, Term

SEEN = Counterpart(
    "Why you see this",
    terms=(Term("For", "Care"), Term("Because", "She’s booked with you today"), Term("Kept until", "24 Nov 2034")),
)


REFUSAL = Parted(
    sentence="Rosalind took back her consent to photographs on 9 November. Nobody here can open what we hold, "
    "and no more may be taken.",
    checks=(
        Check("Purpose", "passed", "Care is in the notice"),
        Check("Category", "passed", "Care may use photographs"),
        Check("Role", "passed", "Practitioners may"),
        Check("Reason", "passed", "Booked with you today"),
        Check("Basis", "failed", "Consent taken back"),
        Check("Restriction", "not_asked", "Not asked: it stopped at basis"),
    ),
    remedy="Describe what you see in today’s note. If she would like photographs again, she can "
    "agree with you in the room.",
    action=Link("Ask for consent with her", "#"),
    emergency=Link("Break the glass in an emergency", "#"),
    counterpart=Counterpart(
        "Why you don’t",
        "parted",
        (
            Term("Rule", "Notice 7, row 12: photographs, by consent"),
            Term("Law", "UK GDPR Article 7(3)"),
            Term("Since", "9 Nov 2026, 18:22"),
            Term("They will be", "Destroyed on 9 Dec 2026"),
            Term("This attempt", "Recorded, 14:12 today"),
        ),
    ),
)

MEDICINES = table_of(
    "Medicines and allergies",
    (
        Column("What", "name"),
        Column("Dose", word="Dose"),
        Column("Since", "figures", word="Since"),
        Column("How we know"),
    ),
    [
        (
            "Lymecycline",
            "408 mg daily",
            "Jun 2026",
            Cell("She told us, 21 Aug", small="Checked at each visit, last 13 Oct"),
        ),
        ("Aciclovir", "200 mg, 5 a day, 5 days", "22 Nov 2026", "She told us by message, 22 Nov"),
        (Cell("Aspirin: allergy", alarm=True), "Hives", "2019", "She told us, not confirmed"),
    ],
)

CONSENTS = Table(
    "Treatment consents",
    (Column("Treatment", "name"), Column("Signed"), Column("State", "number")),
    (
        Line(
            (
                Cell("Chemical peel, version 4"),
                Cell("Signed with her, 13 Oct 2026"),
                Cell(tag=Tag("kept", "Covers today")),
            )
        ),
        Line((Cell("Patch test, version 2"), Cell("Signed with her, 1 Sep 2026"), Cell(tag=Tag("plain", "Done")))),
    ),
)

CARD: dict[str, Any] = {
    "page": DESK,
    "name": "Rosalind Okafor",
    "known_as": "“Roz”, she/her",
    "facts": ["Born 8 March 1985, aged 41", "Client since 21 August 2026", "07700 900 412"],
    "now": "Today 14:30",
    "now_detail": "glycolic peel 30%, 45 minutes, Room 2",
    "acts": [Link("Start today’s note", "#"), Link("Message", "#"), Link("More", "#")],
    "alerts": [
        Alert(
            "harm", "Allergy: aspirin and salicylates", "Hives, 2019. She told us; not confirmed. No salicylic peel."
        ),
        Alert("caution", "Cold sores", "Give antiviral cover two days before a peel. Taken: yes."),
        Alert("info", "Hard of hearing, left side", "Face her when you speak. No phone calls."),
    ],
    "index": [
        Item("Summary", "#", current=True),
        Item("Medicines and allergies", "#", count=3),
        Item("Treatment notes", "#", count=4),
        Item("Photographs", "#", state="refused"),
        Item("Treatment consents", "#", count=3),
        Item("Letters", "#", count=1),
        Item("Messages", "#", count=5),
        Item("Contact", "#"),
        Item("Money", state="other_role"),
        Item("Recordings", state="other_role"),
    ],
    "timeline": [
        Entry("Today, 14:30", "Glycolic peel 30%", "You, Room 2", "today"),
        Entry("9 November, 18:22", "Consent to photographs taken back", "By her, in the portal", "ended"),
        Entry("13 October", "Glycolic peel 20%", "Your note, signed and locked"),
        Entry("13 October", "Treatment consent signed, version 4"),
        Entry("28 September", "Message about redness, answered in 2 hours", "Kit Larwood"),
        Entry("1 September", "Patch test: no reaction"),
        Entry("21 August", "Registered; notice 7 given", "By Idris Vane, front desk"),
    ],
    "history": Link("Everything, and who looked", "#"),
    "sections": [
        Section(
            "Medicines and allergies",
            SEEN,
            table=MEDICINES,
            head_links=(Link("Add", "#", "a medicine or allergy"), Link("Check with her", "#")),
        ),
        Section("Photographs", refusal=REFUSAL),
        Section(
            "Last treatment note",
            Counterpart(
                "Why you see this",
                terms=(
                    Term("For", "Care"),
                    Term("Because", "You wrote it; she’s booked with you today"),
                    Term("Kept until", "24 Nov 2034"),
                ),
            ),
            note="13 October 2026",
            head_links=(Link("All 4 notes", "#"),),
            prose=(
                "Glycolic peel 20%, full face, 3 minutes. Mild redness at 2 minutes on both cheeks, "
                "settled with neutraliser. No "
                "frosting. Advised a high sun factor and no retinoid for 5 days.",
                "Plan: step up to 30% at six weeks if no flare. Watch the left jaw line.",
            ),
            addition="Added 15 October. She messaged: slight peeling on day 2, settled on day 3.",
            signed="Signed by Ottilie Brandt, 13 October 15:21. Locked; additions only.",
        ),
        Section("Treatment consents", SEEN, table=CONSENTS, head_links=(Link("Sign a new one", "#"),)),
    ],
}
