"""The settings of a master as JSON: every one by its name, read back into the same value."""

from pathlib import Path
from typing import Any

from tapeloom.core.errors import InputError
from tapeloom.core.files import write_json
from tapeloom.studio.mix_file import fields_to_json, read_class, read_file
from tapeloom.studio.presets import MasterSettings

FORMAT = 1


def master_to_json(settings: MasterSettings) -> dict[str, Any]:
    """Return the JSON form of a master's settings.

    >>> master_to_json(MasterSettings(target_lufs=-16.0))["target_lufs"]
    -16.0
    """
    return {"format": FORMAT, **fields_to_json(settings)}


def master_from_json(data: Any) -> MasterSettings:
    """Read what `master_to_json` wrote, or a user wrote by hand; what is left out is as usual.

    >>> master_from_json({"target_lufs": -9, "bands": []}).target_lufs
    -9.0
    """
    if not isinstance(data, dict) or data.get("format", FORMAT) != FORMAT:
        raise InputError(f"these are no settings of format {FORMAT}: edit a record's master.json")
    plain = {name: value for name, value in data.items() if name != "format"}
    value = read_class(MasterSettings, plain, "the master")
    assert isinstance(value, MasterSettings)  # noqa: S101 - what read_class was asked for
    return value


def save_master(path: Path, settings: MasterSettings) -> None:
    """Write a master's settings to a file."""
    write_json(path, master_to_json(settings))


def load_master(path: Path) -> MasterSettings:
    """Read a master's settings from a file."""
    return read_file(path, master_from_json, "master")
