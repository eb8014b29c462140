"""Faults that a privacy lawyer named and the linter did not, and lawful wordings near them, in every pack."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from troth.notice.files import parse_notice, read_notice
from troth.notice.lint import lint
from troth.notice.tests.factories import PACK, TODAY, row, text_of

Change = Callable[[dict[str, Any]], object]
PACKS = sorted(path.stem for path in PACK.parent.glob("*.yaml"))


def _right(name: str, words: str) -> Change:
    return lambda values: next(each for each in values["rights"] if each["right"] == name).update(words=words)


def _rule(name: str, **new: Any) -> Change:
    return lambda values: next(each for each in values["retention"]["rules"] if each["id"] == name).update(new)


def _part(name: str, **new: Any) -> Change:
    return lambda values: values.setdefault(name, {}).update(new)


def _summary(words: str) -> Change:
    return lambda values: values.update(summary=words)


def _own(words: str) -> Change:
    return lambda values: values["complaints"]["own"].update(words=f"We confirm within 30 days. {words}")


def _regulator(name: str) -> Change:
    return lambda values: values["complaints"]["regulator"].update(name=name)


def _purpose(name: str, **new: Any) -> Change:
    return lambda values: row(values, name).update(new)


ONE_YEAR = [{"trigger": "created", "period": "1 year"}]
FAULTS: list[tuple[str, Change]] = [
    ("A08", _purpose("marketing", words="By using this site you consent to receiving our news.")),
    ("A08", _purpose("marketing", words="To send you news. The box is ticked for you; untick it if you mind.")),
    ("A08", _part("scope", words="By using our services you agree to the terms of this notice.")),
    ("A08", _summary("By continuing to browse you agree to our use of your data.")),
    ("A08", _part("marketing", words="If you do not answer you are deemed to have given your consent.")),
    ("A02", _purpose("accounting", basis=["consent"])),
    ("A06", _purpose("payment", basis=["vital_interests"])),
    ("N05", _purpose("feedback", interest="Our legitimate business interests")),
    ("N11", _regulator("Data Protection Commission of Ireland")),
    ("F-32", _own("You must complain to us before you may go to the Commissioner.")),
    ("F-32", _own("You may go to the ICO only after we have answered.")),
    ("F-48", _part("changes", words="We may change this notice at any time without telling you.")),
    ("F-48", _part("changes", words="Your continued use of the site means that you accept the change.")),
    ("F-40", _summary("Your data is 100% safe with us.")),
    ("F-40", _part("security", words="Our systems are completely secure.")),
    ("F-08", _summary("We never share your data with anyone.")),
    ("F-33", _rule("contact", words="For as long as necessary for our business")),
    ("F-35", _rule("accounts", words="One year", limbs=ONE_YEAR)),
    ("F-29", _right("portability", "Take what you gave us elsewhere. We charge £10 for it.")),
    ("F-29", _right("access", "Get a copy. Send a certified copy of your passport with every request.")),
]
LAWFUL: list[Change] = [
    _purpose("marketing", words="To send you news, if you consent by ticking a box. Using this site is no consent."),
    _purpose("marketing", words="By ticking this box you consent to receiving our news."),
    _purpose("marketing", words="To send you news. No box is ticked for you."),
    _part("scope", words="By using our services you become our patient, and this notice tells you what we do."),
    _summary("Nobody is deemed to have consented because they use our site."),
    _purpose("feedback", interest="Learning what interests our patients, and what our business should mend"),
    _regulator("The Information Commission"),
    _regulator("Information Commissioner’s Office (ICO)"),
    _own("You need not come to us before you go to the Commissioner."),
    _own("You can complain to us first, or go to the Commissioner at once."),
    _part("changes", words="We never change this notice without telling you."),
    _part("changes", words="You are told before a change holds, and need not accept it by using the site."),
    _summary("No system is completely secure, and we cannot guarantee the security of email."),
    _part("security", words="No clinic can say that its systems are 100% secure, or that they cannot be hacked."),
    _summary("We never share your data with anyone outside your care unless the law requires it."),
    _rule(
        "accounts", words="Seven years from the end of the year", limbs=[{"trigger": "fy_end", "period": "7 years"}]
    ),
    _right("portability", "Take what you gave us elsewhere, without a fee of any kind."),
    _right(
        "access", "Get a copy. Where we are in doubt who you are we may ask to see your passport with your request."
    ),
    _right("access", "Get a copy. We never ask for your passport with every request."),
]


@cache
def _text(pack: str) -> str:
    notice = read_notice(PACK.parent / f"{pack}.yaml").notice
    assert notice is not None
    return json.dumps(notice.model_dump(mode="json", exclude_defaults=True))


def _codes(pack: str, change: Change) -> set[str]:
    values = json.loads(_text(pack))
    change(values)
    parsed = parse_notice(text_of(values))
    assert parsed.notice is not None, parsed.findings
    return {each.code for each in lint(parsed, on=TODAY)}


@pytest.mark.parametrize("pack", PACKS)
@pytest.mark.parametrize("place", range(len(FAULTS)))
def test_what_the_law_does_not_give_is_found(pack: str, place: int) -> None:
    code, change = FAULTS[place]
    assert _codes(pack, change) == {code}


@pytest.mark.parametrize("pack", PACKS)
@pytest.mark.parametrize("place", range(len(LAWFUL)))
def test_a_lawful_wording_near_it_is_silent(pack: str, place: int) -> None:
    assert _codes(pack, LAWFUL[place]) == set()
