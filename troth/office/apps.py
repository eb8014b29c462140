from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "troth.office"
    label = "office"
