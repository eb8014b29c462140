"""Every event that can stand in the ledger, listed once: `room:what_happened` and the words people read for it."""

from enum import StrEnum


class Event(StrEnum):
    """The name of an event. An act names one; `opened` and `refused` are the gate's."""

    words: str

    def __new__(cls, value: str, words: str) -> "Event":
        member = str.__new__(cls, value)
        member._value_ = value
        member.words = words
        return member

    OPENED = "gate:opened", "opened the record"
    REFUSED = "gate:refused", "was refused"
    SEARCHED = "gate:searched", "searched for someone"
    GLASS_BROKEN = "gate:glass_broken", "opened the record in an emergency"
    FACT_RECORDED = "gate:fact_recorded", "recorded a standing fact"
    FACT_ENDED = "gate:fact_ended", "ended a standing fact"
    NOTICE_PUBLISHED = "notice:published", "published a version of the notice"
    PERSON_REGISTERED = "people:registered", "registered"
    RECORD_MADE = "people:record_made", "made the record"
    IDENTITY_CHANGED = "people:identity_changed", "changed who they are"
    CONTACT_CHANGED = "people:contact_changed", "changed how to reach them"
    STAFF_JOINED = "people:staff_joined", "joined the staff"
    STAFF_LEFT = "people:staff_left", "left the staff"
    SIGNED_IN = "people:signed_in", "signed in"
    SIGN_IN_FAILED = "people:sign_in_failed", "failed to sign in"
    SIGNED_OUT = "people:signed_out", "signed out"
    SESSIONS_ENDED = "people:sessions_ended", "ended sessions"
    ACCOUNT_OPENED = "people:account_opened", "opened an account"
    PASSWORD_CHANGED = "people:password_changed", "changed the password"
    SIGN_IN_TRACED = "people:sign_in_traced", "kept from where the sign-in came"
    SIGN_IN_TRACES_FORGOTTEN = "people:sign_in_traces_forgotten", "removed from where older sign-ins came"
    SESSION_PROVED = "people:session_proved", "proved themselves again"
    FACTOR_ADDED = "people:factor_added", "added a second factor"
    FACTOR_REMOVED = "people:factor_removed", "removed a second factor"
    FACTOR_PROVED = "people:factor_proved", "used a second factor"
    RECOVERY_CODES_MADE = "people:recovery_codes_made", "made new recovery codes"
    NOTE_WRITTEN = "records:note_written", "wrote a note"
    NOTE_SIGNED = "records:note_signed", "signed a note"
    MEDICATION_RECORDED = "records:medication_recorded", "recorded a medicine"
    ALLERGY_RECORDED = "records:allergy_recorded", "recorded an allergy"
    NOTE_CHANGED = "records:note_changed", "changed the draft of a note"
    NOTE_ADDED_TO = "records:note_added_to", "added to a signed note"
    MEASURED = "records:measured", "recorded a measurement"
    RELEASE_DECIDED = "records:release_decided", "decided whether it goes into the person's own copy"
    FILE_ADDED = "records:file_added", "added a file"
    TREATMENT_REQUESTED = "prescribing:requested", "asked for treatment"
    REQUEST_ASSIGNED = "prescribing:assigned", "passed the request to a prescriber"
    REQUEST_WITHDRAWN = "prescribing:withdrawn", "took back the request"
    ASSISTANT_ASSIGNED = "prescribing:assistant_assigned", "asked an assistant to prepare the request"
    REQUEST_DECIDED = "prescribing:decided", "decided on the request"
    COPY_TAKEN = "rights:copy_taken", "took a copy of their data"
    ERASURE_ASKED = "rights:erasure_asked", "asked for erasure"
    ERASURE_DECIDED = "rights:erasure_decided", "decided what goes and what stays"
    ERASED = "rights:erased", "erased data"
    ERASURE_CERTIFIED = "rights:erasure_certified", "certified the erasure"
    CASE_OPENED = "rights:case_opened", "opened a request about data"
    CASE_CLOSED = "rights:case_closed", "closed a request about data"
    CONSENT_GIVEN = "consent:given", "gave consent"
    CONSENT_TAKEN_BACK = "consent:taken_back", "took back consent"
    OBJECTED = "rights:objected", "objected"
    OBJECTION_WITHDRAWN = "rights:objection_withdrawn", "withdrew an objection"
    RESTRICTED = "rights:restricted", "restricted the use of the record"
    RESTRICTION_LIFTED = "rights:restriction_lifted", "lifted the restriction"
    KEY_TURNED = "vault:master_key_turned", "turned the master key"
    KEYS_DESTROYED = "vault:keys_destroyed", "destroyed keys"
    BACKUP_MADE = "copies:backup_made", "made a backup"
    RESTORED = "copies:restored", "restored a backup"
    DRILLED = "copies:drilled", "rehearsed a restore"
