"""Notes as the design draws them: the newest in full, earlier ones by name, and who signed what."""

from django.urls import reverse
from django.utils import timezone

from troth.design.pages import Section
from troth.design.tables import Cell, Column, table_of
from troth.design.values import Item, Link, Row, Tag
from troth.desk.telling import Paper, Teller, counterpart, lower_you, paper_of, within
from troth.records.selectors import NoteLine, Release, Shown


def draw_notes(section: Shown, teller: Teller, may_write: bool) -> list[Paper]:
    """The newest note in full; earlier ones in a sheet of their own, each opened by its name."""
    rows = [row for row in section.rows if isinstance(row, NoteLine)]
    head = (Link("Write a note", reverse("desk_note_new", args=[teller.subject])),) if may_write else ()
    if not rows:
        return paper_of(section, None, head, empty="Nobody has written a note yet.")
    first, *older = rows
    newest = Section(
        "Newest note",
        counterpart(section.why),
        note=f"{first.heading or first.title}. {note_line(first, teller)}"
        if first.answers
        else note_line(first, teller),
        head_links=head,
        rows=note_rows(first),
        prose=note_prose(first),
        addition=" ".join(additions(first, teller)),
        signed=signature(first, teller),
        links=(note_link(first, teller),) if may_write else (),
    )
    made = [Paper(section.key, newest, (Item(section.title, "#newest-note", count=len(rows)),))]
    if older:
        table = table_of(
            "Earlier notes",
            (Column("Note", "name"), Column("By", word="By"), Column("When", "figures")),
            [
                (
                    Cell(
                        row.heading or row.title or "Note",
                        href=reverse("desk_note", args=[row.recorded.id]),
                        tag=_draft_tag(row),
                    ),
                    teller.who(row.author.hex),
                    teller.on(row.signed_at or row.recorded.at),
                )
                for row in older
            ],
        )
        made.append(Paper("earlier", Section("Earlier notes", counterpart(section.why), table=table), ()))
    return made


def note_line(note: NoteLine, teller: Teller) -> str:
    """When a note was written, and whether it is still a draft."""
    when = teller.on(note.signed_at or note.recorded.at)
    return when if note.signed_at else f"Your draft, {when}"


def note_prose(note: NoteLine) -> tuple[str, ...]:
    """A note's paragraphs, its heading first; above what a template asked the heading stands by itself."""
    heading = () if note.answers or not note.heading.strip() else (note.heading,)
    return (*heading, *note_words(note))


def note_words(note: NoteLine) -> tuple[str, ...]:
    """A note's paragraphs without its heading."""
    return tuple(part for part in note.text.splitlines() if part.strip())


def note_rows(note: NoteLine) -> tuple[Row, ...]:
    """What a note's template asked and what was answered. What was left open is left out."""
    return tuple(Row(question, answer) for question, answer in note.answers if answer)


def additions(note: NoteLine, teller: Teller) -> list[str]:
    """What was added under a note, each with who and when."""
    return [
        f"Added {within(teller.on(each.signed_at))} by {lower_you(teller.who(each.author.hex))}. {each.text}"
        for each in note.additions
    ]


def signature(note: NoteLine, teller: Teller) -> str:
    """Who signed a note and when, and where it stands for the person's own copy."""
    if note.signed_at is None:
        return ""
    moment = timezone.localtime(note.signed_at)
    return (
        f"Signed by {lower_you(teller.who(note.author.hex))}, {moment:%-d %B %Y, %H:%M}. Locked; additions only. "
        f"{_RELEASED[note.recorded.release]}"
    )


_RELEASED = {
    Release.RELEASED: "They get it in the copy they take by themselves.",
    Release.HELD: "Not in the copy they take by themselves until a health professional has decided.",
    Release.WITHHELD: "Kept out of the copy they take by themselves.",
}


def note_link(note: NoteLine, teller: Teller) -> Link:
    """What can be done with a note: go on with one's draft, or add to a signed one."""
    words = "Add to this note" if note.signed_at else "Change or sign it"
    return Link(words, reverse("desk_note_add" if note.signed_at else "desk_note", args=[note.recorded.id]))


def _draft_tag(row: NoteLine) -> Tag | None:
    return None if row.signed_at else Tag("info", "Draft")
