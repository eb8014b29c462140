"""What changed between two notices, and whether it matters to people. Wording alone never does."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from troth.notice.purposes import Purpose
from troth.notice.schema import Notice
from troth.notice.schema.keeping import RetentionRule
from troth.notice.schema.rights import Right
from troth.notice.schema.uses import PurposeRow
from troth.vault.categories import Category

_NAMED = 3  # how many uses are named before the rest are counted
_DAYS = {"minute": 1 / 1440, "hour": 1 / 24, "day": 1, "week": 7, "month": 30.4, "year": 365}


@dataclass(frozen=True)
class Change:
    """One change, in plain words. `part` is the part of the file in which it stands."""

    part: str
    material: bool
    words: str


def compare(before: Notice, after: Notice) -> list[Change]:
    """Every change from one notice to another, those that matter to people first."""
    found = list(
        dict.fromkeys(
            chain(
                _controller(before, after),
                _purposes(before, after),
                _categories(before, after),
                _recipients(before, after),
                _transfers(before, after),
                _retention(before, after),
                _rights(before, after),
                _promises(before, after),
            )
        )
    )
    told = {change.part for change in found}
    for part in Notice.model_fields:
        if part not in told and getattr(before, part) != getattr(after, part):
            found.append(Change(part, False, f"The part '{part}' is worded anew."))
    return sorted(found, key=lambda change: not change.material)


def _days(span: str) -> float:
    number, unit = span.split()
    return int(number) * _DAYS[unit.removesuffix("s")]


def _listed(values: set[str] | frozenset[Category]) -> str:
    return ", ".join(sorted(values))


def _few(names: list[str]) -> str:
    """Names in a sentence: all of up to four, or three and how many more."""
    if len(names) > _NAMED + 1:
        return f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED} other uses"
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _controller(before: Notice, after: Notice) -> Iterator[Change]:
    old, new = before.controller, after.controller
    if (old and old.legal_name) != (new and new.legal_name):
        yield Change("controller", True, f"Responsible is now {new.legal_name if new else 'nobody'}.")


def _name(row: PurposeRow) -> str:
    return row.title or row.id


def _purposes(before: Notice, after: Notice) -> Iterator[Change]:
    old: dict[Purpose, PurposeRow] = {row.id: row for row in before.purposes}
    new: dict[Purpose, PurposeRow] = {row.id: row for row in after.purposes}
    for purpose in sorted(new.keys() - old.keys()):
        yield Change("purposes", True, f"New purpose: {_name(new[purpose])}.")
    for purpose in sorted(old.keys() - new.keys()):
        yield Change("purposes", False, f"Given up: {_name(old[purpose])}.")
    for purpose in sorted(new.keys() & old.keys()):
        yield from _purpose(old[purpose], new[purpose])


def _purpose(old: PurposeRow, new: PurposeRow) -> Iterator[Change]:
    name = _name(new)
    if old.basis != new.basis:
        yield Change("purposes", True, f"'{name}' now rests on {', '.join(new.basis)}, not {', '.join(old.basis)}.")
    if old.condition != new.condition:
        yield Change("purposes", True, f"'{name}' now uses the condition {', '.join(new.condition) or 'none'}.")
    if more := new.covers - old.covers:
        yield Change("purposes", True, f"'{name}' now uses {_listed(more)} too.")
    if fewer := old.covers - new.covers:
        yield Change("purposes", False, f"'{name}' no longer uses {_listed(fewer)}.")
    if more_recipients := set(new.recipients) - set(old.recipients):
        yield Change("purposes", True, f"Under '{name}' data now goes to {_listed(more_recipients)} too.")
    if fewer_recipients := set(old.recipients) - set(new.recipients):
        yield Change("purposes", False, f"Under '{name}' data no longer goes to {_listed(fewer_recipients)}.")
    sees_old, sees_new = _seers(old), _seers(new)
    for who in sorted(sees_new.keys() | sees_old.keys()):
        gained = sees_new.get(who, frozenset()) - sees_old.get(who, frozenset())
        lost = sees_old.get(who, frozenset()) - sees_new.get(who, frozenset())
        if gained:
            special = any(category.special for category in gained)
            yield Change("purposes", special, f"Under '{name}' {who} now also sees {_listed(gained)}.")
        if lost:
            # Data that a person could reach and no longer can: their rights grow narrower.
            yield Change("purposes", who == "self", f"Under '{name}' {who} no longer sees {_listed(lost)}.")
    machine_old, machine_new = old.automation, new.automation
    if machine_new and (
        machine_old is None
        or (machine_new.solely, machine_new.significant) > (machine_old.solely, machine_old.significant)
    ):
        yield Change("purposes", True, f"Machines now decide more under '{name}'.")
    if new.bundled_with and not old.bundled_with:
        yield Change("purposes", True, f"'{name}' now comes with {', '.join(new.bundled_with)}.")


def _seers(row: PurposeRow) -> dict[str, frozenset[Category]]:
    return {
        who: row.covers if grant.categories is None else frozenset(grant.categories)
        for who, grant in row.access.items()
    }


def _categories(before: Notice, after: Notice) -> Iterator[Change]:
    old = {category.id: category for category in before.categories}
    new = {category.id: category for category in after.categories}
    for category in sorted(new.keys() - old.keys()):
        yield Change("categories", True, f"New kind of data: {new[category].words or category}.")
    for category in sorted(old.keys() - new.keys()):
        yield Change("categories", False, f"No longer held: {old[category].words or category}.")
    for category in sorted(new.keys() & old.keys()):
        more = {piece.item.value for piece in new[category].items} - {
            piece.item.value for piece in old[category].items
        }
        if more:
            yield Change("categories", True, f"Under '{new[category].words or category}' now also {_listed(more)}.")


def _recipients(before: Notice, after: Notice) -> Iterator[Change]:
    old = {recipient.id: recipient for recipient in before.recipients}
    new = {recipient.id: recipient for recipient in after.recipients}
    for who in sorted(new.keys() - old.keys()):
        yield Change("recipients", True, f"New recipient: {new[who].name or new[who].words or who}.")
    for who in sorted(old.keys() - new.keys()):
        yield Change("recipients", False, f"No longer a recipient: {old[who].name or old[who].words or who}.")
    for who in sorted(new.keys() & old.keys()):
        name = new[who].name or who
        if more := new[who].gets - old[who].gets:
            yield Change("recipients", True, f"{name} now receives {_listed(more)} too.")
        if new[who].country != old[who].country:
            yield Change(
                "recipients", new[who].country != "GB", f"{name} now holds or sees data in {new[who].country}."
            )
        if new[who].kind != old[who].kind:
            yield Change("recipients", True, f"{name} is now a {new[who].kind}, no longer a {old[who].kind}.")
        if ends := {use.value for use in new[who].for_use} - {use.value for use in old[who].for_use}:
            yield Change("recipients", True, f"{name} now receives data for {_listed(ends)} too.")
        if new[who].name != old[who].name:
            yield Change("recipients", True, f"{name} takes the place of {old[who].name or who}.")
    for disclosure in after.sharing.disclosures:
        if not any((disclosure.use, disclosure.to) == (each.use, each.to) for each in before.sharing.disclosures):
            yield Change("sharing", True, f"Data may now be passed to {disclosure.to}, for {disclosure.use}.")


def _transfers(before: Notice, after: Notice) -> Iterator[Change]:
    old, new = before.transfers, after.transfers
    for words, was, now in (
        ("lies in", set(old.hosted_in), set(new.hosted_in)),
        ("is sent to or seen from", {route.country for route in old.routes}, {route.country for route in new.routes}),
    ):
        if more := now - was:
            yield Change("transfers", more != {"GB"}, f"Data now {words} {_listed(more)} too.")
        if fewer := was - now:
            yield Change("transfers", False, f"No longer so: data {words} {_listed(fewer)}.")
    if new.seen_from_abroad and not old.seen_from_abroad:
        yield Change("transfers", True, "People outside the UK may now see data.")


def _rule(notice: Notice, row: PurposeRow, category: Category) -> RetentionRule | None:
    wanted = row.rule_for(category) or notice.retention.default
    return next((rule for rule in notice.retention.rules if rule.id == wanted), None)


def _longer(old: RetentionRule | None, new: RetentionRule | None) -> bool | None:
    """Whether data is kept longer; none if it is kept as long. What cannot be compared counts as longer."""
    if old is None or new is None:
        return None if old is new else True
    if (old.limbs, old.criteria, old.end) == (new.limbs, new.criteria, new.end):
        return None
    if len(old.limbs) != len(new.limbs) or old.criteria != new.criteria or old.end != new.end:
        return True
    for before, after in zip(old.limbs, new.limbs, strict=True):
        if before.trigger != after.trigger or bool(before.period) != bool(after.period):
            return True
        if before.period and after.period and _days(after.period) > _days(before.period):
            return True
        if (after.until_age or 0) > (before.until_age or 0):
            return True
    shorter = any(
        before.period != after.period or before.until_age != after.until_age
        for before, after in zip(old.limbs, new.limbs, strict=True)
    )
    return False if shorter else None


def _retention(before: Notice, after: Notice) -> Iterator[Change]:
    old_rows = {row.id: row for row in before.purposes}
    # One rule stands behind many uses: what changes with it is said once, with the uses that it changes for.
    changed: dict[tuple[bool, str], tuple[dict[Category, None], dict[str, None]]] = {}
    for row in after.purposes:
        if row.id not in old_rows:
            continue
        for category in sorted(row.covers & old_rows[row.id].covers):
            new = _rule(after, row, category)
            longer = _longer(_rule(before, old_rows[row.id], category), new)
            if longer is not None:
                categories, uses = changed.setdefault((longer, f": {new.words or new.id}" if new else ""), ({}, {}))
                categories[category], uses[f"'{_name(row)}'"] = None, None
    for (longer, words), (categories, uses) in changed.items():
        manner = "longer, or by another rule" if longer else "less long"
        verb = "is" if len(categories) == 1 else "are"
        yield Change(
            "retention", longer, f"{_listed(set(categories))} under {_few(list(uses))} {verb} kept {manner}{words}."
        )
    days_before, days_after = before.retention.master_key_days or 0, after.retention.master_key_days or 0
    if days_before != days_after:
        yield Change(
            "retention",
            days_after > days_before or not days_after,
            f"Destroyed data is gone from backups after {days_after or 'an unstated number of'} days, "
            f"not {days_before or 'unstated'}.",
        )


def _rights(before: Notice, after: Notice) -> Iterator[Change]:
    old: dict[str, Right] = {right.right: right for right in before.rights}
    new: dict[str, Right] = {right.right: right for right in after.rights}
    for name in sorted(old.keys() - new.keys()):
        yield Change("rights", True, f"The right `{name}` is gone.")
    for name in sorted(new.keys() - old.keys()):
        yield Change("rights", False, f"The right `{name}` is new.")
    for name in sorted(new.keys() & old.keys()):
        for what in _narrower(old[name], new[name]):
            yield Change("rights", True, f"The right `{name}` is narrower: {what}.")
    ack_before = before.complaints.own.acknowledged_within_days if before.complaints.own else None
    ack_after = after.complaints.own.acknowledged_within_days if after.complaints.own else None
    if ack_before and (ack_after is None or ack_after > ack_before):
        yield Change("complaints", True, f"Complaints are acknowledged later than within {ack_before} days.")


def _narrower(old: Right, new: Right) -> Iterator[str]:
    if limits := set(new.limits) - set(old.limits):
        yield f"limited by {_listed({limit.value for limit in limits})}"
    if demands := set(new.demands) - set(old.demands):
        yield f"it now asks for {_listed({demand.value for demand in demands})}"
    if routes := set(old.routes) - set(new.routes):
        yield f"no longer by {_listed({route.value for route in routes})}"
    if old.absolute and not new.absolute:
        yield "no longer without limits"
    if old.within and (new.within is None or _days(new.within) > _days(old.within)):
        yield f"answered within {new.within or 'no stated time'}, not {old.within}"


def _promises(before: Notice, after: Notice) -> Iterator[Change]:
    days_before = before.changes.days_ahead if before.changes else None
    days_after = after.changes.days_ahead if after.changes else None
    if days_before and (days_after or 0) < days_before:
        yield Change("changes", True, f"Changes are announced {days_after or 0} days ahead, not {days_before}.")
    if before.marketing is not None and after.marketing is not None:
        old = {channel.by: channel for channel in before.marketing.channels}
        for channel in after.marketing.channels:
            if channel.by not in old and channel.basis != "consent":
                yield Change("marketing", True, f"Marketing now comes by {channel.by} without being asked for.")
            elif channel.by in old and channel.basis != old[channel.by].basis:
                yield Change(
                    "marketing", True, f"Marketing by {channel.by} now rests on {channel.basis or 'nothing'}."
                )
    elif after.marketing is not None and not after.marketing.none and after.marketing.channels:
        yield Change("marketing", True, "Marketing is new.")
