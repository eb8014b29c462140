from django.apps import AppConfig


class SpecimensConfig(AppConfig):
    name = "bench.specimens"
    label = "specimens"
