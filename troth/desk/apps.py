from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "troth.desk"
    label = "desk_home"
