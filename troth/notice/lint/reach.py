"""Rules on marketing, and on what is stored on devices (PECR, LAW-8)."""

from collections.abc import Iterator

from troth.law.bases import Basis, Condition
from troth.notice.lint.bases import PROMOTING, special
from troth.notice.lint.draft import Draft, Found, Rule
from troth.notice.purposes import Purpose
from troth.notice.schema.items import Item
from troth.notice.schema.reach import Channel, Cookie
from troth.notice.schema.sharing import Recipient
from troth.notice.schema.words import (
    ConsentAsked,
    DeviceUse,
    Exemption,
    Instrument,
    MarketingChannel,
    RecipientKind,
    Refusal,
    SetBy,
    Trade,
    Use,
    WayOut,
)
from troth.vault.categories import Category

_ELECTRONIC = frozenset({MarketingChannel.EMAIL, MarketingChannel.SMS, MarketingChannel.APP})
_SENDING = (Purpose.MARKETING, Purpose.PROMOTIONS)
_SLOW = frozenset({WayOut.TELEPHONE, WayOut.POST})
_COVERS = {
    Exemption.TRANSMISSION: {DeviceUse.ESSENTIAL, DeviceUse.SECURITY},
    Exemption.STRICTLY_NECESSARY: {DeviceUse.ESSENTIAL, DeviceUse.SECURITY},
    Exemption.STATISTICS: {DeviceUse.STATISTICS},
    Exemption.APPEARANCE: {DeviceUse.APPEARANCE},
    Exemption.EMERGENCY: {DeviceUse.ESSENTIAL},
}
_NEEDS_OBJECTION = frozenset({Exemption.STATISTICS, Exemption.APPEARANCE})


def _exempt(cookie: Cookie, supplier: Recipient | None) -> bool:
    """Whether an exemption of Schedule A1 covers every use of it (LAW-8.7)."""
    if cookie.exempt is None or not set(cookie.use) <= _COVERS[cookie.exempt]:
        return False
    # A supplier that decides for itself is no processor, so what it counts is shared.
    shared = cookie.shared or (supplier is not None and supplier.kind is not RecipientKind.PROCESSOR)
    return not (cookie.exempt is Exemption.STATISTICS and shared)


def cookies_have_consent(draft: Draft) -> Iterator[Found]:
    cookies, marketing = draft.notice.cookies, draft.notice.marketing
    sends = marketing and any(each.by in _ELECTRONIC and not each.companies_only for each in marketing.channels)
    if sends and Instrument.PECR_2003 not in draft.notice.laws:
        yield Found("N20", ("marketing",), "Marketing is sent electronically, and the law on it is not cited.")
    if cookies is None:
        yield Found("N20", (), "The notice does not say whether it uses cookies.")
        return
    if (cookies.stored or not cookies.none) and Instrument.PECR_2003 not in draft.notice.laws:
        yield Found("N20", ("cookies",), "Cookies are used, and the law on them is not cited.")
    if cookies.none and cookies.stored:
        yield Found("N20", ("cookies", "none"), "No cookies, it says; yet it lists some.")
    if not cookies.none and not cookies.stored:
        yield Found("N20", ("cookies",), "The notice neither lists cookies nor says that there are none.")
    asking = False
    for place, cookie in enumerate(cookies.stored):
        path = ("cookies", "stored", place)
        if _exempt(cookie, draft.recipients.get(cookie.supplier or "")):
            if cookie.exempt in _NEEDS_OBJECTION and not cookie.objection:
                yield Found("E03", path, f"`{cookie.name}` is exempt only with a simple way to object.")
            continue
        asking = True
        if cookie.consent is not ConsentAsked.ALWAYS:
            uses = ", ".join(cookie.use)
            yield Found(
                "F-24", path, f"`{cookie.name}` ({uses}) needs consent first; the notice says: {cookie.consent}."
            )
        elif cookie.basis not in {None, Basis.CONSENT}:
            yield Found("F-24", path, f"`{cookie.name}` needs consent; {cookie.basis} cannot stand in for it.")
    if asking and set(cookies.refusal) <= {Refusal.BROWSER}:
        yield Found("F-24", ("cookies", "refusal"), "Nothing but the browser's settings lets people refuse.")
    if asking and not cookies.refusing_is_as_easy:
        yield Found("E02", ("cookies",), "Refusing is not said to be as easy as accepting.")


def cookies_are_explained_rightly(draft: Draft) -> Iterator[Found]:
    cookies = draft.notice.cookies
    if cookies is None:
        return
    beyond = sorted(
        {use for cookie in cookies.stored for use in cookie.use} & {DeviceUse.TAILORING, DeviceUse.ADVERTISING}
    )
    guessed = draft.notice.marketing is not None and draft.notice.marketing.profiling is not None
    tailored = guessed or draft.declares(Purpose.PERSONALISATION, Purpose.ADVERTISING)
    if cookies.statistics_only and (beyond or tailored):
        yield Found(
            "F-25",
            ("cookies", "statistics_only"),
            "Statistics only, it says; yet cookies serve to tailor or advertise.",
        )
    if cookies.ask_by_themselves:
        yield Found("F-26", ("cookies", "ask_by_themselves"), "A cookie asks nobody for permission; the site does.")
    for place, cookie in enumerate(cookies.stored):
        if cookie.set_by is SetBy.INTERNET_PROVIDER:
            yield Found("F-26", ("cookies", "stored", place), f"No internet provider sets `{cookie.name}`.")


def _allowed(channel: Channel) -> bool:
    if channel.companies_only or channel.by not in _ELECTRONIC:
        return True
    if channel.opt_out_box:
        return False
    if channel.basis is Basis.CONSENT:
        return True
    facts = channel.soft_opt_in
    return (
        channel.basis is Basis.LEGITIMATE_INTERESTS
        and facts is not None
        and all(
            (facts.from_own_sale, facts.similar_products, facts.refusal_at_collection, facts.refusal_in_every_message)
        )
    )


def marketing_meets_pecr(draft: Draft) -> Iterator[Found]:
    marketing = draft.notice.marketing
    if marketing is not None:
        for place, channel in enumerate(marketing.channels):
            path = ("marketing", "channels", place)
            if not _allowed(channel):
                yield Found("F-19", path, f"Marketing by {channel.by} has neither consent nor the whole soft opt-in.")
            if not channel.out_in_every_message and channel.by is not MarketingChannel.TELEPHONE:
                yield Found("E01", path, f"Marketing by {channel.by} does not say that every message has a way out.")
        if marketing.by_third_parties and marketing.third_party_basis is not Basis.CONSENT:
            yield Found(
                "F-19", ("marketing", "by_third_parties"), "Others may send marketing without the person's consent."
            )
        if marketing.none and (marketing.channels or draft.declares(*_SENDING)):
            yield Found("E01", ("marketing", "none"), "No marketing, it says; yet a channel or a purpose is for it.")
        if marketing.channels and not marketing.ways_out:
            yield Found("E01", ("marketing",), "Nothing says how marketing is stopped.")
        if marketing.ways_out and set(marketing.ways_out) <= _SLOW:
            yield Found("F-21", ("marketing", "ways_out"), "Preferences are changed by telephone or post alone.")
        if marketing.way_out_contacts == []:
            yield Found(
                "F-43",
                ("marketing", "way_out_contacts"),
                "The ways to stop marketing are announced, and none follows.",
            )
        if not marketing.sender_named:
            yield Found("E04", ("marketing", "sender_named"), "Messages do not say who sends them.")
        watch = marketing.tracking
        if watch and (watch.opens or watch.clicks) and watch.consent is not ConsentAsked.ALWAYS:
            yield Found(
                "F-22", ("marketing", "tracking"), "Opens or clicks are watched without a consent of their own."
            )
    elif draft.declares(*_SENDING):
        yield Found("E01", (), "Marketing is a purpose, and nothing says how it is sent and how it is stopped.")
    for place_of_row, row in draft.rows:
        if row.id in PROMOTING and (others := set(row.basis) - {Basis.CONSENT, Basis.LEGITIMATE_INTERESTS}):
            offered = ", ".join(sorted(others))
            yield Found("F-19", (*place_of_row, "basis"), f"'{row.title or row.id}' rests on {offered}.")
        asked = [each for each in marketing.channels if each.by in _ELECTRONIC] if marketing else []
        agreed = asked and all(each.basis is Basis.CONSENT and not each.companies_only for each in asked)
        if row.id in _SENDING and row.basis == [Basis.LEGITIMATE_INTERESTS] and agreed:
            told = f"'{row.title or row.id}' rests on an interest, and every channel asks for consent."
            yield Found("F-19", (*place_of_row, "basis"), told)
        if row.id is Purpose.ADVERTISING and Category.USAGE in row.covers and set(row.basis) - {Basis.CONSENT}:
            yield Found(
                "F-19",
                (*place_of_row, "basis"),
                "Advertisements are chosen by how people use the site, without consent.",
            )


def others_market_by_consent(draft: Draft) -> Iterator[Found]:
    marketing = draft.notice.marketing
    if marketing and marketing.third_party_basis is Basis.CONSENT:
        return
    for place, recipient in enumerate(draft.notice.recipients):
        own_end = {Use.MARKETING, Use.COMMERCIAL} & set(recipient.for_use)
        partner = recipient.trade is Trade.MARKETING_PARTNER and recipient.kind is not RecipientKind.PROCESSOR
        if own_end or partner:
            yield Found(
                "F-19",
                ("recipients", place),
                f"`{recipient.id}` gets data for marketing of its own, without the person's consent.",
            )


def opens_are_watched_with_consent(draft: Draft) -> Iterator[Found]:
    # Whoever holds what is opened watches it, whatever stands under tracking.
    watch = draft.notice.marketing.tracking if draft.notice.marketing else None
    if watch and (watch.consent is ConsentAsked.ALWAYS or watch.opens or watch.clicks):
        return
    for place, category in enumerate(draft.notice.categories):
        for number, piece in enumerate(category.items):
            if piece.item is Item.EMAIL_USE:
                path = ("categories", place, "items", number)
                yield Found("F-22", path, "What people open is held, and no consent of its own is asked for it.")


def health_stays_out_of_marketing(draft: Draft) -> Iterator[Found]:
    by_consent = False
    for path, row in draft.rows:
        if row.id not in PROMOTING:
            continue
        by_consent = by_consent or row.basis == [Basis.CONSENT]
        explicit = row.basis == [Basis.CONSENT] and Condition.EXPLICIT_CONSENT in row.condition
        if special(row) and not explicit:
            yield Found(
                "F-23", (*path, "categories"), f"'{row.title or row.id}' uses health data without explicit consent."
            )
    profiling = draft.notice.marketing.profiling if draft.notice.marketing else None
    if profiling is None:
        return
    path = ("marketing", "profiling")
    explicit = any(row.id in PROMOTING and Condition.EXPLICIT_CONSENT in row.condition for _, row in draft.rows)
    if profiling.health and not (profiling.basis is Basis.CONSENT and explicit):
        yield Found("F-23", path, "Guesses at interests draw on health, without explicit consent.")
    elif by_consent and profiling.basis is not Basis.CONSENT:
        yield Found("F-23", path, "Messages are sent on consent, and interests guessed at without it.")


RULES: tuple[Rule, ...] = (
    cookies_have_consent,
    cookies_are_explained_rightly,
    marketing_meets_pecr,
    others_market_by_consent,
    opens_are_watched_with_consent,
    health_stays_out_of_marketing,
)
