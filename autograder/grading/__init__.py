"""The instructor's side: run a class's submissions, judge what was measured, record it in nbgrader's gradebook."""

import sys

# jsonschema would build a grammar of web addresses from it, which takes seconds, and no notebook's schema has any use
# for it. Whoever has it already keeps it.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # None: it cannot be imported
