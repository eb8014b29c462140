from django.apps import AppConfig


class WorkConfig(AppConfig):
    name = "troth.work"
    label = "work"
