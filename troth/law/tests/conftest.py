"""Hypothesis never fails a test for being slow: the first example pays for importing the holidays library."""

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
