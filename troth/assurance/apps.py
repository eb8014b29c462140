from django.apps import AppConfig


class AssuranceConfig(AppConfig):
    name = "troth.assurance"
    label = "assurance"
