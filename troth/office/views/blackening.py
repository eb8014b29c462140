"""Reading a file that goes into a copy, and blackening parts of it: page by page, as it will read."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from troth.design.values import Paging
from troth.gate.streams import send_named
from troth.office.forms.blackening import BoxForm
from troth.office.frame import Looking, looking, number_in, show
from troth.office.views.case import _why_for as why_for
from troth.office.views.entry import _tag, _title
from troth.office.views.pack import _case, _pack, told_of
from troth.rights import services
from troth.rights.rules.packing import Box, Boxes, Decided
from troth.rights.selectors import blackening, packs
from troth.rights.selectors.holdings import HeldFile
from troth.rights.selectors.packs import Pack, Reviewed
from troth.rights.services import PackRefused


def show_file(request: HttpRequest, case: UUID, item: UUID, field: str) -> HttpResponse:
    """A page of the file, what is black on it, and one rectangle more or less."""
    look = looking(request)
    pack, entry, file = _found(case, item, field, look)
    problem, pages = "", 0
    try:
        pages = blackening.sheets_of(file.stored).pages
    except blackening.Unreadable as unreadable:
        problem = str(unreadable)
    page = min(max(number_in(request.GET.get("page", "")), 1), max(pages, 1))
    kept = entry.decided or Decided()
    boxes = kept.boxes.get(field, {})
    adding = request.method == "POST" and request.POST.get("do") == "add"
    form = BoxForm(request.POST if adding else None, initial={"note": kept.note})
    if request.method == "POST" and not problem:
        try:
            if _change(request, pack, item, field, page, form, boxes, look):
                return redirect(f"{reverse('office_pack_file', args=[case, item, field])}?page={page}")
        except PackRefused as refusal:
            problem = str(refusal)
    here = f"{reverse('office_pack_file', args=[case, item, field])}?page="
    return show(
        request,
        "blackening/show",
        told=told_of(of_dead=pack.of_dead),
        case=case,
        called=pack.called,
        item=item,
        title=f"A file, page {page}"
        if pages
        else "A file",  # a title stays in the browser's history, and a name names people
        name=file.name,
        tag=_tag(entry),
        entry=_title(entry),
        problem=problem,
        image=reverse("office_pack_page", args=[case, item, field, page]) if pages else "",
        black=bool(boxes),
        boxes=[_said(box) for box in boxes.get(page, ())],
        elsewhere=sorted(each for each in boxes if each != page and boxes[each]),
        here=here,
        number=page,
        form=form,
        paging=Paging(
            page, page, pages, f"{here}{page - 1}" if page > 1 else "", f"{here}{page + 1}" if page < pages else ""
        )
        if pages > 1
        else None,
        why=why_for(request, pack.subject),
        status=422 if problem or form.errors else 200,
    )


def show_page(request: HttpRequest, case: UUID, item: UUID, field: str, page: int) -> HttpResponse:
    """A page of it as a picture, with what goes from it black already."""
    look = looking(request)
    _, entry, file = _found(case, item, field, look)
    boxes = entry.decided.boxes.get(field, {}) if entry.decided else {}
    try:
        drawn = blackening.draw_page(file.stored, page, boxes)
    except blackening.Unreadable:
        raise Http404 from None
    return HttpResponse(drawn, content_type="image/png", headers={"Cache-Control": "no-store"})


def open_file(request: HttpRequest, case: UUID, item: UUID, field: str) -> HttpResponseBase:
    """Send a file of an entry, of whatever kind, to whoever decides whether it goes: nobody decides on what they cannot read."""
    look = looking(request)
    _, _, file = _held(case, item, field, look)
    return send_named(request, file.stored, stem=f"file-{item.hex[:8]}")


def _found(case: UUID, item: UUID, field: str, look: Looking) -> tuple[Pack, Reviewed, HeldFile]:
    """Like `_held`, of those that are read page by page."""
    pack, entry, file = _held(case, item, field, look)
    if not blackening.can_be_blackened(file.media_type, file.size):
        raise Http404
    return pack, entry, file


def _held(case: UUID, item: UUID, field: str, look: Looking) -> tuple[Pack, Reviewed, HeldFile]:
    _case(case, look)
    pack = _pack(case, look)
    for each in packs.review(pack, look.opened, only=item):
        for file in each.thing.files:
            if file.field == field:
                return pack, each, file
    raise Http404


def _change(
    request: HttpRequest, pack: Pack, item: UUID, field: str, page: int, form: BoxForm, boxes: Boxes, look: Looking
) -> bool:
    """Have a rectangle blackened or taken back; False when something has to be mended first, or it is gone already."""
    if form.is_bound:
        if not form.is_valid():
            return False
        note = form.cleaned_data["note"]
        services.blacken_part(pack.id, item, field, page=page, box=form.box(), note=note, by=look.actor, at=look.at)
        return True
    # A page that was left open names the rectangle itself and not its place, which may be another's by now.
    gone = next((box for box in boxes.get(page, ()) if _said(box) == request.POST.get("box")), None)
    if gone is None:
        return False
    services.show_part(pack.id, item, field, page=page, box=gone, by=look.actor, at=look.at)
    return True


def _said(box: Box) -> str:
    left, top, width, height = (f"{each / 10:g}" for each in box)
    return f"{left} from the left, {top} from the top, {width} wide, {height} high"
