"""
How long records are kept at least: the schedule R1 to R21 and the arithmetic of its dates (LAW-6.1 to 6.8).

These are minima. When one ends the record is looked at, never destroyed by the date alone (LAW-6.2); a hold beats it
(LAW-6.7), and a rule without an end of its own is a choice for the notice.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from troth.law.calendar import age_on, years_after

SEVENTEEN = 17
ADULT_AT = 18


class Trigger(StrEnum):
    """What starts a retention period (LAW-6.6)."""

    LAST_CONTACT = "last_contact"
    BIRTH = "birth"
    DEATH = "death"
    TREATMENT_END = "treatment_end"
    CLOSED = "closed"
    CREATED = "created"
    YEAR_END = "year_end"  # of the company's financial year, or of the tax year for pay
    SUPPLIED = "supplied"  # a supply, or the last entry of a register
    LEFT = "left"  # a member of staff


Facts = Mapping[Trigger, date]


@dataclass(frozen=True)
class Period:
    """A length of time from a trigger. An age is a number of years from birth."""

    trigger: Trigger
    years: int = 0
    days: int = 0

    def ends(self, facts: Facts) -> date | None:
        """Return the day it ends, or None where its trigger has not happened (LAW-6.6, LAW-6.8)."""
        start = facts.get(self.trigger)
        return None if start is None else years_after(start, self.years) + timedelta(days=self.days)


@dataclass(frozen=True)
class RetentionRule:
    """
    One row of the schedule. `death` replaces `living` once the person has died; `variants` are named other lengths.

    A rule whose `living` is None follows another record or a choice, as `words` say.
    """

    id: str
    record: str
    words: str
    source: str
    living: Period | None = None
    death: Period | None = None
    variants: Mapping[str, Period] = field(default_factory=dict)
    confirmed: bool = False  # seen in a copy of its source, or in a trustworthy account of it; else to be checked
    resets_on_reuse: bool = True

    def ends(self, facts: Facts, variant: str | None = None) -> date | None:
        """
        Return the day this rule's period ends, or None where it has no end yet or of its own (LAW-6.6).

        :raises KeyError: the rule has no such variant.
        """
        if self.death and Trigger.DEATH in facts:
            return self.death.ends(facts)
        period = self.living if variant is None else self.variants[variant]
        return period.ends(facts) if period else None


_CODE = "NHS Records Management Code of Practice"
_T = Trigger

SCHEDULE: Mapping[str, RetentionRule] = {
    rule.id: rule
    for rule in (
        RetentionRule(
            "R1",
            "adult health record",
            "8 years after the last contact",
            _CODE,
            Period(_T.LAST_CONTACT, 8),
            confirmed=True,
        ),
        RetentionRule(
            "R2",
            "child's health record",
            "until the 25th birthday, or the 26th if aged 17 when treatment ended",
            _CODE,
            Period(_T.BIRTH, 25),
            variants={"aged_17": Period(_T.BIRTH, 26)},
            confirmed=True,
            resets_on_reuse=False,
        ),
        RetentionRule(
            "R3",
            "record of a patient who died",
            "8 years after death; 10 for a GP record",
            _CODE,
            Period(_T.DEATH, 8),
            variants={"gp": Period(_T.DEATH, 10)},
            resets_on_reuse=False,
        ),
        RetentionRule(
            "R4",
            "mental health and psychology",
            "20 years after treatment ended, or 10 after death",
            f"{_CODE} 2021",
            Period(_T.TREATMENT_END, 20),
            Period(_T.DEATH, 10),
            confirmed=True,
        ),
        RetentionRule(
            "R5",
            "maternity, the mother's record",
            "25 years; the child's own rule may be longer",
            _CODE,
            Period(_T.TREATMENT_END, 25),
            confirmed=True,
        ),
        RetentionRule(
            "R6", "cancer", "30 years, or 8 after death", _CODE, Period(_T.TREATMENT_END, 30), Period(_T.DEATH, 8)
        ),
        RetentionRule("R7", "dental", "15 years; a child's as R2", f"{_CODE} 2021", Period(_T.LAST_CONTACT, 15)),
        RetentionRule(
            "R8",
            "contraception and sexual health",
            "8 years; 10 with an implant or device",
            _CODE,
            Period(_T.LAST_CONTACT, 8),
            variants={"implant": Period(_T.LAST_CONTACT, 10)},
        ),
        RetentionRule(
            "R9",
            "complaint file, kept apart from the record",
            "10 years after it closes",
            _CODE,
            Period(_T.CLOSED, 10),
            confirmed=True,
        ),
        RetentionRule(
            "R10",
            "litigation and medico-legal expert file",
            "10 years after it closes",
            _CODE,
            Period(_T.CLOSED, 10),
            confirmed=True,
        ),
        RetentionRule(
            "R11",
            "incident",
            "20 years for a serious one, 10 for another",
            _CODE,
            Period(_T.CLOSED, 20),
            variants={"other": Period(_T.CLOSED, 10)},
        ),
        RetentionRule(
            "R12",
            "subject access and disclosure file",
            "3 years; 6 where there was an appeal",
            _CODE,
            Period(_T.CLOSED, 3),
            variants={"appealed": Period(_T.CLOSED, 6)},
        ),
        RetentionRule(
            "R13",
            "private prescription and its register, at the pharmacy",
            "2 years after supply or last entry",
            "Human Medicines Regulations 2012, regulation 253",
            Period(_T.SUPPLIED, 2),
        ),
        RetentionRule(
            "R14",
            "controlled drugs register",
            "2 years after the last entry",
            "Misuse of Drugs Regulations 2001",
            Period(_T.SUPPLIED, 2),
        ),
        RetentionRule(
            "R15",
            "company accounts, invoices, VAT",
            "6 years after the end of the financial year",
            "Finance Act 1998 Schedule 18; VAT Act 1994 Schedule 11",
            Period(_T.YEAR_END, 6),
            resets_on_reuse=False,
        ),
        RetentionRule(
            "R16",
            "pay records and copies of the right to work",
            "3 years after the tax year; a right-to-work copy 2 years after leaving",
            "HMRC; Home Office",
            Period(_T.YEAR_END, 3),
            variants={"right_to_work": Period(_T.LEFT, 2)},
            resets_on_reuse=False,
        ),
        RetentionRule(
            "R17",
            "staff file",
            "6 years after leaving",
            f"Limitation Act 1980; {_CODE}",
            Period(_T.LEFT, 6),
            resets_on_reuse=False,
        ),
        RetentionRule(
            "R18",
            "CCTV",
            "no law; about 30 days, longer only for an incident",
            "ICO guidance",
            Period(_T.CREATED, days=30),
            resets_on_reuse=False,
        ),
        RetentionRule(
            "R19",
            "audio, video and telephone recordings",
            "gone once copied or summarised faithfully into the record; else as that record",
            f"{_CODE}, appendix III",
            confirmed=True,
        ),
        RetentionRule(
            "R20",
            "proof of marketing consent, and suppression",
            "proof while relied on and claims are possible; a minimal suppression entry without end",
            "ICO guidance",
        ),
        RetentionRule(
            "R21",
            "breach log, versions of the processing record, impact assessments",
            "6 years after the processing ends, as a policy",
            "accountability, UK GDPR Article 5(2)",
            Period(_T.CLOSED, 6),
        ),
    )
}


def keep_until(rules: Iterable[str], facts: Facts) -> date | None:
    """
    Return the day until which a record under several rules is kept at least: the latest of them (LAW-6.6).

    R2 chooses its birthday by the age at which treatment ended. None if any of the rules has no end yet: what is not
    known to have ended is kept.

    :raises KeyError: there is no rule of that name.
    """
    ends = [SCHEDULE[rule].ends(facts, _variant(rule, facts)) for rule in rules]
    known = [end for end in ends if end is not None]
    return max(known) if known and len(known) == len(ends) else None


def health_record_rules(facts: Facts, *more: str) -> tuple[str, ...]:
    """
    Name the rules of one health record: the adult's, the child's if treated under eighteen, the kind's own (LAW-6.6).

    R1 counts from the last contact, so a patient seen as a child and again as an adult falls under both. The earliest
    treatment known is `created`; without it the end of treatment or the last contact decides.
    """
    born = facts.get(Trigger.BIRTH)
    seen = [
        facts[trigger]
        for trigger in (Trigger.CREATED, Trigger.TREATMENT_END, Trigger.LAST_CONTACT)
        if trigger in facts
    ]
    as_child = born is not None and bool(seen) and age_on(born, min(seen)) < ADULT_AT
    died = (Trigger.DEATH,) if Trigger.DEATH in facts else ()
    return ("R1", *(("R2",) if as_child else ()), *(("R3",) if died else ()), *more)


def _variant(rule: str, facts: Facts) -> str | None:
    ended = facts.get(Trigger.TREATMENT_END, facts.get(Trigger.LAST_CONTACT))
    born = facts.get(Trigger.BIRTH)
    if rule == "R2" and ended and born and age_on(born, ended) == SEVENTEEN:
        return "aged_17"
    return None
