"""What questionnaires tell the kernel: that what is asked, and was asked, still stands as it was published."""

from troth.assurance.rules.evidence import Finding, Question, check, counted
from troth.intake import selectors


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
