from django.apps import AppConfig


class CopiesConfig(AppConfig):
    name = "troth.copies"
    label = "copies"

    def ready(self) -> None:
        """Have every checkpoint laid down where the backups are."""
        from troth.copies import checkpoints
        from troth.ledger.sealing import register_publisher

        register_publisher(checkpoints.publish)
