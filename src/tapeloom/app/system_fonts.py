"""Fonts of this machine: looked for when a title has letters that ours lack."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tapeloom.core.errors import InputError
from tapeloom.media.fonts import MAX_FONT, letters_of, user_face

SUFFIXES = {".ttf", ".otf", ".ttc", ".otc"}
MAX_FILES, MAX_S = 3000, 8.0  # of the search through folders
# What reads as a title: better first.
_LIKED = ("noto sans", "sans", "gothic", "hiragino", "bold", "black", "heavy")
_DISLIKED = ("mono", "italic", "oblique", "condensed", "serif", "light", "thin", "narrow")


def find_font(text: str) -> Path | None:
    """Return a font of this machine that has every letter of a text; None where there is none.

    Asks fontconfig's `fc-list` where it is there, else looks through the usual folders, at most
    3,000 files for at most 8 s.
    """
    wanted = frozenset(ord(c) for c in text if not c.isspace())
    listed = _listed(wanted)
    for path in sorted(_in_folders() if listed is None else listed, key=_order):
        try:
            if wanted <= letters_of(user_face(path)):
                return path
        except InputError:
            continue  # a damaged font of the system is no concern of ours
    return None


def _listed(wanted: frozenset[int]) -> list[Path] | None:
    program = shutil.which("fc-list")
    if program is None:
        return None
    pattern = ":charset=" + " ".join(f"{code:x}" for code in sorted(wanted))
    try:
        told = subprocess.run(  # noqa: S603
            [program, pattern, "file"], capture_output=True, text=True, timeout=10, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    paths = {Path(line.rstrip(": ")) for line in told.splitlines()}
    return [path for path in paths if path.suffix.lower() in SUFFIXES]


def font_folders() -> list[Path]:
    """Return the folders in which this system keeps fonts."""
    home = Path.home()
    if sys.platform == "darwin":
        return [Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts"]
    if sys.platform == "win32":
        local = Path(os.environ.get("LOCALAPPDATA", home))
        return [Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts",
                local / "Microsoft/Windows/Fonts"]  # fmt: skip
    return [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), home / ".local/share/fonts",
            home / ".fonts"]  # fmt: skip


def _in_folders() -> Iterator[Path]:
    end, seen = time.monotonic() + MAX_S, 0
    for folder in font_folders():
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if path.suffix.lower() not in SUFFIXES or path.stat().st_size > MAX_FONT:
                continue
            seen += 1
            if seen > MAX_FILES or time.monotonic() > end:
                return
            yield path


def _order(path: Path) -> tuple[int, str]:
    name = path.stem.lower().replace("-", " ")
    liked = sum(word in name for word in _LIKED)
    return 2 * sum(word in name for word in _DISLIKED) - liked, str(path)
