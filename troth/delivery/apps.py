from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "troth.delivery"
    label = "delivery"

    def ready(self) -> None:
        """Declare the carrying of messages, which acts of this room ask for by its name."""
        from troth.delivery import jobs as jobs
