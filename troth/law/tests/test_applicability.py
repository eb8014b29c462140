"""Which right stands under which basis; the whole table is compared in tests/structure/test_law_tables.py."""

from troth.law.applicability import Applies, applies, can_withdraw
from troth.law.bases import Basis
from troth.law.rights import Right


def test_portability_follows_consent_and_contract_alone() -> None:
    assert {basis for basis in Basis if applies(Right.PORTABILITY, basis) is Applies.YES} == {
        Basis.CONSENT,
        Basis.CONTRACT,
    }


def test_access_stands_under_every_basis() -> None:
    assert all(applies(Right.ACCESS, basis) is Applies.YES for basis in Basis)


def test_only_consent_can_be_withdrawn() -> None:
    assert [basis for basis in Basis if can_withdraw(basis)] == [Basis.CONSENT]


def test_each_right_names_its_article() -> None:
    assert Right.ACCESS.article == "UK GDPR Article 15"
    assert len({right.article for right in Right}) == len(Right)
