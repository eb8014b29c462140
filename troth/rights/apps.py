from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register


class RightsConfig(AppConfig):
    name = "troth.rights"
    label = "rights"

    def ready(self) -> None:
        """Read the list of clinics at the start, and not only when somebody wants their data sent to one."""
        register(check_partners)


def check_partners(**_: Any) -> list[CheckMessage]:
    """An error where the list of clinics with which people's data is exchanged cannot be used."""
    from troth.rights.rules.exchange import BadPartners
    from troth.rights.selectors.exchange import partners

    try:
        partners()
    except BadPartners as wrong:
        return [
            Error(
                str(wrong),
                hint="Mend TROTH_PARTNERS; docs/how-to/operator.md says how.",
                id="rights.E001",
            )
        ]
    return []
