from django.apps import AppConfig
from django.core.checks import register
from django.db.backends.signals import connection_created


class CopiesConfig(AppConfig):
    name = "troth.copies"
    label = "copies"

    def ready(self) -> None:
        """Have every checkpoint laid down where the backups are, and nothing served from a half-restored home."""
        from troth.copies import checkpoints, marker
        from troth.ledger.sealing import register_publisher

        register_publisher(checkpoints.publish)
        register(marker.check_mark)
        connection_created.connect(marker.refuse_while_restoring, dispatch_uid="troth.copies.marker")
