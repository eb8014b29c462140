from django.apps import AppConfig


class RightsConfig(AppConfig):
    name = "troth.rights"
    label = "rights"
