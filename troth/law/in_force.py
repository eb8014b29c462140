"""From when each date rule is law. What counts is the law on the day of the case, not today's (LAW-0.3, LAW-0.7)."""

from datetime import date

# The General Data Protection Regulation and the Data Protection Act 2018; the Act of 1998 before had other limits.
RIGHTS_FROM = date(2018, 5, 25)
# The Access to Health Records Act 1990, section 12(2) (LAW-4.10).
HEALTH_RECORDS_ACT_FROM = date(1991, 11, 1)
# Article 12A of the UK GDPR, by SI 2026/82 regulation 2 (LAW-0.3); requests made earlier keep the old Article 12(3).
ARTICLE_12A_FROM = date(2026, 2, 5)
# Section 164A of the Data Protection Act 2018, by SI 2026/82 regulation 3 (LAW-0.4).
COMPLAINTS_DUTY_FROM = date(2026, 6, 19)
