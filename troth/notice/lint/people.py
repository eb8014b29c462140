"""Rules on who stands behind the notice, where it holds, and for whom it has words."""

import re
from collections.abc import Iterator
from datetime import date

from troth.notice.lint.draft import Draft, Found, Rule
from troth.notice.lint.sharing import code_of
from troth.notice.purposes import Purpose
from troth.notice.schema.words import ContactRoute, Instrument, Place
from troth.vault.categories import Category

OLD_AFTER_MONTHS = 24
AHEAD_MONTHS = 12
_GONE = {
    Instrument.DPA_1998: "was repealed in 2018",
    Instrument.DPA_1984: "was repealed in 2000",
    Instrument.DPA_1988: "is no law of the United Kingdom",
}
_ONLINE = frozenset({Place.WEBSITE, Place.APP, Place.SOCIAL, Place.EMAIL})
_DIGIT = re.compile(r"[0-9]")
_IDENTIFYING = frozenset({Category.IDENTITY, Category.CONTACT, Category.ACCOUNT, Category.USAGE, Category.NETWORK})


def controller_is_named(draft: Draft) -> Iterator[Found]:
    who = draft.notice.controller
    path = ("controller",)
    if who is None:
        yield Found("N01", (), "The notice does not say who the controller is.")
        yield Found("F-44", (), "The notice does not say who the controller is.")
        return
    ways = (who.address, who.email, who.telephone, *(contact.value for contact in who.contacts or []))
    if not (who.legal_name or who.trading_name) or not any(ways):
        yield Found("N01", path, "The controller has no name, or no way to be reached.")
    for name, words in (("legal_name", "legal name"), ("address", "postal address")):
        if not getattr(who, name):
            yield Found("F-44", path, f"The controller's {words} is missing.")
    if who.group and who.group.company_number and who.company_number in {"", who.group.company_number}:
        yield Found("F-44", (*path, "group"), "The company number given fits the group, not the controller.")
    if not _DIGIT.search(who.company_number) or not _DIGIT.search(who.ico_registration):
        yield Found("N22", path, "The company number or the registration with the regulator is missing.")
    if code_of(who.country) != "GB" and not (draft.notice.uk_representative and draft.notice.uk_representative.name):
        yield Found("N02", (*path, "country"), "The controller is not in the UK and names no representative here.")
    instructed = (
        who.unless_stated
        or Place.INSTRUCTED_WORK in draft.notice.scope.covers
        or draft.declares(Purpose.INSTRUCTIONS, Purpose.MEDICAL_REPORTING)
    )
    if instructed and not who.instructed_work:
        yield Found("F-13", path, "Nothing says who the controller is in work that others instruct.")


def officer_can_be_reached(draft: Draft) -> Iterator[Found]:
    officer = draft.notice.dpo
    if officer is None:
        return
    if not ("@" in officer.email or _DIGIT.search(officer.telephone) or officer.address):
        yield Found("N03", ("dpo",), "The data protection officer cannot be reached.")
    if not officer.name and not officer.role:
        yield Found("F-44", ("dpo",), "The data protection officer has neither a name nor a role.")
    who = draft.notice.controller
    if who and officer.email and officer.email.lower() == who.email.lower():
        yield Found("F-44", ("dpo", "email"), "The officer shares a mailbox with the rest of the clinic.")


def contacts_lead_somewhere(draft: Draft) -> Iterator[Found]:
    for part, email in (("controller", draft.notice.controller), ("dpo", draft.notice.dpo)):
        if email and email.email and "@" not in email.email:
            yield Found("F-41", (part, "email"), "The entry for email gives no address.")
    contacts = draft.notice.controller.contacts if draft.notice.controller else None
    if contacts is None:
        return
    path = ("controller", "contacts")
    if not contacts:
        yield Found("F-43", path, "The text promises ways to get in touch, and lists none.")
    for place, contact in enumerate(contacts):
        if contact.by is ContactRoute.EMAIL and "@" not in contact.value:
            yield Found("F-41", (*path, place), "The entry for email gives no address.")
        elif not contact.value or (contact.by is ContactRoute.TELEPHONE and not _DIGIT.search(contact.value)):
            yield Found("F-43", (*path, place), f"The entry for {contact.by} leads nowhere.")


def scope_is_one(draft: Draft) -> Iterator[Found]:
    scope = draft.notice.scope
    if scope.only and (left_out := set(scope.covers) - set(scope.only)):
        yield Found(
            "F-45", ("scope", "only"), f"The notice covers {', '.join(sorted(left_out))}, and later does not."
        )


def laws_are_in_force(draft: Draft) -> Iterator[Found]:
    laws = draft.notice.laws
    for place, law in enumerate(laws):
        if law in _GONE:
            yield Found("F-01", ("laws", place), f"`{law}` {_GONE[law]}.")
    if Instrument.EU_GDPR in laws and Instrument.UK_GDPR not in laws:
        yield Found("F-01", ("laws",), "The EU regulation is cited, and UK GDPR is not.")
    elif Instrument.UK_GDPR not in laws:
        yield Found("F-01", ("laws",), "UK GDPR is not cited.")


def everyone_is_spoken_to(draft: Draft) -> Iterator[Found]:
    everyone = draft.notice.everyone
    missing = [
        words
        for words, text in (
            ("children", everyone.children),
            ("people without capacity", everyone.capacity),
            ("the deceased", everyone.deceased),
        )
        if not text
    ]
    if missing:
        yield Found("F-42", ("everyone",), f"Nothing is said on {', '.join(missing)}.")
    if not everyone.plain_version:
        yield Found("N19", ("everyone",), "No short, plain version is named.")
    if everyone.serves_children and not everyone.child_version:
        yield Found("N19", ("everyone",), "Children are treated, and no version is written for them.")
    collected = (draft.used | draft.declared) & _IDENTIFYING
    if _ONLINE & set(everyone.nothing_identifying_asked) and collected:
        yield Found(
            "F-17",
            ("everyone", "nothing_identifying_asked"),
            f"Nothing identifying is asked, it says; yet {', '.join(sorted(collected))} are collected.",
        )


def it_is_fresh(draft: Draft) -> Iterator[Found]:
    issued, changes = draft.notice.issued, draft.notice.changes
    if issued is None:
        yield Found("N21", (), "The notice has no date.")
        yield Found("F-48", (), "The notice has no date.")
    elif _months_between(draft.on, issued) >= AHEAD_MONTHS:
        yield Found("N21", ("issued",), f"It is dated {issued:%-d %B %Y}, which is more than a year to come.")
    elif _months_between(issued, draft.on) >= OLD_AFTER_MONTHS:
        yield Found("F-48", ("issued",), f"It was issued on {issued:%-d %B %Y}, more than two years ago.")
    if changes is None:
        yield Found("F-48", (), "Nothing is said on how changes are told.")
        yield Found("N14", (), "Nothing is said on telling people before data serves something new.")
        return
    if changes.may_only or not changes.announced_by:
        yield Found("F-48", ("changes",), "Changes are told only perhaps, or nobody knows how.")
    if changes.new_purposes is None or not changes.new_purposes.told_first:
        yield Found("N14", ("changes",), "Nothing is said on telling people before data serves something new.")


def _months_between(earlier: date, later: date) -> int:
    return (later.year - earlier.year) * 12 + later.month - earlier.month - (later.day < earlier.day)


RULES: tuple[Rule, ...] = (
    controller_is_named,
    officer_can_be_reached,
    contacts_lead_somewhere,
    scope_is_one,
    laws_are_in_force,
    everyone_is_spoken_to,
    it_is_fresh,
)
