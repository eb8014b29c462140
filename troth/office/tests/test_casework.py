"""Working on a case in the office: the list, the steps, the letters, and who stays out."""

import io
import zipfile
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests.stores import Home
from troth.gate.actors import Actor
from troth.gate.facts import FactKind
from troth.gate.tests.conftest import record_fact
from troth.ledger.models import LedgerEvent
from troth.office.tests.conftest import register
from troth.rights import selectors, services
from troth.rights.models import Asked, CaseStep, RightsCase, Route
from troth.rights.selectors.clocks import misreckoned
from troth.rights.tests.factories import make_officer, make_patient


@pytest.fixture
def person(clinic: Home) -> Actor:
    return register()


def ask(person: Actor, asked: Asked = Asked.ACCESS, *, route: Route = Route.TELEPHONE, days_ago: int = 0) -> str:
    at = timezone.now()
    assert person.id is not None
    (case,) = services.take_in(
        person.id,
        {asked},
        words="zq-their-words",
        route=route,
        received_on=timezone.localdate(at) - timedelta(days=days_ago),
        by=person,
        at=at,
    )
    return str(case)


def test_the_list_says_what_to_do_next_filters_and_opens_nobody(officer: Client, person: Actor) -> None:
    late, new = ask(person, days_ago=60), ask(person, Asked.COMPLAINT)
    before = LedgerEvent.objects.filter(event="gate:opened", subject=person.id.hex).count()  # type: ignore[union-attr]
    page = officer.get("/office/cases/").content.decode()
    assert "Review the copy" in page and "days late" in page and "zq-their-words" not in page and "Oddie" not in page
    only = officer.get("/office/cases/?standing=late").content.decode()
    assert late in only and new not in only
    assert "None fits" in officer.get("/office/cases/?whose=mine").content.decode()
    assert officer.get("/office/cases/load/").status_code == 200
    assert LedgerEvent.objects.filter(event="gate:opened", subject=person.id.hex).count() == before  # type: ignore[union-attr]


def test_a_letter_goes_as_it_was_shown_and_not_before(officer: Client, person: Actor) -> None:
    case = ask(person)
    path = f"/office/cases/{case}/step/ask-question/"
    first = officer.post(path, {"words": "Which of our two sites?"})
    assert first.status_code == 200 and "We have a question about your request" in first.content.decode()
    assert not CaseStep.objects.filter(kind="question_asked").exists()
    mark = first.context["mark"]
    other = officer.post(path, {"words": "Something else altogether", "seen": mark})
    assert other.status_code == 200 and not CaseStep.objects.filter(kind="question_asked").exists()
    assert officer.post(path, {"words": "Which of our two sites?", "seen": mark}).status_code == 302
    page = officer.get(f"/office/cases/{case}/").content.decode()
    assert "Waits for an answer" in page and "Record that an answer to our question came" in page
    letter = CaseStep.objects.filter(case_id=case, kind="letter").latest("recorded_at")
    shown = officer.get(f"/office/cases/{case}/letters/{letter.pk}/").content.decode()
    assert "Which of our two sites?" in shown and "Tannery Row" in shown and "Information Commissioner" in shown


def test_an_answer_is_written_down_where_the_clock_went_on_meanwhile(officer: Client, person: Actor) -> None:
    case = ask(person, Asked.ERASURE)
    path = f"/office/cases/{case}/step/ask-question/"
    mark = officer.post(path, {"words": "All of it, or the photographs?"}).context["mark"]
    assert officer.post(path, {"words": "All of it, or the photographs?", "seen": mark}).status_code == 302
    page = officer.get(f"/office/cases/{case}/").content.decode()
    assert "Record that an answer to our question came" in page and "Waits for" not in page
    today = timezone.localdate()
    came = {"on_day": today.day, "on_month": today.month, "on_year": today.year, "words": "All of it"}
    assert officer.post(f"/office/cases/{case}/step/came/", came).status_code == 302
    assert CaseStep.objects.filter(case_id=case, kind="question_answered").exists()


def test_what_is_asked_of_an_applicant_after_fourteen_days_stops_nothing_and_the_letter_says_so(
    officer: Client, person: Actor
) -> None:
    at = timezone.now()
    for days, begins, standing in ((13, True, "Waits for proof"), (14, False, "days left")):
        (case,) = services.take_in(
            person.id,  # type: ignore[arg-type]
            {Asked.DECEASED},
            words="I am her executor",
            route=Route.LETTER,
            received_on=timezone.localdate(at) - timedelta(days=days),
            applicant={"name": "Bill", "email": "bill@oddie.example"},
            by=make_officer(email=f"other{days}@clinic.example"),
            at=at,
        )
        path = f"/office/cases/{case}/step/ask-authority/"
        shown = officer.post(path, {"proof": "grant", "words": ""})
        text = shown.content.decode()
        assert ("The days in which we answer begin when it comes" in text) is begins
        assert ("Our time goes on meanwhile" in text) is not begins
        assert officer.post(path, {"proof": "grant", "words": "", "seen": shown.context["mark"]}).status_code == 302
        page = officer.get(f"/office/cases/{case}/").content.decode()
        assert standing in page and "Record that proof that they may act came" in page
        assert f"--right deceased --received {timezone.localdate(at) - timedelta(days=days)}" in page


def test_every_step_has_its_page_and_says_what_is_missing(officer: Client, person: Actor) -> None:
    case, complaint = ask(person), ask(person, Asked.COMPLAINT)
    steps = (
        "ask-identity", "ask-authority", "ask-question", "came", "judge-identity", "judge-authority", "extend",
        "enquiry", "entry", "progress", "note", "close", "reopen",
    )  # fmt: skip
    for step in steps:
        path = f"/office/cases/{case}/step/{step}/"
        assert officer.get(path).status_code == 200, step
        assert officer.post(path, {}).status_code == 422, step
    assert officer.get(f"/office/cases/{case}/step/made-up/").status_code == 404
    assert officer.get(f"/office/cases/{complaint}/step/acknowledge/").status_code == 200
    assert officer.post(f"/office/cases/{case}/step/note/", {"words": "A note"}).status_code == 302
    assert officer.post(f"/office/cases/{case}/step/assign/", {"to": ""}).status_code == 302


def test_a_refusal_without_its_exemption_is_not_sent(officer: Client, person: Actor) -> None:
    case = ask(person)
    path = f"/office/cases/{case}/step/close/"
    form = {"ending": "refused", "words": "We answered the same in May.", "ground": ""}
    answer = officer.post(path, form)
    assert answer.status_code == 422 and "LAW-1.17" in answer.content.decode()
    assert answer.context["letter"] is None, "no letter is shown that could not be sent"
    form["ground"] = "excessive"
    seen = officer.post(path, form).context["mark"]
    assert officer.post(path, {**form, "seen": seen}).status_code == 302
    assert RightsCase.objects.get(pk=case).state == "done"


def test_a_complaint_names_no_exemption_and_is_answered_after_an_enquiry(officer: Client, person: Actor) -> None:
    case = ask(person, Asked.COMPLAINT)
    path = f"/office/cases/{case}/"
    assert officer.get(path).context["next"].words == "Write down an enquiry", "its receipt acknowledged it"
    assert officer.post(f"{path}step/enquiry/", {"words": "Asked reception"}).status_code == 302
    assert officer.get(path).context["next"].words == "Answer and close it"
    shown = officer.get(f"{path}step/close/").content.decode().split("<form")[-1]
    assert "exemption" not in shown and "(if you like)" not in shown and "Say why; leave it empty only if" in shown
    bare = officer.post(f"{path}step/close/", {"ending": "not_upheld", "words": ""})
    assert bare.status_code == 422 and bare.context["letter"] is None and "LAW-2.7" in bare.content.decode()
    form = {"ending": "not_upheld", "words": "They spoke of somebody else."}
    form["seen"] = officer.post(f"{path}step/close/", form).context["mark"]
    assert officer.post(f"{path}step/close/", form).status_code == 302


def test_whoever_has_no_account_gets_their_file_from_an_officer_once_it_is_them(
    officer: Client, person: Actor
) -> None:
    at = timezone.now()
    subject = make_patient(at=at, family_name="Wilmot", email="", password="").id
    assert subject is not None
    (case,) = services.take_in(
        subject,
        {Asked.PORTABILITY},
        words="I change clinics",
        route=Route.LETTER,
        received_on=timezone.localdate(at),
        proof="seen_document",
        by=make_officer("patient_support", at=at),
        at=at,
    )
    path = f"/office/cases/{case}/"
    assert "Make the file" in officer.get(path).content.decode()
    page = officer.get(f"{path}file/")
    assert "How to reach you" in page.content.decode()
    early = officer.post(f"{path}file/take/")
    assert early.status_code == 422 and "LAW-1.15" in early.content.decode()
    today = timezone.localdate()
    day = {f"on_{part}": getattr(today, part) for part in ("day", "month", "year")}
    assert officer.post(f"{path}step/came/", day).status_code == 302
    assert officer.post(f"{path}file/take/").status_code == 422, "it came, and nobody has looked at it"
    judged = {"holds": "yes", "words": "Her passport: it is her"}
    assert officer.post(f"{path}step/judge-identity/", judged).status_code == 302
    sent = officer.post(f"{path}file/take/")
    assert sent.status_code == 200 and "my-data-to-move.zip" in sent.headers["Content-Disposition"]
    archive = zipfile.ZipFile(io.BytesIO(b"".join(sent.streaming_content)))
    assert b"Wilmot" in archive.read("my-data.json") and "my-data.fhir.json" in archive.namelist()
    page = officer.get(path).content.decode()
    assert (
        "The file was made, and handed out" in page and "Answer and close it" in page and "Make the file" not in page
    )
    assert officer.post(f"/office/cases/{ask(person)}/file/take/").status_code == 404


def test_whoever_has_an_account_under_another_record_fetches_the_file_there(officer: Client, person: Actor) -> None:
    at = timezone.now()
    by = make_officer("patient_support", at=at)
    subject = make_patient(at=at, family_name="Wilmot", email="", password="").id
    assert subject is not None and person.id is not None
    (case,) = services.take_in(
        subject,
        {Asked.PORTABILITY},
        words="I change clinics",
        route=Route.LETTER,
        received_on=timezone.localdate(at),
        by=by,
        at=at,
    )
    path = f"/office/cases/{case}/"
    assert "Make the file" in officer.get(f"{path}file/").content.decode()
    for near, far in ((person.id, subject), (subject, person.id)):
        record_fact(near, FactKind.SAME_PERSON, by=by, at=at, other=far, value="ab" * 16)
    assert "Make the file" not in officer.get(path).content.decode()
    opened = LedgerEvent.objects.filter(event="gate:opened", purpose="rights", action="export")
    refused = officer.post(f"{path}file/take/")
    assert refused.status_code == 422 and "LAW-3.8" in refused.content.decode()
    assert {*opened.values_list("what", flat=True)} == {"rights"}, "the request itself, and nothing that the file has"
    assert not LedgerEvent.objects.filter(event="rights:copy_taken").exists()


def test_a_proof_counts_by_what_was_said_of_it_last(officer: Client, person: Actor) -> None:
    path = f"/office/cases/{ask(person, Asked.PORTABILITY, route=Route.LETTER)}/"
    today = timezone.localdate()
    day = {f"on_{part}": getattr(today, part) for part in ("day", "month", "year")}
    asked = {"proof": "seen_document", "by_post": "on"}

    def ask_again() -> None:
        seen = officer.post(f"{path}step/ask-identity/", asked).context["mark"]
        assert officer.post(f"{path}step/ask-identity/", {**asked, "seen": seen}).status_code == 302

    def judge(holds: str) -> int:
        return officer.post(f"{path}step/judge-identity/", {"holds": holds, "words": "Looked at it"}).status_code

    ask_again()
    assert officer.post(f"{path}step/came/", day).status_code == 302
    assert [judge("yes"), judge("no")] == [302, 302]
    assert "LAW-1.15" in officer.post(f"{path}file/take/").content.decode(), "it was said last not to settle it"
    ask_again()
    assert judge("yes") == 422, "the passport that did not settle it is no answer to the second asking"
    assert officer.post(f"{path}step/came/", day).status_code == 302
    assert officer.get(path).context["next"].words == "Say what you found of the proof of who they are"
    assert judge("yes") == 302


def test_the_page_shows_the_day_and_the_command_that_gives_it(officer: Client, person: Actor) -> None:
    case = ask(person, days_ago=3)
    clock = selectors.clock_of(RightsCase.objects.get(pk=case).pk, at=timezone.now())
    page = officer.get(f"/office/cases/{case}/").content.decode()
    assert f"troth {' '.join(clock.by_hand)}" in page and f"{clock.due_on:%-d %B %Y}" in page


def test_other_roles_and_the_person_stay_out(person: Actor, colleague: Callable[[str], Client]) -> None:
    case = ask(person)
    for role in ("patient_support", "prescriber", "administrator"):
        client = colleague(role)
        for path in ("/office/cases/", f"/office/cases/{case}/step/note/", f"/office/cases/{case}/letters/{case}/"):
            assert client.get(path).status_code == 403, (role, path)
            assert client.post(path, {"words": "mine"}).status_code == 403
    assert not CaseStep.objects.filter(kind="note").exists()


def test_the_days_of_the_list_are_those_of_the_clocks(person: Actor) -> None:
    make_officer(at=timezone.now())
    case = ask(person)
    assert misreckoned(at=timezone.now()) == []
    with connection.cursor() as cursor:
        cursor.execute("UPDATE rights_rightscase SET due_on = '2030-01-01'")
    assert [str(each) for each in misreckoned(at=timezone.now())] == [case]
