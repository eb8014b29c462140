from django.apps import AppConfig


class PrescribingConfig(AppConfig):
    name = "troth.prescribing"
    label = "prescribing"

    def ready(self) -> None:
        """Declare the carrying of letters to GPs, which acts of this room ask for by its name."""
        from troth.prescribing import jobs as jobs
