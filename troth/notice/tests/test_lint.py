"""The linter on three real policies, three clean notices, and the pack with one fault at a time."""

from datetime import date

import pytest
import yaml

from troth.notice.files import parse_notice, read_notice
from troth.notice.lint import lint
from troth.notice.lint.codes import CODES, FAMILIES
from troth.notice.lint.codes.form import FORM
from troth.notice.tests.factories import PACK, SEEDS, TODAY, changed, row
from troth.notice.tests.fresh import FRESH, SILENT
from troth.notice.tests.mutations import MUTATIONS
from troth.notice.tests.unseen import LAWFUL, UNSEEN

EXPECTED = yaml.safe_load((SEEDS / "expected.yaml").read_text("utf-8"))


def _codes(parsed, on=TODAY):
    return {finding.code: str(finding.level) for finding in lint(parsed, on=on)}


def _pretty(parsed):
    return [f"{finding.line} {finding.code} {finding.message}" for finding in lint(parsed, on=TODAY)]


@pytest.mark.parametrize("seed", ["oc", "kl", "cx"])
def test_a_real_policy_shows_exactly_its_faults(seed):
    expected = {code: level for family in EXPECTED[seed].values() for code, level in family.items()}
    assert _codes(read_notice(SEEDS / f"{seed}.yaml")) == expected


@pytest.mark.parametrize("name", ["clean_1", "clean_2", "clean_3"])
def test_near_misses_stay_silent(name):
    assert _pretty(read_notice(SEEDS / f"{name}.yaml")) == []


@pytest.mark.parametrize("pack", sorted(path.stem for path in PACK.parent.glob("*.yaml")))
def test_a_pack_is_clean(pack):
    assert _pretty(read_notice(PACK.parent / f"{pack}.yaml")) == []


def test_no_pack_names_a_clinic_or_a_person_of_the_policies_that_they_answer():
    named = ("121 clinic", "klnik", "connexus", "tim marner", "thornton-brooks", "pabau", "cliniko")
    for path in PACK.parent.glob("*.yaml"):
        text = path.read_text("utf-8").casefold()
        assert not [name for name in named if name in text], path.name


def test_an_unchanged_pack_stays_clean_when_written_anew():
    assert _pretty(changed(lambda values: None)) == []


@pytest.mark.parametrize("code", sorted(MUTATIONS))
def test_one_fault_shows_its_code(code):
    for mutate in MUTATIONS[code]:
        parsed = changed(mutate)
        assert parsed.notice is not None, parsed.findings
        findings = [finding for finding in lint(parsed, on=TODAY) if finding.code == code]
        assert findings, f"{code} is silent"
        for finding in findings:
            assert finding.level is CODES[code].level
            assert finding.law == CODES[code].law and finding.cure == CODES[code].cure
            assert finding.message.endswith(".") and finding.line >= 1


@pytest.mark.parametrize("code", sorted(FRESH))
def test_a_fault_in_other_words_shows_its_code(code):
    for place, change in enumerate(FRESH[code]):
        assert code in _codes(changed(change)), f"{code} is silent on number {place}"


@pytest.mark.parametrize("name", sorted(SILENT))
def test_a_lawful_notice_in_other_words_is_silent(name):
    assert _pretty(changed(SILENT[name])) == []


@pytest.mark.parametrize("code", sorted(UNSEEN))
def test_a_fault_as_a_reviewer_would_write_it_shows_its_code(code):
    for place, change in enumerate(UNSEEN[code]):
        parsed = changed(change)
        assert parsed.notice is not None, parsed.findings
        assert code in _codes(parsed), f"{code} is silent on number {place}"


@pytest.mark.parametrize("name", sorted(LAWFUL))
def test_a_lawful_notice_as_a_reviewer_would_write_it_is_silent(name):
    assert _pretty(changed(LAWFUL[name])) == []


def test_every_code_that_a_file_can_show_has_a_mutation():
    # F-52 compares clinics; Y-codes are shown by test_files.
    assert set(MUTATIONS) == set(CODES) - set(FORM) - {"F-52"}


def test_all_faults_and_contents_are_in_the_table():
    assert {f"F-{number:02}" for number in range(1, 53)} <= set(CODES)
    assert {f"N{number:02}" for number in range(1, 25)} <= set(CODES)
    assert sum(len(family) for _, family in FAMILIES) == len(CODES)


def test_a_finding_names_line_and_place():
    row_of_payment = "    basis: contract\n    categories: [identity, contact, financial]"
    faulty = row_of_payment.replace("contract", "[contract, consent]", 1)
    text = PACK.read_text("utf-8").replace(row_of_payment, faulty)
    finding = next(finding for finding in lint(parse_notice(text), on=TODAY) if finding.code == "F-05")
    assert text.splitlines()[finding.line - 1] == "    basis: [contract, consent]"
    assert finding.path == "purposes.14.basis"


def test_age_is_judged_on_the_day_given():
    parsed = read_notice(PACK)
    assert "F-48" not in _codes(parsed, on=date(2028, 11, 1))
    assert "F-48" in _codes(parsed, on=date(2028, 11, 2))


@pytest.mark.parametrize(
    "change",
    [
        lambda values: values["security"].update(disclaimers=[{"about": "premises", "at_own_risk": True}]),
        lambda values: row(values, "payment").update(words="Refunds reach you within 30 days."),
        lambda values: values["complaints"]["own"].update(words="We confirm within 30 days."),
        lambda values: values["everyone"].update(
            children="Article 22A, 22B, Articles 15 to 22D, Article 7, part 22 and section 77 of another Act."
        ),
        lambda values: values["everyone"].update(
            capacity="For six months, on legal grounds, we paid £500,001 for 122 articles and art classes in 77 rooms."
        ),
        lambda values: values["transfers"]["routes"][0].update(country="US", mechanism=["dpf_uk_extension"]),
        lambda values: values["transfers"]["routes"][0].update(
            mechanism=["eu_sccs", "uk_addendum"], risk_assessment="TRA-1"
        ),
        lambda values: values["rights"][1].update(within="28 days"),
        lambda values: values["marketing"]["tracking"].update(opens=True, consent="yes, first"),
        lambda values: values["controller"].update(
            unless_stated=True, instructed_work="Controller beside the insurer"
        ),
        lambda values: values["sharing"].update(
            says_only=[
                "gp",
                "pharmacy",
                "delivery",
                "identity",
                "payment",
                "mail",
                "hosting",
                "supplier",
                "accountant",
                "solicitor",
                "regulator",
                "public_authority",
                "emergency_service",
            ]
        ),
        lambda values: values["cookies"]["stored"][3].update(consent="yes, first", exempt=None),
        lambda values: (
            values["speaks_of"].append({"matter": "credit_risk", "because": "We sell by instalments"})
            if "speaks_of" in values
            else values.update(speaks_of=[{"matter": "credit_risk", "because": "Instalments"}])
        ),
    ],
)
def test_what_looks_like_a_fault_and_is_none(change):
    assert _pretty(changed(change)) == []
