from django.apps import AppConfig


class ConsentConfig(AppConfig):
    name = "troth.consent"
    label = "consent"
