"""
The privacy office's rows of the URL table.

Cases are for answering when people use their rights; the ledger is for the security of the systems. Whom a search is about is
found for `find`, like everywhere.
"""

from django.urls import URLPattern, URLResolver

from troth.gate.table import page
from troth.notice.purposes import Action, Purpose
from troth.office.views import case, checking, ledger

OFFICER = {"privacy_officer"}
CASES, WATCH = Purpose.RIGHTS, Purpose.SECURITY_LOG

urlpatterns: list[URLPattern | URLResolver] = [
    page("", case.list_open, name="office_home", purpose=CASES, who=OFFICER),
    page("cases/", case.list_open, name="office_cases", purpose=CASES, who=OFFICER),
    page("cases/<uuid:case>/", case.show, name="office_case", purpose=CASES, who=OFFICER),
    page("cases/<uuid:case>/history/", case.history, name="office_history", purpose=CASES, who=OFFICER),
    page("certificates/<uuid:certificate>/", case.certificate, name="office_certificate", purpose=CASES, who=OFFICER),
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
]
