"""The URL table. Each row carries its purpose and action; it grows with the faces."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
