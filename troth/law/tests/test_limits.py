"""Fixed limits outside the UK GDPR: EX-54 to EX-56, EX-64, EX-65."""

from datetime import date

from troth.law.limits import deceased_records_due, expert_questions_due, injury_claim_ends, medco_reopening_ends
from troth.law.working_days import Nation, on_or_before


def test_deceased_records_due_ex_54() -> None:
    applied = date(2026, 11, 2)

    assert deceased_records_due(applied, recent_entry=False) == date(2026, 12, 11)
    assert deceased_records_due(applied, recent_entry=True) == date(2026, 11, 22)  # a Sunday: it does not move


def test_deceased_records_due_begins_again_with_the_further_information() -> None:
    assert deceased_records_due(date(2026, 11, 2), recent_entry=False, completed=date(2026, 11, 12)) == date(
        2026, 12, 21
    )


def test_expert_questions_due_ex_55() -> None:
    assert expert_questions_due(date(2026, 11, 2)) == date(2026, 11, 30)


def test_medco_reopening_ends_ex_56() -> None:
    assert medco_reopening_ends(date(2026, 11, 2)) == date(2026, 11, 16)


def test_injury_claim_ends_ex_64() -> None:
    ends = injury_claim_ends(date(2024, 3, 14))

    assert ends == date(2027, 3, 14)
    assert on_or_before(ends, Nation.ENGLAND) == date(2027, 3, 12)


def test_injury_claim_of_a_child_ends_at_twenty_one_ex_65() -> None:
    assert injury_claim_ends(date(2024, 6, 1), born=date(2013, 5, 5)) == date(2034, 5, 5)
    assert injury_claim_ends(date(2024, 6, 1), born=date(1980, 5, 5)) == date(2027, 6, 1)


def test_injury_claim_runs_from_knowledge_and_not_without_capacity() -> None:
    assert injury_claim_ends(date(2024, 6, 1), known=date(2025, 6, 1)) == date(2028, 6, 1)
    assert injury_claim_ends(date(2024, 6, 1), capacity=False) is None
