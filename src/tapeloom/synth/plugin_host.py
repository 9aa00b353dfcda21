"""The process in which a plug-in runs: reads a job as JSON from standard input, writes a WAV file.

It is started by `synth.plugins`, and by nobody else. Needs the extra `plugins`.
"""

import json
import sys
from typing import Any

import numpy as np

BLOCK = 65_536  # samples that an effect takes at once


def midi_of(job: dict[str, Any]) -> list[tuple[bytes, float]]:
    """Return the MIDI messages of a job and their seconds, note-offs before note-ons.

    >>> [(*message, time) for message, time in midi_of({"notes": [[0.5, 1, 60, 90]]})]
    [(144, 60, 90, 0.5), (128, 60, 0, 1.5)]
    """
    events: list[tuple[float, int, bytes]] = []
    for onset, duration, pitch, velocity in job["notes"]:
        events.append((onset, 2, bytes((0x90, pitch, velocity))))
        events.append((onset + duration, 0, bytes((0x80, pitch, 0))))
    for time, number, value in job.get("controls", []):
        events.append((time, 1, bytes((0xB0, number, value))))
    return [(message, time) for time, _, message in sorted(events)]


def main() -> None:
    """Load the plug-in, let it play or process, and write what it made."""
    job = json.load(sys.stdin)
    try:
        import pedalboard
    except ImportError:
        sys.exit(_refuse("plug-ins need the extra: pip install 'tapeloom[plugins]'"))
    import soundfile

    try:
        plugin = pedalboard.load_plugin(job["plugin"], parameter_values=job["settings"])
    except Exception as error:  # what a plug-in's file may be
        told = str(error).splitlines()[0]
        sys.exit(_refuse(f"{job['plugin']} is no plug-in that can be loaded: {told}"))
    frames, rate = round(job["seconds"] * job["rate"]), int(job["rate"])
    if "input" in job:
        if not plugin.is_effect:
            sys.exit(_refuse(f"{job['plugin']} is an instrument; an effect is needed here"))
        with soundfile.SoundFile(job["input"]) as heard, _writer(soundfile, job) as out:
            while len(block := heard.read(BLOCK, dtype="float32", always_2d=True)):
                out.write(plugin.process(block.T, rate, reset=False).T)
        return
    if not plugin.is_instrument:
        sys.exit(_refuse(f"{job['plugin']} is an effect; an instrument is needed here"))
    sound = plugin(midi_of(job), duration=job["seconds"], sample_rate=rate, num_channels=2)
    padded = np.zeros((2, frames), np.float32)
    padded[:, : sound.shape[1]] = sound[:, :frames]
    with _writer(soundfile, job) as out:
        out.write(padded.T)


def _writer(soundfile: Any, job: dict[str, Any]) -> Any:
    return soundfile.SoundFile(
        job["out"], "w", samplerate=int(job["rate"]), channels=2, format="WAV", subtype="FLOAT"
    )


def _refuse(sentence: str) -> int:
    sys.stderr.write(sentence + "\n")
    return 2


if __name__ == "__main__":
    main()
