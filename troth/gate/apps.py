from django.apps import AppConfig


class GateConfig(AppConfig):
    name = "troth.gate"
    label = "gate"
