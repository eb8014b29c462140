"""Body charts of a person, the newest first."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from troth.gate.contexts import Opened
from troth.records.models.charts import BodyChart
from troth.records.models.charts import Region as Region
from troth.records.models.charts import View as View
from troth.records.rules.strokes import path_of
from troth.vault.categories import Category

#: The outlines that are drawn on, as paths in a box of 1000 by 1400. The body is one outline from the front and from behind.
_BODY = (
    "M500 60C560 60 590 110 586 170C583 215 565 245 540 262L542 305C600 320 668 330 690 380C716 450 730 560 742 660"
    "L760 800C764 826 738 834 728 810L694 690L652 520C650 600 640 660 640 720C652 830 640 960 622 1060L604 1290C600"
    " 1330 548 1330 546 1292L530 1060L508 780L492 780L470 1060L454 1292C452 1330 400 1330 396 1290L378 1060C360 960"
    " 348 830 360 720C360 660 350 600 348 520L306 690L272 810C262 834 236 826 240 800L258 660C270 560 284 450 310 3"
    "80C332 330 400 320 458 305L460 262C435 245 417 215 414 170C410 110 440 60 500 60Z"
)
_FACE = (
    "M500 160C700 160 800 320 800 560C800 820 680 1120 500 1180C320 1120 200 820 200 560C200 320 300 160 500 160Z"
    "M300 560C330 525 400 525 430 560C400 590 330 590 300 560ZM570 560C600 525 670 525 700 560C670 590 600 590 570 560Z"
    "M500 590L460 780C475 800 525 800 540 780M390 930C450 905 550 905 610 930C560 980 440 980 390 930Z"
)
OUTLINES = {View.FRONT: _BODY, View.BACK: _BODY, View.FACE: _FACE}


@dataclass(frozen=True)
class ChartLine:
    """A chart as pages draw it: the outline, what was drawn on it, and what was said."""

    id: UUID
    view: View
    outline: str
    drawn: str
    region: Region
    words: str
    drawn_at: datetime
    drawn_by: str


def list_charts(subject: UUID, opened: Opened) -> list[ChartLine]:
    """
    Every chart of a person, the newest first.

    :raises Refused: the viewer may not see health data of this person for what the page is opened for.
    """
    opened.require(subject, Category.HEALTH)
    return [
        ChartLine(
            row.pk,
            row.view,
            OUTLINES[row.view],
            path_of(row.strokes),
            row.region,
            row.words or "",
            row.recorded_at,
            row.recorded_by,
        )
        for row in BodyChart.objects.where("-recorded_at", subject_id=subject)
    ]
