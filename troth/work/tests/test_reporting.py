"""Strings planted in exceptions, log calls, requests and forms are hunted in everything that is written out."""

import io
import json
import logging
import logging.config
import sys
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path

from troth.work import reporting
from troth.work.models import Effect

PLANTED = "Perpetua Quillfeather"


def greet(request: HttpRequest, name: str) -> HttpResponse:
    return HttpResponse("hello")


def stumble(request: HttpRequest, name: str) -> HttpResponse:
    posted = request.POST["name"]
    raise ValidationError(f"{posted} is not {name}", params={"name": name})


urlpatterns = [path("greet/<name>", greet, name="greet"), path("stumble/<name>", stumble, name="stumble")]


class Heard(io.StringIO):
    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.getvalue().splitlines()]

    def assert_clean(self) -> None:
        assert self.lines, "nothing was logged, so nothing was shown"
        for part in PLANTED.split():
            assert part not in self.getvalue()


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[Heard]:
    """What the logging of a deployment writes to standard error, configured as the settings configure it."""
    stream, root = Heard(), logging.getLogger()
    kept = [
        (logger, logger.handlers[:], logger.level, logger.propagate)
        for logger in (root, *map(logging.getLogger, ("django", "django.server", "granian.access")))
    ]
    monkeypatch.setattr(sys, "stderr", stream)
    logging.config.dictConfig(reporting.logging_config())
    yield stream
    for logger, handlers, level, propagate in kept:
        logger.handlers[:], logger.level, logger.propagate = handlers, level, propagate
    logging.getLogger().manager._clear_cache()  # type: ignore[attr-defined]


def unique() -> None:
    Effect.objects.create(key=PLANTED)
    with transaction.atomic():
        Effect.objects.bulk_create([Effect(key=PLANTED)])


def undecodable() -> None:
    (PLANTED.encode() + b"\xff").decode()


def invalid() -> None:
    raise ValidationError({"name": [f"{PLANTED} is too long"]})


def chained() -> None:
    try:
        int(PLANTED)
    except ValueError as failure:
        raise LookupError(PLANTED) from failure


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("break_it", "kind"),
    [
        (unique, "IntegrityError"),
        (undecodable, "UnicodeDecodeError"),
        (invalid, "ValidationError"),
        (chained, "LookupError"),
    ],
)
def test_exceptions_are_logged_by_kind_and_place_alone(heard: Heard, break_it: Any, kind: str) -> None:
    try:
        break_it()
    except (IntegrityError, UnicodeDecodeError, ValidationError, LookupError):
        logging.getLogger("anyone").exception("could not save %s", PLANTED, stack_info=True)
    heard.assert_clean()
    (line,) = heard.lines
    assert line["failure"][0]["type"].endswith(kind)
    assert line["failure"][0]["at"][0].startswith("troth/work/tests/test_reporting.py:")
    assert line["place"].startswith("troth/work/tests/test_reporting.py:")


def test_causes_are_told_by_kind(heard: Heard) -> None:
    try:
        chained()
    except LookupError as failure:
        reporting.note("broke", logging.ERROR, failure)
    heard.assert_clean()
    assert [each["type"] for each in heard.lines[0]["failure"]] == ["LookupError", "ValueError"]
    assert heard.lines[0]["event"] == "broke"


def test_log_call_that_does_not_fit_its_arguments_prints_nothing_of_them(heard: Heard) -> None:
    root = logging.getLogger()  # pytest's own handlers on it would fail here, as any ordinary formatter does
    root.handlers[:] = [each for each in root.handlers if isinstance(each.formatter, reporting.PlaceOnly)]
    logging.getLogger("anyone").warning("%d people called " + PLANTED, PLANTED)
    logging.getLogger("anyone").warning(PLANTED)
    heard.assert_clean()
    assert len(heard.lines) == 2


def test_note_lets_numbers_identifiers_and_codes_pass_and_nothing_else(heard: Heard) -> None:
    identifier = uuid4()
    reporting.note(
        "seen",
        count=3,
        ratio=0.5,
        done=True,
        none=None,
        id=identifier,
        code="gate:refused",
        name=PLANTED,
        number="07700900123",
        thing=[PLANTED],
    )
    heard.assert_clean()
    (line,) = heard.lines
    assert [line[each] for each in ("count", "ratio", "done", "none", "id", "code")] == [
        3,
        0.5,
        True,
        None,
        str(identifier),
        "gate:refused",
    ]
    assert [line[each] for each in ("name", "number", "thing")] == ["withheld"] * 3


def test_lines_carry_the_request_or_job_they_belong_to_and_forget_it_after(heard: Heard) -> None:
    job = uuid4()
    with reporting.working_on("job", job):
        logging.getLogger("anyone").warning("x")
    logging.getLogger("anyone").warning("x")
    assert [line.get("job") for line in heard.lines] == [str(job), None]


def test_access_log_names_the_route_and_never_the_path_or_query(heard: Heard, settings: Any) -> None:
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = ["troth.work.reporting.AccessLog"]
    settings.ALLOWED_HOSTS = ["*"]
    client = Client(raise_request_exception=False)
    client.get(f"/greet/{PLANTED}", {"q": PLANTED}, headers={"referer": PLANTED, "user-agent": PLANTED})
    client.post(f"/stumble/{PLANTED}", {"name": PLANTED})
    client.get(f"/nowhere/{PLANTED}")
    client.generic(PLANTED.replace(" ", "").upper(), "/greet/x")
    heard.assert_clean()
    assert PLANTED.split()[0].upper() not in heard.getvalue()
    served = [(line["route"], line["status"]) for line in heard.lines if line.get("event") == "served"]
    assert served == [("greet", 200), ("stumble", 500), ("none", 404), ("greet", 200)]
    assert len({line["request"] for line in heard.lines if "request" in line}) == 4
    (failed,) = [line for line in heard.lines if "failure" in line]
    assert failed["log"] == "django.request" and failed["request"] in {
        line.get("request") for line in heard.lines if line.get("route") == "stumble"
    }


def test_reporter_tells_kind_and_place_only() -> None:
    request = RequestFactory().post(f"/x/{PLANTED}", {"name": PLANTED})
    try:
        chained()
    except LookupError:
        reporter = reporting.PlaceOnlyReporter(request, *sys.exc_info())
    for text in (reporter.get_traceback_text(), reporter.get_traceback_html()):
        assert "LookupError" in text
        assert "test_reporting.py:" in text
        for part in PLANTED.split():
            assert part not in text


def test_places_are_told_from_the_package_on_whatever_folder_it_lies_in() -> None:
    def place(file: str) -> str:
        return reporting._place(file, 7)

    assert place("/srv/troth/checkout/troth/records/services/notes.py") == "troth/records/services/notes.py:7"
    assert place("/srv/troth/.venv/lib/site-packages/django/db/models/query.py") == "django/db/models/query.py:7"
    assert place("/home/someone/lib/json/decoder.py") == "json/decoder.py:7"


@pytest.mark.django_db
def test_planted_string_would_be_found_in_the_engines_own_words() -> None:
    """The hunt above means something only where the exception does quote the value."""
    with pytest.raises(IntegrityError) as caught:
        unique()
    assert (PLANTED in str(caught.value)) is (connection.vendor == "postgresql")
