from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "troth.vault"
    label = "vault"

    def ready(self) -> None:
        """From here on no field of any form takes a card number."""
        from troth.vault import cards

        cards.guard_forms()
