"""Print the JSON Schema: `python -m troth.notice.schema > docs/reference/notice.schema.json`."""

import sys

from troth.notice.schema import json_schema

sys.stdout.write(json_schema())
