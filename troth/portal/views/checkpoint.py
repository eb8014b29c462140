"""The newest checkpoint of the ledger, for anybody who wants to keep one: it holds nobody's data."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from troth.ledger import proving
from troth.ledger.check_export import Head
from troth.ledger.proving import NotSealed


def show(request: HttpRequest) -> HttpResponse:
    """What it is and what it says, with the key that checks it."""
    try:
        note = proving.latest_checkpoint()
    except NotSealed:
        return render(request, "portal/checkpoint/show.html", {"note": ""}, status=404)
    head = Head.parse(note)
    return render(
        request,
        "portal/checkpoint/show.html",
        {"note": note, "size": head.size, "root": head.root.hex(), "key": proving.public_key()},
    )


def download(request: HttpRequest) -> HttpResponse:
    """The signed note alone, as it was signed."""
    try:
        note = proving.latest_checkpoint()
    except NotSealed:
        return HttpResponse("Nothing has been sealed yet.\n", status=404, content_type="text/plain; charset=utf-8")
    return HttpResponse(
        note,
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="checkpoint.txt"'},
    )
