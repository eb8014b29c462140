"""The model of a notice file. It holds faulty notices too: what is wrong with one is the linter's to say."""

import json
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from troth.notice.schema.keeping import Keeping
from troth.notice.schema.people import Controller, Everyone, Officer, Role, Scope, UkRepresentative
from troth.notice.schema.reach import Cookies, Marketing
from troth.notice.schema.rights import AutomatedDecisions, Complaints, Right
from troth.notice.schema.shape import OneOrSeveral, Part, Words
from troth.notice.schema.sharing import Recipient, Sharing, Transfers
from troth.notice.schema.statements import Changes, Claim, Link, Pointer, Security, Speaks, Term
from troth.notice.schema.uses import Bases, CategoryWords, PurposeRow, Sources
from troth.notice.schema.words import Instrument


def _whole(value: Any) -> Any:
    """`yes` counts as one in Python, and is no format."""
    return "yes or no" if isinstance(value, bool) else value


class Notice(Part):
    """A clinic's privacy notice: what it does with personal data, once and in a file."""

    format: Annotated[Literal[1], BeforeValidator(_whole)]
    """The format of this file."""
    title: Words = "Privacy notice"
    summary: Words = ""
    """The first layer: the whole notice in a few sentences."""
    issued: date | None = None
    """The day this version was written (N21, F-48)."""
    laws: OneOrSeveral[Instrument] = []
    """The laws that the text cites (F-01)."""
    controller: Controller | None = None
    dpo: Officer | None = None
    uk_representative: UkRepresentative | None = None
    scope: Scope = Scope()
    terms: list[Term] = []
    roles: list[Role] = []
    categories: list[CategoryWords] = []
    sources: Sources = Sources()
    bases: Bases = Bases()
    purposes: list[PurposeRow] = []
    recipients: list[Recipient] = []
    sharing: Sharing = Sharing()
    transfers: Transfers = Transfers()
    retention: Keeping = Keeping()
    rights: list[Right] = []
    complaints: Complaints = Complaints()
    automated_decisions: AutomatedDecisions | None = None
    cookies: Cookies | None = None
    marketing: Marketing | None = None
    security: Security = Security()
    everyone: Everyone = Everyone()
    claims: list[Claim] = []
    links: list[Link] = []
    pointers: list[Pointer] = []
    speaks_of: list[Speaks] = []
    changes: Changes | None = None
    promises: list[Words] = []
    """Ids of the promises that this notice makes."""


def json_schema() -> str:
    """The published JSON Schema of a notice file, as text. `docs/reference/notice.schema.json` holds it."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Notice.model_json_schema()}
    return json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


__all__ = ["Notice", "json_schema"]
