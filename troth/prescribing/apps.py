from django.apps import AppConfig


class PrescribingConfig(AppConfig):
    name = "troth.prescribing"
    label = "prescribing"
