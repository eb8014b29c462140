"""Codes of a file that cannot be read as a notice at all."""

from troth.notice.lint.codes.code import ERROR, Code, table

_LAW = "docs/reference/notice.schema.json"

FORM = table(
    Code("Y01", ERROR, "The file cannot be read", _LAW, "Name a notice file that exists.", "opening the file"),
    Code("Y02", ERROR, "Not UTF-8 text", _LAW, "Save the file as plain UTF-8 text.", "its bytes"),
    Code("Y03", ERROR, "Not well-formed YAML", _LAW, "Check indentation, quotation marks and colons.", "its text"),
    Code("Y04", ERROR, "A name stands twice", _LAW, "Keep one of them.", "any part"),
    Code("Y05", ERROR, "Shorthand with & or *", _LAW, "Write the words out in each place.", "its text"),
    Code("Y06", ERROR, "Too large or too deep", _LAW, "Lay the file out like the packs.", "its size and depth"),
    Code(
        "Y07", ERROR, "A name that a notice does not know", _LAW, "Correct its spelling, or take it out.", "any part"
    ),
    Code(
        "Y08",
        ERROR,
        "A value of the wrong kind, or missing",
        _LAW,
        "Give the value that the format asks for.",
        "any part",
    ),
    Code("Y09", ERROR, "The file is empty", _LAW, "Begin with `format: 1`; a pack shows the rest.", "its text"),
)
