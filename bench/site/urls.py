"""The two halves, each through the door that such an application has: the URL table, or a decorator on a view."""

from django.urls import path

from bench.site import views
from troth.gate.table import page
from troth.notice.purposes import Purpose

urlpatterns = [
    page("sealed/list/<str:look>/", views.sealed_list, name="sealed_list", purpose=Purpose.CARE, who={"prescriber"}),
    page(
        "sealed/card/<uuid:subject>/<str:look>/",
        views.sealed_card,
        name="sealed_card",
        purpose=Purpose.CARE,
        who={"prescriber"},
    ),
    page("sealed/find/<str:text>/", views.sealed_find, name="sealed_find", purpose=Purpose.FIND, who={"prescriber"}),
    path("plain/list/<str:look>/", views.plain_list, name="plain_list"),
    path("plain/card/<uuid:subject>/<str:look>/", views.plain_card, name="plain_card"),
]
