from django.apps import AppConfig


class CopiesConfig(AppConfig):
    name = "troth.copies"
    label = "copies"
