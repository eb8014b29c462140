"""What a clock that ends on a day answers."""

from dataclasses import dataclass
from datetime import date

from troth.law.steps import Step


@dataclass(frozen=True)
class DueOn:
    """
    The last day of a period, read two ways, with the steps that led to it.

    `due_statutory` is the day after which a case is late in law; `due_cautious` is the day staff work to (LAW-1.13).
    A notice may have promised an earlier one: `due_promised` (LAW-1.25).
    """

    due_statutory: date
    due_cautious: date
    steps: tuple[Step, ...]
    due_promised: date | None = None
    extension_notice_by: date | None = None  # the last day to tell the person of an extension (LAW-1.8)
    extension_notice_plan: date | None = None  # the day to plan that for

    @property
    def due_on(self) -> date:
        """The day to work to: the cautious reading, or the notice's promise if that is earlier (LAW-1.25)."""
        return min(self.due_cautious, self.due_promised or self.due_cautious)

    @property
    def warnings(self) -> tuple[Step, ...]:
        """The steps that say why the answer must not be relied upon without a second look."""
        return tuple(step for step in self.steps if step.warning)
