from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "troth.records"
    label = "records"
