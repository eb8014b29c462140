"""A file of clients from the system that the clinic used before, brought in by its manager as the page does it."""

from datetime import datetime

from troth.bringing import selectors as files
from troth.bringing import services as bringing
from troth.bringing.selectors import FileState, What
from troth.bringing.selectors.allowing import may_bring
from troth.demo.clinic import Made
from troth.gate import actors
from troth.gate.boundary import boundary
from troth.vault.files import store
from troth.vault.uploads import SealedUpload

SYSTEM = "Larch Diary"
#: Of its lines two cannot be brought in: one has no such day, and of one nobody could be told.
_LINES = """Client ID,First name,Surname,DOB,Email,Mobile,Street,Postcode
L-101,Ottilie,Brandreth,14/02/1969,ottilie@brandreth.example,07700 900701,2 Weir Lane,SY8 9ZZ
L-102,Cuthbert,Pinnock,03/11/1981,cuthbert@pinnock.example,07700 900702,,
L-103,Ngozi,Adeyemi-Ross,27/07/1990,ngozi@adeyemi-ross.example,07700 900703,,
L-104,Fenella,Tidmarsh,31/02/1975,fenella@tidmarsh.example,07700 900704,,
L-105,Ivor,Quarmby,09/09/1958,,01632 960731,11 Tanyard Row,SY8 9ZZ
L-106,Saoirse,Lindqvist,22/05/1996,saoirse@lindqvist.example,07700 900706,,
L-107,Bertram,Oakshott,01/12/1947,,,,
L-108,Priya,Wetherall,18/06/1985,priya@wetherall.example,07700 900708,,
"""


def bring_in(made: Made, *, at: datetime) -> None:
    """Send it, leave out what cannot be brought in, and bring in the rest. Where no manager may, there is nothing to do."""
    manager = made.staff.get("clinic_manager")
    by = actors.person(manager, at=at) if manager else None
    if by is None or not may_bring(What.CLIENTS, by=by, at=at):
        return
    raw = _LINES.encode()
    upload = SealedUpload(store([raw], name="clients.csv", media_type="text/csv"), "text/csv", "utf-8")
    with boundary():
        file = bringing.send_file(kind=What.CLIENTS, system=SYSTEM, upload=upload, by=by, at=at)
    with boundary():
        _, columns = files.heads_and_guess(files.open_file(file, at=at), What.CLIENTS)
        bringing.set_columns(file, columns=columns, also_alike=False, by=by, at=at)
    with boundary():
        bringing.look(file, at=at)
    with boundary():
        bringing.start(file, leaving_out=True, by=by, at=at)
    while (line := files.get_file(file)) is not None and line.state is FileState.RUNNING:
        with boundary():
            bringing.go_on(file, on_behalf_of=manager, at=at)
