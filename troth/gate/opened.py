"""
An open context: what it may open is decided here, person by person and category by category, and gathered for the ledger.

What was not admitted beforehand is decided when it is touched: right, and slower for a list.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from troth.gate import facts, linking, needs, pace, reasons
from troth.gate.actors import Actor
from troth.gate.boundary import Boundary
from troth.gate.refusals import CANNOT_OPEN, Check, Decision, Refused, TooOften
from troth.gate.rules import Asker, PermittedUse, Relation, Standing, decide
from troth.ledger.drafts import Draft
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.vault import keyring
from troth.vault.categories import LOCKED, Category
from troth.vault.compartments import get_compartment, in_categories
from troth.vault.fields import SealedField
from troth.vault.models import Holding, Subject
from troth.vault.scanning import read_fields

Item = TypeVar("Item", bound="UUID | Subject | Holding")


class Admission(NamedTuple):
    """`admitted` keeps the order and kind of what was asked for; `withheld` gives a decision for each that is not."""

    admitted: list[Any]
    withheld: dict[UUID, Decision]


class _Known(NamedTuple):
    """How people stand who stand alike. `opens`: the compartments that were decided to open for all of them but oneself."""

    asker: Asker
    standing: Standing
    reason: str
    opens: set[str]


def subject_of(item: "UUID | Subject | Holding") -> UUID:
    """The subject of a row, or the subject itself."""
    if isinstance(item, UUID):
        return item
    return item.id if isinstance(item, Subject) else item.subject_id


class Opened:
    """An open context. It ends with its `with` block, and everything it gave out refuses from then on."""

    def __init__(
        self,
        purpose: Purpose,
        action: Action,
        *,
        by: Actor,
        at: datetime,
        into: Boundary,
        find_reason: reasons.FindReason | None = None,
        use: PermittedUse | None = None,
        stamp: "keyring.Stamp | None" = None,
    ) -> None:
        self.purpose, self.action, self.by, self.at = purpose, action, by, at
        self.use = use or by.use
        self.find_reason = find_reason
        self.register = into.register(at)
        self.declared = self.register.purposes.get(purpose)
        self.created: set[UUID] = set()  # subjects made in this act: their maker may finish writing them
        self.things: list[str] = []  # what an act touched that is nobody's
        self._boundary = into
        self._at = facts.micros(at)
        # Keyed by the subject as a number: a UUID hashes in Python, a number at once.
        self._standings: dict[int, _Known] = {}
        self._kinds: dict[tuple[Relation, Standing, str], _Known] = {}
        self._decisions: dict[tuple[int, Category], Decision] = {}
        self._people: dict[int, linking.Person] = {}
        self._scanning = False
        self._own = by.id.int if by.id else -1
        self.ring = keyring.KeyRing(
            self._authorise,
            reads=stamp is None and action is not Action.ERASE,
            stamp=stamp,
            outer=keyring.current.get(),
        )
        self.ring.changed = self._forget
        self.ring.foresee = self._load
        # An act inside an open context of the same actor and purpose keeps the reasons found there, and reads the facts anew.
        outer = into.innermost
        self._around = outer if outer and (outer.by, outer.purpose, outer.at) == (by, purpose, at) else None

    # -- asking --------------------------------------------------------------------------------------------------------
    def admit(self, items: Iterable[Item], *categories: Category) -> Admission:
        """
        Decide for many people at once, and fetch the keys of those admitted: as many queries for fifty as for five.

        An item is admitted when every category asked for may be opened; with none named, every one that this purpose and
        the actor's role cover. The refusals are recorded, and poison nothing: the page says what it withholds.
        """
        asked = list(items)
        # What stays locked is asked for by name, where something needs it; a page about people in general leaves it alone.
        shut = frozenset() if self.purpose.of_the_kernel else LOCKED
        wanted = categories or tuple(each for each in self.covered() if each not in shut)
        locked = not shut.isdisjoint(wanted)
        by_number: dict[int, UUID] = {}
        numbers = []
        for item in asked:
            subject = subject_of(item)
            number = subject.int
            numbers.append(number)
            by_number[number] = subject
        self._load(list(by_number.values()))
        withheld: dict[int, Decision] = {}
        alike: set[int] = set()  # how people stand of whom every category may be opened: fifty alike are asked once
        for number, subject in by_number.items():
            known = self._standings[number]
            if id(known) in alike and number != self._own and not locked:
                continue
            for category in wanted or (Category.IDENTITY,):
                decision = self.decision(subject, category)
                if not decision.allowed or not wanted:
                    withheld[number] = decision
                    break
            else:
                if number != self._own:
                    alike.add(id(known))
        admitted = [item for item, number in zip(asked, numbers, strict=True) if number not in withheld]
        if wanted and admitted and self.ring.reads:
            self.ring.preload(
                [subject for number, subject in by_number.items() if number not in withheld],
                in_categories(frozenset(wanted)),
            )
        return Admission(admitted, {by_number[number]: decision for number, decision in withheld.items()})

    def covered(self) -> tuple[Category, ...]:
        """The categories that this purpose and the actor's role cover, whoever the person is."""
        if self.declared is None:
            return ()
        names = self.by.roles | {"self", "representative", "service"}
        found: set[Category] = set()
        for name in names & set(self.declared.access):
            granted = self.declared.access[name]
            found |= {category for category in granted.categories if granted.allows(self.action, category)}
        return tuple(sorted(found & self.declared.categories))

    def decision(self, item: "UUID | Subject | Holding", category: Category) -> Decision:
        """The gate's answer for one person and category. A refusal is recorded; nothing is raised and nothing poisoned."""
        subject = subject_of(item)
        found = self._decisions.get((subject.int, category))
        if found is None:
            if subject.int not in self._standings:
                self._load([subject])
            asker, standing, reason, _ = self._standings[subject.int]
            if category in LOCKED:
                standing = standing._replace(needed=needs.needed(self.by, subject, at=self.at))
            found = decide(self.register, self.purpose, category, self.action, asker, standing, reason, self.use)
            self._decisions[(subject.int, category)] = found
            if not found.allowed:
                self._boundary.refused(self._draft(subject, Event.REFUSED, "refused", found, what=category.value))
        return found

    def require(self, item: "UUID | Subject | Holding", *categories: Category) -> Decision:
        """
        Insist on these categories of one person.

        :raises Refused: one of them may not be used. The boundary is poisoned: the answer will be an error.
        """
        decision = Decision(allowed=True)
        for category in categories:
            decision = self.decision(item, category)
            if not decision.allowed:
                raise keyring.poison(Refused(decision))
        return decision

    def insist_on_purpose(self) -> None:
        """
        Refuse a use that the notice does not declare, before anybody's data is touched.

        :raises Refused: it does not. The boundary is poisoned.
        """
        if self.declared is None:
            decision = self.decision_for_anyone()
            self._boundary.refused(self._draft(None, Event.REFUSED, "refused", decision, what=""))
            raise keyring.poison(Refused(decision))

    def reason_for(self, item: "UUID | Subject | Holding") -> str:
        """Why this actor may look at this person: what the counterpart says after "Because"."""
        subject = subject_of(item)
        if subject.int not in self._standings:
            self._load([subject])
        return self._standings[subject.int][2]

    def reasons_for(self, subjects: Sequence[UUID]) -> dict[UUID, str]:
        """The same for many people: as many queries for fifty as for one."""
        self._load([subject for subject in subjects if subject.int not in self._standings])
        return {subject: self._standings[subject.int][2] for subject in subjects}

    def known_reason(self, subject: UUID) -> str:
        """The reason found when this person was decided about in this context, or "" when nobody asked."""
        return self._standings[subject.int][2] if subject.int in self._standings else ""

    # -- searching -----------------------------------------------------------------------------------------------------
    def scan(self, subjects: Sequence[UUID]) -> None:
        """
        Let a search open candidates of the categories that `find` covers, before it is known who matches (pitfalls A7).

        Only who is then shown is admitted and recorded by name; `discarded` counts the others in one event.
        """
        covered = self._may_search()
        self._scanning = True
        self.ring.preload(subjects, in_categories(frozenset(covered)))

    def scan_fields(
        self, model: type[Holding], names: Sequence[str], subjects: Sequence[str]
    ) -> list[tuple[Any, ...]]:
        """
        The same for thousands of candidates (in hexadecimal), without making rows: (subject, value, …) of each.

        End it with `shown`, as a scan: until then everyone whose field was opened counts as looked at.

        :raises Refused: this actor may not search, or not in that category. The boundary is poisoned.
        :raises TooOften: this actor has searched too often for now. Recorded, and not poisoned: the page says so.
        """
        covered = self._may_search()
        for name in names:
            field = model._meta.get_field(name)
            if not isinstance(field, SealedField) or get_compartment(field.compartment).category not in covered:
                raise keyring.poison(Refused(Decision(allowed=False, check=Check.CATEGORY, sentence=CANNOT_OPEN)))
        return read_fields(self.ring, model, names, subjects)

    def _may_search(self) -> tuple[Category, ...]:
        """The categories that this actor may search in, or the refusal, recorded."""
        if self.purpose is not Purpose.FIND:
            raise ValueError("Only a context of the purpose `find` may scan.")
        decision = self.decision_for_anyone(Category.IDENTITY)  # what is shown of whoever fits
        if not decision.allowed:
            self._boundary.refused(self._draft(None, Event.REFUSED, "refused", decision, what=""))
            raise keyring.poison(Refused(decision))
        if sentence := pace.too_many_searches(self.by, at=self.at):
            limited = Decision(allowed=False, check=Check.REASON, reason=pace.LIMIT)
            self._boundary.refused(self._draft(None, Event.REFUSED, "refused", limited, what=""))
            raise TooOften(sentence)
        return self.covered()

    def decision_for_anyone(self, category: Category | None = None) -> Decision:
        """The gate's answer about somebody with whom nothing is wrong: of a category, or of any that the purpose covers."""
        asker, because = Asker(Relation.STAFF, self.by.roles), str(self.find_reason or "")
        rest = self.action, asker, Standing(told=True, contract=True, consent=True), because, self.use
        asked = [category] if category else self.covered() or [Category.IDENTITY]
        told = [decide(self.register, self.purpose, each, *rest) for each in asked]
        return next((each for each in told if each.allowed), told[0])

    def shown(self, subjects: Sequence[UUID], *, discarded: int) -> Admission:
        """End the scan: admit and record those who are shown, and count the rest in one event of the search service."""
        self._scanning = False
        self.ring.used.clear()
        self.ring.scanned.clear()
        self.ring.forget_answers()
        opened_by_scan = in_categories(frozenset({Category.IDENTITY}))
        for subject in subjects:
            self.ring.used.update((subject.int, name) for name in opened_by_scan)
        if discarded:
            self._boundary.note(
                Draft(
                    at=self.at,
                    event=Event.SEARCHED,
                    outcome="allowed",
                    actor_kind="service",
                    actor="search",
                    on_behalf_of=self.by.id.hex if self.by.id else "",
                    purpose=self.purpose,
                    action=self.action,
                    reason=str(self.find_reason or ""),
                    objects=f"search/discarded/{discarded}",
                    request=self._boundary.request,
                )
            )
        return self.admit(
            subjects, Category.IDENTITY
        )  # a restricted person is still found: the name and banner stay readable

    # -- within --------------------------------------------------------------------------------------------------------
    def _load(self, subjects: Sequence[UUID]) -> None:
        """Learn how these people stand: one query for the facts, one for each kind of reason."""
        new = [subject for subject in subjects if subject.int not in self._standings]
        if not new:
            return
        actor = self.by
        known = facts.about(new)
        people = linking.persons(known, at=self._at)
        self._people.update((subject.int, people[subject.hex]) for subject in new)
        declaring = self._boundary.declaring(self.purpose, self.at)
        actor_hex = actor.id.hex if actor.id else ""
        standings = {
            subject: facts.standing(
                known[subject.hex],
                self.purpose,
                at=self._at,
                declaring=declaring,
                actor=actor_hex,
                others=people[subject.hex].others,
            )
            for subject in new
        }
        strangers = [subject for subject in new if subject != actor.id and subject not in self.created]
        held: dict[UUID, str] = {}
        if self._around is not None:
            held = {subject: said for subject in strangers if (said := self._around.known_reason(subject))}
            strangers = [subject for subject in strangers if subject not in held]
        if actor.kind != "nobody" and strangers and self.purpose is not Purpose.FIND:
            held |= reasons.answer_for(actor, strangers, self.purpose, at=self.at)
        for subject in new:
            standing = standings[subject]
            relation = linking.relation_of(actor, subject, people[subject.hex], standing, self.purpose)
            if relation in {Relation.SELF, Relation.ENQUIRER}:
                reason = "your own record" if subject == actor.id else linking.LINKED
            elif relation is Relation.REPRESENTATIVE:
                reason = "acting for them"
            elif people[subject.hex].includes(actor.id):  # staff, and it is their own: for a colleague to open (B14)
                reason, standing = "", standing._replace(glass_broken=False)
            elif self.find_reason is not None and self.purpose is Purpose.FIND:
                reason = self.find_reason.value
            elif subject in self.created:
                reason = "a new record"
                if (
                    actor.kind == "service"
                ):  # what comes from elsewhere lies here before its person can be told (Article 14(3))
                    standing = standing._replace(told=True)
            else:
                reason = held.get(subject, "")
            alike = (relation, standing, reason)
            known_already = self._kinds.get(alike)
            if known_already is None:
                known_already = self._kinds[alike] = _Known(
                    Asker(relation, actor.roles, actor.purposes, actor.categories), standing, reason, set()
                )
            self._standings[subject.int] = known_already

    def _forget(self, subject: UUID) -> None:
        """A fact changed: ask again about that subject, and where anybody is linked about everyone, whom it may reach."""
        if any(person.is_linked for person in self._people.values()):
            for known in (self._standings, self._decisions, self._people):
                known.clear()
            return
        self._standings.pop(subject.int, None)
        for key in [key for key in self._decisions if key[0] == subject.int]:
            del self._decisions[key]

    def _authorise(self, subject: UUID, compartment: str) -> Exception | None:
        known = self._standings.get(subject.int)
        category = get_compartment(compartment).category
        alike = subject.int != self._own and category not in LOCKED  # what is locked is asked for one by one
        if known is not None and compartment in known.opens and not self._scanning and alike:
            return None  # someone who stands alike was decided about
        if self._scanning:
            return None if category in self.covered() else Refused(Decision(allowed=False, sentence=CANNOT_OPEN))
        decision = self.decision(subject, category)
        if not decision.allowed:
            return Refused(decision)
        if alike:
            self._standings[subject.int].opens.add(compartment)
        return None

    def _draft(self, subject: UUID | None, event: Event, outcome: str, decision: Decision, *, what: str) -> Draft:
        actor = self.by
        return Draft(
            at=self.at,
            event=event,
            outcome=outcome,
            actor_kind=actor.kind,
            actor=actor.name if actor.kind == "service" else (actor.id.hex if actor.id else ""),
            on_behalf_of=actor.on_behalf_of.hex if actor.on_behalf_of else "",
            subject=subject.hex if subject else "",
            purpose=self.purpose,
            action=self.action,
            check=str(decision.check or ""),
            rule=decision.rule,
            reason=decision.reason,
            what=what,
            request=self._boundary.request,
        )

    def _gather(self) -> None:
        """Hand the boundary what was really opened, subject by subject."""
        for compartment, subjects in self.ring.scanned:
            self.ring.used.update((int(subject, 16), compartment) for subject in subjects)
        if not self.ring.used:
            return
        opened: dict[int, tuple[str, set[str]]] = {}
        for number, compartment in self.ring.used:
            known = opened.get(number)
            if known is None:
                known = opened[number] = (self._standings[number][2] if number in self._standings else "", set())
            known[1].add(get_compartment(compartment).category.value)
        self._boundary.opened(self._draft(None, Event.OPENED, "allowed", Decision(allowed=True), what=""), opened)
