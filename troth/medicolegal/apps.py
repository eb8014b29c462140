from django.apps import AppConfig


class MedicolegalConfig(AppConfig):
    name = "troth.medicolegal"
    label = "medicolegal"
