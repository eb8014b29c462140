"""The patients' pages and the public site."""

from django.urls import URLPattern, URLResolver

from troth.gate.table import PATIENTS, STAFF, page, public
from troth.notice.purposes import Action, Purpose
from troth.people.rules import CLAIMING
from troth.portal.views import (
    account,
    checkpoint,
    erasure,
    factors,
    history,
    home,
    links,
    my_data,
    notice,
    promises,
    security,
    signing_in,
)

ANYONE = {PATIENTS, STAFF}
SECURITY = Purpose.ACCOUNT_SECURITY

urlpatterns: list[URLPattern | URLResolver] = [
    public("", home.show, name="home", why="the clinic's front page holds nobody's data"),
    public("notice/", notice.show, name="notice", why="the notice is public"),
    public(
        "notice/<int:number>/",
        notice.show_version,
        name="notice_version",
        why="every version of the notice is public",
    ),
    public(
        "checkpoint/",
        checkpoint.show,
        name="checkpoint",
        why="a checkpoint says how long the ledger is and signs its root: nothing about anybody",
    ),
    public(
        "checkpoint/file/",
        checkpoint.download,
        name="checkpoint_file",
        why="the same signed line, as a file to keep",
    ),
    public(
        "promises/",
        promises.show,
        name="promises",
        why="it says what we promised and what a check found, in counts; nobody's data is among it",
    ),
    public(
        "register/",
        account.register,
        name="register",
        purpose=Purpose.REGISTRATION,
        why="a stranger writes about themselves in an act; nothing is read back",
    ),
    public(
        "registered/",
        account.registered,
        name="registered",
        purpose=Purpose.REGISTRATION,
        why="it says the same to everybody",
    ),
    public(
        "sign-in/",
        signing_in.sign_in,
        name="sign_in",
        why="the service `sign-in` opens an account under account security, and nothing of it is shown",
    ),
    public("reset/", links.ask, name="ask_link", why="it takes an address in, and says the same to everybody"),
    public("mail-sent/", links.mail_sent, name="mail_sent", why="it says the same to everybody"),
    public("link/<str:token>/", links.follow, name="follow_link", why="it moves the token out of the address"),
    public(
        "confirm/",
        links.confirm,
        name="confirm",
        why="the service `account-steps` does what the holder of a one-time link may, and nothing is read back",
    ),
    public(
        "claim/",
        links.claim,
        name="claim",
        purpose=CLAIMING,
        why="a code and a date of birth are compared by their hashes, and nothing of the record is shown",
    ),
    page("security/address/", links.address, name="address", purpose=SECURITY, who=ANYONE),
    public(
        "sign-in/second/",
        signing_in.second_step,
        name="second_step",
        why="the same service compares a code with an account's second factor, and nothing of it is shown",
    ),
    public(
        "sign-in/passkey/",
        signing_in.with_passkey,
        name="passkey_sign_in",
        why="the same service looks up the passkey that a browser shows, and nothing of it is shown",
    ),
    public(
        "start/",
        signing_in.start,
        name="start",
        why="the service `sign-in` compares a starter's code, and nothing of their account is shown",
    ),
    page("sign-out/", signing_in.sign_out, name="sign_out", purpose=SECURITY, who=ANYONE, before_proof=True),
    page("security/", security.show, name="security", purpose=SECURITY, who=ANYONE),
    page("security/end/", security.end, name="end_session", purpose=SECURITY, who=ANYONE),
    page("security/password/", security.password, name="password", purpose=SECURITY, who=ANYONE),
    page("security/history/", security.history, name="sign_in_history", purpose=Purpose.RIGHTS, who=ANYONE),
    page(
        "security/second-factor/",
        factors.choose,
        name="second_factor",
        purpose=SECURITY,
        who=ANYONE,
        before_proof=True,
    ),
    page("security/app/", factors.new_app, name="new_app", purpose=SECURITY, who=ANYONE, before_proof=True),
    page("security/app/remove/", factors.remove_app, name="remove_app", purpose=SECURITY, who=ANYONE),
    page(
        "security/passkeys/new/",
        factors.new_passkey,
        name="new_passkey",
        purpose=SECURITY,
        who=ANYONE,
        before_proof=True,
    ),
    page("security/passkeys/remove/", factors.remove_passkey, name="remove_passkey", purpose=SECURITY, who=ANYONE),
    page("security/recovery/", factors.recovery_codes, name="recovery_codes", purpose=SECURITY, who=ANYONE),
    page("security/prove/", factors.prove, name="prove", purpose=SECURITY, who=ANYONE),
    page("my-data/", my_data.show, name="my_data", purpose=Purpose.RIGHTS, who=ANYONE),
    page("my-data/kind/<slug:kind>/", my_data.show_kind, name="my_kind", purpose=Purpose.RIGHTS, who=ANYONE),
    page("my-data/copy/", my_data.copy, name="my_copy", purpose=Purpose.RIGHTS, action=Action.EXPORT, who=ANYONE),
    page("my-data/history/", history.show, name="my_history", purpose=Purpose.RIGHTS, who=ANYONE),
    page("my-data/erase/", erasure.confirm, name="my_erasure", purpose=Purpose.RIGHTS, who=ANYONE),
    page(
        "my-data/certificate/<uuid:certificate>/",
        erasure.certificate,
        name="my_certificate",
        purpose=Purpose.RIGHTS,
        who=ANYONE,
    ),
    page(
        "my-data/certificate/<uuid:certificate>/file/",
        erasure.download,
        name="my_certificate_file",
        purpose=Purpose.RIGHTS,
        action=Action.EXPORT,
        who=ANYONE,
    ),
]
