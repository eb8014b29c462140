"""The URL table, put together from the faces. Each row carries its purpose and action; a structure test refuses one without."""

from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

#: A face joins by having a `urls.py`, whose rows are written out in full.
FACES = {"portal": "", "desk": "desk/", "office": "office/"}

urlpatterns: list[URLPattern | URLResolver] = [
    path(prefix, include(f"troth.{face}.urls")) for face, prefix in FACES.items() if find_spec(f"troth.{face}.urls")
]
if settings.TROTH_DEMO:  # a clinic has no such address
    urlpatterns.append(path("outbox/", include("troth.demo.urls")))

handler400 = "troth.portal.views.errors.bad_request"
handler403 = "troth.portal.views.errors.not_allowed"
handler404 = "troth.portal.views.errors.not_found"
handler500 = "troth.portal.views.errors.broken"
