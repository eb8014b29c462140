from django.apps import AppConfig


class DesignConfig(AppConfig):
    name = "troth.design"
    label = "design"
