"""Codes for the kernel's purposes, Article 9, PECR, and wording that the law has left behind."""

from troth.notice.lint.codes.code import ERROR, WARNING, Code, table

KERNEL = table(
    Code("K01", ERROR, "A purpose of the kernel is missing", "UK GDPR Articles 12, 24 and 32",
         "Add the purpose; a pack shows how it reads.", "purposes"),
    Code("K02", ERROR, "Rights do not reach everything", "UK GDPR Articles 12 and 15; LAW-3.1",
         "Give `self` read, write and export, and a role read, write, export and erase, over `categories: all`.",
         "the purpose rights"),
    Code("K03", ERROR, "Emergencies are open to others than health professionals",
         "UK GDPR Articles 6(1)(d) and 9(2)(c); LAW-5.3",
         "Name only roles with `health_professional: yes`, with vital_interests as basis and condition.",
         "the purpose emergency"),
    Code("K04", ERROR, "Finding a person shows too much", "UK GDPR Article 5(1)(c)",
         "Let `find` cover identity and contact, to read.", "the purpose find"),
    Code("K05", ERROR, "Nobody could sign in", "UK GDPR Article 32",
         "Give `self` and `service` read and write on the category account.", "the purpose account_security"),
    Code("K06", ERROR, "Declared twice", "UK GDPR Article 5(1)(a)", "Keep one of them.",
         "purposes, roles, categories, recipients, rules"),
    Code("K07", ERROR, "Access that reaches past its purpose, or does nothing", "UK GDPR Article 5(1)(b)",
         "Grant actions on categories of the purpose.", "purposes: access"),
)

ARTICLE_9 = table(
    Code("A01", ERROR, "Health care is no condition for this purpose", "UK GDPR Article 9(2)(h); LAW-5.4",
         "Use explicit consent, or leave special categories out.", "purposes: condition"),
    Code("A02", ERROR, "Consent tied to something else", "UK GDPR Article 7(4); LAW-5.4",
         "Let people say no and still have the rest; for care itself use health_care.", "purposes: bundled_with"),
    Code("A03", ERROR, "No Appropriate Policy Document", "DPA 2018 Schedule 1 Part 4; LAW-5.5",
         "Write the document and give its reference in `policy_document`.", "purposes: policy_document"),
    Code("A04", ERROR, "Not among the recognised legitimate interests", "UK GDPR Article 6(1)(ea) and Annex 1; LAW-5.6",
         "Use another basis.", "purposes: basis"),
    Code("A05", ERROR, "Health care data open to a role without secrecy", "DPA 2018 section 11(1); LAW-5.2",
         "Bind the role to secrecy in writing, or take it out of `access`.", "purposes: access; roles: secrecy"),
    Code("A06", WARNING, "Basis and condition do not go together", "UK GDPR Articles 6 and 9; LAW-5.3",
         "Choose a pair from LAW-5.3.", "purposes: basis, condition"),
    Code("A07", ERROR, "A serious decision by machine alone on special data", "UK GDPR Article 22B; LAW-3.11",
         "Let a person decide, or ask for explicit consent.", "purposes: automation"),
)

DEVICES = table(
    Code("E01", ERROR, "Marketing without a way out in every message", "PECR regulations 22 and 23; LAW-8.5",
         "Put a way to stop into every message, and list the ways in `ways_out`.", "marketing"),
    Code("E02", ERROR, "Refusing is harder than accepting", "PECR regulation 6; LAW-8.9",
         "Make refusing as easy, and say `refusing_is_as_easy: yes`.", "cookies"),
    Code("E03", ERROR, "An exemption without a way to object", "PECR Schedule A1 paragraphs 5 and 6; LAW-8.7",
         "Give a simple and free way to object, or ask for consent.", "cookies: exempt, objection"),
    Code("E04", ERROR, "A sender who hides", "PECR regulation 23; LAW-8.5", "Name the sender in every message.", "marketing"),
)

STALE = table(
    Code("S01", ERROR, "Speaks of Article 22 on automated decisions", "UK GDPR Articles 22A to 22D; LAW-0.6",
         "Cite Articles 22A to 22D.", "any words"),
    Code("S02", ERROR, "Speaks of Article 77 on complaints", "DPA 2018 section 165; LAW-0.4",
         "Cite section 165 of the Data Protection Act 2018.", "any words"),
    Code("S03", ERROR, "Thirty days for a request about data", "UK GDPR Article 12A; LAW-1.4",
         "The law says one month: write `within: 1 month`, or at most 28 days.", "rights"),
    Code("S04", ERROR, "The old ceiling of £500,000", "PECR regulation 31; LAW-8.10", "Leave the figure out.", "any words"),
    Code("S05", WARNING, "The old test of essential equivalence", "UK GDPR Article 45B; LAW-9.12",
         "Since February 2026 the test is: not materially lower.", "any words"),
    Code("S06", WARNING, "Six lawful bases", "UK GDPR Article 6(1); LAW-0.3",
         "There are seven since February 2026; leave the number out.", "any words"),
)
