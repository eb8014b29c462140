"""
Rows of the desk's URL table for what goes to GPs and comes from them. Whoever takes in the post has pages of its own: of a letter
it sees whom it is about and when it left.
"""

from troth.desk.urls.kept_apart import CLINICIANS
from troth.desk.views import from_gps, gp
from troth.gate.table import STAFF, page
from troth.notice.purposes import Purpose
from troth.prescribing.rules import PASSING_ON

WHO = {STAFF}

GPS = [
    page(
        "gp-letters/",
        gp.list_letters,
        name="desk_gp_letters",
        purpose=Purpose.GP_CORRESPONDENCE,
        who={"pharmacist"},
    ),
    page(
        "gp-letters/<uuid:letter>/",
        gp.show_letter,
        name="desk_gp_letter",
        purpose=Purpose.GP_CORRESPONDENCE,
        who=WHO,
    ),
    page(
        "gp-letters/<uuid:letter>/paper/",
        gp.paper,
        name="desk_gp_paper",
        purpose=Purpose.GP_CORRESPONDENCE,
        who=WHO,
    ),
    page(
        "gp-letters/<uuid:letter>/taken-in/",
        gp.taken_in,
        name="desk_gp_taken_in",
        purpose=Purpose.GP_CORRESPONDENCE,
        who=WHO,
    ),
    page(
        "from-gps/",
        from_gps.list_from_gps,
        name="desk_from_gps",
        purpose=Purpose.GP_CORRESPONDENCE,
        who=CLINICIANS | PASSING_ON,
    ),
    page(
        "from-gps/answers/<uuid:letter>/",
        from_gps.take_in,
        name="desk_gp_answer",
        purpose=Purpose.GP_CORRESPONDENCE,
        who=set(PASSING_ON),
    ),
    page(
        "from-gps/messages/<uuid:message>/",
        from_gps.show_message,
        name="desk_gp_message",
        purpose=Purpose.GP_CORRESPONDENCE,
        who=CLINICIANS,
    ),
    page(
        "from-gps/messages/<uuid:message>/file/",
        from_gps.message_file,
        name="desk_gp_message_file",
        purpose=Purpose.GP_CORRESPONDENCE,
        who=CLINICIANS,
    ),
]
