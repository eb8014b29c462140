"""The addresses that are reached by a link or by a machine, and by nobody who is signed in."""

from django.urls import URLPattern

from troth.gate.table import public
from troth.portal.views import consents, exchange, letters, links

BY_LINK: list[URLPattern] = [
    public(
        "stop/<str:token>/",
        consents.stop,
        name="stop_messages",
        why="the service `consent-link` takes back what a message came by, and nothing of anybody is shown",
    ),
    public(
        "exchange/records/",
        exchange.receive,
        name="exchange_records",
        why="a clinic that the operator knows hands something in, signed; nothing of anybody is read back",
    ),
    public(
        "letter/<str:token>/",
        letters.follow,
        name="letter",
        why="it moves the token out of the address",
    ),
    public(
        "letter/",
        letters.show,
        name="open_letter",
        why="the service `rights-letters` opens the one letter that a link is for, to whoever has the link",
    ),
    public("link/<str:token>/", links.follow, name="follow_link", why="it moves the token out of the address"),
    public(
        "confirm/",
        links.confirm,
        name="confirm",
        why="the service `account-steps` does what the holder of a one-time link may, and nothing is read back",
    ),
]
