"""`troth staff`, as an operator opens a clinic with it."""

import re

from conftest import run_each, type_of_runner
from tests.stores import Home


def test_a_clinic_is_opened_by_its_notice_and_its_first_administrator(home: Home, run_troth: type_of_runner) -> None:
    early = run_troth("staff", "invite", "--name", "Ada Lark", "--email", "ada@clinic.example", home=home)
    assert early.returncode == 2 and "troth notice publish" in early.stderr
    ended = run_each(
        "notice publish troth/notice/packs/wellness-clinic.yaml",
        "staff invite --name Ada --email ada@clinic.example",
        "staff invite --name Ada --email ada",
        "staff invite --name Ada --email ada@clinic.example --role receptionist",
        "staff let-back --email ada@clinic.example",
        "staff let-back --email bea@clinic.example",
        home=home,
        environment={"TROTH_SITE": "https://clinic.example"},
    )
    published, invited, spelt, receptionist, not_started, unknown = [done for _, done in ended]
    assert (published.returncode, invited.returncode) == (0, 0), invited.stderr
    assert "https://clinic.example/start/" in invited.stdout
    assert re.search(r"\n  [A-Z2-7]{4}(-[A-Z2-7]{4}){3}\n", invited.stdout)
    assert spelt.returncode == 2 and "no email address" in spelt.stderr
    assert receptionist.returncode == 2 and "access" in receptionist.stderr
    assert not_started.returncode == 2 and "do not run the staff" in not_started.stderr
    assert unknown.returncode == 2 and "No member of staff" in unknown.stderr
    verified = run_troth("ledger", "verify", home=home)
    assert verified.returncode == 0, verified.stderr
