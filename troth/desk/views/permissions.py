"""Permissions: which kinds of data each role sees and changes on a card, within what the notice allows. In force at once."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from troth.design.done import done
from troth.desk.frame import frame, looking, show
from troth.gate import narrowing
from troth.gate.narrowed import ACTIONS, NEVER_NARROWED, ON_A_CARD, Cell, switched_off, version_of
from troth.notice import selectors as notices
from troth.notice.purposes import Action
from troth.notice.register import Register
from troth.rights import selectors as rights
from troth.vault.categories import Category


@dataclass(frozen=True)
class Box:
    """One cell as it is drawn. `may`: the notice allows it for something; else there is nothing to tick."""

    name: str
    words: str
    may: bool
    on: bool


def matrix(request: HttpRequest) -> HttpResponse:
    """Show the matrix, and set it. What is not ticked is switched off; what the notice does not allow cannot be ticked."""
    look = looking(request)
    register = notices.register_in_force(look.at)
    allowed, off, error = _allowed(register), switched_off(), ""
    if request.method == "POST":
        ticked = set(request.POST.getlist("on"))
        wanted = {cell for cell in allowed if _name(cell) not in ticked}
        # Of a role or a kind that the notice has no more, what was switched off stays so, should it come back.
        kept = {cell for cell in off if cell not in allowed}
        try:
            narrowing.set_cells(wanted | kept, read=request.POST.get("version", ""), by=look.actor, at=look.at)
        except narrowing.ChangedMeanwhile as refused:
            error = str(refused)
        else:
            return done("desk_permissions", "permissions-changed")
    notice = rights.notice_now(look.at)
    listed = [
        (
            role,
            [
                (
                    rights.words_of(category, notice),
                    [_box(role.id, category, action, allowed, off) for action in ACTIONS],
                )
                for category in ON_A_CARD
                if any(Cell(role.id, category, action) in allowed for action in ACTIONS)
            ],
        )
        for role in register.roles.values()
    ]
    return show(
        request,
        "staff/permissions",
        frame(request),
        listed=[(role, rows) for role, rows in listed if rows],
        without=[role.name for role, rows in listed if not rows],
        version=version_of(off),
        off=len([cell for cell in off if cell in allowed]),
        error=error,
        status=422 if error else 200,
    )


def _allowed(register: Register) -> frozenset[Cell]:
    """The cells that the notice allows for any purpose that permissions may narrow."""
    return frozenset(
        Cell(role, category, action)
        for purpose, declared in register.purposes.items()
        if purpose not in NEVER_NARROWED
        for role, granted in declared.access.items()
        if role in register.roles
        for category in ON_A_CARD
        for action in ACTIONS
        if granted.allows(action, category)
    )


def _box(role: str, category: Category, action: Action, allowed: frozenset[Cell], off: frozenset[Cell]) -> Box:
    cell = Cell(role, category, action)
    blind = Cell(role, category, Action.READ) in off
    return Box(
        _name(cell), "See" if action is Action.READ else "Change", cell in allowed, cell not in off and not blind
    )


def _name(cell: Cell) -> str:
    return "/".join(cell)
