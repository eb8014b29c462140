"""The frame of a page: whose clinic it is, where one stands in it, and who is looking."""

from dataclasses import dataclass
from typing import Literal

from troth.design.tables import Table
from troth.design.values import Banner, Counterpart, Item, Link, Parted, Row


@dataclass(frozen=True)
class Clinic:
    """The clinic as its pages name it. `stylesheet` is its own band colour, served from the same origin."""

    name: str
    home: str = "/"
    particulars: str = ""  # who runs it and where, for the foot of the page
    privacy_email: str = ""
    telephone: str = ""
    logo: str = ""
    stylesheet: str = ""
    links: tuple[Item, ...] = ()  # the words at the foot: notice, promises, cookies, complain, accessibility


@dataclass(frozen=True)
class PurposeLine:
    """
    What a member of staff is working for, and why. Generated from the open context.

    Reads: You're working for `purpose`, because `because`. `told`. On a phone only `short` is shown.
    """

    purpose: str
    because: str = ""
    told: str = ""
    short: str = ""
    change: Link | None = None
    kind: Literal["joined", "stone"] = "joined"


@dataclass(frozen=True)
class Find:
    """The search box of a band. Posted, so that no name lands in an address or a log (pitfalls B1)."""

    action: str
    label: str = "Find a person or booking"


@dataclass(frozen=True)
class Page:
    """
    Everything around a page's content. `nav` has four words on the portal and at most seven at the desk.

    `theme` is the reader's own choice; `auto` follows the device. `keys` can be turned off by those whom a single-key
    shortcut disturbs (WCAG 2.1.4).
    """

    clinic: Clinic
    nav: tuple[Item, ...] = ()
    person: str = ""
    role: str = ""
    sign_out: str = ""
    menu: tuple[Item, ...] = ()  # behind the name of a member of staff
    find: Find | None = None
    purpose: PurposeLine | None = None
    banners: tuple[Banner, ...] = ()
    demo: bool = False
    theme: Literal["auto", "light", "dark"] = "auto"
    keys: bool = True
    said: str = ""  # what was done just now, for the toast (`design.done`)
    room: str = ""  # a word beside the clinic's name: "Privacy office"

    @property
    def waiting(self) -> Item | None:
        """The first of the words with a number beside it, which a telephone shows on its closed menu."""
        return next((item for item in self.nav if item.count), None)


@dataclass(frozen=True)
class Section:
    """
    One part of a card or of `My data`: what is shown with its counterpart, or the refusal in its place. Never both.

    :raises ValueError: it has neither a counterpart nor a refusal, or both, or a refusal and content.
    """

    title: str
    counterpart: Counterpart | None = None
    refusal: Parted | None = None
    note: str = ""
    rows: tuple[Row, ...] = ()
    table: Table | None = None
    prose: tuple[str, ...] = ()
    addition: str = ""  # what was added after the note was signed
    signed: str = ""
    head_links: tuple[Link, ...] = ()
    links: tuple[Link, ...] = ()

    def __post_init__(self) -> None:
        if (self.counterpart is None) == (self.refusal is None):
            raise ValueError(f"“{self.title}” needs a counterpart or a refusal, and not both.")
        if self.refusal and (self.rows or self.table or self.prose or self.addition):
            raise ValueError(f"“{self.title}” is refused, so it shows nothing.")
