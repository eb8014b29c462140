"""What some people of a demonstration ask to be arranged for their visits: said by themselves, in their account."""

from datetime import datetime

from troth.demo.clinic import Made
from troth.gate import actors
from troth.gate.boundary import boundary
from troth.notice import selectors as notices
from troth.people import selectors as people
from troth.people import services

_WANTED = (
    (("step_free", "wheelchair"), ""),
    (("interpreter", "large_print"), "Polish"),
    (("chaperone",), ""),
    (("sign_language", "written"), ""),
    (("guide", "dog", "audio"), ""),
    (("quiet", "longer", "supporter"), ""),
)
#: One in so many says something.
_EVERY = 4


def state(made: Made, *, at: datetime) -> None:
    """Let some of them say it. Where the notice does not say that it is kept there is nothing to do."""
    if not people.takes_adjustments(notices.register_in_force(at)):
        return
    everybody = [*(subject for subject, _ in made.patients), *(each.subject for each in made.claimants)]
    for number, subject in enumerate(everybody[::_EVERY]):
        wanted, language = _WANTED[number % len(_WANTED)]
        with boundary():
            services.state_adjustments(
                subject, wanted=wanted, language=language, by=actors.person(subject, at=at), at=at
            )
