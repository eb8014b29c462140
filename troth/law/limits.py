"""Fixed limits outside the rights of the UK GDPR: the dead, reports, experts, claims. Each counts in its own way."""

from datetime import date, timedelta

from troth.law.calendar import birthday, years_after

ADULT_AT = 18


def deceased_records_due(applied: date, *, recent_entry: bool, completed: date | None = None) -> date:
    """
    Give the last day to answer an application under the Access to Health Records Act 1990 (LAW-4.10).

    Forty days, or twenty-one where an entry was made in the forty days before, the first being the day of the
    application itself; no weekend moves the end. `completed` is when further information asked for within fourteen
    days came: the time then begins with that day.
    """
    return max(applied, completed or applied) + timedelta(days=20 if recent_entry else 39)


def expert_questions_due(served: date) -> date:
    """Give the last day for written questions to an expert: 28 days from service of the report (LAW-13.7)."""
    return served + timedelta(days=28)


def medco_reopening_ends(closed: date) -> date:
    """Give the last day on which a case closed by hand can be reopened in MedCo: 14 days later (LAW-13.2)."""
    return closed + timedelta(days=14)


def injury_claim_ends(
    injured: date, *, known: date | None = None, born: date | None = None, capacity: bool = True
) -> date | None:
    """
    Give the last day to start a personal injury claim, or None while time does not run (LAW-6.5).

    The law is that of England and Wales. Three years from the injury, or from knowledge of it if later; a child's
    three years begin at eighteen. The day is not moved off a weekend: plan for the working day before it.
    """
    if not capacity:
        return None
    ends = years_after(max(injured, known or injured), 3)
    return ends if born is None else max(ends, birthday(born, ADULT_AT + 3))
