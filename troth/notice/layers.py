"""What a rendered notice is made of: plain values that a template walks."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fact:
    """A name and what it stands for."""

    name: str
    words: str


@dataclass(frozen=True)
class Entry:
    """One thing in a section, such as a purpose: a heading, a sentence, and facts."""

    id: str
    title: str
    words: str = ""
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True)
class Section:
    """A part of the notice. `short` is its first layer, the entries are its second."""

    id: str
    title: str
    short: str = ""
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Layered:
    """The whole notice."""

    title: str
    summary: str
    issued: str
    sections: tuple[Section, ...] = field(default_factory=tuple)
