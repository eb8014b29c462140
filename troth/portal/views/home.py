"""The public home of the clinic: what it does, what to do first, when and where, and how its notice binds it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from troth.design.values import Banner, Counterpart, Row, Step, Term
from troth.gate.table import actor_of, open_path
from troth.notice import selectors as notices
from troth.notice.rendering import layered
from troth.notice.schema import Notice
from troth.notice.schema.uses import PurposeRow
from troth.portal.homes import Home, own_home
from troth.rights import selectors as rights
from troth.vault.categories import Category


def show(request: HttpRequest) -> HttpResponse:
    """Say whose clinic this is, what it does and promises in short, and where to go."""
    version = notices.version_in_force(request.at)  # type: ignore[attr-defined]
    notice = notices.notice_of(version) if version else None
    rendered = layered(notice) if notice else None
    home = own_home()
    served = next((row for row in notice.purposes if row.id is home.served_by), None) if notice and home else None
    # A home that was written for what the notice does not declare would promise what is off.
    if notice is None or home is None or served is None:
        return render(request, "portal/home/bare.html", {"version": version, "notice": rendered})
    return render(
        request,
        "portal/home/show.html",
        {
            "home": home,
            "summary": rendered.summary if rendered else "",
            "steps": [Step(step.name, step.words, "to_come") for step in home.first.steps],
            "acts": _acts(request, home),
            "signed_in": actor_of(request).kind == "person",
            "why": _kept_word(notice, served),
            "services": [
                Row(each.name, each.words, f"{each.minutes} minutes" if each.minutes else "")
                for each in home.services
            ],
            "hours": [Row(each.days, each.times) for each in home.hours],
            "where": _where(notice),
            "measures": [each.words for each in notice.security.measures if each.words and each.of == "us"][:5]
            if notice.security
            else [],
            "urgent": Banner("info", "Feeling very unwell?", home.urgent) if home.urgent else None,
        },
    )


def _acts(request: HttpRequest, home: Home) -> list[tuple[str, str]]:
    """The buttons of this visitor, the first one first: those whose page the notice lets exist."""
    if actor_of(request).kind == "person":
        wanted = [("my_visits", "Your visits"), ("my_data", "My data"), ("security", "Your sign-in")]
    else:
        wanted = [(act.page, act.words) for act in home.first.acts]
    return [(words, path) for page, words in wanted if (path := open_path(request, page))]


def _kept_word(notice: Notice, row: PurposeRow) -> Counterpart:
    """What the clinic mainly does with data, in the notice's own words: the same row that the gate enforces."""
    roles = {role.id: role.name for role in notice.roles}
    recipients = {each.id: each.name or each.words for each in notice.recipients}
    rules = {rule.id: rule.words or rule.id for rule in notice.retention.rules}
    main = Category.HEALTH if Category.HEALTH in row.covers else next(iter(sorted(row.covers)))
    seen = [
        roles[name]
        for name, grant in row.access.items()
        if name in roles and (grant.categories is None or main in grant.categories)
    ]
    passed = [recipients[each] for each in row.recipients if each in recipients]
    kept = rules.get(row.rule_for(main) or notice.retention.default or "", "")
    terms = [
        Term("For", row.title or row.id.value.replace("_", " ")),
        Term("The law lets us because", "; ".join(rights.BASIS_WORDS[basis] for basis in row.basis)),
        Term("Seen by", ", ".join(seen) or "Nobody but you"),
        Term("Passed to", "; ".join(passed) or "Nobody"),
        *([Term("Kept until", kept)] if kept else []),
    ]
    return Counterpart("Why we hold your record", terms=tuple(terms))


def _where(notice: Notice) -> list[Row]:
    who = notice.controller
    if who is None:
        return []
    given = (("Address", who.address), ("Telephone", who.telephone), ("Email", who.email))
    return [Row(label, value) for label, value in given if value]
