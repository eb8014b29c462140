"""Passkeys: one is made, signs its owner in without a password, and is removed; the browser plays the device."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.stories.conftest import NewVisitor
from tests.stories.visitors import PASSWORD, Visitor
from tests.stories.walking import look_at

PATIENT_MAIL = "kwame.hopkin@post.example"


def with_a_device(visitor: Visitor) -> Any:
    """Give the browser a device that keeps keys and says yes, as a telephone does to its owner's finger."""
    tools = visitor.context.new_cdp_session(visitor.page)
    tools.send("WebAuthn.enable")
    made = tools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return tools, made["authenticatorId"]


@pytest.mark.story("a passkey signs its owner in without a password, until it is removed")
def test_a_passkey_is_registered_used_and_removed(private_clinic: str, new_visitor: NewVisitor) -> None:
    # Given a patient with a device that keeps keys, at an address with a name: browsers bind no passkey to a bare number
    patient = new_visitor(private_clinic.replace("127.0.0.1", "localhost"), signed_in_as=PATIENT_MAIL)
    tools, device = with_a_device(patient)
    # When they add a passkey
    patient.go("/security/passkeys/new/")
    shut_out = look_at(patient, "/security/passkeys/new/")
    patient.page.fill("[name=name]", "My telephone")
    if patient.page.locator("[name=current]").count():
        patient.page.fill("[name=current]", PASSWORD)
    patient.page.get_by_role("button", name="Make the passkey").click()
    # The first one comes with ten codes on paper, for when the device is lost
    expect(patient.page.locator("main")).to_contain_text("where you keep your passport")
    patient.go("/security/")
    expect(patient.page.locator("main")).to_contain_text("My telephone")
    assert len(tools.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]) == 1
    # Then it signs them in, and nothing is typed
    patient.page.locator("header").get_by_text("Sign out").click()
    patient.go("/sign-in/")
    patient.page.get_by_role("button", name="Sign in with a passkey").click()
    patient.page.wait_for_url("**/my-*/")
    # When they remove it, it signs nobody in
    patient.go("/security/")
    shut_out += look_at(patient, "/security/")
    patient.page.get_by_role("button", name="Remove it").click()
    expect(patient.page.locator("main")).not_to_contain_text("My telephone")
    assert shut_out == []
