from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "bench.site"
    label = "bench_site"
