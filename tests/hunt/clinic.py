"""A day at a clinic in which people type planted words wherever people type, and much goes wrong with them in hand."""

import datetime as dt
import re
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from tests.hunt.needles import of_date
from tests.hunt.planting import DAYS, Words, write
from troth.delivery.tests import conftest as mail_servers
from troth.delivery.tests.conftest import Postbox
from troth.gate import actors
from troth.gate.actors import Actor
from troth.gate.refusals import Refused
from troth.notice.purposes import Purpose
from troth.people import selectors
from troth.people import services as people
from troth.people.models import Identity
from troth.people.rules import code_at, step_of
from troth.prescribing import services as prescribing
from troth.records import services as records
from troth.records.models import ClinicalNote
from troth.vault.categories import Category
from troth.work import queue
from troth.work.arguments import ArgumentRefused
from troth.work.worker import Worker

PASSWORD = "heron-lantern-oatcake"
UPLOAD = 3_000_000  # bytes: Django keeps fewer than 2.5 MB in memory, and writes more to a file

actors.declare_service(
    "hunt",
    purposes={Purpose.STAFF},
    modules={__name__},
    categories={Category.IDENTITY, Category.CONTACT, Category.ACCOUNT, Category.EMPLOYMENT},
)


def hire(role: str) -> Actor:
    """A member of staff, who can sign in as `ROLE@clinic.example`."""
    made = people.join_staff(
        by=actors.service("hunt"),
        at=timezone.now(),
        roles=[role],
        name=f"Ines {role.title()}",
        email=f"{role}@clinic.example",
        password=PASSWORD,
    )
    return actors.person(made, at=timezone.now())


def register(words: Words) -> Actor:
    """Someone who registered, and every sealed field of whom is then filled."""
    made = people.register_patient(
        by=actors.NOBODY,
        at=timezone.now(),
        given_name=words.given,
        family_name=words.family,
        born_on=dt.date(1903, 1, 31),
        email=f"first.{words.email}",
        telephone=words.telephone,
        address=words.title,
        postcode="NE46 1AA",
        password=words.secret,
    )
    return actors.person(made, at=timezone.now())


@contextmanager
def post_office() -> Iterator[Postbox]:
    """A real mail server on this machine, and a clinic whose messages it carries."""
    box = Postbox("none", ssl.create_default_context(ssl.Purpose.CLIENT_AUTH))
    server = mail_servers._Server(("127.0.0.1", 0), type("_Talk", (mail_servers._Conversation,), {"box": box}))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        address = f"smtp://127.0.0.1:{server.server_address[1]}"
        with override_settings(TROTH_MAIL_URL=address, TROTH_MAIL_FROM="hello@clinic.example"):
            yield box
    finally:
        server.shutdown()
        server.server_close()


def sign_in(email: str, password: str) -> Client:
    """A browser in which someone is signed in."""
    client = Client(raise_request_exception=False)
    answer = client.post(reverse("sign_in"), {"email": email, "password": password})
    assert answer.status_code == 302, answer.content
    return client


def show_second_factor(email: str, who: Actor) -> Client:
    """A browser in which a member of staff signed in, and set up the second factor that opens everything else."""
    client, now = sign_in(email, PASSWORD), timezone.now()
    assert who.id is not None
    app = selectors.begin_app(who.id, account=email, clinic="hunt", at=now)
    answer = client.post(reverse("new_app"), {"ticket": app.ticket, "code": code_at(app.secret, step_of(now))})
    assert answer.status_code == 200, answer.content
    return client


class Clinic:
    """Staff, and one patient who types everything herself."""

    def __init__(self) -> None:
        self.staff = {role: hire(role) for role in ("prescriber", "patient_support", "privacy_officer")}
        self.browsers = {role: show_second_factor(f"{role}@clinic.example", who) for role, who in self.staff.items()}
        self.words = Words("Ann")
        self.born = dt.date(1903, self.words.month, DAYS)
        self.needles = [*self.words.list_needles(), of_date("Ann: typed birthday", self.born)]

    # -- what she does -------------------------------------------------------------------------------------------------
    def register_in_a_browser(self) -> None:
        """She mistypes, registers, registers again, signs in wrongly, and signs in."""
        words, stranger = self.words, Client(raise_request_exception=False)
        typed = {
            "given_name": words.given,
            "family_name": words.family,
            "born_on_day": self.born.day,
            "born_on_month": self.born.month,
            "born_on_year": 1903,
            "email": words.email,
            "telephone": words.telephone,
            "address": f"3 {words.title} Row",
            "postcode": "NE46 1AA",
            "password": words.secret,
        }
        assert stranger.post(reverse("register"), {**typed, "telephone": words.given}).status_code == 422
        assert stranger.post(reverse("register"), {**typed, "postcode": ""}).status_code == 422
        with post_office() as box:
            assert stranger.post(reverse("register"), typed).status_code == 302
            assert stranger.post(reverse("register"), typed).status_code == 302
            worker = Worker()
            while worker.step():
                pass
        (came, *_) = (mail for mail in box.taken if mail["To"] == words.email)
        texts = [part.get_payload(decode=True) for part in came.walk() if part.get_content_maintype() == "text"]
        written = "".join(text.decode() for text in texts if isinstance(text, bytes))
        assert stranger.get(re.findall(r"/link/[\w-]+/", written)[0]).status_code == 302
        assert stranger.post(reverse("confirm")).status_code in {200, 302}
        for email, password in (
            (words.email, f"{words.secret}-{words.given}"),
            (f"other.{words.email}", words.secret),
        ):
            assert stranger.post(reverse("sign_in"), {"email": email, "password": password}).status_code == 422
        # Of a device its maker's words stay, and never what it says of itself besides.
        self.own = Client(
            raise_request_exception=False,
            headers={
                "User-Agent": f"Mozilla/5.0 ({words.title}; Linux) Firefox/140.0",
                "Referer": f"https://a.example/?q={words.given}",
            },
        )
        assert self.own.post(reverse("sign_in"), {"email": words.email, "password": words.secret}).status_code == 302
        self.subject = Identity.objects.latest("recorded_at").subject_id
        self.ann = actors.person(self.subject, at=timezone.now())

    def ask_for_what_is_not_there(self) -> None:
        """Addresses, queries, headers, cookies and bodies that nobody should send, with words in them."""
        words, stranger = self.words, Client(raise_request_exception=False)
        find, notice = reverse("desk_find"), reverse("notice")
        for path in (
            f"/{words.given}/",
            f"{find}{words.given}/",
            f"{notice}?q={words.email}",
            f"{find}?q={words.family}",
        ):
            for browser in (stranger, self.own, self.browsers["prescriber"]):
                assert browser.get(path).status_code in {200, 302, 403, 404}
        form = "application/x-www-form-urlencoded"
        spoiled = b"email=%s&password=\0%s" % (words.email.encode(), words.secret.encode())
        answers = [
            stranger.get("/", headers={"Host": f"{words.host}.example"}),
            stranger.post(
                reverse("sign_in"),
                data=words.email.encode(),
                content_type=f"multipart/form-data; boundary={words.key}",
            ),
            stranger.post(reverse("sign_in"), data=words.email.encode(), content_type="multipart/form-data"),
            stranger.post(reverse("sign_in"), data=spoiled, content_type=form),
            stranger.generic("POST", reverse("sign_in"), b"email=\xff%s" % words.email.encode(), content_type=form),
            stranger.generic(
                "POST", reverse("sign_in"), words.email.encode(), content_type=f"{form}; charset={words.key}"
            ),
        ]
        assert {each.status_code for each in answers} <= {200, 400, 415, 422}, answers
        stranger.cookies["troth_session"] = words.secret
        stranger.cookies["troth_wanted"] = words.given
        assert stranger.get(reverse("security")).status_code == 302

    # -- what the clinic does ------------------------------------------------------------------------------------------
    def treat(self) -> UUID:
        """A request, passed on; then a card with one of everything, typed at the desk."""
        words, now = self.words, timezone.now
        asked = prescribing.request_treatment(
            self.subject,
            medicine=words.title,
            answers=[{"question": words.key, "answer": words.given}],
            by=self.ann,
            at=now(),
        )
        prescriber = self.staff["prescriber"].id
        assert prescriber is not None
        prescribing.assign_request(asked.pk, prescriber=prescriber, by=self.staff["patient_support"], at=now())
        self.card = reverse("desk_card", args=[self.subject])
        desk = self.browsers["prescriber"]
        assert words.given in desk.get(self.card).content.decode()
        for kind, typed in (
            (
                "allergies",
                {
                    "substance": words.title,
                    "reaction": words.given,
                    "since": words.key,
                    "criticality": "high",
                    "verification": "confirmed",
                    "source": "person",
                    "release": "released",
                },
            ),
            (
                "medicines",
                {
                    "medicine": words.title,
                    "dose": words.nhs,
                    "since": words.key,
                    "reason": words.given,
                    "source": "gp",
                    "release": "released",
                },
            ),
            ("notes", {"heading": words.title, "text": f"{words.given} {words.family} " * 500}),
        ):
            assert desk.post(f"{self.card}{kind}/new/", typed).status_code == 302, kind
        assert (
            desk.post(f"{self.card}medicines/new/", {"medicine": words.title, "source": words.given}).status_code
            == 422
        )
        note = ClinicalNote.objects.latest("recorded_at").pk
        signing = reverse("desk_note_sign", args=[note])
        shown = desk.get(signing)
        version = shown.context["version"]  # what the page posts back, so that nobody signs what they have not read
        assert desk.post(signing, {"release": "released", "read": version}).status_code == 302
        assert words.given in desk.get(reverse("desk_note", args=[note])).content.decode()
        return asked.pk

    def upload(self, content: bytes) -> int:
        """A file of three million bytes with a name, put on her card."""
        words = self.words
        sent = SimpleUploadedFile(f"{words.title} {words.given}.txt", content, content_type=f"text/x-{words.key}")
        return (
            self.browsers["prescriber"]
            .post(
                f"{self.card}files/new/",
                {"title": words.title, "source": "person", "release": "released", "file": sent},
            )
            .status_code
        )

    def search(self) -> None:
        """The desk looks for her by name, address and telephone, and for somebody who is not there."""
        words = self.words
        unknown = (f"{words.search} {words.family}", words.spaced_nhs)
        for text in (words.given, words.given[:5], words.email, words.telephone, *unknown):
            answer = self.browsers["patient_support"].post(
                reverse("desk_find"), {"q": text, "reason": "on_the_telephone"}
            )
            assert answer.status_code == 200
            assert text in unknown or words.family in answer.content.decode()

    def refuse(self, other: UUID, patch: pytest.MonkeyPatch) -> None:
        """An act that is refused, in a browser and by code; a refusal that is swallowed, and poisons the request."""
        words, typed = self.words, {"heading": self.words.title, "text": self.words.given}
        assert self.browsers["patient_support"].post(f"{self.card}notes/new/", typed).status_code == 403
        assert self.browsers["prescriber"].get(reverse("desk_card", args=[other])).status_code == 403
        with pytest.raises(Refused) as refused:
            records.write_note(
                self.subject,
                heading=words.title,
                text=words.given,
                by=self.staff["patient_support"],
                at=timezone.now(),
            )
        assert words.given not in str(refused.value)
        write = records.write_note

        def careless(subject: UUID, **named: object) -> object:
            try:
                assert Identity.objects.get(subject_id=other).given_name
            except Refused:
                pass
            return write(subject, **named)  # type: ignore[arg-type]

        with patch.context() as patched:
            patched.setattr(records, "write_note", careless)
            assert self.browsers["prescriber"].post(f"{self.card}notes/new/", typed).status_code == 403

    # -- what goes wrong -----------------------------------------------------------------------------------------------
    def break_views(self, patch: pytest.MonkeyPatch) -> int:
        """Make a view raise every kind of exception that carries the value in its very text; give how many did."""
        words, typed = self.words, {"heading": self.words.title, "text": f"{self.words.given} {self.words.family}"}
        for fault in self.faults():

            def broken(*_: object, fault: Callable[[], object] = fault, **named: object) -> None:
                held = f"{named['text']} {words.nhs}"
                assert held
                fault()

            with patch.context() as patched:
                patched.setattr(records, "write_note", broken)
                answer = self.browsers["prescriber"].post(f"{self.card}notes/new/", typed)
            assert answer.status_code == 500, (fault, answer.status_code)
            assert words.given not in answer.content.decode()
        return len(self.faults())

    def faults(self) -> list[Callable[[], object]]:
        """Ways to fail whose messages quote what was in hand."""
        words, subject = self.words, self.subject

        def validation() -> None:
            raise ValidationError(f"{words.given} is no name", params={"value": words.family})

        def twice() -> None:
            write(
                Identity(subject_id=subject, given_name=words.given, family_name=words.family),
                by=self.ann,
                at=timezone.now(),
            )

        def no_such_column() -> None:
            insert("INSERT INTO work_effect (key, words) VALUES (%s, %s)", [words.given, words.family])

        def no_such_table() -> None:
            insert("INSERT INTO hunt_nowhere (words) VALUES (%s)", [f"{words.given} {words.nhs}"])

        def zero_byte() -> None:
            insert("INSERT INTO work_job (name, queue) VALUES (%s, %s)", [f"{words.given}\0", words.family])

        def chained() -> None:
            try:
                {}[words.given]  # type: ignore[index]
            except KeyError as error:
                raise RuntimeError(words.family, words.nhs) from error

        return [
            validation,
            twice,
            no_such_column,
            no_such_table,
            zero_byte,
            chained,
            lambda: words.family.encode("ascii"),
            lambda: f"{words.given}\xff".encode("latin-1").decode(),
            lambda: int(words.given),
            lambda: UUID(words.given),
            lambda: dt.date.fromisoformat(f"{words.given}-1903"),
            lambda: getattr(words, words.given),
            lambda: Path(f"/nowhere/{words.given}").read_text(),
        ]

    def break_jobs(self) -> int:
        """Ask for jobs with words as arguments, which is refused, and run jobs that break with words in hand."""
        words, faults = self.words, self.faults()

        # In a queue of their own: of what is scheduled there is something new each day, for ever.
        @queue.job(queue="breaks", retries=1)
        def breaks(number: int) -> None:
            held = f"{words.given} {words.family}"
            assert held
            faults[number]()

        @queue.job()
        def writes_to(address: str) -> None:
            """Never runs."""

        for told in (
            words.given.capitalize(),
            words.email,
            f"{words.given} {words.family}",
            words.nhs,
            words.telephone,
        ):
            with pytest.raises(ArgumentRefused) as refused:
                writes_to.enqueue(told)
            assert told not in str(refused.value)
        with pytest.raises(ArgumentRefused):
            writes_to.using(asker=words.email)
        for number in range(len(faults)):
            breaks.enqueue(number)
        worker, ran = (
            Worker(queues=("breaks",), now=lambda: timezone.now() + dt.timedelta(days=ran), jitter=lambda: 0.0),
            0,
        )
        while worker.step():
            ran += 1
        return ran


def insert(statement: str, values: list[str]) -> None:
    """A statement that the database refuses."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
