from django.apps import AppConfig


class BringingConfig(AppConfig):
    name = "troth.bringing"
    label = "bringing"

    def ready(self) -> None:
        """Declare the jobs that go through a file, which acts of this room ask for."""
        from troth.bringing import jobs as jobs
