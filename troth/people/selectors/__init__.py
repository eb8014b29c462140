"""Reads of this room. They hand plain values to pages; a holding never leaves here."""

from troth.people.selectors.finding import FoundPeople, FoundPerson, find_people
from troth.people.selectors.patients import (
    PersonContact,
    PersonIdentity,
    earlier_contacts,
    get_contact,
    get_identity,
    names_of,
)
from troth.people.selectors.receipts import Receipt, list_receipts
from troth.people.selectors.sessions import OwnSession, list_sessions
from troth.people.selectors.signing_in import Proof, Wait, check_own_password, check_sign_in
from troth.people.selectors.staff import StaffMember, list_staff, staff_among, staff_name, staff_profiles
from troth.people.selectors.steps import Step, find_step, has_account, may_ask, may_try_code

__all__ = [
    "FoundPeople",
    "FoundPerson",
    "OwnSession",
    "PersonContact",
    "PersonIdentity",
    "Proof",
    "Receipt",
    "StaffMember",
    "Step",
    "Wait",
    "check_own_password",
    "check_sign_in",
    "earlier_contacts",
    "find_people",
    "find_step",
    "get_contact",
    "get_identity",
    "has_account",
    "list_receipts",
    "list_sessions",
    "list_staff",
    "may_ask",
    "may_try_code",
    "names_of",
    "staff_among",
    "staff_name",
    "staff_profiles",
]
