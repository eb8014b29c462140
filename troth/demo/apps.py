from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "troth.demo"
    label = "demo"
