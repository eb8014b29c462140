"""Classes: put on the timetable, and cancelled with everybody who was to come."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from troth.diary import rules, selectors
from troth.diary.models import Appointment, ClassTime, Ended, Hold, Practitioner, Wish, WishState
from troth.diary.services.holding import plan_time, write_holds
from troth.diary.services.visits import cancel
from troth.diary.services.waiting import withdraw_offer
from troth.gate.actors import Actor
from troth.gate.acts import act, acting
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.vault.categories import Category

_PUBLIC = (
    "a class stands on the public timetable in open columns; whoever comes to it is asked about by the acts within"
)


@act(Event.CLASS_PLANNED, purpose=Purpose.BOOKING, unasked=_PUBLIC)
def plan_classes(
    *, service: UUID, practitioner: UUID, starts: Sequence[datetime], by: Actor, at: datetime
) -> list[UUID]:
    """
    Put a class on the timetable at some times, all or none of them; each takes practitioner, room and machine as a visit does.

    :raises NotPossible: the actor arranges no visits, it is no class, or some of the times are not free; which ones is said.
    """
    rules.check_plans(by)
    offered = selectors.get_service(service)
    if offered is None or offered.closed or not offered.is_class:
        raise rules.NotPossible("That is no class. Choose one, or give the service more than one place.")
    alone = replace(offered, places=1)  # what the class itself takes is what a visit of that length would
    made, clashes = [], []
    for each in starts:
        try:
            planned = plan_time(alone, practitioner, each, subject=None, at=at)
        except rules.NotPossible as refused:
            clashes.append(f"{rules.said_day(each)}: {refused}")
            continue
        row = ClassTime.objects.create(
            subject_id=practitioner,
            service_mark=selectors.mark_of(service),
            starts_at=each,
            ends_at=planned.ends_at,
            places=offered.places,
        )
        write_holds(planned, owner=practitioner, appointment=row.pk)
        made.append(row.pk)
    if clashes:
        raise rules.NotPossible(rules.listed(clashes))
    return made


@act(Event.CLASS_CANCELLED, purpose=Purpose.BOOKING, unasked=_PUBLIC)
def cancel_class(class_time: UUID, *, by: Actor, at: datetime) -> int:
    """
    Cancel a class with every visit to it. All are told, and their deposits go back: it is our doing. Whoever was offered a place in
    it waits on. Gives how many visits stay, since their people's data may not be used: somebody has to see to those.

    :raises NotPossible: the actor arranges no visits, it has begun, it is cancelled already, or somebody is here for it.
    """
    rules.check_plans(by)
    known = ClassTime.objects.filter(pk=class_time).values_list("subject_id", flat=True).first()
    if known is None:
        raise rules.NotPossible("There is no such class.")
    # Locked in the order in which whoever moves a visit locks, so that two wait for each other by turns: the visits, then whoever
    # gives it, so that nobody books a place in it meanwhile.
    list(Appointment.objects.select_for_update().filter(class_time=class_time).order_by("pk").values_list("pk"))
    list(Practitioner.objects.select_for_update().filter(subject_id=known).values_list("pk"))
    row = ClassTime.objects.select_for_update().get(pk=class_time)
    if row.cancelled_at is not None:
        raise rules.NotPossible("This class is cancelled already.")
    if row.starts_at <= at:
        raise rules.NotPossible("This class has begun. Note of each person whether they came.")
    come = selectors.who_comes(class_time)
    rules.check_nobody_here(each.state for each in come)
    visits = [each for each in come if each.state in rules.CANCELLABLE]
    seats = [selectors.seat_of(class_time, number) for number in range(row.places)]
    pending = Hold.objects.filter(thing__in=seats, until__gt=at).values_list("appointment", flat=True)
    wishes = list(Wish.objects.filter(state=WishState.OFFERED, pending__in=list(pending)))
    admitted = set(acting().admit([each.subject_id for each in (*visits, *wishes)], Category.CORRESPONDENCE).admitted)
    row.cancelled_at = at
    row.save()
    Hold.objects.filter(appointment=class_time).delete()
    for each in visits:
        if each.subject_id in admitted:
            cancel(each.pk, because=Ended.BY_US, by=by, at=at)
    for wish in wishes:
        if wish.subject_id in admitted:
            withdraw_offer(wish.pk, by=by, at=at)
    return sum(each.subject_id not in admitted for each in visits)
