"""Print what CHANGELOG.md says of a version: `python deploy/release_notes.py 0.1.0`.

The release workflow puts it under the release. A version without a section has no release.
"""

import re
import sys
from pathlib import Path

CHANGELOG = Path(__file__).parents[1] / "CHANGELOG.md"


def notes_of(version: str, changelog: str) -> str:
    """Return the section of a version, without its heading; LookupError where there is none.

    >>> notes_of("0.1.0", "# Changelog\\n\\n## 0.1.0, 2026-12-24\\n- First.\\n## 0.0.9\\n- Old.")
    '- First.'
    """
    heading = rf"^## \[?{re.escape(version)}\]?(?![\w.])[^\n]*"
    found = re.search(heading + r"\n(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL)
    if found is None or not found[1].strip():
        raise LookupError(f"CHANGELOG.md says nothing of {version}; add a section `## {version}`")
    return found[1].strip()


if __name__ == "__main__":
    try:
        print(notes_of(sys.argv[1], CHANGELOG.read_text("utf-8")))
    except (LookupError, IndexError) as error:
        sys.exit(str(error))
