"""The six checks against a slow model that spells each out by itself, over notices made at random."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

from hypothesis import given, settings
from hypothesis import strategies as st

from troth.gate.refusals import CANNOT_OPEN, Check
from troth.gate.rules import (
    UNDER_RESTRICTION,
    Asker,
    PermittedUse,
    Relation,
    Standing,
    check_can_break_glass,
    decide,
)
from troth.law.bases import Basis, Condition
from troth.notice.purposes import Action, Purpose
from troth.notice.register import Access, DeclaredPurpose, DeclaredRole, Register
from troth.vault.categories import Category

PURPOSES = [Purpose.CARE, Purpose.MARKETING, Purpose.RIGHTS, Purpose.EMERGENCY, Purpose.FIND, Purpose.LEGAL_CLAIMS]
CATEGORIES = [Category.IDENTITY, Category.HEALTH, Category.PREFERENCES]
ROLES = ["prescriber", "support"]

access = st.dictionaries(
    st.sampled_from([*ROLES, "self", "representative", "service"]),
    st.builds(Access, st.frozensets(st.sampled_from(CATEGORIES)), st.frozensets(st.sampled_from(list(Action)))),
)
purposes = st.builds(
    DeclaredPurpose,
    purpose=st.just(Purpose.CARE),
    row=st.integers(1, 30),
    title=st.just("Looking after you"),
    basis=st.sampled_from(list(Basis)),
    condition=st.none() | st.sampled_from(list(Condition)),
    categories=st.frozensets(st.sampled_from(CATEGORIES)),
    access=access,
)


@st.composite
def registers(draw: st.DrawFn) -> Register:
    declared = {p: replace(draw(purposes), purpose=p) for p in draw(st.sets(st.sampled_from(PURPOSES)))}
    roles = {name: DeclaredRole(name, name, "", secrecy=draw(st.booleans())) for name in ROLES}
    return Register(3, uuid4().hex, datetime(2026, 1, 1, tzinfo=UTC), "A clinic", declared, roles)


askers = st.builds(
    Asker,
    st.sampled_from(list(Relation)),
    st.frozensets(st.sampled_from(ROLES)),
    st.frozensets(st.sampled_from(PURPOSES)),
    st.frozensets(st.sampled_from(CATEGORIES)),
)
standings = st.builds(
    Standing, *[st.booleans()] * 6, st.frozensets(st.sampled_from(CATEGORIES)), st.booleans(), st.booleans()
)


def failing(register, purpose, category, action, asker, standing, reason, use) -> set[Check]:
    """Every check that fails, each worked out without looking at the others."""
    failed = set()
    row = register.purposes.get(purpose)
    kernel = purpose in {Purpose.RIGHTS, Purpose.EMERGENCY, Purpose.FIND, Purpose.LEGAL_CLAIMS}
    if row is None or not (standing.told or kernel) or not standing.sound:
        failed.add(Check.PURPOSE)
    if row is None:
        return failed
    if category not in row.categories:
        failed.add(Check.CATEGORY)
    hats = {
        Relation.SELF: {"self"},
        Relation.ENQUIRER: {"self"} if action == Action.WRITE else set(),
        Relation.REPRESENTATIVE: {"representative"} if category in standing.represented else set(),
        Relation.STAFF: asker.roles,
        Relation.SERVICE: {"service"}
        if purpose in asker.service_purposes and category in asker.service_categories
        else set(),
        Relation.NOBODY: set(),
    }[asker.relation]
    if not any(
        hat in row.access and category in row.access[hat].categories and action in row.access[hat].actions
        for hat in hats
    ):
        failed.add(Check.ROLE)
    if purpose is Purpose.EMERGENCY:
        if not standing.glass_broken:
            failed.add(Check.REASON)
        return failed
    if not reason:
        failed.add(Check.REASON)
    special = category is Category.HEALTH
    if row.basis is Basis.CONTRACT and not standing.contract:
        failed.add(Check.BASIS)
    if row.basis is Basis.CONSENT and not standing.consent:
        failed.add(Check.BASIS)
    if (
        row.basis in (Basis.LEGITIMATE_INTERESTS, Basis.RECOGNISED_LEGITIMATE_INTERESTS, Basis.PUBLIC_TASK)
        and standing.objected
    ):
        failed.add(Check.BASIS)
    if row.basis is Basis.VITAL_INTERESTS:
        failed.add(Check.BASIS)
    if special and row.condition is None:
        failed.add(Check.BASIS)
    if special and row.condition is Condition.EXPLICIT_CONSENT and not standing.consent:
        failed.add(Check.BASIS)
    if (
        special
        and row.condition is Condition.HEALTH_CARE
        and asker.relation is Relation.STAFF
        and not any(register.roles[r].secrecy for r in asker.roles)
    ):
        failed.add(Check.BASIS)
    own_view = asker.relation in (Relation.SELF, Relation.REPRESENTATIVE) and action in (Action.READ, Action.EXPORT)
    banner = category is Category.IDENTITY and action is Action.READ
    if standing.restricted and purpose not in UNDER_RESTRICTION and use is None and not own_view and not banner:
        failed.add(Check.RESTRICTION)
    return failed


questions = st.tuples(
    registers(),
    st.sampled_from(PURPOSES),
    st.sampled_from(CATEGORIES),
    st.sampled_from(list(Action)),
    askers,
    standings,
    st.sampled_from(["", "a booking"]),
    st.none() | st.sampled_from(list(PermittedUse)),
)


@settings(max_examples=600, deadline=None)
@given(questions)
def test_decide_agrees_with_the_slow_model(question) -> None:
    decision = decide(*question)
    failed = failing(*question)
    assert decision.allowed == (not failed)
    if failed:
        assert decision.check is min(failed, key=lambda check: check.number)
        assert decision.sentence
        assert decision.rule or decision.sentence == CANNOT_OPEN


@settings(max_examples=600, deadline=None)
@given(questions)
def test_checks_five_and_six_are_spoken_only_to_one_who_passed_the_first_four(question) -> None:
    decision = decide(*question)
    if not decision.allowed and decision.spoken in (Check.BASIS, Check.RESTRICTION):
        assert not failing(*question) & {Check.PURPOSE, Check.CATEGORY, Check.ROLE, Check.REASON}


@settings(max_examples=600, deadline=None)
@given(questions)
def test_a_stranger_hears_the_same_about_a_person_who_does_not_exist(question) -> None:
    register, purpose, category, action, asker, standing, _, use = question
    if asker.relation is Relation.STAFF and purpose is not Purpose.EMERGENCY:
        real = decide(register, purpose, category, action, asker, standing._replace(glass_broken=False), "", use)
        nobody = decide(register, purpose, category, action, asker, Standing(), "", use)
        assert (real.allowed, real.sentence, real.spoken) == (nobody.allowed, nobody.sentence, nobody.spoken)


@settings(max_examples=300, deadline=None)
@given(questions)
def test_a_narrower_notice_never_allows_more(question) -> None:
    register, purpose, *rest = question
    row = register.purposes.get(purpose)
    if row is not None and not decide(*question).allowed:
        less = replace(row, access=dict(list(row.access.items())[1:]), categories=frozenset(list(row.categories)[1:]))
        narrowed = replace(register, purposes={**register.purposes, purpose: less}, hash=register.hash + "n")
        assert not decide(narrowed, purpose, *rest).allowed


def test_breaking_the_glass() -> None:
    good = {
        "note": "Collapsed at home, ambulance crew on the phone",
        "second_factor_age_s": 60.0,
        "own_record": False,
        "health_professional": True,
    }
    assert check_can_break_glass(**good) == ""
    for worse in (
        {"note": "asdf asdf asdf asdf"},
        {"note": "x"},
        {"note": "aaaa aaaaa aaaaaa aaaaaaa"},
        {"second_factor_age_s": None},
        {"second_factor_age_s": 301.0},
        {"own_record": True},
        {"health_professional": False},
    ):
        assert check_can_break_glass(**{**good, **worse})


def test_every_reason_has_words_for_whom_it_is_about() -> None:
    from troth.gate import reasons

    for label, _ in reasons.list_reasons():
        assert reasons.told_as(label) != label
    for found in reasons.FindReason:
        assert reasons.told_as(found.value) != found.value
    assert reasons.told_as("a reason that was given up") == "a reason that was given up"
