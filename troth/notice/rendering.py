"""The notice as people read it, in layers: first the summary, then each part. Plain values for templates."""

from troth.notice.layers import Entry, Fact, Layered, Section
from troth.notice.schema import Notice
from troth.notice.schema.uses import PurposeRow
from troth.vault.categories import Category


def layered(notice: Notice) -> Layered:
    """The notice in layers, in the order in which people ask: who, what, why, who else, how long, what can I do."""
    sections = (
        _who(notice),
        _held(notice),
        _purposes(notice),
        _recipients(notice),
        _transfers(notice),
        _kept(notice),
        _rights(notice),
        _complaints(notice),
        _machines(notice),
        _devices(notice),
        _marketing(notice),
        _security(notice),
        _everyone(notice),
        _changes(notice),
    )
    issued = f"{notice.issued:%-d %B %Y}" if notice.issued else ""
    return Layered(
        notice.title, notice.summary, issued, tuple(part for part in sections if part.short or part.entries)
    )


def _facts(*pairs: tuple[str, str]) -> tuple[Fact, ...]:
    return tuple(Fact(name, words) for name, words in pairs if words)


def _plain(value: str) -> str:
    return value.replace("_", " ")


def _way(by: str) -> str:
    """How somebody reaches us, as a title."""
    return {"in_person": "In person", "account": "In your account"}.get(by, f"By {_plain(by)}")


def _who(notice: Notice) -> Section:
    who = notice.controller
    if who is None:
        return Section("who", "Who we are")
    name = who.trading_name or who.legal_name
    short = name if name == who.legal_name or not who.legal_name else f"{name} is run by {who.legal_name}."
    entries = [
        Entry(
            "controller",
            name,
            facts=_facts(
                ("Address", who.address),
                ("Email", who.email),
                ("Telephone", who.telephone),
                ("Company number", who.company_number),
                ("Registered with the regulator as", who.ico_registration),
            ),
        )
    ]
    if notice.dpo:
        entries.append(
            Entry(
                "dpo",
                notice.dpo.role or "Data protection officer",
                notice.dpo.name,
                _facts(
                    ("Email", notice.dpo.email), ("Telephone", notice.dpo.telephone), ("Address", notice.dpo.address)
                ),
            )
        )
    for contact in who.contacts or []:
        entries.append(Entry(f"by-{contact.by}", _way(contact.by), contact.value))
    return Section("who", "Who we are", " ".join(filter(None, (short, notice.scope.words))), tuple(entries))


def _held(notice: Notice) -> Section:
    entries = [
        Entry(
            category.id,
            category.words or _plain(category.id),
            ", ".join(piece.words or _plain(piece.item) for piece in category.items),
        )
        for category in notice.categories
    ]
    sources = [source.words or _plain(source.origin) for source in notice.sources.origins]
    listed = "; ".join(words[:1].lower() + words[1:] for words in sources)
    return Section("held", "What we hold", f"It comes from {listed}." if sources else "", tuple(entries))


def _words_for(notice: Notice, categories: frozenset[Category]) -> str:
    words = {category.id: category.words or _plain(category.id) for category in notice.categories}
    return "; ".join(words.get(category, _plain(category)) for category in Category if category in categories)


def _purpose(notice: Notice, row: PurposeRow) -> Entry:
    roles = {role.id: role.name for role in notice.roles} | {
        "self": "you",
        "representative": "whoever acts for you",
        "service": "our machines, at fixed tasks",
    }
    recipients = {recipient.id: recipient.name or recipient.words for recipient in notice.recipients}
    rules = {rule.id: rule.words or rule.id for rule in notice.retention.rules}
    kept = dict.fromkeys(
        rules.get(rule, rule)
        for rule in filter(
            None,
            (row.rule_for(category) or notice.retention.default for category in Category if category in row.covers),
        )
    )
    return Entry(
        row.id,
        row.title or _plain(row.id),
        row.words,
        _facts(
            ("The law lets us because", "; ".join(f"{_plain(basis)} ({basis.article})" for basis in row.basis)),
            ("Our interest", row.interest),
            ("The duty", row.duty),
            (
                "For health and other special data",
                "; ".join(f"{_plain(condition)} ({condition.article})" for condition in row.condition),
            ),
            ("Schedule 1 of the Data Protection Act 2018", row.schedule_1),
            ("We use", "everything we hold" if row.categories == "all" else _words_for(notice, row.covers)),
            ("Seen by", ", ".join(roles.get(who, who) for who in row.access)),
            ("Passed to", ", ".join(recipients.get(recipient, recipient) for recipient in row.recipients)),
            ("Kept", "; ".join(kept)),
            ("If you do not give it", row.withholding.if_not if row.withholding else ""),
            ("What machines do", row.automation.logic if row.automation else ""),
            ("What follows from it", row.automation.consequences if row.automation else ""),
            ("A person", row.automation.human_review if row.automation else ""),
        ),
    )


def _purposes(notice: Notice) -> Section:
    return Section("purposes", "What we use it for", "", tuple(_purpose(notice, row) for row in notice.purposes))


def _recipients(notice: Notice) -> Section:
    entries = [
        Entry(
            each.id,
            each.name or each.words,
            each.words if each.name else "",
            _facts(
                ("Receives", "all kinds of data" if each.receives == "all" else _words_for(notice, each.gets)),
                ("In", each.country),
                ("Is a", _plain(each.kind)),
            ),
        )
        for each in notice.recipients
    ]
    entries += [
        Entry(f"when-{place}", f"{each.to}, {each.when}" if each.when else each.to)
        for place, each in enumerate(notice.sharing.disclosures, start=1)
    ]
    never = ", ".join(_plain(use) for use in notice.sharing.says_never_for)
    return Section("recipients", "Who else receives it", f"Never for {never}." if never else "", tuple(entries))


def _transfers(notice: Notice) -> Section:
    transfers = notice.transfers
    hosted = f"Data lies in {', '.join(transfers.hosted_in)}." if transfers.hosted_in else ""
    short = "Nothing leaves the United Kingdom." if transfers.none else hosted
    return Section(
        "transfers",
        "Other countries",
        short,
        tuple(
            Entry(
                f"to-{place}",
                each.country,
                each.words,
                _facts(
                    ("Protected by", ", ".join(_plain(tool) for tool in each.mechanism)), ("A copy", each.copy_from)
                ),
            )
            for place, each in enumerate(transfers.routes, start=1)
        ),
    )


def _kept(notice: Notice) -> Section:
    return Section(
        "retention",
        "How long we keep it",
        notice.retention.words,
        tuple(
            Entry(
                rule.id,
                rule.words or rule.criteria or rule.id,
                "",
                _facts(
                    ("Why", rule.reason),
                    ("By", rule.source),
                    ("Which counts", rule.whichever),
                    ("Then", _plain(rule.end) if rule.end else ""),
                ),
            )
            for rule in notice.retention.rules
        ),
    )


def _rights(notice: Notice) -> Section:
    # What must be shown apart from the rest comes first (UK GDPR Article 21(4)).
    ordered = sorted(notice.rights, key=lambda right: not right.shown_apart)
    return Section(
        "rights",
        "Your rights",
        "",
        tuple(
            Entry(
                right.right,
                _plain(right.right).capitalize(),
                right.words,
                _facts(
                    ("Answered within", right.within or ""),
                    ("More time", right.extension),
                    (
                        "Looked at twice",
                        "Where something is left out, by a second person" if right.second_look else "",
                    ),
                    ("By", ", ".join(_plain(route) for route in right.routes)),
                ),
            )
            for right in ordered
        ),
    )


def _complaints(notice: Notice) -> Section:
    own, regulator = notice.complaints.own, notice.complaints.regulator
    entries = []
    if own:
        entries.append(
            Entry(
                "own",
                "To us",
                own.words,
                _facts(
                    ("By", ", ".join(_plain(route) for route in own.routes)),
                    (
                        "Acknowledged within",
                        f"{own.acknowledged_within_days} days" if own.acknowledged_within_days else "",
                    ),
                ),
            )
        )
    if regulator:
        entries.append(
            Entry(
                "regulator",
                f"To the regulator, {regulator.name}",
                "",
                _facts(
                    ("Address", regulator.address), ("Site", regulator.website), ("Telephone", regulator.telephone)
                ),
            )
        )
    return Section("complaints", "Complaints", "", tuple(entries))


def _machines(notice: Notice) -> Section:
    says = notice.automated_decisions
    return Section(
        "machines", "What machines decide", " ".join(filter(None, (says.words, says.profiling))) if says else ""
    )


def _devices(notice: Notice) -> Section:
    cookies = notice.cookies
    if cookies is None:
        return Section("cookies", "Cookies")
    return Section(
        "cookies",
        "Cookies",
        "We use none." if cookies.none else "",
        tuple(
            Entry(
                f"cookie-{place}",
                each.name,
                each.words,
                _facts(
                    ("For", ", ".join(each.use)),
                    ("Consent", each.consent if each.exempt is None else "not needed"),
                    ("To object", each.objection),
                    ("Stays", each.life),
                ),
            )
            for place, each in enumerate(cookies.stored, start=1)
        ),
    )


def _marketing(notice: Notice) -> Section:
    marketing = notice.marketing
    if marketing is None:
        return Section("marketing", "News and advertising")
    return Section(
        "marketing",
        "News and advertising",
        "We send none." if marketing.none else marketing.words,
        tuple(
            Entry(
                f"by-{each.by}", f"By {_plain(each.by)}", "", _facts(("On the ground of", _plain(each.basis or "")))
            )
            for each in marketing.channels
        ),
    )


def _security(notice: Notice) -> Section:
    names = {recipient.id: recipient.name for recipient in notice.recipients}
    entries = [
        Entry(
            f"measure-{place}",
            each.words or _plain(each.measure),
            "",
            _facts(("By", "" if each.of == "us" else names.get(each.of, each.of))),
        )
        for place, each in enumerate(notice.security.measures, start=1)
    ]
    entries += [
        Entry(
            f"claim-{place}",
            claim.name,
            "",
            _facts(("Number", claim.number), ("Since", f"{claim.dated:%-d %B %Y}" if claim.dated else "")),
        )
        for place, claim in enumerate(notice.claims, start=1)
    ]
    return Section("security", "How we protect it", notice.security.words, tuple(entries))


def _everyone(notice: Notice) -> Section:
    everyone = notice.everyone
    return Section(
        "everyone",
        "Children, capacity, and after a death",
        "",
        tuple(
            Entry(name, title, words)
            for name, title, words in (
                ("children", "Children", everyone.children),
                ("capacity", "Acting for someone else", everyone.capacity),
                ("deceased", "After a death", everyone.deceased),
            )
            if words
        ),
    )


def _changes(notice: Notice) -> Section:
    changes = notice.changes
    if changes is None:
        return Section("changes", "Changes to this notice")
    ahead = f"{changes.days_ahead} days before they hold" if changes.days_ahead else ""
    return Section(
        "changes",
        "Changes to this notice",
        changes.words,
        (
            Entry(
                "how",
                "How you hear of them",
                "",
                _facts(
                    ("By", ", ".join(changes.announced_by)), ("When", ahead), ("Older versions", changes.old_versions)
                ),
            ),
        ),
    )
