"""Rules on rights, complaints, and decisions by machines."""

import re
from collections.abc import Iterator

from troth.law.bases import Basis, Condition
from troth.notice.lint.draft import Draft, Found, Rule
from troth.notice.lint.keeping import days
from troth.notice.purposes import Purpose
from troth.notice.schema.words import ContactRoute, Demand, Ground, RightName

_MUST = (
    RightName.ACCESS,
    RightName.RECTIFICATION,
    RightName.ERASURE,
    RightName.RESTRICTION,
    RightName.PORTABILITY,
    RightName.OBJECTION,
)
_QUALIFIED = frozenset({RightName.ERASURE, RightName.RESTRICTION, RightName.OBJECTION})
_ELECTRONIC = frozenset({ContactRoute.ACCOUNT, ContactRoute.FORM})
_MACHINES_LIKELY = frozenset(
    {Purpose.ELIGIBILITY, Purpose.PRESCRIBING, Purpose.IDENTITY_CHECK, Purpose.PERSONALISATION, Purpose.ADVERTISING}
)
_PROMOTING = (Purpose.MARKETING, Purpose.PROMOTIONS, Purpose.PERSONALISATION, Purpose.ADVERTISING)
_HURDLES = frozenset({Demand.WRITING, Demand.NAMED_PERSON, Demand.FEE})
_OFFLINE = frozenset({ContactRoute.TELEPHONE, ContactRoute.POST, ContactRoute.IN_PERSON})
_HARD = frozenset({ContactRoute.POST, ContactRoute.IN_PERSON})
# What was given by a click is taken back by one (UK GDPR Article 7(3), PECR regulation 22(3)(c)).
_CONSENTED = frozenset({RightName.WITHDRAWAL, RightName.MARKETING_OBJECTION})
_BOUGHT = frozenset({Ground.PURCHASE_DATA, Ground.PRODUCT_WARRANTY})
SHORTEST_MONTH = 28
_NOTHING_AUTOMATED = re.compile(
    r"\b(?:we|the clinic)\s+(?:do(?:es)?\s+not|don't|never)\s+(?:use|make|carry\s+out|take|rely\s+on|undertake)\s+(?:any\s+)?"
    r"(?:automated|automatic)\s+(?:individual\s+)?(?:decision|processing|profiling)"
    r"|\bno\s+(?:automated|automatic)\s+(?:individual\s+)?(?:decision|processing|profiling)",
    re.IGNORECASE,
)
COMPLAINT_DAYS = 30
_FEE = re.compile(
    r"\b(?:fees?|charge[sd]?|charging|(?:on|upon|against|after|before)\s+payment|payment\s+(?:of|is)|pay|pays)\b|[£]\s?[0-9]",
    re.IGNORECASE,
)
# A sentence that says no to a fee, or keeps it to what Article 12(5) and 15(3) allow.
_LAWFUL_FEE = re.compile(
    r"\b(?:no|not|free|never|nothing|none|without|cannot|don't|unfounded|excessive|unreasonable|repeat\w*|further|additional|extra|another"
    r"|second|more|in charge|payments)\b",
    re.IGNORECASE,
)


def rights_are_complete(draft: Draft) -> Iterator[Found]:
    notice = draft.notice
    offered = {right.right for right in notice.rights}
    missing = [right for right in _MUST if right not in offered]
    sends = (notice.marketing is not None and not notice.marketing.none) or draft.declares(*_PROMOTING)
    machines = any(row.automation and row.automation.solely for _, row in draft.rows)
    if machines and RightName.AUTOMATED_DECISIONS not in offered:
        missing.append(RightName.AUTOMATED_DECISIONS)
    if sends and RightName.MARKETING_OBJECTION not in offered:
        missing.append(RightName.MARKETING_OBJECTION)
    if missing:
        yield Found("F-27", ("rights",), f"Rights are missing: {', '.join(missing)}.")
    if not offered >= set(_MUST):
        yield Found("N09", ("rights",), "The list of rights is not complete.")
    regulator = notice.complaints.regulator
    if regulator and not (regulator.website or regulator.address or regulator.telephone):
        yield Found("N11", ("complaints", "regulator"), "Nothing says how the regulator is reached.")
    if regulator is None:
        yield Found("F-27", ("complaints",), "The right to complain to the regulator is missing.")
    asked = Basis.CONSENT in draft.bases_everywhere or any(
        Condition.EXPLICIT_CONSENT in row.condition for _, row in draft.rows
    )
    if asked and RightName.WITHDRAWAL not in offered:
        yield Found("N10", ("rights",), "Consent is asked for, and the right to take it back is missing.")


def rights_are_worded_rightly(draft: Draft) -> Iterator[Found]:
    seen: set[RightName] = set()
    for place, right in enumerate(draft.notice.rights):
        path, name = ("rights", place), right.right
        if name in seen:
            yield Found("F-49", path, f"The right `{name}` is worded a second time.")
        seen.add(name)
        if right.within is None and name in _MUST:
            yield Found("F-28", path, f"The right `{name}` has no time limit.")
        if right.within and right.within != "1 month" and days(right.within) > SHORTEST_MONTH:
            yield Found("S03", (*path, "within"), f"`{right.within}` is not the law's one month for `{name}`.")
        for demand in right.demands:
            if name is RightName.MARKETING_OBJECTION and demand in {Demand.FEE, Demand.REASON}:
                yield Found("F-20", (*path, "demands"), f"Stopping marketing asks for a {demand}.")
            elif demand in _HURDLES or (demand is Demand.REASON and name is not RightName.OBJECTION):
                yield Found("F-29", (*path, "demands"), f"The right `{name}` asks for {demand}.")
            elif demand is Demand.IDENTITY_ALWAYS:  # LAW-1.15
                told = f"The right `{name}` asks everybody for proof of who they are, and not only in doubt."
                yield Found("F-29", (*path, "demands"), told)
        if right.routes and name in _CONSENTED and set(right.routes) <= _OFFLINE:
            yield Found("F-21", (*path, "routes"), f"The right `{name}` is used by telephone, post or a visit alone.")
        elif right.routes and set(right.routes) <= _HARD:
            yield Found("F-29", (*path, "routes"), f"The right `{name}` is used by post or a visit alone.")
        if name is RightName.WITHDRAWAL and right.limits:
            yield Found("F-30", (*path, "limits"), f"Taking back a consent is limited by {', '.join(right.limits)}.")
        elif bought := sorted(_BOUGHT & set(right.limits)):
            if name is RightName.OBJECTION:
                yield Found("F-20", (*path, "limits"), f"The right to object is limited by {', '.join(bought)}.")
            elif name is not RightName.MARKETING_OBJECTION:
                yield Found("F-30", (*path, "limits"), f"{', '.join(bought)} is no ground to limit `{name}`.")
        if right.absolute and name in _QUALIFIED:
            yield Found("F-30", path, f"The right `{name}` is promised without its limits.")
        if Ground.ONGOING_RELATIONSHIP in right.limits:
            yield Found(
                "F-30", (*path, "limits"), f"The right `{name}` ends at a running relationship, which is no ground."
            )
        if name is RightName.MARKETING_OBJECTION and right.limits:
            yield Found(
                "F-20", (*path, "limits"), f"The right to stop marketing is limited by {', '.join(right.limits)}."
            )
        if name in {RightName.OBJECTION, RightName.MARKETING_OBJECTION} and not right.shown_apart:
            yield Found("N18", path, f"The right `{name}` is not shown apart from the rest.")


def rights_are_free(draft: Draft) -> Iterator[Found]:
    for place, right in enumerate(draft.notice.rights):
        if right.right is RightName.ACCESS and Demand.FEE not in right.demands:
            for sentence in re.split(r"(?<=[.!?;])\s+", right.words):
                if _FEE.search(sentence) and not _LAWFUL_FEE.search(sentence):
                    yield Found("F-29", ("rights", place, "words"), "The text asks for money before a copy is given.")
                    break


def email_is_not_the_only_way(draft: Draft) -> Iterator[Found]:
    if not draft.notice.security.no_details_by_email:
        return
    for right in draft.notice.rights:
        if ContactRoute.EMAIL in right.routes and not _ELECTRONIC & set(right.routes):
            yield Found(
                "F-41",
                ("security", "no_details_by_email"),
                f"Details must not be emailed, and the right `{right.right}` is used by email.",
            )
            return


def complaints_have_both_routes(draft: Draft) -> Iterator[Found]:
    complaints = draft.notice.complaints
    if complaints.own is None or complaints.regulator is None:
        yield Found(
            "N11", ("complaints",), "A complaint can go to the clinic and to the regulator; one route is missing."
        )
    own = complaints.own
    if own is None:
        yield Found("F-32", ("complaints",), "There is no own route for complaints about data.")
    elif not own.routes or not (_ELECTRONIC | {ContactRoute.EMAIL}) & set(own.routes):
        yield Found("F-32", ("complaints", "own"), "The route for complaints about data is not said.")
    elif own.acknowledged_within_days is None or own.acknowledged_within_days > COMPLAINT_DAYS:
        yield Found("F-32", ("complaints", "own"), "Nothing says that a complaint is acknowledged within 30 days.")


def machines_are_spoken_of(draft: Draft) -> Iterator[Found]:
    says = draft.notice.automated_decisions
    if says and says.says_nothing_is_automated:
        yield Found(
            "F-31",
            ("automated_decisions", "says_nothing_is_automated"),
            "Nothing is automated, it says; software always does something by itself.",
        )
        return
    if says and says.words:
        if _NOTHING_AUTOMATED.search(says.words) and any(row.automation for _, row in draft.rows):
            yield Found(
                "F-31",
                ("automated_decisions", "words"),
                "Nothing is automated, it says; yet a purpose has a machine.",
            )
        return
    yield Found("N13", ("automated_decisions",) if says else (), "Nothing is said on decisions by machines.")
    profiles = draft.notice.marketing is not None and draft.notice.marketing.profiling is not None
    if profiles or draft.declares(*_MACHINES_LIKELY):
        yield Found(
            "F-31",
            ("automated_decisions",) if says else (),
            "Machines take part in what this clinic does, and nothing is said on it.",
        )


RULES: tuple[Rule, ...] = (
    rights_are_complete,
    rights_are_worded_rightly,
    rights_are_free,
    email_is_not_the_only_way,
    complaints_have_both_routes,
    machines_are_spoken_of,
)
