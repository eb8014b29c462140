"""My data and everybody's rights: what is held, copies, choices, requests, complaints, erasure."""

from django.urls import URLPattern, URLResolver

from troth.gate.table import PATIENTS, STAFF, page, public
from troth.notice.purposes import Action, Purpose
from troth.portal.views import (
    acting,
    choices,
    consents,
    copies,
    details,
    erasure,
    exchange,
    history,
    my_data,
    requesting,
    sources,
    told,
    which_rights,
)

ANYONE = {PATIENTS, STAFF}

RIGHTS: list[URLPattern | URLResolver] = [
    page("my-data/", my_data.show, name="my_data", purpose=Purpose.RIGHTS, who=ANYONE),
    page("my-data/kind/<slug:kind>/", my_data.show_kind, name="my_kind", purpose=Purpose.RIGHTS, who=ANYONE),
    page("my-data/copy/", my_data.copy, name="my_copy", purpose=Purpose.RIGHTS, action=Action.EXPORT, who=ANYONE),
    page("my-data/move/", copies.show_move, name="my_move", purpose=Purpose.RIGHTS, who=ANYONE),
    page("my-data/move/to/<slug:partner>/", exchange.send, name="my_move_send", purpose=Purpose.RIGHTS, who=ANYONE),
    page(
        "my-data/move/file/",
        copies.move,
        name="my_move_file",
        purpose=Purpose.RIGHTS,
        action=Action.EXPORT,
        who=ANYONE,
    ),
    page("my-data/copies/", copies.show, name="my_packs", purpose=Purpose.RIGHTS, who=ANYONE),
    page(
        "my-data/copies/<uuid:pack>/",
        copies.fetch,
        name="my_pack_file",
        purpose=Purpose.RIGHTS,
        action=Action.EXPORT,
        who=ANYONE,
    ),
    page(
        "my-data/copies/given/<uuid:pack>/",
        copies.fetch_given,
        name="my_given_file",
        purpose=Purpose.RIGHTS,
        action=Action.EXPORT,
        who=ANYONE,
    ),
    page("my-data/notice/", told.show, name="my_notice", purpose=Purpose.RIGHTS, who=ANYONE),
    page("my-data/from-others/", sources.show, name="my_sources", purpose=Purpose.RIGHTS, who=ANYONE),
    page("my-data/history/", history.show, name="my_history", purpose=Purpose.RIGHTS, who=ANYONE),
    page("my-data/details/", details.show, name="my_details", purpose=Purpose.RIGHTS, who=ANYONE),
    page("my-data/details/arrange/", details.adjust, name="my_adjustments", purpose=Purpose.RIGHTS, who=ANYONE),
    page("my-data/details/change/", details.change, name="my_details_change", purpose=Purpose.RIGHTS, who=ANYONE),
    page("my-data/choices/", choices.show, name="my_choices", purpose=Purpose.RIGHTS, who=ANYONE),
    page("my-data/choices/said/", consents.history, name="my_consents", purpose=Purpose.RIGHTS, who=ANYONE),
    page("my-data/choices/<slug:purpose>/", choices.decide, name="my_choice", purpose=Purpose.RIGHTS, who=ANYONE),
    page("my-data/rights/", which_rights.show, name="my_rights", purpose=Purpose.RIGHTS, who=ANYONE),
    page("my-data/stop/", choices.restrict, name="my_restriction", purpose=Purpose.RIGHTS, who=ANYONE),
    page("my-data/correct/", choices.correct, name="my_correction", purpose=Purpose.RIGHTS, who=ANYONE),
    page("my-data/ask/", requesting.ask, name="my_ask", purpose=Purpose.RIGHTS, who=ANYONE),
    page("my-data/asked/<uuid:case>/", requesting.show, name="my_rights_request", purpose=Purpose.RIGHTS, who=ANYONE),
    page("my-data/acting/", acting.representatives, name="my_representatives", purpose=Purpose.RIGHTS, who=ANYONE),
    page(
        "my-data/acting/<uuid:authority>/end/",
        acting.end,
        name="my_representative_end",
        purpose=Purpose.RIGHTS,
        who=ANYONE,
    ),
    page("acting/", acting.list_people, name="my_acting", purpose=Purpose.RIGHTS, who=ANYONE),
    page("acting/<uuid:subject>/", acting.show, name="my_acting_for", purpose=Purpose.RIGHTS, who=ANYONE),
    public(
        "complain/",
        requesting.complain,
        name="complain",
        why="whoever complains writes about themselves in an act; nothing is read back, and it says the same to everybody",
    ),
    public(
        "decisions/", requesting.decisions, name="decisions", why="what software does by itself is said to everybody"
    ),
    public("complained/", requesting.complained, name="complained", why="it says the same to everybody"),
    page("my-data/asked/", choices.requests, name="my_rights_requests", purpose=Purpose.RIGHTS, who=ANYONE),
    page("my-data/erase/", erasure.confirm, name="my_erasure", purpose=Purpose.RIGHTS, who=ANYONE),
    page(
        "my-data/certificate/<uuid:certificate>/",
        erasure.certificate,
        name="my_certificate",
        purpose=Purpose.RIGHTS,
        who=ANYONE,
    ),
    page(
        "my-data/certificate/<uuid:certificate>/file/",
        erasure.download,
        name="my_certificate_file",
        purpose=Purpose.RIGHTS,
        action=Action.EXPORT,
        who=ANYONE,
    ),
]
