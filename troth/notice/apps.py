from django.apps import AppConfig


class NoticeConfig(AppConfig):
    name = "troth.notice"
    label = "notice"
