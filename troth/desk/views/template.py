"""Templates for notes, consents and letters: a list of each kind, and a page to write a version. Nothing is about a patient."""

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from troth.design.done import done
from troth.design.tables import Cell, Column, table_of
from troth.design.values import Item, Paging, Row, Tag
from troth.desk.forms.keeping import SearchForm
from troth.desk.forms.template import TemplateForm
from troth.desk.frame import frame, looking, show
from troth.people import selectors as people
from troth.records import selectors as records
from troth.records import services
from troth.records.rules import NotPossible
from troth.records.selectors import TemplateKind, TemplateLine

AT_ONCE = 25


def list_templates(request: HttpRequest, kind: str = TemplateKind.NOTE.value) -> HttpResponse:
    """The templates of one kind, those that are offered no more too."""
    wanted = _kind(kind)
    form = SearchForm(request.GET or None)
    text = form.cleaned_data["q"].strip() if form.is_valid() else ""
    found = [line for line in records.list_templates(wanted, closed=True) if text.casefold() in line.title.casefold()]
    number = Paging.asked(request.GET.get("page", ""), len(found), each=AT_ONCE)
    here = reverse("desk_templates", args=[wanted.value])
    table = table_of(
        wanted.words,
        (Column("Template", "name"), Column("Version", "figures", word="Version"), Column("Since", word="Since")),
        [
            (
                Cell(
                    line.title,
                    href=reverse("desk_template", args=[line.kind.value, line.key]),
                    tag=Tag("plain", "Not offered") if line.closed else None,
                ),
                Cell(str(line.version)),
                Cell(f"{timezone.localtime(line.published_at):%-d %B %Y}"),
            )
            for line in found[(number - 1) * AT_ONCE : number * AT_ONCE]
        ],
    )
    return show(
        request,
        "template/list",
        frame(request),
        form=form,
        searched=text,
        here=here,
        new=reverse("desk_template_new", args=[wanted.value]),
        table=table if found else None,
        paging=Paging.numbered(
            number, len(found), each=AT_ONCE, path=here + (f"?{urlencode({'q': text})}" if text else "")
        ),
        kinds=[
            Item(each.words, reverse("desk_templates", args=[each.value]), current=each is wanted)
            for each in TemplateKind
        ],
        title=wanted.words,
    )


def keep_template(request: HttpRequest, kind: str, key: str = "") -> HttpResponse:
    """Write a template, or the next version of one, beside what stands now."""
    look = looking(request)
    wanted = _kind(kind)
    known = records.get_template(wanted, key) if key else None
    if key and known is None:
        raise Http404
    form = TemplateForm(request.POST if request.method == "POST" else None, kind=wanted, known=known)
    if form.is_valid():
        said = form.cleaned_data
        try:
            services.publish_template(
                wanted,
                title=said["title"],
                body=said["body"],
                closed=said["closed"],
                key=key,
                read=said["read"],
                by=look.actor,
                at=look.at,
            )
        except NotPossible as error:
            form.add_error("body", str(error))
        else:
            return done("desk_templates", "template-published", kind=wanted.value)
    return show(
        request,
        "template/form",
        frame(request),
        form=form,
        title=known.title if known else "Add a template",
        back=reverse("desk_templates", args=[wanted.value]),
        versions=_versions(records.list_versions(wanted, key)) if known else [],
        asks=[Row(each.question, _takes(each.options, each.long)) for each in known.asks]
        if known and wanted is TemplateKind.NOTE
        else [],
        status=422 if form.errors else 200,
    )


def _takes(options: tuple[str, ...], long: bool) -> str:
    if options:
        return f"One of: {'; '.join(options)}"
    return "Several lines" if long else "A short answer"


def _versions(lines: list[TemplateLine]) -> list[Row]:
    names = people.staff_profiles({line.published_by for line in lines})
    return [
        Row(
            f"Version {line.version}",
            f"{timezone.localtime(line.published_at):%-d %B %Y}, "
            f"{names[line.published_by].name if line.published_by in names else 'a former colleague'}",
        )
        for line in lines
    ]


def _kind(word: str) -> TemplateKind:
    try:
        return TemplateKind(word)
    except ValueError:
        raise Http404 from None
