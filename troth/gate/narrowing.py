"""
Switching cells of the permissions off and on (`narrowed`). It is about nobody, and what it changes is in force at once.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

from troth.gate.actors import Actor
from troth.gate.acts import act, acting, touched_thing
from troth.gate.facts import micros
from troth.gate.models import Narrowing
from troth.gate.narrowed import COLUMNS, Cell, mark_of, switched_off, version_of
from troth.gate.refusals import Check, Decision, Refused
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.vault import keyring, secrets
from troth.vault.categories import Category


class ChangedMeanwhile(Exception):
    """The matrix is not the one that was seen. The message is fit for the person who tried."""


@act(Event.PERMISSION_CHANGED, purpose=Purpose.STAFF)
def set_cells(off: Iterable[Cell], *, read: str, by: Actor, at: datetime) -> int:
    """
    Switch these cells off, and every other one on. It holds from the next request on, in every process. Gives how many changed.

    `read` is what `version_of` said when the matrix was shown: whoever saw an older one is told, and changes nothing.

    :raises ChangedMeanwhile: somebody has changed it since.
    :raises Refused: the actor may not change what staff are given.
    """
    declared = acting().declared
    given = [declared.access[role] for role in by.roles if role in declared.access] if declared else []
    if not any(each.allows(Action.WRITE, Category.EMPLOYMENT) for each in given):
        where = f"notice {acting().register.version}" + (f", row {declared.row}" if declared else "")
        sentence = "Your role may not change what others see and do."
        raise keyring.poison(Refused(Decision(allowed=False, check=Check.ROLE, rule=where, sentence=sentence)))
    held = Narrowing.objects.select_for_update().filter(ended=None).order_by("id")
    before = {Cell(row.role, Category(row.category), Action(row.action)): row for row in held}
    if read != version_of(switched_off()):
        raise ChangedMeanwhile(
            "Somebody has changed the permissions since you opened them. Look at them as they are now."
        )
    wanted = set(off)
    for cell in wanted - before.keys():
        columns = (uuid4().hex, cell.role, cell.category.value, cell.action.value, micros(at), by.reference, None)
        key = secrets.opened().named("facts")
        Narrowing.objects.create(**dict(zip(COLUMNS, (*columns, mark_of(columns, key)), strict=True)))
    for cell in before.keys() - wanted:
        row = before[cell]
        ended = max(micros(at), row.since)
        over = (row.id, row.role, row.category, row.action, row.since, row.recorded_by, ended)
        mark = mark_of(over, secrets.opened().named("facts"))
        Narrowing.objects.filter(pk=row.pk, ended=None).update(ended=ended, mark=mark)
    changed = sorted(wanted ^ before.keys())
    for cell in changed:
        touched_thing(
            f"gate.narrowing/{cell.role}/{cell.category.value}/{cell.action.value}/{'off' if cell in wanted else 'on'}"
        )
    return len(changed)
