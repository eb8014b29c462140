"""The patients' pages and the public site."""

from django.urls import URLPattern, URLResolver

from troth.gate.table import PATIENTS, STAFF, page, public
from troth.notice.purposes import Action, Purpose
from troth.people.rules import CLAIMING
from troth.portal.views import (
    account,
    checkpoint,
    choices,
    details,
    device,
    erasure,
    history,
    home,
    links,
    my_data,
    my_home,
    notice,
    promises,
    security,
)

ANYONE = {PATIENTS, STAFF}

urlpatterns: list[URLPattern | URLResolver] = [
    public("", home.show, name="home", why="the clinic's front page holds nobody's data"),
    public("notice/", notice.show, name="notice", why="the notice is public"),
    public(
        "notice/<int:number>/",
        notice.show_version,
        name="notice_version",
        why="every version of the notice is public",
    ),
    public("notice/versions/", notice.versions, name="notice_versions", why="every version of the notice is public"),
    public("notice/changes/", notice.changes, name="notice_changes", why="what changed in a public text is public"),
    public("notice/<int:number>/file/", notice.file, name="notice_file", why="the file of the notice is public"),
    public("cookies/", device.cookies, name="cookies", why="what the notice says of cookies is public"),
    public(
        "look/",
        device.look,
        name="look",
        why="how pages look is kept on the device alone, and says nothing of anybody",
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
        account.sign_in,
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
    page("security/address/", links.address, name="address", purpose=Purpose.ACCOUNT_SECURITY, who=ANYONE),
    page("sign-out/", account.sign_out, name="sign_out", purpose=Purpose.ACCOUNT_SECURITY, who=ANYONE),
    page("security/", security.show, name="security", purpose=Purpose.ACCOUNT_SECURITY, who=ANYONE),
    page("security/end/", security.end, name="end_session", purpose=Purpose.ACCOUNT_SECURITY, who=ANYONE),
    page("security/password/", security.password, name="password", purpose=Purpose.ACCOUNT_SECURITY, who=ANYONE),
    page("my-home/", my_home.show, name="my_home", purpose=Purpose.RIGHTS, who=ANYONE),
    page("my-data/", my_data.show, name="my_data", purpose=Purpose.RIGHTS, who=ANYONE),
    page("my-data/kind/<slug:kind>/", my_data.show_kind, name="my_kind", purpose=Purpose.RIGHTS, who=ANYONE),
    page("my-data/copy/", my_data.copy, name="my_copy", purpose=Purpose.RIGHTS, action=Action.EXPORT, who=ANYONE),
    page("my-data/history/", history.show, name="my_history", purpose=Purpose.RIGHTS, who=ANYONE),
    page("my-data/details/", details.show, name="my_details", purpose=Purpose.RIGHTS, who=ANYONE),
    page("my-data/details/change/", details.change, name="my_details_change", purpose=Purpose.RIGHTS, who=ANYONE),
    page("my-data/choices/", choices.show, name="my_choices", purpose=Purpose.RIGHTS, who=ANYONE),
    page("my-data/choices/<slug:purpose>/", choices.decide, name="my_choice", purpose=Purpose.RIGHTS, who=ANYONE),
    page("my-data/stop/", choices.restrict, name="my_restriction", purpose=Purpose.RIGHTS, who=ANYONE),
    page("my-data/correct/", choices.correct, name="my_correction", purpose=Purpose.RIGHTS, who=ANYONE),
    page("my-data/asked/", choices.requests, name="my_rights_requests", purpose=Purpose.RIGHTS, who=ANYONE),
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
