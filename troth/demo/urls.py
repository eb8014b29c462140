"""The pages of a demonstration alone: no clinic has these addresses."""

from django.urls import URLPattern, URLResolver

from troth.demo.views import outbox
from troth.gate.table import public

WHY = "everybody in a demonstration is invented, and it listens to this machine alone"

urlpatterns: list[URLPattern | URLResolver] = [
    public("", outbox.show, name="outbox", why=WHY),
    public("<uuid:message>/", outbox.read, name="outbox_message", why=WHY),
    public("<uuid:message>/html/", outbox.html, name="outbox_html", why=WHY),
]
