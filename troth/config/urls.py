"""The URL table, put together from the faces. Each row carries its purpose and action; a structure test refuses one without."""

from importlib import import_module
from importlib.util import find_spec

from django.urls import URLPattern, URLResolver

FACES = ("portal", "desk", "office")

urlpatterns: list[URLPattern | URLResolver] = []
for face in FACES:
    if find_spec(f"troth.{face}.urls"):
        urlpatterns += import_module(f"troth.{face}.urls").urlpatterns

handler400 = "troth.portal.views.errors.bad_request"
handler403 = "troth.portal.views.errors.not_allowed"
handler404 = "troth.portal.views.errors.not_found"
handler500 = "troth.portal.views.errors.broken"
