"""What a GP practice is asked for, and by which ways letters go and answers come. Nothing else can be asked."""

from troth.vault.words import Worded


class Wanted(Worded):
    """What a prescriber asks of a GP practice."""

    MEDICINES = "medicines", "Summary of current medicines and allergies"
    HISTORY = "history", "Relevant history"
    RESULTS = "results", "Latest measurements and blood results"
    OTHER = "other", "Something else"


class Way(Worded):
    """By which way something came from a GP practice."""

    POST = "post", "by post"
    EMAIL = "email", "by secure email"
    MESH = "mesh", "by MESH"
    TELEPHONE = "telephone", "by telephone"
    HAND = "hand", "brought by the person"


class GpChannel(Worded):
    """By what a letter reaches a GP."""

    MESH = "mesh", "MESH, the NHS’s message exchange"
    EMAIL = "email", "secure email"
    POST = "post", "post"


class GpNoticeState(Worded):
    """How far a letter to a GP has come."""

    DUE = "due", "to be sent"
    SENT = "sent", "sent"
    RECEIVED = "received", "received by the practice"
    FAILED = "failed", "came back"
    ANSWERED = "answered", "answered by the GP"
    STOPPED = "stopped", "not sent: the person took back that their GP may be told"
    CLOSED = "closed", "not sent: what it asks for is not needed any more"
