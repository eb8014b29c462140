"""What this room tells the kernel: its service. Reading the modules below declares the checks of the rooms under it."""

from troth.assurance.selectors.looking import consent as consent
from troth.assurance.selectors.looking import copies as copies
from troth.assurance.selectors.looking import gate as gate
from troth.assurance.selectors.looking import ledger as ledger
from troth.assurance.selectors.looking import notice as notice
from troth.assurance.selectors.looking import people as people
from troth.assurance.selectors.looking import sharing as sharing
from troth.assurance.selectors.looking import site as site
from troth.assurance.selectors.looking import vault as vault
from troth.gate import actors
from troth.notice.purposes import Purpose

#: Looks at counts and settings, and opens nothing: so it is declared for no category at all.
actors.declare_service(
    "assurance",
    purposes={Purpose.SECURITY_LOG},
    categories=set(),
    modules={"troth.assurance.jobs", "troth.demo.nights"},
)
