"""
Switching cells of the permissions off and on (`narrowed`). It is about nobody, and what it changes is in force at once.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

from django.db import connection

from troth.gate.actors import Actor
from troth.gate.acts import act, acting, touched_thing
from troth.gate.facts import micros
from troth.gate.models import Narrowing
from troth.gate.narrowed import COLUMNS, Cell, is_sound, mark_of, switched_off, version_of
from troth.gate.refusals import Check, Decision, Refused
from troth.ledger.names import Event
from troth.notice.purposes import Action, Purpose
from troth.vault import keyring, secrets
from troth.vault.categories import Category

_ONE_AT_A_TIME = 0x6E617272  # the advisory lock's number: "narr"


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
    key = secrets.opened().named("facts")
    if (
        connection.vendor == "postgresql"
    ):  # with no cell off yet there is no row that could be held; SQLite has one writer
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])
    before: dict[Cell, list[Narrowing]] = {}
    for row in Narrowing.objects.order_by("id"):
        columns = tuple(getattr(row, name) for name in COLUMNS[:-1])
        # One that somebody changed below the gate counts as off, ended or not; switched on by an act it is sound again.
        if row.ended is None or not is_sound(columns, bytes(row.mark), key):
            before.setdefault(Cell(row.role, Category(row.category), Action(row.action)), []).append(row)
    if read != version_of(switched_off()):
        raise ChangedMeanwhile(
            "Somebody has changed the permissions since you opened them. Look at them as they are now."
        )
    wanted = set(off)
    for cell in wanted - before.keys():
        made = (uuid4().hex, cell.role, cell.category.value, cell.action.value, micros(at), by.reference, None)
        Narrowing.objects.create(**dict(zip(COLUMNS, (*made, mark_of(made, key)), strict=True)))
    for row in (row for cell in before.keys() - wanted for row in before[cell]):
        ended = max(micros(at), row.since)
        over = (row.id, row.role, row.category, row.action, row.since, row.recorded_by, ended)
        Narrowing.objects.filter(pk=row.pk).update(ended=ended, mark=mark_of(over, key))
    changed = sorted(wanted ^ before.keys())
    for cell in changed:
        touched_thing(
            f"gate.narrowing/{cell.role}/{cell.category.value}/{cell.action.value}/{'off' if cell in wanted else 'on'}"
        )
    return len(changed)
