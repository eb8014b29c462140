"""The gate, asked for real: in a boundary that is thrown away, so that nothing is opened and no event is left."""

from collections.abc import Callable, Iterable
from uuid import uuid4

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from troth.assurance.rules.evidence import Finding, Question, check, counted
from troth.gate import actors, counting
from troth.gate.actors import Actor
from troth.gate.boundary import Boundary
from troth.gate.opened import Opened
from troth.gate.rules import UNDER_RESTRICTION, Asker, Relation, Standing, decide
from troth.law.bases import Basis
from troth.notice import selectors as notices
from troth.notice.purposes import Action, Purpose
from troth.notice.register import DeclaredPurpose, Register
from troth.vault.categories import Category

BOUNDARY = "troth.gate.boundary.BoundaryMiddleware"
SESSIONS = "troth.people.middleware.SessionMiddleware"


@check("gate.refuses", looks_at="the gate’s answers to people and purposes that it must refuse")
def refuses(question: Question) -> Finding:
    """Nobody, a stranger, and every role without a reason are refused; so is every use that the notice does not declare."""
    register = notices.register_in_force(question.at)
    asked = opened = 0
    askers = (actors.NOBODY, Actor("person", uuid4()), Actor("person", uuid4(), roles=frozenset(register.roles)))
    thrown_away = Boundary()
    for purpose in Purpose:
        for asker in askers:
            context = Opened(purpose, Action.READ, by=asker, at=question.at, into=thrown_away)
            somebody = uuid4()
            if context.reason_for(
                somebody
            ):  # this role watches over everybody for this purpose, as its room declares
                continue
            for category in Category:
                asked += 1
                opened += context.decision(somebody, category).allowed
        if purpose not in register.purposes:
            asked += 1
            opened += _undeclared(register, purpose)
    unknown = sum(purpose not in register.purposes for purpose in Purpose)
    counts = {"asked": asked, "opened": opened, "purposes_not_declared": unknown}
    if opened:
        return Finding(False, f"The gate opened {counted(opened, 'time')} where it must refuse", counts)
    return Finding(
        True,
        f"Asked the gate {asked:,} times what it must refuse, {counted(unknown, 'undeclared use')} among them: it refused each",
        counts,
    )


@check("gate.bases", looks_at="the gate’s answers when a basis has ended")
def bases(question: Question) -> Finding:
    """Without consent, or after it was taken back, uses by consent are refused; an objection stops uses by interest."""
    register = notices.register_in_force(question.at)
    sound = Standing(told=True, contract=True, consent=True)
    ended = {
        Basis.CONSENT: (sound._replace(consent=False), sound._replace(consent=False, consent_taken_back=True)),
        Basis.LEGITIMATE_INTERESTS: (sound._replace(objected=True),),
        Basis.CONTRACT: (sound._replace(contract=False),),
    }
    asked, wrong = _asked(register, lambda declared: ended.get(declared.basis, ()))
    counts = {"asked": asked, "opened": wrong}
    if wrong:
        return Finding(False, f"The gate opened {counted(wrong, 'time')} although the basis had ended", counts)
    return Finding(True, f"Asked the gate {asked:,} times with a basis that had ended: it refused each", counts)


@check("gate.restricted", looks_at="the gate’s answers about a record whose use was stopped")
def restricted(question: Question) -> Finding:
    """A record whose use was stopped opens for nothing but its name, and the uses that the law leaves (LAW-3.6)."""
    register = notices.register_in_force(question.at)
    stopped = Standing(told=True, contract=True, consent=True, restricted=True)
    asked = opened = 0
    for declared in register.purposes.values():
        if declared.purpose in UNDER_RESTRICTION or declared.purpose.of_the_kernel:
            continue
        for role in set(declared.access) & set(register.roles):
            asker = Asker(Relation.STAFF, frozenset({role}))
            for category in declared.access[role].categories & declared.categories:
                for action in declared.access[role].actions - (
                    {Action.READ} if category is Category.IDENTITY else set()
                ):
                    asked += 1
                    opened += decide(register, declared.purpose, category, action, asker, stopped, "a check").allowed
    counts = {"asked": asked, "opened": opened}
    if opened or not asked:
        return Finding(False, f"The gate opened {counted(opened, 'time')} although the use had been stopped", counts)
    return Finding(
        True, f"Asked the gate {asked:,} times for a record whose use was stopped: it refused each", counts
    )


@check("gate.roles", looks_at="who holds which role, and what the notice gives each role")
def roles(question: Question) -> Finding:
    """Every role that somebody holds is described in the notice, and none of them opens everything."""
    register = notices.register_in_force(question.at)
    held = counting.roles_held(question.at)
    unknown = sorted(set(held) - set(register.roles))
    counts = {"roles": len(register.roles), "holders": sum(map(len, held.values())), "unknown": len(unknown)}
    if unknown:
        return Finding(
            False, f"Somebody holds a role that the notice does not describe: {', '.join(unknown)}", counts
        )
    mighty = [role for role in register.roles if _opens_everything(register, role)]
    if mighty:
        return Finding(False, f"The role {mighty[0]} opens every kind of data for every use", counts)
    return Finding(
        True,
        f"{counted(counts['holders'], 'holding')} of {len(register.roles)} roles, each described in the notice;"
        " none opens everything",
        counts,
    )


@check("gate.facts", looks_at="the mark of every standing fact: roles, consents, restrictions, receipts")
def facts(question: Question) -> Finding:
    """Each fact that the gate goes by was written by our own code and not changed since."""
    total, unsound = counting.count_facts()
    counts = {"facts": total, "unsound": unsound}
    if unsound:
        return Finding(False, f"{counted(unsound, 'standing fact')} changed or put in past the gate", counts)
    return Finding(True, f"All {counted(total, 'standing fact')} carry the mark of our own code", counts)


@check("gate.pages", looks_at="every address that this server answers, and what it is opened for")
def pages(question: Question) -> Finding:
    """Every page has its row, with a purpose or the reason why it opens nobody's data, and runs inside the boundary."""
    patterns = _patterns(get_resolver())
    bare = [each for each in patterns if getattr(each.callback, "row", None) is None]
    order = [name for name in settings.MIDDLEWARE if name in (BOUNDARY, SESSIONS)]
    counts = {"pages": len(patterns), "without_a_row": len(bare)}
    if order != [BOUNDARY, SESSIONS]:
        return Finding(False, "Pages are served outside the boundary that writes down who looked", counts)
    if bare:
        return Finding(False, f"{counted(len(bare), 'page')} served without a purpose", counts)
    return Finding(
        True,
        f"All {len(patterns)} pages state their purpose or why they open nothing, and who looks is written down first",
        counts,
    )


def _asked(register: Register, standings: Callable[[DeclaredPurpose], Iterable[Standing]]) -> tuple[int, int]:
    """Ask for all that the notice allows, of people who stand so: how often it was asked, and how often it opened."""
    asked = opened = 0
    for declared in register.purposes.values():
        if declared.purpose.of_the_kernel:
            continue
        for role, access in declared.access.items():
            if role not in register.roles:
                continue
            asker, action = Asker(Relation.STAFF, frozenset({role})), min(access.actions)
            for category in access.categories & declared.categories:
                for standing in standings(declared):
                    asked += 1
                    opened += decide(register, declared.purpose, category, action, asker, standing, "a check").allowed
    return asked, opened


def _undeclared(register: Register, purpose: Purpose) -> bool:
    """Whether a use that the notice does not declare would open for someone with whom nothing else is wrong."""
    everything = Standing(told=True, contract=True, consent=True)
    asker = Asker(Relation.STAFF, frozenset(register.roles))
    return any(
        decide(register, purpose, category, Action.READ, asker, everything, "a check").allowed
        for category in Category
    )


def _opens_everything(register: Register, role: str) -> bool:
    rows = [declared for declared in register.purposes.values() if not declared.purpose.of_the_kernel]
    return bool(rows) and all(
        role in declared.access and declared.access[role].categories >= declared.categories for declared in rows
    )


def _patterns(resolver: URLResolver) -> list[URLPattern]:
    found: list[URLPattern] = []
    for each in resolver.url_patterns:
        found += _patterns(each) if isinstance(each, URLResolver) else [each]
    return found
