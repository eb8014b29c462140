"""Parts of a card with pages of their own, since each is opened for a purpose of its own, or locked unless something needs it."""

from troth.bringing.rules import BRINGERS, NOTE_BRINGERS
from troth.bringing.services import BRINGING
from troth.desk.views import bringing, concern, document, locked, message, photograph, recording
from troth.diary import rules
from troth.gate.table import STAFF, page
from troth.notice.purposes import Purpose

WHO = {STAFF}
BRING_IN = set(BRINGERS | NOTE_BRINGERS)
#: Who judges what a medicine did, and what somebody's safety needs.
CLINICIANS = {"prescriber", "pharmacist"}
KEEPERS = set(rules.KEEPERS)

#: Those who look at the documents by which people show who they are.
SHOWING, PREPARING = Purpose.IDENTITY_CHECK, {"healthcare_assistant"}

KEPT_APART = [
    page("bring-in/", bringing.list_files, name="desk_bring_in", purpose=BRINGING, who=BRING_IN),
    page(
        "bring-in/<uuid:file>/",
        bringing.show_file,
        name="desk_bring_in_file",
        purpose=BRINGING,
        who=BRING_IN,
    ),
    page(
        "bring-in/<uuid:file>/to-mend/",
        bringing.download_faults,
        name="desk_bring_in_faults",
        purpose=BRINGING,
        who=BRING_IN,
    ),
    page(
        "people/<uuid:subject>/concerns/",
        concern.show_concerns,
        name="desk_concerns",
        purpose=Purpose.SAFEGUARDING,
        who=CLINICIANS,
    ),
    page("documents/", document.list_waiting, name="desk_documents", purpose=SHOWING, who=PREPARING),
    page("documents/<uuid:check>/", document.look_at, name="desk_document", purpose=SHOWING, who=PREPARING),
    page(
        "documents/<uuid:check>/picture/",
        document.picture,
        name="desk_document_picture",
        purpose=SHOWING,
        who=PREPARING,
    ),
    page("people/<uuid:subject>/locked/", locked.show_locked, name="desk_locked", purpose=Purpose.CARE, who=WHO),
    page(
        "people/<uuid:subject>/locked/<slug:kind>/",
        locked.record,
        name="desk_locked_new",
        purpose=Purpose.CARE,
        who=WHO,
    ),
    page(
        "people/<uuid:subject>/photographs/",
        photograph.show_all,
        name="desk_photographs",
        purpose=Purpose.PHOTOGRAPHY,
        who=WHO,
    ),
    page(
        "people/<uuid:subject>/photographs/new/",
        photograph.add,
        name="desk_photograph_new",
        purpose=Purpose.PHOTOGRAPHY,
        who=WHO,
    ),
    page(
        "people/<uuid:subject>/photographs/compare/",
        photograph.compare,
        name="desk_photograph_compare",
        purpose=Purpose.PHOTOGRAPHY,
        who=WHO,
    ),
    page(
        "photographs/<uuid:photograph>/",
        photograph.send,
        name="desk_photograph",
        purpose=Purpose.PHOTOGRAPHY,
        who=WHO,
    ),
    page(
        "people/<uuid:subject>/calls/",
        recording.list_calls,
        name="desk_calls",
        purpose=Purpose.CALL_RECORDING,
        who=WHO,
    ),
    page(
        "people/<uuid:subject>/calls/new/",
        recording.add_call,
        name="desk_call_new",
        purpose=Purpose.CALL_RECORDING,
        who=WHO,
    ),
    page("calls/<uuid:recording>/", recording.play, name="desk_call", purpose=Purpose.CALL_RECORDING, who=WHO),
    page("people/<uuid:subject>/clips/", recording.list_clips, name="desk_clips", purpose=Purpose.CCTV, who=WHO),
    page("people/<uuid:subject>/clips/new/", recording.add_clip, name="desk_clip_new", purpose=Purpose.CCTV, who=WHO),
    page("clips/<uuid:recording>/", recording.play, name="desk_clip", purpose=Purpose.CCTV, who=WHO),
    page("cameras/", recording.list_cameras, name="desk_cameras", purpose=Purpose.CCTV, who=KEEPERS),
    page("cameras/new/", recording.keep_camera, name="desk_camera_new", purpose=Purpose.CCTV, who=KEEPERS),
    page("cameras/<uuid:camera>/", recording.keep_camera, name="desk_camera", purpose=Purpose.CCTV, who=KEEPERS),
    page("messages/", message.list_conversations, name="desk_messages", purpose=Purpose.MESSAGES, who=WHO),
    page(
        "messages/<uuid:conversation>/",
        message.show_conversation,
        name="desk_conversation",
        purpose=Purpose.MESSAGES,
        who=WHO,
    ),
    page(
        "people/<uuid:subject>/messages/",
        message.of_person,
        name="desk_messages_of",
        purpose=Purpose.MESSAGES,
        who=WHO,
    ),
]
