"""Slips that a notice passes with: numbers that are none, letters from elsewhere, contracts and lives left out, threats."""

import pytest

from troth.notice.lint import lint
from troth.notice.tests.factories import TODAY, changed, row
from troth.notice.tests.fresh import _right
from troth.notice.tests.mutations import _in, _named, _part, _purpose, _text


def _found(change):
    parsed = changed(change)
    assert parsed.notice is not None, parsed.findings
    return [f"{finding.code} {finding.path}" for finding in lint(parsed, on=TODAY)]


def _if_not(purpose, words):
    return lambda values: row(values, purpose)["withholding"].update(if_not=words)


def _cookies(**new):
    return lambda values: values["cookies"]["stored"][0].update(new)


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        (_in("recipients", "id", "mail", contract=" "), "N25 recipients"),
        (_in("recipients", "id", "gp", kind="processor", contract=""), "N25 recipients"),
        (_purpose("care", words="  "), "F-43 purposes"),
        (_in("categories", "id", "contact", words=""), "F-43 categories"),
        (_right("access", words=""), "F-43 rights"),
        (_in("categories", "id", "contact", items=[]), "N24 categories"),
        (_cookies(life=""), "E05 cookies"),
        (_part("controller", company_number="1049573"), "N22 controller.company_number"),
        (_part("controller", company_number="104 957 311"), "N22 controller.company_number"),
        (_part("controller", company_number="S12345"), "N22 controller.company_number"),
        (_part("controller", ico_registration="10495731"), "N22 controller.ico_registration"),
        (_part("controller", telephone="call us"), "F-43 controller.telephone"),
        (_part("controller", telephone="01632 960 1"), "F-43 controller.telephone"),
        (_part("dpo", telephone="by arrangement"), "F-43 dpo.telephone"),
        (lambda values: values["complaints"]["regulator"].update(telephone="see their site"), "F-43 complaints"),
        (_part("controller", legal_name="N\u043erthlane Online Clinic Ltd"), "F-43 controller.legal_name"),
        (_part("controller", email="hello@northl\u0430ne.example"), "F-43 controller.email"),
        (_part("controller", website="https://n\u03bfrthlane.example"), "F-43 controller.website"),
        (_right("withdrawal", words="If you withdraw your consent we will close your account."), "A02 rights"),
        (
            _right("withdrawal", words="Take it back at any time. If you take back a consent, your account may be closed."),
            "A02 rights",
        ),
        (
            _right("withdrawal", words="You can withdraw, but we may then have to stop your treatment."),
            "A02 rights",
        ),
        (_right("marketing_objection", words="We can no longer treat you if you opt out."), "F-20 rights"),
        (_if_not("marketing", "We will suspend your account."), "F-50 purposes"),
        (_if_not("promotions", "We cannot treat you."), "F-50 purposes"),
    ],
)  # fmt: skip
def test_a_slip_is_shown_where_it_stands(change, shown):
    assert [each for each in _found(change) if each.startswith(shown)]


@pytest.mark.parametrize(
    "change",
    [
        _part("controller", company_number="SC123456"),
        _part("controller", company_number="1049 5731"),
        _part("controller", company_number="OC301234"),
        _part("controller", company_number="IP12345R"),
        _part("controller", company_number="Registered in England and Wales, no. 10495731"),
        _part("controller", company_number="Charity 1234567, company 10495731"),
        _part("controller", ico_registration="Z1234567"),
        _part("controller", ico_registration="ZA 123456"),
        _part("controller", telephone="+44 1632 960118"),
        _part("controller", telephone="01632 960118 ext. 4"),
        _part("controller", telephone="01632 960 118 or 01632 960 119"),
        _part("controller", telephone="0800 1111"),
        _part("controller", telephone="(016977) 2345"),
        _part("controller", legal_name="Жанна and Zoë O’Brien-Łuczak Ltd"),
        _in("recipients", "id", "gp", contract=""),
        _in("recipients", "id", "mail", kind="controller", contract=""),
        _text("Vitamin doses are in μg, and TNFα or β-carotene may be measured."),
        _text("Croeso: ysgrifennwch atom yn Gymraeg. Naïve façades – £5, “quoted”, 25 °C."),
        _right("withdrawal", words="Withdraw at any time. We will not close your account, and your care goes on."),
        _right("withdrawal", words="If you withdraw, we will never stop your treatment or close your account."),
        _right("withdrawal", words="When you withdraw we stop the use at once, and delete the pictures."),
        _right(
            "erasure", words="If you close your account, we will delete your account and what no law makes us keep."
        ),
        _if_not("marketing", "Nothing changes: your account, your care and your visits go on."),
        _if_not("personalisation", "We will stop the suggestions. You will not lose your account."),
        _if_not("marketing", "We will stop your appointment news, and you will not hear of offers."),
        _if_not("personalisation", "We cannot treat you by what you looked at. You may lose your place on the page."),
        _right(
            "withdrawal", words="If you withdraw, we stop your treatment reminders; we cannot see you by video then."
        ),
        _if_not("care", "We cannot treat you without knowing enough about your health."),
    ],
)
def test_what_looks_like_a_slip_and_is_none_is_silent(change):
    assert _found(change) == []


def test_pieces_and_an_officer_left_out_are_no_slip():
    def without(values):
        values.pop("dpo")
        _named(values, "purposes", "id", "care").pop("words")

    assert _found(without) == []
