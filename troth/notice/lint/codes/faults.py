"""Codes for the faults found in three real notices of clinics, F-01 to F-52."""

from troth.notice.lint.codes.telling import TELLING
from troth.notice.lint.codes.using import USING

FAULTS = {**USING, **TELLING}
