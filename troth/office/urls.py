"""
The privacy office's rows of the URL table.

Cases are for answering when people use their rights; the ledger is for the security of the systems. Whom a search is about is
found for `find`, like everywhere.
"""

from django.urls import URLPattern, URLResolver

from troth.gate.table import page
from troth.notice.purposes import Action, Purpose
from troth.office.views import (
    answer,
    arrival,
    authority,
    blackening,
    case,
    checking,
    consents,
    ending,
    entry,
    flow,
    ledger,
    message,
    notice,
    pack,
    portable,
    promises,
    queue,
    review,
    source,
    step,
    today,
)

OFFICER = {"privacy_officer"}
#: The map of data shows nobody's; it is what an officer answers for.
CASES, WATCH = Purpose.RIGHTS, Purpose.SECURITY_LOG

urlpatterns: list[URLPattern | URLResolver] = [
    page("", today.show_today, name="office_home", purpose=CASES, who=OFFICER),
    page("days/", today.show_days, name="office_days", purpose=CASES, who=OFFICER),
    page("forecast/", today.show_forecast, name="office_forecast", purpose=CASES, who=OFFICER),
    page("ending/", ending.show_ending, name="office_ending", purpose=CASES, who=OFFICER),
    page("cases/", queue.list_cases, name="office_cases", purpose=CASES, who=OFFICER),
    page("cases/load/", queue.show_load, name="office_load", purpose=CASES, who=OFFICER),
    page("cases/<uuid:case>/step/<slug:step>/", step.take, name="office_case_step", purpose=CASES, who=OFFICER),
    page(
        "cases/<uuid:case>/letters/<uuid:letter>/",
        step.show_letter,
        name="office_case_letter",
        purpose=CASES,
        who=OFFICER,
    ),
    page("cases/<uuid:case>/", case.show, name="office_case", purpose=CASES, who=OFFICER),
    page("cases/<uuid:case>/authorities/", authority.show_all, name="office_authorities", purpose=CASES, who=OFFICER),
    page("cases/<uuid:case>/consents/", consents.show_words, name="office_consents", purpose=CASES, who=OFFICER),
    page("cases/<uuid:case>/history/", case.history, name="office_history", purpose=CASES, who=OFFICER),
    page("cases/<uuid:case>/answer/", answer.show_answer, name="office_answer", purpose=CASES, who=OFFICER),
    page("cases/<uuid:case>/copy/", pack.show_pack, name="office_pack", purpose=CASES, who=OFFICER),
    page(
        "cases/<uuid:case>/copy/entries/", entry.show_entries, name="office_pack_entries", purpose=CASES, who=OFFICER
    ),
    page(
        "cases/<uuid:case>/copy/entries/<uuid:item>/",
        entry.show_entry,
        name="office_pack_entry",
        purpose=CASES,
        who=OFFICER,
    ),
    page(
        "cases/<uuid:case>/copy/entries/<uuid:item>/file/<slug:field>/",
        blackening.show_file,
        name="office_pack_file",
        purpose=CASES,
        who=OFFICER,
    ),
    page(
        "cases/<uuid:case>/copy/entries/<uuid:item>/file/<slug:field>/open/",
        blackening.open_file,
        name="office_pack_open",
        purpose=CASES,
        who=OFFICER,
    ),
    page(
        "cases/<uuid:case>/copy/entries/<uuid:item>/file/<slug:field>/<int:page>/",
        blackening.show_page,
        name="office_pack_page",
        purpose=CASES,
        who=OFFICER,
    ),
    page(
        "cases/<uuid:case>/copy/print/",
        pack.take,
        name="office_pack_take",
        purpose=CASES,
        action=Action.EXPORT,
        who=OFFICER,
    ),
    page("cases/<uuid:case>/file/", portable.show_file, name="office_portable", purpose=CASES, who=OFFICER),
    page(
        "cases/<uuid:case>/file/take/",
        portable.take,
        name="office_portable_file",
        purpose=CASES,
        action=Action.EXPORT,
        who=OFFICER,
    ),
    page("certificates/<uuid:certificate>/", case.certificate, name="office_certificate", purpose=CASES, who=OFFICER),
    page("messages/", message.list_unsent, name="office_messages", purpose=CASES, who=OFFICER),
    page("messages/post/", message.list_post, name="office_post", purpose=CASES, who=OFFICER),
    page("messages/post/<uuid:message>/", message.post_one, name="office_post_letter", purpose=CASES, who=OFFICER),
    page("messages/letters/", message.letters, name="office_letters", purpose=CASES, who=OFFICER),
    page("messages/letters/<slug:kind>/", message.letter, name="office_letter", purpose=CASES, who=OFFICER),
    page(
        "messages/letters/<slug:kind>/html/",
        message.letter_html,
        name="office_letter_html",
        purpose=CASES,
        who=OFFICER,
    ),
    page("ledger/", ledger.search, name="office_ledger", purpose=WATCH, who=OFFICER),
    page("ledger/found/<slug:ticket>/", ledger.found, name="office_ledger_found", purpose=WATCH, who=OFFICER),
    page("ledger/person/", ledger.person, name="office_ledger_person", purpose=Purpose.FIND, who=OFFICER),
    page("ledger/events/<int:number>/", ledger.event, name="office_event", purpose=WATCH, who=OFFICER),
    page("ledger/events/<int:number>/proof/", ledger.proof, name="office_event_proof", purpose=WATCH, who=OFFICER),
    page("ledger/check/", checking.check, name="office_check", purpose=WATCH, who=OFFICER),
    page(
        "ledger/export/",
        checking.export,
        name="office_export",
        purpose=WATCH,
        action=Action.EXPORT,
        who=OFFICER,
    ),
    page("data-flow/", flow.show_flow, name="office_flow", purpose=CASES, who=OFFICER),
    page("data-flow/svg/", flow.svg, name="office_flow_svg", purpose=CASES, who=OFFICER),
    page("data-flow/csv/", flow.csv, name="office_flow_csv", purpose=CASES, who=OFFICER),
    page("record/", flow.record, name="office_record", purpose=CASES, who=OFFICER),
    page("record/json/", flow.record_json, name="office_record_json", purpose=CASES, who=OFFICER),
    page("notice/", notice.versions, name="office_notice", purpose=CASES, who=OFFICER),
    page(
        "notice/<int:before>/<int:after>/",
        notice.compare_two,
        name="office_notice_compare",
        purpose=CASES,
        who=OFFICER,
    ),
    page("notice/draft/", notice.draft, name="office_notice_draft", purpose=CASES, who=OFFICER),
    page("arrivals/", arrival.list_all, name="office_arrivals", purpose=CASES, who=OFFICER),
    page("arrivals/<uuid:arrival>/", arrival.show_one, name="office_arrival", purpose=CASES, who=OFFICER),
    page(
        "arrivals/<uuid:arrival>/file/",
        arrival.fetch,
        name="office_arrival_file",
        purpose=CASES,
        action=Action.EXPORT,
        who=OFFICER,
    ),
    page("sources/", source.list_all, name="office_sources", purpose=CASES, who=OFFICER),
    page("sources/<uuid:obtained>/", source.show_one, name="office_source", purpose=CASES, who=OFFICER),
    page("reviews/", review.list_all, name="office_reviews", purpose=CASES, who=OFFICER),
    page("reviews/<uuid:emergency>/", review.show_one, name="office_review", purpose=CASES, who=OFFICER),
    page("reviews/<uuid:emergency>/tell/", review.tell, name="office_review_tell", purpose=CASES, who=OFFICER),
    page("promises/", promises.wall, name="office_promises", purpose=WATCH, who=OFFICER),
    page("promises/check/", promises.check_now, name="office_promises_check", purpose=WATCH, who=OFFICER),
    page("promises/<str:promise>/", promises.one, name="office_promise", purpose=WATCH, who=OFFICER),
]
