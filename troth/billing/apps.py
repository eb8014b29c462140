from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "troth.billing"
    label = "billing"

    def ready(self) -> None:
        """Declare the jobs that ask the payment firm, which acts of this room ask for by their names."""
        from troth.billing import jobs as jobs
