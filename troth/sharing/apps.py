from django.apps import AppConfig


class SharingConfig(AppConfig):
    name = "troth.sharing"
    label = "sharing"
