"""Print the table of codes: `python -m troth.notice.lint > docs/reference/lint.md`."""

import sys

from troth.notice.lint.reference import lint_reference

sys.stdout.write(lint_reference())
