"""
The invented people of a demonstration. The same seed gives the same people.

Telephone numbers are Ofcom's for drama, addresses of mail end in `.example`, streets are made of words, and no postcode's
second half is one that is delivered to.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

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
# The names of the staff by role; a pack's role that is not here gets the next of the rest.
_STAFF = {
    "prescriber": ("Dr Ewa Lisle", ("GMC", "7009114")),
    "pharmacist": ("Ravi Thornbury", ("GPhC", "2099417")),
    "healthcare_assistant": ("Jodie Marchbank", ("", "")),
    "patient_support": ("Kit Adlington", ("", "")),
    "finance": ("Pauline Osei", ("", "")),
    "privacy_officer": ("Morwenna Tait", ("", "")),
    "administrator": ("Stewart Illingworth", ("", "")),
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
    def name(self) -> str:
        """As on an envelope."""
        return f"{self.given_name} {self.family_name}"


def staff(roles: list[str], domain: str) -> list[StaffPart]:
    """One member of staff for each role that the notice declares."""
    others = iter(_OTHERS)
    parts = []
    for role in roles:
        name, registration = _STAFF.get(role) or (next(others, f"Staff {role.title()}"), ("", ""))
        parts.append(StaffPart(role, name, f"{role.replace('_', '-')}@{domain}", registration))
    return parts


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
            chance.choice(_TITLES),
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
