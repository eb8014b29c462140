"""Documents of invented people, drawn and of nobody: three wait to be looked at, one of which does not fit its record."""

from datetime import datetime, timedelta
from io import BytesIO

from PIL import Image, ImageDraw

from troth.demo.clinic import Made
from troth.gate import actors
from troth.gate.boundary import boundary
from troth.gate.contexts import processing
from troth.notice.purposes import Action, Purpose
from troth.people import selectors as people
from troth.people.selectors import PersonIdentity
from troth.prescribing import services as prescribing
from troth.prescribing.selectors import DocumentKind, Verified, identifying
from troth.vault import files
from troth.vault.uploads import SealedUpload

_WANTED = 3


def send(made: Made, *, at: datetime) -> None:
    """The first few patients whom nobody has seen by video send their licence, some hours ago."""
    if made.pack != "online-prescribing":
        return
    sent = 0
    for number, (subject, _) in enumerate(made.patients):
        moment = at - timedelta(hours=3 * (sent + 1))
        person = actors.person(subject, at=moment)
        with boundary():
            with processing(Purpose.IDENTITY_CHECK, Action.READ, by=person, at=moment) as opened:
                who = people.get_identity(subject, opened)
                known = identifying.found_of(subject, opened) is not Verified.NONE
            if who is None or who.born_on is None or known:
                continue
            upload = SealedUpload(
                files.store([_drawn(who)], name="licence.jpg", media_type="image/jpeg"), "image/jpeg", None
            )
            try:
                prescribing.send_document(
                    subject,
                    kind=DocumentKind.LICENCE,
                    typed=_number(who, fits=sent != 1),
                    upload=upload,
                    by=person,
                    at=moment,
                )
            finally:
                upload.close()
        sent += 1
        if sent == _WANTED or number > 30:
            return


def _number(who: PersonIdentity, *, fits: bool) -> str:
    """The driver number that this person would have; one that does not fit has another year."""
    assert who.born_on is not None
    letters = "".join(sign for sign in who.family_name.upper() if "A" <= sign <= "Z")
    letters = (f"MC{letters[3:]}" if letters.startswith("MAC") else letters)[:5].ljust(5, "9")
    born = who.born_on
    year = f"{born.year % 100:02}" if fits else f"{(born.year - 3) % 100:02}"
    return f"{letters}{year[0]}{born.month:02}{born.day:02}{year[1]}{who.given_name[:1].upper()}99AB"


def _drawn(who: PersonIdentity) -> bytes:
    """A card with a grey oval for a face and lines for writing."""
    picture = Image.new("RGB", (720, 460), (228, 214, 222))
    drawing = ImageDraw.Draw(picture)
    drawing.rectangle((0, 0, 720, 54), fill=(146, 84, 120))
    drawing.ellipse((52, 120, 212, 330), fill=(150, 140, 138))
    drawing.text(
        (260, 110),
        f"1. {who.family_name.upper()}\n\n2. {who.given_name.upper()}\n\n3. {who.born_on:%d.%m.%Y}",
        fill=(30, 26, 30),
    )
    for line in range(5):
        drawing.rectangle((260, 250 + line * 30, 640 - 40 * (line % 3), 258 + line * 30), fill=(120, 104, 116))
    drawing.text((260, 420), "SPECIMEN OF NOBODY", fill=(146, 84, 120))
    into = BytesIO()
    picture.save(into, "JPEG", quality=85)
    return into.getvalue()
