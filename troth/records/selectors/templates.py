"""Templates, newest version first. They are about nobody, so no context is asked for."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from troth.records.models import Template, TemplateKind
from troth.records.rules.templates import Asked, read


@dataclass(frozen=True)
class TemplateLine:
    """One version of a template, as pages show and use it."""

    kind: TemplateKind
    key: str
    version: int
    title: str
    body: str
    closed: bool
    published_at: datetime
    published_by: UUID

    @property
    def asks(self) -> tuple[Asked, ...]:
        """What a note's template asks."""
        return read(self.body)


def list_templates(kind: TemplateKind, *, closed: bool = False) -> list[TemplateLine]:
    """The newest version of each template of a kind, by title; with `closed` those too that are offered no more."""
    newest: dict[str, Template] = {}
    for row in Template.objects.filter(kind=kind).order_by("version"):
        newest[row.key] = row
    lines = [_line(row) for row in newest.values() if closed or not row.closed]
    return sorted(lines, key=lambda line: line.title.casefold())


def get_template(kind: TemplateKind, key: str, version: int | None = None) -> TemplateLine | None:
    """One version of a template, or the newest; None when there is none."""
    rows = Template.objects.filter(kind=kind, key=key).order_by("-version")
    row = (rows if version is None else rows.filter(version=version)).first()
    return _line(row) if row else None


def list_versions(kind: TemplateKind, key: str) -> list[TemplateLine]:
    """Every version of one template, the newest first."""
    return [_line(row) for row in Template.objects.filter(kind=kind, key=key).order_by("-version")]


def _line(row: Template) -> TemplateLine:
    return TemplateLine(
        TemplateKind(row.kind),
        row.key,
        row.version,
        row.title,
        row.body,
        row.closed,
        row.published_at,
        row.published_by,
    )
