"""What the running system shows of what people are told: their rights use by use, and changes of the notice."""

from datetime import timedelta

from django.urls import reverse

from troth.assurance.rules.evidence import Finding, Question, check, counted
from troth.delivery.rules import LETTERS, Kind
from troth.gate import table
from troth.law.applicability import Applies
from troth.law.bases import Basis
from troth.law.rights import Right
from troth.notice import selectors as notices
from troth.notice.purposes import Purpose
from troth.rights.selectors import announcing
from troth.rights.selectors.matrix import rights_by_use

#: After a pass over everybody began to be due, it may take until the second night.
_SOON = timedelta(days=2)


@check("rights.matrix", looks_at="every use of the notice in force, and the page that says which rights go with it")
def matrix(question: Question) -> Finding:
    """Each use is on the page; what is taken elsewhere, objected to and taken back fits why it is used (LAW-3.14)."""
    register = notices.register_in_force(question.at)
    reverse("my_rights")  # reads the addresses, so that every page has its row
    said = {use.purpose: use for use in rights_by_use(at=question.at)}
    wrong = 0
    for declared in register.purposes.values():
        use, basis = said.get(declared.purpose), declared.basis
        moved = basis in (Basis.CONSENT, Basis.CONTRACT)
        objected = declared.purpose is Purpose.MARKETING or basis in (
            Basis.PUBLIC_TASK,
            Basis.LEGITIMATE_INTERESTS,
            Basis.RECOGNISED_LEGITIMATE_INTERESTS,
        )
        wrong += (
            use is None
            or (use.varying[Right.PORTABILITY] is Applies.YES) != moved
            or (use.varying[Right.OBJECTION] is Applies.YES) != objected
            or use.withdrawn != (basis is Basis.CONSENT)
        )
    off = not table.rows["my_rights"].is_on(register)
    counts = {"uses": len(register.purposes), "wrong": wrong, "pages_off": int(off)}
    if wrong or off:
        return Finding(False, "There is a use whose rights are not said, or are said wrongly", counts)
    return Finding(
        True,
        f"For each of {counted(len(said), 'use')} people see which rights they have, as the law ties them to its basis",
        counts,
    )


@check(
    "rights.announced",
    looks_at="versions of the notice that people must be told of, and whether everybody was gone through",
    page="office_notice",
    scheduled=True,
)
def announced(question: Question) -> Finding:
    """Everybody who knows an earlier version was gone through for each that is announced, and a mail has its way to the notice."""
    told_of = [each for each in notices.list_versions() if announcing.is_announcing(each, at=question.at - _SOON)]
    late = [each for each in told_of if announcing.is_behind(each, at=question.at, by=_SOON)]
    wordless = not LETTERS[Kind.NOTICE_CHANGES].action
    failed = sum(announcing.progress_of(each).failed for each in told_of)
    counts = {"versions": len(told_of), "behind": len(late), "not_delivered": failed}
    if late or wordless:
        number = late[0].number if late else 0
        return Finding(
            False,
            f"People were not told of notice {number}"
            if late
            else "The mail about a change does not lead to the notice",
            counts,
        )
    return Finding(
        True,
        f"{counted(len(told_of), 'version').capitalize()} that people are told of by email and when they sign in, none late",
        counts,
    )
