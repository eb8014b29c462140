"""The URL table. Each row carries its purpose and action; it grows with the faces."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [path("desk/", include("troth.desk.urls"))]
