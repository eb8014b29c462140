"""The privacy office's rows of the URL table. Each page is for answering when people use their rights."""

from django.urls import URLPattern, URLResolver

from troth.gate.table import page
from troth.notice.purposes import Purpose
from troth.office.views import case

OFFICER = {"privacy_officer"}

urlpatterns: list[URLPattern | URLResolver] = [
    page("", case.list_open, name="office_home", purpose=Purpose.RIGHTS, who=OFFICER),
    page("cases/<uuid:case>/", case.show, name="office_case", purpose=Purpose.RIGHTS, who=OFFICER),
    page("cases/<uuid:case>/history/", case.history, name="office_history", purpose=Purpose.RIGHTS, who=OFFICER),
    page(
        "certificates/<uuid:certificate>/",
        case.certificate,
        name="office_certificate",
        purpose=Purpose.RIGHTS,
        who=OFFICER,
    ),
]
