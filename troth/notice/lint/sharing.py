"""Rules on recipients, transfers, and what the notice says of sharing."""

import re
from collections.abc import Iterator

from troth.notice.findings import Path
from troth.notice.lint.draft import Draft, Found, Rule
from troth.notice.purposes import Purpose
from troth.notice.schema.sharing import Recipient, Transfer
from troth.notice.schema.words import MarketingChannel, Mechanism, Origin, RecipientKind, SetBy, Trade, Use

# Who these words name could be anybody (N06).
_NO_KIND = frozenset(
    re.findall(
        "[a-z]+",
        """
        a all and any approved associated associates business businesses carefully certain chosen companies
        company data entities firm firms of organisations organisation other others our parties partner
        partners party persons providers reputable relevant selected service services some suitable
        suppliers the their them third those to trusted us various we who with work you your
        """,
    )
)
_HOME = frozenset({"GB", "UK", "UNITED KINGDOM", "GREAT BRITAIN", "ENGLAND", "WALES", "SCOTLAND", "NORTHERN IRELAND"})
# Countries that the UK finds adequate: the EEA, Gibraltar, and those taken over or added since (LAW-9.11).
ADEQUATE = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "HR",
        "CY",
        "CZ",
        "DK",
        "EE",
        "FI",
        "FR",
        "DE",
        "GR",
        "HU",
        "IE",
        "IT",
        "LV",
        "LT",
        "LU",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SK",
        "SI",
        "ES",
        "SE",
        "IS",
        "LI",
        "NO",
        "GI",
        "AD",
        "AR",
        "CA",
        "FO",
        "GG",
        "IL",
        "IM",
        "JP",
        "JE",
        "NZ",
        "CH",
        "UY",
        "KR",
        "EEA",
    ]
)
_WEB_TRADES = frozenset({Trade.WEBSITE, Trade.ANALYTICS, Trade.ADVERTISING, Trade.MARKETING_PARTNER})
_LIKELY = {
    Purpose.PAYMENT: (Trade.PAYMENT, "a payment firm"),
    Purpose.IDENTITY_CHECK: (Trade.IDENTITY, "an identity firm"),
    Purpose.PRESCRIBING: (Trade.PHARMACY, "a pharmacy"),
    Purpose.MEDICAL_REPORTING: (Trade.MEDCO, "MedCo"),
    Purpose.SERVICE_MESSAGES: (Trade.MAIL, "whoever carries messages"),
}
# Who by trade receives data for an end of its own, whether or not the entry says so.
_ENDS = {
    Trade.MARKETING_PARTNER: Use.MARKETING,
    Trade.ADVERTISING: Use.MARKETING,
    Trade.FRAUD_EXCHANGE: Use.FRAUD,
}
# Disclosures that go to somebody whom 'only with …' would have named.
_CHOSEN = {
    Use.MARKETING: {Trade.MARKETING_PARTNER, Trade.ADVERTISING},
    Use.MARKET_RESEARCH: {Trade.MARKETING_PARTNER},
    Use.COMMERCIAL: {Trade.MARKETING_PARTNER},
    Use.FRAUD: {Trade.FRAUD_EXCHANGE},
}
_GIVERS = {Origin.PAYMENT_FIRM: Trade.PAYMENT, Origin.IDENTITY_FIRM: Trade.IDENTITY}
_CARRIED = frozenset({MarketingChannel.EMAIL, MarketingChannel.SMS})


def code_of(country: str) -> str:
    """A country as its code in capitals; the names of the home nations count as `GB`."""
    code = " ".join(country.upper().split())
    return "GB" if code in _HOME else code


def recipients_are_listed(draft: Draft) -> Iterator[Found]:
    if not draft.notice.recipients:
        yield Found("N06", (), "No recipient is listed, and there are always some.")
    for place, recipient in enumerate(draft.notice.recipients):
        if not recipient.name and not recipient.words:
            yield Found("N06", ("recipients", place), f"`{recipient.id}` has neither a name nor words.")
        elif recipient.trade is Trade.SUPPLIER and not (
            set(re.findall("[a-z]+", f"{recipient.name} {recipient.words}".lower())) - _NO_KIND
        ):
            told = recipient.name or recipient.words
            yield Found("N06", ("recipients", place), f"'{told}' names nobody, and no kind of recipient.")
        special = sorted(category for category in recipient.gets if category.special)
        if recipient.trade in _WEB_TRADES and special:
            yield Found("F-10", ("recipients", place), f"`{recipient.id}` may see {', '.join(special)}.")
    for path, row in draft.rows:
        for named in (draft.recipients[each] for each in row.recipients if each in draft.recipients):
            # Without a list of its own it gets what the purpose covers.
            if named.trade in _WEB_TRADES and not named.gets and any(category.special for category in row.covers):
                yield Found(
                    "F-10",
                    (*path, "recipients"),
                    f"`{named.id}` serves '{row.title or row.id}', and nothing says what it gets.",
                )


def likely_recipients_are_named(draft: Draft) -> Iterator[Found]:
    trades = {recipient.trade for recipient in draft.notice.recipients}
    for path, row in draft.rows:
        trade, words = _LIKELY.get(row.id, (None, ""))
        if trade and trade not in trades and not row.in_house:
            yield Found("F-12", path, f"'{row.title or row.id}' usually involves {words}, and none is named.")
    marketing = draft.notice.marketing
    mails = marketing and any(channel.by in _CARRIED for channel in marketing.channels)
    sending = draft.purposes.get(Purpose.MARKETING)
    if mails and Trade.MAIL not in trades and not (sending and sending.in_house):
        yield Found("F-12", ("marketing", "channels"), "Messages are sent, and nobody is named who carries them.")
    for place, source in enumerate(draft.notice.sources.origins):
        # A firm answers only about people whom it was told of.
        if (giver := _GIVERS.get(source.origin)) and giver not in trades:
            yield Found("F-12", ("sources", "origins", place), f"A {giver} firm gives data, and none is named.")


def statements_on_sharing_hold(draft: Draft) -> Iterator[Found]:
    says, notice = draft.notice.sharing, draft.notice
    trades = {recipient.trade for recipient in notice.recipients}
    gives = trades or says.disclosures or notice.transfers.routes or notice.transfers.seen_from_abroad
    if says.says_none and gives:
        yield Found("F-08", ("sharing", "says_none"), "Nothing is shared, it says; yet the notice has recipients.")
    if says.says_only and (others := trades - set(says.says_only)):
        yield Found("F-08", ("sharing", "says_only"), f"Others receive data too: {', '.join(sorted(others))}.")
    for disclosure in says.disclosures:
        expected = _CHOSEN.get(disclosure.use, set())
        if says.says_only and expected and not disclosure.anonymised and not expected & set(says.says_only):
            yield Found("F-08", ("sharing", "says_only"), f"Others receive data too: {disclosure.to}.")
    never = set(says.says_never_for)
    shared_for = {use for recipient in notice.recipients for use in recipient.for_use}
    shared_for |= {disclosure.use for disclosure in says.disclosures}
    shared_for |= {end for trade, end in _ENDS.items() if trade in trades}
    if notice.marketing and notice.marketing.by_third_parties:
        shared_for.add(Use.MARKETING)
    for use in sorted(never & shared_for):
        yield Found("F-09", ("sharing", "says_never_for"), f"Data is never shared for {use}, it says; yet it is.")
    for place, disclosure in enumerate(says.disclosures):
        special = disclosure.categories == "all" or any(category.special for category in disclosure.categories)
        if disclosure.use is Use.SALE and disclosure.prospective and special and not disclosure.anonymised:
            yield Found(
                "F-51",
                ("sharing", "disclosures", place),
                f"Health data may go to {disclosure.to} before anything is sold.",
            )


def suppliers_stand_in_the_list(draft: Draft) -> Iterator[Found]:
    known = set(draft.recipients) | {"us"}
    seen: list[tuple[Path, str]] = []
    if draft.notice.cookies:
        seen += [
            (("cookies", "stored", place), cookie.supplier)
            for place, cookie in enumerate(draft.notice.cookies.stored)
            if cookie.supplier
        ]
        for place, cookie in enumerate(draft.notice.cookies.stored):
            if cookie.set_by is SetBy.SUPPLIER and not cookie.supplier:
                yield Found(
                    "N23", ("cookies", "stored", place), f"A supplier sets `{cookie.name}`, and it is not named."
                )
    seen += [
        (("security", "measures", place), measure.of) for place, measure in enumerate(draft.notice.security.measures)
    ]
    seen += [(("claims", place), claim.holder) for place, claim in enumerate(draft.notice.claims)]
    for path, supplier in seen:
        if supplier not in known:
            yield Found("N23", path, f"`{supplier}` is spoken of and stands nowhere among the recipients.")
    hosts = {Trade.HOSTING, Trade.CLINIC_SOFTWARE}
    if draft.notice.transfers.hosted_in and not hosts & {recipient.trade for recipient in draft.notice.recipients}:
        yield Found("N23", ("transfers", "hosted_in"), "Data is hosted, and no host stands among the recipients.")


def _holds(tool: Mechanism, country: str) -> bool:
    """Whether a mechanism can carry a transfer from the UK to a country by itself (LAW-9.11)."""
    if tool is Mechanism.ADEQUACY:
        return country in ADEQUATE
    if tool is Mechanism.DPF_UK_EXTENSION:
        return country == "US"
    return tool in {Mechanism.IDTA, Mechanism.UK_ADDENDUM, Mechanism.BCR, Mechanism.DEROGATION}


def _unsound(route: Transfer, recipient: Recipient | None) -> str:
    """Why a route abroad has no mechanism that holds for the UK; empty if it has one."""
    tools, country = set(route.mechanism) - {Mechanism.UNSTATED}, code_of(route.country)
    holding = {tool for tool in tools if _holds(tool, country)}
    if not tools:
        return "has no mechanism"
    if holding == {Mechanism.DEROGATION} and recipient and recipient.kind is RecipientKind.PROCESSOR:
        return "goes to a supplier day by day; a derogation is for single cases"
    if holding:
        return ""
    if tools == {Mechanism.EU_SCCS}:
        return "rests on EU clauses alone, without the UK Addendum or the IDTA"
    if Mechanism.ADEQUACY in tools:
        return "rests on adequacy, which the UK has not found there"
    return "rests on the UK extension of a United States framework"


def transfers_hold_for_the_uk(draft: Draft) -> Iterator[Found]:
    transfers, notice = draft.notice.transfers, draft.notice
    if transfers.border != "UK":
        yield Found(
            "F-38", ("transfers", "border"), f"The text watches the border of the {transfers.border}, not the UK's."
        )
    elsewhere = {code_of(country) for country in transfers.hosted_in} - {"GB"}
    routed = {code_of(route.country) for route in transfers.routes}
    for country in sorted(elsewhere - routed):
        yield Found("F-38", ("transfers", "hosted_in"), f"Data lies in {country}, and no mechanism is named.")
    by_recipient = {route.recipient for route in transfers.routes}
    for place, recipient in enumerate(notice.recipients):
        country = code_of(recipient.country)
        if country != "GB" and recipient.id not in by_recipient and country not in routed:
            yield Found(
                "F-38",
                ("recipients", place),
                f"`{recipient.id}` is in {recipient.country}, and no mechanism is named.",
            )
    if transfers.none and (transfers.routes or elsewhere or transfers.seen_from_abroad):
        yield Found("F-38", ("transfers", "none"), "Nothing leaves the UK, it says; yet something does.")
    if transfers.seen_from_abroad and not transfers.routes:
        yield Found(
            "F-38", ("transfers", "seen_from_abroad"), "People abroad may see data, and no mechanism is named."
        )
    for place, route in enumerate(transfers.routes):
        if problem := _unsound(route, draft.recipients.get(route.recipient or "")):
            yield Found("F-38", ("transfers", "routes", place), f"The transfer to {route.country} {problem}.")


def transfers_are_explained(draft: Draft) -> Iterator[Found]:
    transfers = draft.notice.transfers
    if not transfers.none and not transfers.routes:
        yield Found("N07", ("transfers",), "The notice neither lists transfers nor says that there are none.")
    public = {Mechanism.ADEQUACY, Mechanism.DPF_UK_EXTENSION}
    for place, route in enumerate(transfers.routes):
        path = ("transfers", "routes", place)
        tools = set(route.mechanism) - {Mechanism.UNSTATED}
        if not tools:
            yield Found("N07", path, f"The transfer to {route.country} names no mechanism.")
        elif not route.copy_from:
            yield Found("N07", path, f"Nothing says how to get a copy of the safeguard for {route.country}.")
        if (
            tools & {Mechanism.IDTA, Mechanism.UK_ADDENDUM, Mechanism.BCR}
            and not tools & public
            and not route.risk_assessment
        ):
            yield Found("N07", path, f"The transfer to {route.country} has no recorded risk assessment.")


RULES: tuple[Rule, ...] = (
    recipients_are_listed,
    likely_recipients_are_named,
    statements_on_sharing_hold,
    suppliers_stand_in_the_list,
    transfers_hold_for_the_uk,
    transfers_are_explained,
)
