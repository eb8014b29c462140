"""The register of what software decides: every rule is real, and a person stands behind each."""

import pytest

from tests.structure.source import ROOT
from troth.rights.rules.automation import REGISTER, Automatic


@pytest.mark.parametrize("rule", REGISTER, ids=lambda rule: rule.lives)
def test_every_rule_lives_somewhere_and_names_who_steps_in(rule: Automatic) -> None:
    assert (ROOT / rule.lives).is_file()
    assert rule.does and rule.means and len(rule.person.split()) > 3
