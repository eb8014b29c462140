"""What is held about the reader, laid out as the pages of `My data` draw it: values of `troth.design`, words of the notice."""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from troth.design.charts import Going, Goings
from troth.design.moments import day_and_hour, hour_of
from troth.design.pages import Section
from troth.design.tables import Cell, Column, Line, Table
from troth.design.values import Counterpart, Fate, Figure, Link, Row, Tag, Term
from troth.gate.actors import Actor
from troth.gate.contexts import processing
from troth.notice.purposes import Purpose
from troth.rights import selectors as rights
from troth.rights.selectors import ErasurePlan, HeldField, HeldThing, KindFate, Look
from troth.rights.selectors.assembling import HELD_BACK
from troth.sharing import selectors as sharing
from troth.sharing.selectors import Passed
from troth.vault.categories import Category

MANY = 4
LONGEST = 140  # characters of a value on the page of all kinds; the page of one kind has the rest


def say_date(day: date | None) -> str:
    """`24 November 2034`, or what is said where there is no date yet."""
    return f"{day:%-d %B %Y}" if day else "No end date yet"


def say_when(moment: datetime, now: datetime) -> str:
    """`Today, 9:05am`, `Mon 23 Nov, 2:30pm`, and with the year when it was another."""
    on, today = timezone.localdate(moment), timezone.localdate(now)
    if on == today:
        return f"Today, {hour_of(moment)}"
    return day_and_hour(moment, "%a %-d %b" if on.year == today.year else "%a %-d %b %Y")


def counterpart_of(
    category: Category,
    kept: dict[Category, rights.KeptUntil],
    at: datetime,
    *,
    passed: Iterable[Passed] = (),
    link: bool = True,
) -> Counterpart:
    """Why this kind is held: from the register in force, and the date from the rule that keeps it longest."""
    uses = rights.describe_uses(category, at)
    until = kept.get(category)
    words = ", ".join(filter(None, (say_date(until.until), _first_clause(until.words)))) if until else ""
    terms = [
        Term("For", some(uses.purposes, 2, "other use")),
        Term("The law lets us because", uses.because),
        Term("Seen by", some(uses.seen_by, 3, "other role") or "You alone"),
        Term("Passed to", some(_receivers(category, passed), 2, "other") or "No one so far"),
        Term("Until", words),
    ]
    return Counterpart(
        "Why we hold this",
        terms=tuple(term for term in terms if term.value),
        link=Link("Who has looked at it", reverse("my_history"), f", at: {uses.title}") if link else None,
    )


def _receivers(category: Category, passed: Iterable[Passed]) -> list[str]:
    """Who has had something of this kind, each once, from the log of what was passed on."""
    return list(dict.fromkeys(each.who for each in passed if category in each.kinds))


def passed_table(passed: list[Passed], at: datetime) -> Table | None:
    """When something went to whom, what it was and why; None where nothing did."""
    columns = (
        Column("When", "figures"),
        Column("Who", "name"),
        Column("What", word="What"),
        Column("Why", word="Why"),
    )
    lines = tuple(
        Line(
            (
                Cell(say_when(each.at, at)),
                Cell(each.who, small=each.where),
                Cell(each.what, small=_joined([rights.describe_uses(kind, at).title for kind in each.kinds])),
                Cell(each.purpose),
            )
        )
        for each in passed
    )
    return Table("Who we have passed it to", columns, lines) if lines else None


def rights_counterpart(at: datetime, until: str = "") -> Counterpart:
    """Why a page about the reader's rights shows what it shows, from the notice's row for that purpose."""
    uses = rights.describe_uses(Category.RIGHTS, at)
    terms = [
        Term("For", uses.purposes[0] if uses.purposes else ""),
        Term("The law lets us because", uses.because),
        Term("Seen by", ", ".join(["You", *uses.seen_by[:3]])),
        Term("Until", until or rights.kept_for(Category.RIGHTS, at)),
    ]
    return Counterpart("Why you see this", terms=tuple(term for term in terms if term.value))


def _first_clause(words: str) -> str:
    """Of a rule with several limbs the first, which fits nearly everyone; the page of the kind has them all."""
    first = words.split(", or ")[0].split(";")[0]
    return first[:1].lower() + first[1:]


def some(words: Iterable[str], many: int, rest: str) -> str:
    """The first few of a list, and how many more there are: `rest` names them in the singular."""
    listed = list(words)
    mark = ", " if rest == "other role" else "; "
    named = rest == "other"  # whoever something was passed to keeps the name that they have
    shown = listed[:many] if named else [*listed[:1], *(each[:1].lower() + each[1:] for each in listed[1:many])]
    more = len(listed) - many
    return mark.join(shown) + (f" and {more} {rest}{'s' if more > 1 else ''}" if more > 0 else "")


def sections(
    things: list[HeldThing],
    at: datetime,
    subject: UUID,
    passed: list[Passed],
    kept: dict[Category, rights.KeptUntil],
    *,
    record: int = 1,
) -> list[Section]:
    """One sheet for each kind that is held, in the order of the notice's kinds. `record`: which of the reader's own it is."""
    who = rights.recorded_by(things, subject)
    found = []
    for category in kinds_of(things):
        of_kind = [thing for thing in things if thing.category is category]
        rows = summary_rows(of_kind, who)
        path = reverse("my_kind", args=[category.value]) + (f"?record={record}" if record > 1 else "")
        title = rights.describe_uses(category, at).title
        found.append(
            Section(
                title,
                counterpart_of(category, kept, at, passed=passed),
                rows=tuple(rows),
                links=(Link("Read all of it", path, f": {title}"),),
            )
        )
    return found


def kinds_of(things: list[HeldThing]) -> list[Category]:
    """The kinds that are held, in a fixed order."""
    return [category for category in Category if any(thing.category is category for thing in things)]


def summary_rows(things: list[HeldThing], who: dict[str, str]) -> list[Row]:
    """Of a single thing each field; of several one line each; of many one line a sort, with how many there are."""
    if len(things) == 1:
        return thing_rows(things[0], who, longest=LONGEST)
    counted: dict[str, list[HeldThing]] = {}
    for thing in things:
        counted.setdefault(thing.kind, []).append(thing)
    rows: list[Row] = []
    for kind, some_things in counted.items():
        if len(some_things) < MANY:
            rows += [_one_row(thing, who) for thing in some_things]
        else:
            newest = max(some_things, key=lambda thing: thing.recorded_at)
            rows.append(Row(_capital(kind), f"{len(some_things)} entries", f"The newest: {_note(newest, who)}"))
    return rows


def titled(things: list[HeldThing]) -> list[tuple[str, HeldThing]]:
    """Each thing with a title of its own: `Measurement 2 of 4` where there are several, so that no two are called the same."""
    of_kind = Counter(thing.kind for thing in things)
    turns: Counter[str] = Counter()
    found = []
    for thing in things:
        turns[thing.kind] += 1
        many = of_kind[thing.kind]
        found.append((_capital(thing.kind) + (f" {turns[thing.kind]} of {many}" if many > 1 else ""), thing))
    return found


def _worded(field: HeldField) -> tuple[str, str]:
    """What a field is called and its value, as people read both, or why a value is left out."""
    return field.heading, field.withheld or field.text


def _one_row(thing: HeldThing, who: dict[str, str]) -> Row:
    if not thing.released:
        return Row(_capital(thing.kind), HELD_BACK, _note(thing, who))
    said = [_worded(field)[1] for field in thing.told if field.value is not False and not field.withheld]
    said += [f"{file.name or 'A file'} ({_size(file.size)})" for file in thing.files]
    left_out = [field.withheld for field in thing.told if field.withheld]
    said = said or [f"Not shown. {why}" for why in left_out[:1]]
    return Row(_capital(thing.kind), _short(", ".join(said), LONGEST) or "Nothing written in it", _note(thing, who))


def thing_rows(thing: HeldThing, who: dict[str, str], *, longest: int = 0) -> list[Row]:
    """Every field of a thing that holds something, and where it came from, said once."""
    note = _note(thing, who)
    if not thing.released:
        return [Row(_capital(thing.kind), HELD_BACK, note)]
    rows = [Row(label, _short(said, longest)) for label, said in map(_worded, thing.told)]
    rows += [Row("File", file.name or "A file", _size(file.size)) for file in thing.files]
    if not rows:
        return [Row(_capital(thing.kind), "Nothing written in it", note)]
    return [*rows[:-1], Row(rows[-1].label, rows[-1].value, f"{rows[-1].note}. {note}" if rows[-1].note else note)]


def goings(things: list[HeldThing], at: datetime, kept: dict[Category, rights.KeptUntil]) -> Goings | None:
    """When each kind goes if nothing else happens, soonest first. What has no date yet is said beside its sheet alone."""
    dated: dict[date, list[str]] = {}
    for category in kinds_of(things):
        if category in kept and kept[category].until is not None:
            dated.setdefault(kept[category].until, []).append(rights.describe_uses(category, at).title)  # type: ignore[arg-type]
    if not dated:
        return None
    lines = tuple(Going(_joined(titles), day, say_date(day)) for day, titles in sorted(dated.items()))
    return Goings(timezone.localdate(at), lines)


def figures(things: list[HeldThing], looks: Iterable[Look], passed: list[Passed]) -> list[Figure]:
    """How many kinds, how many it was passed to, how many people opened it and how many were refused."""
    looks = list(looks)
    opened = {look.who for look in looks if look.opened and look.by_person and not look.by_themself}
    refused = sum(look.refused for look in looks)
    kinds = len(kinds_of(things))
    receivers = len({each.recipient for each in passed})
    return [
        Figure(str(kinds), "kind of information held" if kinds == 1 else "kinds of information held"),
        Figure(
            str(receivers),
            "company or person we passed it to" if receivers == 1 else "companies or people we passed it to",
        ),
        Figure(
            str(len(opened)),
            f"{'person' if len(opened) == 1 else 'people'} opened it"
            + (f"; {refused} {'try was' if refused == 1 else 'tries were'} refused" if refused else ""),
        ),
    ]


def looks_table(looks: Iterable[Look], now: datetime, *, everything: bool = False) -> Table:
    """Who looked, at what and why. `everything` lists what was done too."""
    columns = (
        Column("When", "figures"),
        Column("Who", "name"),
        Column("What happened" if everything else "What they opened", word="" if everything else "Opened"),
        Column("Why", word="Why"),
    )
    return Table(
        "What happened to your record" if everything else "Who has looked at your record",
        columns,
        tuple(
            Line(
                (
                    Cell(say_when(look.at, now)),
                    Cell(look.who, small=look.role),
                    Cell(look.sentence if everything else look.what or look.sentence),
                    Cell(look.why, tag=Tag("refused", "Refused"), small=look.refusal)
                    if look.refused
                    else Cell(look.why),
                )
            )
            for look in looks
        ),
    )


def fate_of(kind: KindFate, *, gone: bool = False) -> Fate:
    """One kind's fate for the page that shows it beforehand."""
    if kind.stays:
        words = f"Stays until {say_date(kind.until)}" if kind.until else "Stays for now"
        return Fate(kind.title, kind.why, "staying", words, cited(kind.laws))
    return Fate(kind.title, kind.why, "gone" if gone else "going", "Gone" if gone else "Goes now", cited(kind.laws))


def cited(laws: str) -> str:
    """The articles of the law that decide, without the numbers of our own rules, which say nothing to people."""
    found = [re.sub(r",? LAW-[\d.]+", "", law).strip() for law in laws.split("; ")]
    return "; ".join(sorted({law for law in found if law}))


def uses_table(plan: ErasurePlan) -> Table:
    """Each use of each kind by itself: what becomes of it, and why (LAW-3.5)."""
    columns = (Column("What", "name"), Column("Used for"), Column("What happens"), Column("Why", word="Why"))
    return Table(
        "How each use was decided",
        columns,
        tuple(
            Line(
                (
                    Cell(kind.title),
                    Cell(each.title),
                    Cell(f"Stays until {say_date(each.until)}" if each.until else "Stays for now")
                    if each.stays
                    else Cell("Ends now"),
                    Cell(each.why, small=cited(each.law)),
                )
            )
            for kind in (*plan.going, *plan.staying)
            for each in kind.purposes
        ),
    )


def _note(thing: HeldThing, who: dict[str, str]) -> str:
    by = who.get(thing.recorded_by, "our machines")
    day = f"{timezone.localtime(thing.recorded_at):%-d %b %Y}"
    if thing.by_themself:
        return f"You told us, {day}"
    written = f"Written by {by}, {day}"
    return written if thing.source in {rights.BY_STAFF, rights.BY_MACHINES} else f"{thing.source}. {written}"


def _short(text: str, longest: int) -> str:
    return f"{text[:longest].rstrip()}…" if longest and len(text) > longest else text


def _size(size: int) -> str:
    return f"{size / 1_048_576:.1f} MB" if size >= 1_048_576 else f"{max(size // 1024, 1)} KB"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _joined(titles: list[str]) -> str:
    return ", ".join([titles[0], *(title[:1].lower() + title[1:] for title in titles[1:])])


def passed_of(subject: UUID, *, by: Actor, at: datetime) -> list[Passed]:
    """To whom the reader's data went: their right to know, whatever the page is opened for."""
    with processing(Purpose.RIGHTS, by=by, at=at) as opened:
        return sharing.list_disclosures(subject, opened)
