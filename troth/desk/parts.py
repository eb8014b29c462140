"""The parts of a card that not every clinic has: what a notice does not declare, and nobody wrote a form for, is not drawn."""

from dataclasses import dataclass, field

from django.http import HttpRequest
from django.utils import timezone

from troth.design.pages import Section
from troth.design.tables import Cell, Column, table_of
from troth.design.values import Alert, Item, Link, Tag
from troth.desk.frame import Looking
from troth.desk.telling import Paper, Teller, counterpart
from troth.gate.table import open_path
from troth.gate.whys import Triggers, why
from troth.records import selectors as records
from troth.records.selectors import TemplateKind
from troth.vault.categories import Category

BACK = Tag("plain", "Taken back")


@dataclass
class Parts:
    """Sections to draw, and what of them has to stand at the head of the card."""

    papers: list[Paper] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)


def parts(
    request: HttpRequest, look: Looking, teller: Teller, kept: Triggers, *, may_write: bool, leads: bool = True
) -> Parts:
    """
    Every such part, for who may read the health record of this card. Without `leads` nothing leads on: a page that an emergency
    opened opens no other.
    """
    made = Parts()
    _agreements(made, request, look, teller, kept, may_write=may_write, leads=leads)
    return made


def _agreements(
    made: Parts,
    request: HttpRequest,
    look: Looking,
    teller: Teller,
    kept: Triggers,
    *,
    may_write: bool,
    leads: bool,
) -> None:
    """Consents to treatments, and what a visit asks for that is not signed."""
    signed = records.list_consents(teller.subject, look.opened)
    forms = records.list_templates(TemplateKind.CONSENT)
    if not signed and not forms:
        return
    for asked in records.asked_for(teller.subject, look.opened, signed, forms, at=look.at):
        made.alerts.append(
            Alert(
                "caution",
                f"Consent not signed: {asked.template.title}",
                f"{asked.service} on {timezone.localtime(asked.on):%-d %B, %H:%M} asks for it.",
            )
        )
    table = table_of(
        "Consents to treatment",
        (Column("Treatment", "name"), Column("Signed", word="Signed"), Column("Wording", word="Wording")),
        [
            (
                Cell(
                    line.title,
                    href=open_path(request, "desk_agreement", line.id) if leads else "",
                    tag=BACK if line.withdrawn_at else None,
                ),
                Cell(teller.on(line.signed_at), small=line.how.words),
                f"Version {line.version}",
            )
            for line in signed
        ],
    )
    new = open_path(request, "desk_agreement_new", teller.subject) if leads and may_write else ""
    head = (Link("Have one signed", new),) if new else ()
    section = Section(
        "Consents to treatment",
        counterpart(why(look.opened, teller.subject, Category.HEALTH, triggers=kept)),
        table=table if signed else None,
        prose=() if signed else ("None is signed yet.",),
        head_links=head,
    )
    item = Item("Consents to treatment", "#consents-to-treatment", count=len(signed))
    made.papers.append(Paper("agreements", section, (item,)))
