from django.apps import AppConfig


class CliConfig(AppConfig):
    name = "troth.cli"
    label = "cli"
