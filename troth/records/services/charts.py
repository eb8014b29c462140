"""The act that adds a body chart."""

from datetime import datetime
from uuid import UUID

from troth.gate.actors import Actor
from troth.gate.acts import act, acting, hold
from troth.ledger.names import Event
from troth.notice.purposes import Purpose
from troth.records.models import Release
from troth.records.models.charts import BodyChart, Region, View
from troth.records.rules import NotPossible
from troth.records.rules.strokes import CHART_HEIGHT, read
from troth.records.selectors.releasing import released
from troth.vault.categories import Category

FOR = (Purpose.CARE, Purpose.MEDICAL_REPORTING)


@act(Event.CHART_DRAWN, purpose=FOR)
def draw_chart(
    subject: UUID,
    *,
    view: View,
    region: Region,
    drawn: str,
    words: str,
    release: Release,
    chart: UUID,
    by: Actor,
    at: datetime,
) -> BodyChart:
    """
    This will add a body chart to a person's card. `drawn` is lines of points, or empty where somebody only says where; `chart` is
    the identifier that its page was given, so that what is sent twice is kept once.

    :raises NotPossible: nothing is drawn or said, or it is kept already.
    :raises Refused: the actor may not write health data of this person for their care.
    """
    acting().require(subject, Category.HEALTH)
    strokes = read(drawn, height=CHART_HEIGHT)
    if not strokes and region is Region.NONE:
        raise NotPossible("Draw something, or say where it is.")
    hold(subject)  # against the same page sent twice at once
    if BodyChart.objects.filter(pk=chart).exists():
        raise NotPossible("This chart is kept already.")
    return BodyChart.objects.create(
        pk=chart,
        subject_id=subject,
        view=view,
        region=region,
        strokes=strokes,
        words=words.strip(),
        **released(release, by, at),
    )
