from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "troth.people"
    label = "people"

    def ready(self) -> None:
        """Declare the jobs that acts of this room ask for by their names."""
        from troth.people import jobs as jobs
