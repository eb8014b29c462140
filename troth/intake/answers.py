"""What questionnaires tell the kernel: that what is asked, and was asked, still stands as it was published."""

from typing import Any

from troth.assurance.rules.evidence import Finding, Question, check, counted
from troth.intake import selectors
from troth.intake.rules.answering import said
from troth.vault.saying import Known, says


@check("intake.questionnaires", looks_at="every version of every questionnaire that is asked or was")
def questionnaires(question: Question) -> Finding:
    """Each version that somebody answered is kept as it was published; each stop rule tells the person why and names its source."""
    asked = [selectors.newest(each.asks)[0] for each in selectors.treatments().values()]
    rules = sum(len(form.rules) for form in asked)
    wrong = selectors.faults_in_kept()
    counts = {"asked": len(asked), "rules": rules, "wrong": len(wrong)}
    if wrong:
        return Finding(False, f"{counted(len(wrong), 'version')} not as published: {', '.join(wrong)}", counts)
    return Finding(
        True, f"{counted(len(asked), 'questionnaire').capitalize()} asked, with {counted(rules, 'rule')}", counts
    )


@says("intake.response", "treatment", "form")
def asked_in_words(row: Any, field: str, known: Known) -> str:
    """What somebody asked for, and what the questionnaire was called that they answered."""
    if field == "form":
        return selectors.form_of(row.form, row.version).title
    treatment = selectors.get_treatment(row.treatment)
    return treatment.title if treatment else str(row.treatment)


@says("intake.answer", "item", "value", "source")
def answer_in_words(row: Any, field: str, known: Known) -> str:
    """The question as it was asked, and what was answered in the words that stood there."""
    if field == "source":
        return "You told us" if row.source == "person" else "Written by our staff"
    if row.response_id not in known:
        known[row.response_id] = selectors.form_of(row.response.form, row.response.version)
    item = known[row.response_id].items.get(row.item)
    if item is None:
        return str(row.item if field == "item" else row.value)
    return item.text if field == "item" else said(item, row.value)
