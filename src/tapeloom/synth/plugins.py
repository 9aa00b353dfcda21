"""VST3 instruments and effects, in a process of their own that may crash or hang.

The extra `plugins` (pedalboard, GPL-3.0) is imported by that process alone (`synth.plugin_host`).
What it makes comes back as a file, so that a broken plug-in costs its own stem and nothing else.
"""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from tapeloom.core.audio import BLOCK, AudioFile, Samples
from tapeloom.core.errors import InputError, TapeloomError
from tapeloom.core.performance import PlayedPart
from tapeloom.synth.headroom import with_headroom

HOST = (sys.executable, "-m", "tapeloom.synth.plugin_host")
START_S = 60.0  # that a plug-in may take to load
SLOWEST = 2.0  # seconds of work for a second of sound; a plug-in that takes longer is stopped
LONGEST_S = 4 * 3600.0
SUFFIXES = (".vst3", ".component")
Settings = Mapping[str, str | float | bool]


class PluginFailure(TapeloomError):  # noqa: N818  (what happened)
    """A plug-in crashed, hung or wrote nothing that can be used; the message names it."""


@dataclass(frozen=True, slots=True)
class Plugin:
    """A plug-in as the player of a part: see synth.choice."""

    path: Path
    host: Sequence[str] = HOST

    def blocks(self, part: PlayedPart, *, frames: int, rate: int) -> Iterator[Samples]:
        """Let it play a part, and yield blocks of shape (2, n), below -6 dBFS like any stem."""
        with TemporaryDirectory() as folder:
            made = render_plugin(
                part, self.path, Path(folder) / "played.wav", seconds=frames / rate, rate=rate,
                host=self.host,
            )  # fmt: skip
            held = made.blocks(BLOCK)
            left = np.zeros((2, 0), np.float32)

            def take(count: int) -> Samples:
                nonlocal left
                while left.shape[1] < count:
                    more = next(held, np.zeros((2, count), np.float32))
                    left = np.concatenate([left, more], axis=1)
                taken, left = left[:, :count], left[:, count:]
                return taken

            yield from with_headroom(take, frames=frames, block=BLOCK)


def render_plugin(
    part: PlayedPart, plugin: Path, out: Path, *, seconds: float, rate: int,
    settings: Settings | None = None, host: Sequence[str] = HOST, start_s: float = START_S,
) -> AudioFile:  # fmt: skip
    """Let a plug-in play a part, and return the file: stereo WAV of 32-bit floats.

    seconds   of the whole, with the tail
    settings  the plug-in's parameters by name
    host      the command that does the work: it reads the job as JSON and writes `out`

    Raises InputError where the plug-in cannot be loaded or asked, PluginFailure where it crashes,
    hangs or writes no sound.
    """
    job = {
        "notes": [[n.onset_s, n.duration_s, n.pitch, n.velocity] for n in part.notes],
        "controls": [[c.time_s, c.number, c.value] for c in part.controls],
    }
    return _run(plugin, out, job, seconds=seconds, rate=rate, settings=settings, host=host,
                start_s=start_s, what=part.name)  # fmt: skip


def process_plugin(
    audio: Path, plugin: Path, out: Path, *, settings: Settings | None = None,
    host: Sequence[str] = HOST, start_s: float = START_S,
) -> AudioFile:  # fmt: skip
    """Send a file through an effect plug-in, and return what comes out of it, as long as it was."""
    heard = AudioFile.open(audio)
    return _run(
        plugin, out, {"input": str(audio)}, seconds=heard.frames / heard.rate, rate=heard.rate,
        settings=settings, host=host, start_s=start_s, what=audio.name,
    )  # fmt: skip


def _run(
    plugin: Path, out: Path, job: dict[str, Any], *, seconds: float, rate: int,
    settings: Settings | None, host: Sequence[str], start_s: float, what: str,
) -> AudioFile:  # fmt: skip
    if plugin.suffix not in SUFFIXES or not plugin.exists():
        raise InputError(f"{plugin} is no plug-in; give a .vst3 that exists")
    if not 0.0 < seconds <= LONGEST_S:
        raise InputError(
            f"{seconds:g} s are asked; a plug-in plays up to {LONGEST_S / 3600:g} hours"
        )
    partial = out.with_name(f".{out.name}.partial.wav")
    job |= {
        "plugin": str(plugin), "out": str(partial), "seconds": seconds, "rate": rate,
        "settings": dict(settings or {}),
    }  # fmt: skip
    limit_s = start_s + SLOWEST * seconds
    try:
        done = subprocess.run(  # noqa: S603  (our own host)
            [*host], input=json.dumps(job), capture_output=True, text=True, timeout=limit_s,
            check=False,
        )  # fmt: skip
        _check(done, plugin, what)
        made = AudioFile.open(partial)
        if made.frames != round(seconds * rate) or made.rate != rate:
            raise PluginFailure(f"{plugin.name} wrote another length or rate than {what} has")
        partial.replace(out)
    except subprocess.TimeoutExpired:
        raise PluginFailure(
            f"{plugin.name} did not finish {what} within {limit_s:.0f} s and was stopped"
        ) from None
    finally:
        partial.unlink(missing_ok=True)
    return AudioFile.open(out)


def _check(done: "subprocess.CompletedProcess[str]", plugin: Path, what: str) -> None:
    if done.returncode == 0:
        return
    if done.returncode == 2:  # bad use, in a sentence of the host's
        raise InputError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else
                         f"{plugin.name} cannot be used")  # fmt: skip
    how = f"exit code {done.returncode}"
    if done.returncode < 0:
        how = signal.Signals(-done.returncode).name
    raise PluginFailure(f"{plugin.name} crashed while it played {what} ({how})")
