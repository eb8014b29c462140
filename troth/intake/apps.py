from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "troth.intake"
    label = "intake"
