"""
The invented people of a demonstration. The same seed gives the same people.

Telephone numbers are Ofcom's for drama, addresses of mail end in `.example`, streets are made of words, and no postcode's
second half is one that is delivered to.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from troth.people.rules import is_nhs_number

PASSWORD = "oatcake-lantern-heron"  # noqa: S105  known to everybody, which is why a demonstration listens on loopback alone

_GIVEN = (
    "Mabli",
    "Rosalind",
    "Callum",
    "Priya",
    "Tomasz",
    "Ifeoma",
    "Hamish",
    "Zara",
    "Gethin",
    "Niamh",
    "Yusuf",
    "Bronwen",
    "Derek",
    "Aoife",
    "Kwame",
    "Elspeth",
    "Rajan",
    "Morag",
    "Sanjay",
    "Fiona",
    "Idris",
    "Marjorie",
    "Chidi",
    "Agnieszka",
    "Cerys",
    "Leon",
    "Shirin",
    "Angus",
    "Beatrix",
    "Omar",
    "Una",
    "Vikram",
    "Hester",
    "Kofi",
    "Ludmila",
    "Piers",
    "Sunita",
    "Alun",
    "Dilys",
    "Tariq",
    "Wanjiru",
    "Edmund",
    "Siobhan",
    "Noor",
    "Barnaby",
    "Ottilie",
    "Femi",
    "Catrin",
    "Neville",
    "Jaya",
)
_FAMILY = (
    "Trevor",
    "Okafor",
    "Pennock",
    "Sandhu",
    "Wolski",
    "Adeyemi",
    "Muir",
    "Rahman",
    "Prosser",
    "Keane",
    "Demir",
    "Vaughan",
    "Hollis",
    "Brannigan",
    "Mensah",
    "Lorimer",
    "Iyer",
    "Geddes",
    "Chaudhry",
    "Tulloch",
    "Bevan",
    "Osgood",
    "Nwosu",
    "Zielinska",
    "Parry",
    "Duxbury",
    "Farahani",
    "Colquhoun",
    "Amory",
    "Haddad",
    "Garvey",
    "Nair",
    "Thistlewood",
    "Boateng",
    "Kovacs",
    "Ravenscroft",
    "Bhatt",
    "Hopkin",
    "Pugh",
    "Aslam",
    "Kamau",
    "Stannard",
    "Heffernan",
    "Siddiqui",
    "Quayle",
    "Brandt",
    "Olawale",
    "Rosser",
    "Tweddle",
    "Menon",
)
_STREETS = (
    "Tannery Row",
    "Old Ferry Lane",
    "Larkspur Close",
    "Kiln Street",
    "Saddler's Yard",
    "Heronsgate",
    "Quarry Bank",
    "Thimble Hill",
    "Weir Terrace",
    "Candlemas Road",
    "Lapwing Drive",
    "Cooper's Steps",
    "Millrace Avenue",
    "Sorrel Way",
)
_TOWNS = (
    ("Hexham", "NE46"),
    ("Durham", "DH1"),
    ("Kendal", "LA9"),
    ("Ripon", "HG4"),
    ("Brecon", "LD3"),
    ("Ludlow", "SY8"),
    ("Wells", "BA5"),
    ("Totnes", "TQ9"),
    ("Lewes", "BN7"),
    ("Ely", "CB7"),
    ("Stirling", "FK8"),
    ("Oban", "PA34"),
)
_TITLES = ("Ms", "Mr", "Mrs", "Dr", "Mx", "")
#: Those of the given names that are men's: a title fits the name.
_MEN = frozenset(
    [
        "Callum",
        "Tomasz",
        "Hamish",
        "Gethin",
        "Yusuf",
        "Derek",
        "Kwame",
        "Rajan",
        "Sanjay",
        "Idris",
        "Chidi",
        "Leon",
        "Angus",
        "Omar",
        "Vikram",
        "Kofi",
        "Piers",
        "Alun",
        "Tariq",
        "Edmund",
        "Barnaby",
        "Femi",
        "Neville",
    ]
)
# The names of the staff by role; a pack's role that is not here gets the next of the rest.
_STAFF = {
    "prescriber": ("Dr Ewa Lisle", ("GMC", "7009114")),
    "pharmacist": ("Ravi Thornbury", ("GPhC", "2099417")),
    "healthcare_assistant": ("Jodie Marchbank", ("", "")),
    "patient_support": ("Kit Adlington", ("", "")),
    "finance": ("Pauline Osei", ("", "")),
    "privacy_officer": ("Morwenna Tait", ("", "")),
    "administrator": ("Stewart Illingworth", ("", "")),
    "receptionist": ("Callum Idowu", ("", "")),
    "practitioner": ("Orla Thewlis", ("NMC", "07I4418E")),
    "clinic_manager": ("Ruth Pennick", ("", "")),
    "marketing": ("Sol Brackenbury", ("", "")),
    "case_handler": ("Nadia Fairhurst", ("", "")),
    "records_clerk": ("Huw Merrick", ("", "")),
    "medical_expert": ("Mr Arjun Selwyn", ("GMC", "7010442")),
    "instructing_solicitor": ("Beth Lanyon, Lanyon Pike", ("", "")),
    "insurer_contact": ("Doug Ferriby, Ouse Mutual", ("", "")),
    "complaints_handler": ("Teresa Quill", ("", "")),
}
# Who else holds a role of which a clinic has several.
_MORE = {
    "practitioner": (
        ("Dev Ramsbottom", ("HCPC", "PH104417")),
        ("Freya Marsden", ("NMC", "12J0931E")),
        ("Dr Sunniva Clarke", ("GMC", "7013305")),
    ),
    "prescriber": (("Dr Tobias Wrangham", ("GMC", "7015527")),),  # who looks again at what the other refused
    "medical_expert": (
        ("Dr Leila Hargrave", ("GMC", "7011890")),
        ("Conor Tapsell", ("HCPC", "PH113046")),
    ),
    "case_handler": (("Gwil Ashby", ("", "")),),
    "patient_support": (("Hana Wetherby", ("", "")),),
    "instructing_solicitor": (("Imran Stott, Stott and Daughter", ("", "")),),
}
#: What to try with each role, in the words of the list that a demonstration prints.
_TRY = {
    "prescriber": "open a request from Today, decide on it, write a note and sign it",
    "pharmacist": "find somebody by name, and see what the notice lets a pharmacist open",
    "healthcare_assistant": "open a card that waits for you and measure somebody",
    "patient_support": "pass a request on, then open the card: contact details, and no health",
    "finance": "open a card's address from another window: refused, with the row that says so",
    "privacy_officer": "the office: requests about data, the ledger, the notice's versions",
    "administrator": "staff and settings; no patient's record opens",
    "receptionist": "the diary: find somebody, book, move, say that they are here",
    "practitioner": "the diary: your own visits; open a card from one and write a note",
    "clinic_manager": "the diary of everybody, a day and a week",
    "marketing": "open the diary's address: refused, since no card is marketing's business",
    "case_handler": "Cases: answer an instruction, book an examination, release a report",
    "records_clerk": "find somebody; the accident stays closed",
    "medical_expert": "Cases: yours alone; open the claimant's card and write what you found",
    "instructing_solicitor": "Cases: instruct one, and follow those that you instructed",
    "insurer_contact": "Cases: your own, and nobody else's",
    "complaints_handler": "find somebody; a case opens for a complaint alone",
}
_OTHERS = (
    "Tamsin Rook",
    "Gareth Penhale",
    "Oyinkan Bright",
    "Mairi Fenwick",
    "Luca Harrowby",
    "Edie Crossland",
    "Samir Vale",
)


@dataclass(frozen=True)
class StaffPart:
    """A member of staff to be taken on."""

    role: str
    name: str
    email: str
    registration: tuple[str, str]
    trying: str = ""


@dataclass(frozen=True)
class PatientPart:
    """A patient to be registered. Those with `signs_in` make an account of their own."""

    title: str
    given_name: str
    family_name: str
    born_on: date
    email: str
    telephone: str
    address: str
    postcode: str
    signs_in: bool

    @property
    def is_a_man(self) -> bool:
        """Whether the name is a man's: some treatments are for men alone, and some for women."""
        return self.given_name in _MEN

    @property
    def name(self) -> str:
        """As on an envelope."""
        return f"{self.given_name} {self.family_name}"


def staff(roles: list[str], domain: str) -> list[StaffPart]:
    """One member of staff for each role that the notice declares, and colleagues where a clinic has several."""
    others = iter(_OTHERS)
    parts = []
    for role in roles:
        name, registration = _STAFF.get(role) or (next(others, f"Staff {role.title()}"), ("", ""))
        parts.append(StaffPart(role, name, f"{role.replace('_', '-')}@{domain}", registration, _TRY.get(role, "")))
    for role in roles:
        for number, (name, registration) in enumerate(_MORE.get(role, ()), start=2):
            parts.append(StaffPart(role, name, f"{role.replace('_', '-')}-{number}@{domain}", registration))
    return parts


def nhs_number(place: int) -> str:
    """An NHS number for the patient in that place, of the range that is kept free for tests and given to nobody."""
    numbers = (figures for step in range(20) if is_nhs_number(figures := f"999{place * 200 + step:07d}"))
    return next(numbers)


def claimants(number: int, *, on: date) -> Iterator[PatientPart]:
    """So many people about whom a report is asked for; the first few sign in by themselves."""
    return patients(number, on=on, seed=3)


def patients(number: int, *, on: date, seed: int = 1, signing_in: int = 3) -> Iterator[PatientPart]:
    """So many patients, all adults on a day; the first few sign in by themselves."""
    chance = random.Random(seed)  # noqa: S311  the same clinic each time is the point
    used: set[str] = set()
    for place in range(number):
        given, family = chance.choice(_GIVEN), chance.choice(_FAMILY)
        town, area = chance.choice(_TOWNS)
        local = f"{given}.{family}".casefold()
        email = f"{local}@post.example" if local not in used else f"{local}{place}@post.example"
        used.add(local)
        yield PatientPart(
            _title(chance.choice(_TITLES), given),
            given,
            family,
            on - timedelta(days=365 * 19 + chance.randrange(365 * 66)),
            email,
            f"07700 900{chance.randrange(1000):03d}",
            f"{chance.randrange(1, 140)} {chance.choice(_STREETS)}, {town}",
            # Letters that no delivered postcode ends in, so that nobody's home is in here.
            f"{area} {chance.randrange(1, 10)}{chance.choice('CIKMOV')}{chance.choice('CIKMOV')}",
            place < signing_in,
        )


def _title(chosen: str, given: str) -> str:
    """The title that was drawn, where it fits the name."""
    if given in _MEN:
        return "Mr" if chosen in {"Ms", "Mrs"} else chosen
    return "Ms" if chosen == "Mr" else chosen
