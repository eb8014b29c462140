"""The entries of a copy, page by page: each is read and decided, and what is about somebody else is removed from it."""

from collections import Counter
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from troth.design.values import Item, Link, Paging, Row, Tag
from troth.office.forms.pack import CutForm, EntriesForm, FindForm
from troth.office.frame import looking, number_in, show
from troth.office.views.case import _why_for as why_for
from troth.office.views.pack import _case, _everywhere, _pack, told_of
from troth.rights import selectors as rights
from troth.rights import services
from troth.rights.rules.packing import Decided, Stands
from troth.rights.selectors import packs
from troth.rights.selectors.blackening import can_be_blackened
from troth.rights.selectors.packs import PackState, Reviewed
from troth.rights.services import PackRefused

PAGE = 20
MOST_FOUND = 50
_STANDS: dict[Stands, tuple[Any, str]] = {
    Stands.OPEN: ("close", "Not decided"),
    Stands.CHANGED: ("close", "Changed since"),
    Stands.ASK: ("close", "Ask a health professional"),
    Stands.GOES: ("kept", "Goes"),
    Stands.CUT: ("info", "Goes, with parts removed"),
    Stands.WITHHELD: ("refused", "Withheld"),
}


def show_entries(request: HttpRequest, case: UUID) -> HttpResponse:
    """The entries, twenty to a page: read, and decided one by one or all that may go at once."""
    look = looking(request)
    known = _case(case, look)
    pack = _pack(case, look)
    entries = packs.review(pack, look.opened)
    only = next((stands.value for stands in Stands if stands.value == request.GET.get("only")), "")
    # Words that are looked for may name somebody, so they come in the body and never stand in an address.
    deciding = request.method == "POST" and "q" not in request.POST
    wanted = request.POST.get("words" if deciding else "q", "").strip()
    chosen = [each for each in entries if not only or each.stands.value == only]
    start = min(number_in(request.GET.get("from", "")), max(len(chosen) - 1, 0)) // PAGE * PAGE
    shown = (
        [each for each in chosen if _matches(each, wanted)][:MOST_FOUND] if wanted else chosen[start : start + PAGE]
    )
    if deciding:
        shown = [each for each in entries if f"e{each.thing.id}" in request.POST]
    form = EntriesForm(request.POST if deciding else None, entries=shown, asked=known.asked)
    problem, here = "", f"{reverse('office_pack_entries', args=[case])}?only={only}"
    if form.is_bound and form.is_valid():
        try:
            read = {each.thing.id: request.POST.get(f"r{each.thing.id}", "") for each in shown}
            going = form.decided(rest=request.POST.get("rest") == "goes")
            services.decide_entries(pack.id, going, read=read, by=look.actor, at=look.at)
        except PackRefused as refusal:
            problem = str(refusal)
        else:
            # With a filter what was decided leaves the list, so that the same place shows what comes next. What a search found
            # lies anywhere in it, so nothing of this place was passed.
            following = start if only or wanted else start + PAGE
            return redirect(
                f"{here}&from={following}" if following < len(chosen) else reverse("office_pack", args=[case])
            )
    counts, path = Counter(each.stands for each in entries), reverse("office_pack_entries", args=[case])
    return show(
        request,
        "pack/entries",
        told=told_of(of_dead=pack.of_dead),
        case=case,
        pack=pack,
        form=form,
        problem=problem,
        wanted=wanted,
        find=FindForm(initial={"q": wanted}),
        only=only,
        filters=[
            Item("All", path, not only, len(entries), "entries"),
            *(
                Item(words, f"{path}?only={stands.value}", only == stands.value, counts[stands], "entries")
                for stands, (_, words) in _STANDS.items()
                if counts[stands] or only == stands.value
            ),
        ],
        entries=[_entry(each, form, case) for each in shown],
        paging=Paging(
            start + 1,
            start + len(shown),
            len(chosen),
            f"{here}&from={max(start - PAGE, 0)}" if start else "",
            f"{here}&from={start + PAGE}" if start + PAGE < len(chosen) else "",
        )
        if chosen and not wanted
        else None,
        locked=pack.state not in {PackState.REVIEW, PackState.READY},
        why=why_for(request, pack.subject),
        status=422 if problem or form.errors else 200,
    )


def show_entry(request: HttpRequest, case: UUID, item: UUID) -> HttpResponse:
    """One entry: what goes from it because it is about somebody else, and how it then reads."""
    look = looking(request)
    _case(case, look)
    pack = _pack(case, look)
    entry = next(iter(packs.review(pack, look.opened, only=item)), None)
    if entry is None:
        raise Http404
    form = CutForm(request.POST if request.method == "POST" else None, entry=entry)
    if form.is_bound and form.is_valid():
        try:
            decided, read = {entry.thing.id: form.decided()}, {entry.thing.id: request.POST.get("read", "")}
            services.decide_entries(pack.id, decided, read=read, by=look.actor, at=look.at)
        except PackRefused as refusal:
            form.add_error("needed_because" if entry.before_the_act else "words", str(refusal))
        else:
            return redirect("office_pack_entry", case=case, item=item)
    after = packs.with_cuts(entry.thing, entry.decided, _everywhere(pack))
    return show(
        request,
        "pack/entry",
        told=told_of(of_dead=pack.of_dead),
        case=case,
        called=pack.called,
        title=_title(entry),
        read=_mark(entry),
        tag=_tag(entry),
        before=_fields(entry.thing, case),
        after=_fields(after, case) if entry.stands in {Stands.CUT, Stands.GOES} else [],
        form=form,
        in_part=[
            Link(
                f"Blacken parts of {file.name or 'the file'}",
                reverse("office_pack_file", args=[case, item, file.field]),
            )
            for file in entry.thing.files
            if can_be_blackened(file.media_type, file.size)
        ],
        why=why_for(request, pack.subject),
        status=422 if form.errors else 200,
    )


def _entry(each: Reviewed, form: EntriesForm, case: UUID) -> dict[str, Any]:
    return {
        "id": each.thing.id,
        "title": _title(each),
        "tag": _tag(each),
        "rows": _fields(each.thing, case),
        "choice": form[f"e{each.thing.id}"],
        "cut_at": reverse("office_pack_entry", args=[case, UUID(each.thing.id)]),
        "harm": each.opinion,
        "read": _mark(each),
    }


def _mark(each: Reviewed) -> str:
    """What stands about an entry as it is read: whoever decides names it, so that no colleague's decision is lost."""
    return (each.decided or Decided()).mark


def _title(each: Reviewed) -> str:
    kind = each.thing.kind
    return f"{kind[:1].upper()}{kind[1:]}, {timezone.localtime(each.thing.recorded_at):%-d %b %Y}"


def _tag(each: Reviewed) -> Tag:
    return Tag(*_STANDS[each.stands])


def _fields(thing: rights.HeldThing, case: UUID) -> list[Row]:
    sealed = [field for field in thing.fields if (field.text or field.withheld) and not field.is_open]
    rows = [Row(field.heading, field.withheld or field.text) for field in sealed or thing.told]
    for file in thing.files:
        # What is made of pages is read where parts of it are blackened; everything else as it came.
        page, words = (
            ("office_pack_file", "Read it")
            if can_be_blackened(file.media_type, file.size)
            else ("office_pack_open", "Open it")
        )
        there = Link(words, reverse(page, args=[case, UUID(thing.id), file.field]), file.name)
        rows.append(Row("File", file.name or "A file", f"{max(file.size // 1024, 1):,} KB", there))
    return rows


def _matches(each: Reviewed, wanted: str) -> bool:
    if not wanted:
        return True
    said = [each.thing.kind, each.thing.source, *(field.text for field in each.thing.fields)]
    return any(wanted.casefold() in text.casefold() for text in said)
