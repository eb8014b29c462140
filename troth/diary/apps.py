from django.apps import AppConfig


class DiaryConfig(AppConfig):
    name = "troth.diary"
    label = "diary"
