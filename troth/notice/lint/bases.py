"""Rules on lawful bases and on the conditions for special categories (LAW-5.1 to 5.6)."""

import re
from collections.abc import Iterator

from troth.law.bases import Basis, Condition
from troth.notice.lint.draft import Draft, Found, Rule
from troth.notice.purposes import Purpose
from troth.notice.schema.uses import PurposeRow
from troth.notice.schema.words import Party, RequiredBy

PROMOTING = frozenset({Purpose.MARKETING, Purpose.PROMOTIONS, Purpose.PERSONALISATION, Purpose.ADVERTISING})
NOT_CARE = PROMOTING | {Purpose.SITE_STATISTICS, Purpose.RESEARCH, Purpose.BUSINESS_TRANSFER}
TREATING = frozenset({Purpose.CARE, Purpose.PRESCRIBING})
ANNEX_1 = frozenset({Purpose.SAFEGUARDING, Purpose.EMERGENCY, Purpose.FRAUD_PREVENTION, Purpose.LEGAL_DUTIES})
NEEDS_SCHEDULE_1 = frozenset(
    {
        Condition.EMPLOYMENT,
        Condition.HEALTH_CARE,
        Condition.PUBLIC_HEALTH,
        Condition.RESEARCH,
        Condition.SUBSTANTIAL_PUBLIC_INTEREST,
    }
)
# Where in DPA 2018 Schedule 1 each condition is spelled out: the part, and the paragraphs of it (LAW-5.1).
PARAGRAPHS = {
    Condition.EMPLOYMENT: ("1", range(1, 2)),
    Condition.HEALTH_CARE: ("1", range(2, 3)),
    Condition.PUBLIC_HEALTH: ("1", range(3, 4)),
    Condition.RESEARCH: ("1", range(4, 5)),
    Condition.SUBSTANTIAL_PUBLIC_INTEREST: ("2", range(6, 29)),
}
_PARAGRAPH = re.compile(r"\bpart (1|2)\b.*?\bpara(?:graph)?s?\.? ?([0-9]+)", re.IGNORECASE)
# 'Our legal duties' names no law: a law has a kind, an abbreviation or a number.
_A_LAW = re.compile(
    r"\b(?:acts?|regulations?|orders?|rules?|measure|gdpr|dpa|pecr|directive|code)\b|[0-9]", re.IGNORECASE
)
NEEDS_POLICY = frozenset({Condition.EMPLOYMENT, Condition.SUBSTANTIAL_PUBLIC_INTEREST})
# Which bases go with a condition (LAW-5.3). Explicit consent, made public and vital interests are checked apart.
GO_TOGETHER = {
    Condition.HEALTH_CARE: {
        Basis.CONTRACT,
        Basis.LEGITIMATE_INTERESTS,
        Basis.LEGAL_OBLIGATION,
        Basis.PUBLIC_TASK,
        Basis.RECOGNISED_LEGITIMATE_INTERESTS,
    },
    Condition.LEGAL_CLAIMS: {Basis.LEGITIMATE_INTERESTS, Basis.LEGAL_OBLIGATION},
    Condition.PUBLIC_HEALTH: {Basis.LEGAL_OBLIGATION, Basis.PUBLIC_TASK},
    Condition.RESEARCH: {Basis.LEGITIMATE_INTERESTS, Basis.PUBLIC_TASK},
    Condition.EMPLOYMENT: {Basis.CONTRACT, Basis.LEGAL_OBLIGATION},
    Condition.SUBSTANTIAL_PUBLIC_INTEREST: {
        Basis.LEGAL_OBLIGATION,
        Basis.LEGITIMATE_INTERESTS,
        Basis.PUBLIC_TASK,
        Basis.RECOGNISED_LEGITIMATE_INTERESTS,
    },
    Condition.VITAL_INTERESTS: {Basis.VITAL_INTERESTS},
}


def special(row: PurposeRow) -> bool:
    """Whether the purpose covers special category data, which needs an Article 9 condition."""
    return any(category.special for category in row.covers)


def each_purpose_has_one_basis(draft: Draft) -> Iterator[Found]:
    for path, row in draft.rows:
        name = row.title or row.id
        if not row.title:
            yield Found("N04", path, f"The purpose `{row.id}` has no title that people could read.")
        if not row.basis:
            yield Found("N04", path, f"'{name}' has no lawful basis.")
            yield Found("F-07", path, f"'{name}' has no lawful basis.")
        if len(row.basis) > 1:
            offered = " or ".join(basis.value for basis in row.basis)
            yield Found("F-05", (*path, "basis"), f"'{name}' offers {offered}; people cannot know which holds.")
        if Basis.LEGITIMATE_INTERESTS in row.basis and not row.interest:
            yield Found(
                "N05", (*path, "basis"), f"'{name}' rests on legitimate interests and does not name the interest."
            )
        if Basis.LEGAL_OBLIGATION in row.basis and not _A_LAW.search(row.duty):
            yield Found("F-07", (*path, "basis"), f"'{name}' rests on a legal obligation and names no law.")
        if Basis.RECOGNISED_LEGITIMATE_INTERESTS in row.basis and row.id not in ANNEX_1:
            yield Found("A04", (*path, "basis"), f"'{name}' is none of the interests that Annex 1 recognises.")


def contracts_are_with_the_person(draft: Draft) -> Iterator[Found]:
    for path, row in draft.rows:
        if Basis.CONTRACT not in row.basis:
            continue
        name = row.title or row.id
        if row.contract_with is not Party.PERSON:
            yield Found("F-04", (*path, "basis"), f"'{name}' rests on a contract that the person is not party to.")
        elif row.id is Purpose.ENQUIRIES:
            yield Found("F-04", (*path, "basis"), f"'{name}' rests on contract, but someone who asks has none.")
    after = draft.notice.retention.after_contract
    if after and Basis.CONTRACT in after.basis:
        yield Found(
            "F-04",
            ("retention", "after_contract", "basis"),
            "Data is kept on the ground of a contract that has ended.",
        )


def statements_on_bases_hold(draft: Draft) -> Iterator[Found]:
    claimed = draft.notice.bases
    if claimed.only and (others := draft.bases_everywhere - set(claimed.only)):
        yield Found(
            "F-03", ("bases", "only"), f"'Only' is said, yet purposes rely on {', '.join(sorted(others))} too."
        )
    if claimed.listed and (others := draft.bases_everywhere - set(claimed.listed)):
        yield Found(
            "F-06", ("bases", "listed"), f"The list leaves out {', '.join(sorted(others))}, which purposes use."
        )


def special_data_has_its_condition(draft: Draft) -> Iterator[Found]:
    for path, row in draft.rows:
        name = row.title or row.id
        if special(row) and not row.condition:
            kinds = (
                "all kinds of data"
                if row.categories == "all"
                else ", ".join(sorted(category for category in row.covers if category.special))
            )
            yield Found("F-02", path, f"'{name}' uses {kinds} and names no condition of Article 9.")
            yield Found("N17", path, f"'{name}' states no condition of Article 9.")
        if NEEDS_SCHEDULE_1 & set(row.condition) and not row.schedule_1:
            yield Found("N17", (*path, "condition"), f"'{name}' does not say which paragraph of Schedule 1 it meets.")
        stated = _PARAGRAPH.search(row.schedule_1)
        for condition in row.condition:
            part, paragraphs = PARAGRAPHS.get(condition, ("", range(0)))
            if stated and part and (stated[1] != part or int(stated[2]) not in paragraphs):
                yield Found(
                    "N17", (*path, "schedule_1"), f"'{row.schedule_1}' is not where {condition} is spelled out."
                )
        if NEEDS_POLICY & set(row.condition) and not row.policy_document:
            yield Found("A03", (*path, "condition"), f"'{name}' needs an Appropriate Policy Document and names none.")
        if Condition.HEALTH_CARE in row.condition and row.id in NOT_CARE:
            yield Found("A01", (*path, "condition"), f"'{name}' is not health care.")
        if len(row.condition) > 1:
            yield Found("A06", (*path, "condition"), f"'{name}' offers several conditions; choose one.")
        for condition in row.condition:
            if condition in GO_TOGETHER and row.basis and not GO_TOGETHER[condition] & set(row.basis):
                yield Found("A06", (*path, "condition"), f"'{name}' pairs {row.basis[0]} with {condition}.")


def consent_is_free(draft: Draft) -> Iterator[Found]:
    for path, row in draft.rows:
        name = row.title or row.id
        asks = Basis.CONSENT in row.basis or Condition.EXPLICIT_CONSENT in row.condition
        if asks and row.bundled_with and row.id not in PROMOTING:
            yield Found("A02", (*path, "bundled_with"), f"The consent to '{name}' cannot be refused on its own.")
        required = row.withholding is not None and row.withholding.required_by is not RequiredBy.CHOICE
        if Condition.EXPLICIT_CONSENT in row.condition and row.id in TREATING and required:
            yield Found("A02", (*path, "condition"), f"'{name}' asks for consent that treatment depends on.")
        if row.id in PROMOTING and row.bundled_with:
            yield Found("F-50", (*path, "bundled_with"), f"'{name}' comes with {', '.join(row.bundled_with)}.")
        elif row.id in PROMOTING and required:
            yield Found(
                "F-50", (*path, "withholding"), f"'{name}' is said to be required; people must be free to refuse."
            )


def care_is_under_secrecy(draft: Draft) -> Iterator[Found]:
    open_roles = {role.id for role in draft.notice.roles if not role.secrecy}
    for path, row in draft.rows:
        if Condition.HEALTH_CARE not in row.condition:
            continue
        for who, grant in row.access.items():
            reached = row.covers if grant.categories is None else frozenset(grant.categories)
            if who in open_roles and any(category.special for category in reached):
                yield Found("A05", (*path, "access", who), f"`{who}` sees health data under '{row.title or row.id}'.")


def machines_decide_with_safeguards(draft: Draft) -> Iterator[Found]:
    for path, row in draft.rows:
        machine = row.automation
        if machine is None:
            continue
        name = row.title or row.id
        if (
            machine.significant
            and special(row)
            and machine.solely
            and Condition.EXPLICIT_CONSENT not in row.condition
        ):
            yield Found("A07", (*path, "automation"), f"'{name}' decides on special data without a person.")
        if not machine.logic or not machine.consequences or (machine.solely and not machine.human_review):
            yield Found(
                "N13",
                (*path, "automation"),
                f"'{name}' does not give the logic, the consequences and the way to a person.",
            )


RULES: tuple[Rule, ...] = (
    each_purpose_has_one_basis,
    contracts_are_with_the_person,
    statements_on_bases_hold,
    special_data_has_its_condition,
    consent_is_free,
    care_is_under_secrecy,
    machines_decide_with_safeguards,
)
