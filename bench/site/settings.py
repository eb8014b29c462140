"""The project's own settings with the two halves of the benchmark. Only ever used on throwaway stores."""

from troth.config.settings import *  # noqa: F403
from troth.config.settings import INSTALLED_APPS as ROOMS

# First, so that its reason is the first that is asked, as that of a room whose own page it is.
INSTALLED_APPS = list(dict.fromkeys(["bench.site", *ROOMS, "bench.specimens"]))
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "bench.site.middleware.SealedHalfOnly",
    "bench.site.middleware.SessionMiddleware",
]
ROOT_URLCONF = "bench.site.urls"
WSGI_APPLICATION = "bench.site.wsgi.application"
