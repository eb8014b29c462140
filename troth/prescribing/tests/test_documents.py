"""Documents: what is typed from them is read as it stands, compared, looked at by a person, and the picture goes."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from PIL import Image

from troth.gate import actors
from troth.gate.contexts import processing
from troth.gate.facts import FactKind
from troth.gate.refusals import Refused
from troth.gate.tests.conftest import record_fact
from troth.notice.purposes import Purpose
from troth.people.tests.factories import make_patient
from troth.prescribing import services
from troth.prescribing.models import DocumentKind, DocumentPicture, IdentityCheck, Matter, Method, Verified
from troth.prescribing.rules import NotPossible
from troth.prescribing.rules.documents import Fault, Paper, check_digit, compare, read_document
from troth.prescribing.rules.formulary import formulary
from troth.prescribing.rules.gates import DOCUMENT_FIRST, Risk
from troth.prescribing.selectors import identifying, reviewing
from troth.prescribing.tests.conftest import Clinic, agree, look, prescribe, send
from troth.records.tests import factories
from troth.rights.selectors import everything_about
from troth.vault import files
from troth.vault.uploads import SealedUpload

TODAY = date(2026, 11, 24)
#: The specimens of ICAO Doc 9303, parts 4, 5 and 6.
TD3 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
TD1 = "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<"
TD2 = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6"
LICENCE = "MORGA753116SM9IJ"
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(("typed", "number"), [(TD3, "L898902C3"), (TD1, "D23145890"), (TD2, "D23145890")])
def test_the_specimens_of_the_standard_are_read(typed: str, number: str) -> None:
    kind = DocumentKind.PASSPORT if typed == TD3 else DocumentKind.CARD
    for written in (typed, typed.lower(), typed.replace("\n", ""), typed.replace("<<", "«")):
        paper = read_document(kind, written, today=TODAY)
        assert (paper.number, paper.family, paper.given) == (number, "ERIKSSON", ("ANNA", "MARIA"))
        assert (paper.born_on, paper.expires_on) == (date(1974, 8, 12), date(2012, 4, 15))


@pytest.mark.parametrize("typed", [TD3, TD1, TD2])
def test_one_sign_typed_wrong_is_found_wherever_a_check_digit_reaches(typed: str) -> None:
    lines = typed.split("\n")
    checked = 1 if len(lines) == 2 else 0
    found = 0
    for place, sign in enumerate(lines[checked]):
        if not sign.isdigit():
            continue
        wrong = list(lines)
        wrong[checked] = f"{lines[checked][:place]}{(int(sign) + 1) % 10}{lines[checked][place + 1 :]}"
        with pytest.raises(NotPossible):
            read_document(DocumentKind.PASSPORT, "\n".join(wrong), today=TODAY)
        found += 1
    assert found > 5


def test_a_long_number_of_a_card_goes_on_behind_it() -> None:
    number = "D23145890734"
    first = f"I<UTO{number[:9]}<{number[9:]}{check_digit(number)}".ljust(30, "<")
    second = "7408122F1204159UTO<<<<<<<<<<<"
    second += check_digit(first[5:30] + second[0:7] + second[8:15] + second[18:29])
    typed = f"{first}\n{second}\n{TD1.splitlines()[2]}"
    assert read_document(DocumentKind.CARD, typed, today=TODAY).number == number


@pytest.mark.parametrize(
    "typed", ["", "P<UTO", "é" * 44 + "\n" + "é" * 44, "12345678", LICENCE + "X" * 9, TD3 + "\nX", "\x00"]
)
@pytest.mark.parametrize("kind", DocumentKind)
def test_whatever_else_is_typed_is_refused_in_words(typed: str, kind: DocumentKind) -> None:
    with pytest.raises(NotPossible):
        read_document(kind, typed, today=TODAY)


def test_a_licence_says_the_name_the_birthday_and_adds_fifty_for_a_woman() -> None:
    paper = read_document(DocumentKind.LICENCE, f"{LICENCE} 17", today=TODAY)
    assert (paper.family, paper.born_on, paper.given) == ("MORGA", date(1976, 3, 11), ("S", "M"))
    woman = read_document(DocumentKind.LICENCE, "morga 603116 sm9ij", today=TODAY)
    assert woman.born_on == date(1966, 10, 31) or woman.born_on.year == 1966
    with pytest.raises(NotPossible, match="no date"):
        read_document(DocumentKind.LICENCE, "MORGA799316SM9IJ", today=TODAY)


@pytest.mark.parametrize(
    ("typed", "family", "given", "fits"),
    [
        ("MACDO753116SM9IJ", "MacDonald", "Sarah", True),
        ("MCDON753116SM9IJ", "MacDonald", "Sarah", True),
        ("MCDON753116SM9IJ", "McDonald", "Sarah", True),
        ("ONEIL753116SM9IJ", "O’Neill", "Sarah", True),
        ("LEE99753116SM9IJ", "Lee", "Sarah", True),
        ("LEE99753116SM9IJ", "Leech", "Sarah", False),
        ("MUELL753116SM9IJ", "Müller", "Sarah", True),
        ("MULLE753116SM9IJ", "Müller", "Sarah", True),
    ],
)
def test_names_are_compared_as_documents_write_them(typed: str, family: str, given: str, fits: bool) -> None:
    kind = DocumentKind.LICENCE
    paper = read_document(kind, typed, today=TODAY)
    faults = compare(paper, kind, given=given, family=family, born_on=date(1976, 3, 11), today=TODAY)
    assert (Fault.FAMILY not in faults) is fits and Fault.BORN not in faults


def test_what_does_not_fit_is_named_and_so_is_age_and_expiry() -> None:
    paper = read_document(DocumentKind.PASSPORT, TD3, today=TODAY)
    every = compare(
        paper, DocumentKind.PASSPORT, given="Nora", family="Lee", born_on=date(1980, 1, 1), today=date(1990, 1, 1)
    )
    assert set(every) == {Fault.FAMILY, Fault.GIVEN, Fault.BORN, Fault.UNDER_AGE}
    good = compare(paper, DocumentKind.PASSPORT, given="Maria", family="Eriksson", born_on=paper.born_on, today=TODAY)
    assert good == (Fault.EXPIRED,)


def test_a_document_that_ended_in_the_last_century_has_expired() -> None:
    second = "L898902C36UTO7408122F" + "991231" + check_digit("991231") + "ZE184226B<<<<<1"
    second += check_digit(second[0:10] + second[13:20] + second[21:43])
    paper = read_document(DocumentKind.PASSPORT, TD3.splitlines()[0] + "\n" + second, today=TODAY)
    assert paper.expires_on == date(1999, 12, 31)
    faults = compare(
        paper, DocumentKind.PASSPORT, given="Anna", family="Eriksson", born_on=paper.born_on, today=TODAY
    )
    assert faults == (Fault.EXPIRED,)


@pytest.mark.parametrize("kind", [DocumentKind.PASSPORT, DocumentKind.CARD, DocumentKind.LICENCE])
def test_a_name_in_other_letters_is_fitted_by_nothing_and_least_by_an_empty_line(kind: DocumentKind) -> None:
    empty = Paper("1", "", (), date(1976, 3, 11), None)
    for paper in (empty, replace(empty, family="WANG", given=("LI",))):
        faults = compare(paper, kind, given="丽", family="王", born_on=paper.born_on, today=TODAY)
        assert faults == (Fault.FAMILY, Fault.GIVEN)


def test_a_d_with_a_stroke_is_written_d() -> None:
    paper = Paper("1", "DURIC", ("ANDELA",), date(1976, 3, 11), None)
    assert not compare(
        paper, DocumentKind.PASSPORT, given="Anđela", family="Đurić", born_on=paper.born_on, today=TODAY
    )


def picture() -> SealedUpload:
    into = BytesIO()
    Image.new("RGB", (40, 30), "white").save(into, "JPEG")
    return SealedUpload(files.store([into.getvalue()], name="x.jpg", media_type="image/jpeg"), "image/jpeg", None)


#: Of the person of the tests' clinic, by its name and birthday.
MINE = "ODDIE703091M99AB"


def show(by: actors.Actor, typed: str = MINE, *, at: datetime = factories.LATER) -> UUID:
    assert by.id
    services.send_document(by.id, kind=DocumentKind.LICENCE, typed=typed, upload=picture(), by=by, at=at)
    return IdentityCheck.objects.filter(subject_id=by.id).latest("sent_at").pk


def decide(
    check: UUID,
    clinic: Clinic,
    result: Verified = Verified.VERIFIED,
    words: str = "It is she.",
    of_others: str = "",
) -> None:
    services.decide_document(
        check, result=result, words=words, of_others=of_others, by=clinic.assistant, at=factories.LATER + HOUR
    )


def test_a_person_sends_it_an_assistant_looks_and_the_picture_goes_within_the_day(clinic: Clinic) -> None:
    check = show(clinic.ann)
    with pytest.raises(NotPossible, match="have a document"):
        show(clinic.ann)
    with processing(Purpose.IDENTITY_CHECK, by=clinic.assistant, at=factories.LATER) as opened:
        stored = identifying.picture_of(check, opened)
        assert identifying.get_check(check, opened).faults == ()
        typed = identifying.typed_of(check, opened)
    assert (typed["family"], typed["given"], typed["expires_on"]) == ("ODDIE", "M", "")
    assert MINE not in str(typed)
    assert stored is not None
    with processing(Purpose.RIGHTS, by=clinic.ann, at=factories.LATER) as opened:
        held = everything_about(clinic.subject, opened)
    (said,) = [
        f.text
        for each in held
        if each.model == "prescribing.documentpicture"
        for f in each.fields
        if f.name == "typed"
    ]
    assert said.startswith("M ODDIE, born ")
    for stranger in (clinic.finance, clinic.support):
        with pytest.raises(Refused):
            services.decide_document(check, result=Verified.VERIFIED, words="Fine", by=stranger, at=factories.LATER)
    with pytest.raises((NotPossible, Refused)):
        services.decide_document(check, result=Verified.VERIFIED, words="It is me", by=clinic.ann, at=factories.LATER)
    decide(check, clinic)
    with pytest.raises(NotPossible, match="already"):
        decide(check, clinic)
    with pytest.raises(NotPossible, match="made sure"):
        show(clinic.ann)
    services.assign_request(clinic.request, prescriber=clinic.prescriber.id, by=clinic.support, at=factories.LATER)
    with processing(Purpose.PRESCRIBING, by=clinic.prescriber, at=factories.LATER + HOUR) as opened:
        assert reviewing.identity_of(clinic.subject, opened) is Verified.VERIFIED
    assert services.destroy_documents(at=factories.LATER + 2 * HOUR) == 0
    assert services.destroy_documents(at=factories.LATER + 14 * HOUR) == 1
    assert not DocumentPicture.objects.exists()
    with processing(Purpose.IDENTITY_CHECK, by=clinic.assistant, at=factories.LATER + 14 * HOUR) as opened:
        assert identifying.typed_of(check, opened) == {}  # it went with the picture
    assert services.destroy_documents(at=factories.LATER + 15 * HOUR) == 0


def test_a_class_that_asks_for_a_document_is_not_prescribed_after_a_call_alone(clinic: Clinic) -> None:
    """By the act, whatever a page shows; what needs none is prescribed."""
    assert Risk.WEIGHT in DOCUMENT_FIRST and formulary()["semaglutide-0.25"].risks & DOCUMENT_FIRST
    request = send(clinic, "weight-management")
    for matter in (Matter.IDENTITY, Matter.BODY):
        services.record_verification(
            request,
            matter=matter,
            method=Method.VIDEO,
            result=Verified.VERIFIED,
            note="Seen by video",
            by=clinic.prescriber,
            at=factories.LATER,
        )
    agree(clinic)
    reasons = dict.fromkeys(("stops", "gp"), "Talked over by video; safe for this person all the same.")
    with pytest.raises(NotPossible, match="Document: This medicine is for losing weight"):
        prescribe(clinic, request, medicine="semaglutide-0.25", reasons=reasons)
    decide(show(clinic.ann), clinic)
    later = factories.LATER + 2 * HOUR
    review = look(clinic, request, at=later - HOUR / 2)
    prescribe(clinic, request, medicine="semaglutide-0.25", reasons=reasons, review=review, at=later)


def test_what_contradicts_stays_whatever_is_shown_after_it(clinic: Clinic) -> None:
    decide(show(clinic.ann), clinic, Verified.CONTRADICTED, "The picture is of somebody else.")
    decide(show(clinic.ann, at=factories.LATER + HOUR), clinic)
    services.assign_request(clinic.request, prescriber=clinic.prescriber.id, by=clinic.support, at=factories.LATER)
    with processing(Purpose.PRESCRIBING, by=clinic.prescriber, at=factories.LATER + HOUR) as opened:
        assert reviewing.identity_of(clinic.subject, opened) is Verified.CONTRADICTED


def test_the_same_document_under_another_account_is_seen_by_staff_and_told_to_nobody(clinic: Clinic) -> None:
    show(clinic.ann)
    other = actors.person(
        make_patient(at=factories.NOW, email="second@post.example", given_name="Nora"), at=factories.LATER
    )
    assert other.id
    second = show(other)
    with processing(Purpose.IDENTITY_CHECK, by=clinic.assistant, at=factories.LATER) as opened:
        assert identifying.get_check(second, opened).others == 1
    with pytest.raises(NotPossible, match="another account"):
        decide(second, clinic, words="It is she, and I compared the face with care.")
    fits = "It is she, and I compared the face with care."
    decide(second, clinic, words=fits, of_others="zq-others She had an account under her maiden name.")
    with processing(Purpose.IDENTITY_CHECK, by=clinic.assistant, at=factories.LATER + HOUR) as opened:
        assert "zq-others" in identifying.get_check(second, opened).of_others
    with processing(Purpose.RIGHTS, by=other, at=factories.LATER) as opened:
        said = [
            (field.text, field.value)
            for thing in everything_about(other.id, opened)
            if thing.model == "prescribing.identitycheck"
            for field in thing.fields
        ]
    assert fits in str(said)
    assert clinic.subject.hex not in str(said) and "zq-others" not in str(said) and "account" not in str(said)


def test_taken_back_or_not_looked_at_it_goes_all_the_same(clinic: Clinic) -> None:
    check = show(clinic.ann)
    services.take_document_back(check, by=clinic.ann, at=factories.LATER)
    with processing(Purpose.IDENTITY_CHECK, by=clinic.ann, at=factories.LATER) as opened:
        assert DocumentPicture.objects.filter(check_of_id=check).exists()
        assert identifying.picture_of(check, opened) is None
        (left,) = identifying.checks_of(clinic.subject, opened)
        assert (left.has_picture, left.state_words) == (False, "taken back")
    with pytest.raises(NotPossible):
        services.take_document_back(check, by=clinic.ann, at=factories.LATER)
    assert services.destroy_documents(at=factories.LATER) == 1
    second = show(clinic.ann, at=factories.LATER + HOUR)
    late = factories.LATER + timedelta(days=16)
    assert identifying.count_pictures(at=late)["too_long"] == 1
    assert services.destroy_documents(at=late) == 1
    with processing(Purpose.IDENTITY_CHECK, by=clinic.ann, at=late) as opened:
        words = {each.line.id: each.state_words for each in identifying.checks_of(clinic.subject, opened)}
    assert words == {check: "taken back", second: "nobody looked at it in time"}
    assert identifying.count_pictures(at=late) == {"looked_at": 0, "pictures": 0, "too_long": 0, "stopped": 0}


def test_whoever_stopped_the_use_of_their_record_keeps_nobody_elses_picture_here(clinic: Clinic) -> None:
    """LAW-3.6: theirs stays, since destroying is a use too; it counts apart, and the next one goes."""
    other = actors.person(make_patient(email="second@oddie.example"), at=factories.LATER)
    for who in (clinic.ann, other):
        services.take_document_back(show(who), by=who, at=factories.LATER)
    record_fact(clinic.subject, FactKind.RESTRICTION, by=clinic.ann, at=factories.LATER)
    late = factories.LATER + timedelta(days=16)
    assert services.destroy_documents(at=late) == 1
    assert identifying.count_pictures(at=late) == {"looked_at": 0, "pictures": 1, "too_long": 0, "stopped": 1}


def test_the_database_lets_two_documents_of_one_person_wait_never(clinic: Clinic) -> None:
    show(clinic.ann)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO prescribing_identitycheck (id, recorded_at, recorded_by, changed_at, changed_by, subject_id, state,"
            " sent_at) SELECT %s, recorded_at, recorded_by, changed_at, changed_by, subject_id, state, sent_at"
            " FROM prescribing_identitycheck",
            ["0" * 32],
        )
