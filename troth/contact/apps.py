from django.apps import AppConfig


class ContactConfig(AppConfig):
    name = "troth.contact"
    label = "contact"
