"""A backup of the service: all it knows and all it made in one archive, and back. Extra `service`.

An archive is a tar of `tapeloom.json` (what it is), `rows/TABLE.jsonl`, `artefacts/KEY` and, at its
end, `manifest.jsonl`: a line for each of those entries with its bytes and its SHA-256.
"""

from tapeloom.app.backup.checking import Checked, check
from tapeloom.app.backup.inventory import inventory
from tapeloom.app.backup.restoring import Imported, ImportOrder, import_backup
from tapeloom.app.backup.taking import Taken, export_backup

__all__ = [
    "Checked", "ImportOrder", "Imported", "Taken", "check", "export_backup", "import_backup",
    "inventory",
]  # fmt: skip
