"""Every code of the linter, once: what it means, how grave, under which law, how to mend it, and where it can be seen."""

from dataclasses import dataclass

from troth.notice.findings import Level

ERROR, WARNING, ADVICE = Level.ERROR, Level.WARNING, Level.ADVICE


@dataclass(frozen=True)
class Code:
    """One code."""

    code: str
    level: Level
    title: str
    law: str
    cure: str
    seen: str = "in the file"


def _table(*rows: Code) -> dict[str, Code]:
    return {row.code: row for row in rows}


KERNEL = _table(
    Code("K01", ERROR, "A purpose of the kernel is missing", "UK GDPR Articles 12, 24 and 32",
         "Add the purpose; a pack shows how it reads."),
    Code("K02", ERROR, "Rights do not reach everything", "UK GDPR Articles 12 and 15; LAW-3.1",
         "Give `self` read, write and export, and a role read, write, export and erase, over `categories: all`."),
    Code("K03", ERROR, "Emergencies are open to others than health professionals", "UK GDPR Articles 6(1)(d), 9(2)(c); LAW-5.3",
         "Name only roles with `health_professional: yes`, with vital_interests as basis and condition."),
    Code("K04", ERROR, "Finding a person shows too much", "UK GDPR Article 5(1)(c)",
         "Let `find` cover identity and contact, to read."),
    Code("K05", ERROR, "Nobody could sign in", "UK GDPR Article 32",
         "Give `self` and `service` read and write on the category account under `account_security`."),
)
CODES: dict[str, Code] = {**KERNEL}
