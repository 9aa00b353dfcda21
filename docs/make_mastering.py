"""Master forty inputs of many kinds by every preset, and write what came out into mastering.md.

    python docs/make_mastering.py [--only streaming,club] [--quick] [--picture]

Eight of the inputs are records that are made here (8 bars each); others are made of them (crushed,
mono, one side only, very soft), and the rest is synthesised: noise, speech-like sound, instruments
alone, faults. A master counts when its file measures within 0.2 LU of the preset's centre and
under its ceiling by a meter that reads the file again. --quick takes every fifth input; --picture
only draws one record by `club` for the page.
"""

import argparse
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from tapeloom.app.master_report import traces
from tapeloom.app.order import Order
from tapeloom.app.pipeline import produce
from tapeloom.core.audio import RATE, Audio, AudioFile
from tapeloom.core.brief import Brief
from tapeloom.dsp.loudness import measure
from tapeloom.media.master_plot import plot_master
from tapeloom.studio.mastering import master
from tapeloom.studio.presets import PRESETS
from tapeloom.studio.profile import measure_profile

PAGE = Path(__file__).parent / "mastering.md"
FIGURES = Path(__file__).parent / "mastering"
BEGIN, END = "<!-- figures: made by docs/make_mastering.py -->", "<!-- end of figures -->"
WORDS = (
    "rainy night, peaceful", "uplifting summer morning", "melancholic winter", "dreamy",
    "nostalgic city rain", "dark midnight train", "warm cafe", "playful afternoon",
)  # fmt: skip
TOLERANCE_LU = 0.2
S = 20  # seconds of what is synthesised
Sound = tuple[str, Callable[[], Audio]]


def records(folder: Path) -> Iterator[Sound]:
    """Yield eight short records, and what becomes of some of them."""
    mixes = []
    for seed, words in enumerate(WORDS):
        made = produce(Order(Brief(words, bars=8, seed=seed)), folder / str(seed))
        mixes.append(AudioFile.open(made.folder / "mix.flac").read())
        yield f"record: {words}", lambda mix=mixes[-1]: mix
    for number in (0, 2, 4, 6):
        yield f"crushed: {WORDS[number]}", lambda mix=mixes[number]: crushed(mix)
    for number in (1, 3, 5, 7):
        yield (
            f"mono: {WORDS[number]}",
            lambda mix=mixes[number]: Audio(mix.samples.mean(axis=0, keepdims=True), mix.rate),
        )
    for number in (0, 3, 6):
        yield (
            f"left only: {WORDS[number]}",
            lambda mix=mixes[number]: Audio(mix.samples * np.float32([[1.0], [0.0]]), mix.rate),
        )
    for number in (1, 4, 7):
        yield (
            f"very soft: {WORDS[number]}",
            lambda mix=mixes[number]: Audio(mix.samples * np.float32(0.01), mix.rate),
        )


def crushed(mix: Audio) -> Audio:
    """Return audio that was driven 15 dB into full scale."""
    level = np.abs(mix.samples).max()
    return Audio(np.clip(mix.samples / level * 10 ** (15 / 20), -1.0, 1.0), mix.rate)


def synthesised() -> Iterator[Sound]:
    """Yield noise, speech-like sound, instruments alone, other rates, faults."""
    rng = np.random.default_rng(40)
    t = np.arange(S * RATE) / RATE
    both = np.ones((2, 1))

    def audio(x: np.ndarray, peak: float = 0.5, rate: int = RATE) -> Audio:
        return Audio((peak * x / np.abs(x).max()).astype(np.float32), rate)

    def noise(slope: float, channels: int = 2) -> np.ndarray:
        hz = np.fft.rfftfreq(t.size, 1 / RATE)
        shape = np.maximum(hz, 30.0) ** (slope / 6.02)
        return np.fft.irfft(np.fft.rfft(rng.standard_normal((channels, t.size))) * shape, t.size)

    def speech(pitch: float, channels: int) -> np.ndarray:
        """Pulses through three formants, in syllables and sentences, with hiss between."""
        from scipy.signal import lfilter

        wander = np.cumsum(1 + 0.1 * np.sin(2 * np.pi * 0.9 * t)) * pitch / RATE
        x = np.diff(np.floor(wander), prepend=0.0)
        for hz, width in ((600, 90), (1500, 120), (2600, 160)):
            r = np.exp(-np.pi * width / RATE)
            x = lfilter([1.0], [1.0, -2 * r * np.cos(2 * np.pi * hz / RATE), r * r], x)
        syllables = np.clip(np.sin(2 * np.pi * 3.7 * t), 0, 1) ** 0.7 * ((t % 5.0) < 3.8)
        hiss = 0.02 * noise(3.0, 1)[0] * (np.sin(2 * np.pi * 1.3 * t) > 0.9)
        return np.tile(x / np.abs(x).max() * syllables + hiss / np.abs(hiss).max() * 0.1,
                       (channels, 1))  # fmt: skip

    def hits(every_s: float, decay_s: float, hz: float) -> np.ndarray:
        return np.exp(-((t % every_s) / decay_s)) * np.sin(2 * np.pi * hz * (t % every_s))

    yield "white noise", lambda: audio(noise(0.0))
    yield "pink noise", lambda: audio(noise(-3.0))
    yield "brown noise", lambda: audio(noise(-6.0))
    yield "bursts of pink noise", lambda: audio(noise(-3.0) * ((t % 1.0) < 0.3))
    yield "white noise, mono", lambda: audio(noise(0.0, 1))
    yield "speech-like, low", lambda: audio(speech(110.0, 2))
    yield "speech-like, high, mono", lambda: audio(speech(210.0, 1))
    yield "speech-like over noise", lambda: audio(speech(140.0, 2) + 0.05 * noise(-3.0) / 3)
    yield "speech-like, very soft", lambda: audio(speech(120.0, 2), 0.003)
    drums = hits(0.5, 0.1, 55.0) + 0.4 * hits(0.25, 0.03, 330.0) * rng.uniform(0.5, 1, t.size)
    yield "drums alone", lambda: audio(both * drums)
    bass = np.tanh(3 * np.sin(2 * np.pi * 55 * t)) * np.exp(-((t % 0.5) / 0.4))
    yield "bass alone", lambda: audio(both * bass)
    pad = sum(np.sin(2 * np.pi * hz * t + np.array([[0.0], [1.3]])) for hz in (220, 277, 330, 415))
    yield "a pad alone", lambda: audio(pad)
    plucks = sum(hits(0.75, 0.3, hz) for hz in (196.0, 247.0, 294.0))
    yield "plucked chords", lambda: audio(both * plucks)
    yield "pp to ff", lambda: audio(both * plucks * 10 ** ((t / S - 1) * 40 / 20))
    yield (
        "soft verses, loud choruses",
        lambda: audio((pad + 3 * drums) * np.where((t % 10) < 5, 0.1, 1.0)),
    )
    yield "a record's parts at 48 kHz", lambda: audio(pad + 2 * drums, rate=48_000)
    yield "a record's parts at 22.05 kHz", lambda: audio((pad + 2 * drums)[:, ::2], rate=22_050)
    yield "direct current under music", lambda: audio(pad + 2 * drums + 4.0)


def inputs(folder: Path) -> list[Sound]:
    """Return all inputs."""
    return [*records(folder), *synthesised()]


def measured(sound: Sound, name: str, folder: Path) -> dict[str, object]:
    """Master one input by one preset and read the file again."""
    settings = PRESETS[name].settings
    made = master(sound[1](), settings, folder / "master.flac", fade_s=0.0)
    loudness = measure(AudioFile.open(folder / "master.flac"))
    return {
        "lufs": round(loudness.integrated_lufs, 3),
        "dbtp": round(loudness.true_peak_dbtp, 3),
        "is_within": abs(loudness.integrated_lufs - settings.target_lufs) <= TOLERANCE_LU,
        "is_under": loudness.true_peak_dbtp <= settings.ceiling_dbtp,
        "why": next((note for note in made.notes if note.startswith("reached")), ""),
    }


def draw(folder: Path) -> None:
    """Draw what the preset `club` does to a record."""
    made = produce(Order(Brief(WORDS[0], bars=8, seed=0)), folder / "drawn")
    source = AudioFile.open(made.folder / "mix.flac")
    settings = PRESETS["club"].settings
    finished = master(source, settings, folder / "master.flac", fade_s=0.0)
    plot_master(
        traces(measure_profile(source)), traces(measure_profile(finished.audio)),
        PAGE.parent / "images/mastering.png", title=f"{WORDS[0]}, by the preset club",
        target_lufs=settings.target_lufs,
    )  # fmt: skip


def page(found: dict[str, dict[str, dict[str, object]]]) -> str:
    """Return the tables."""
    presets = list(next(iter(found.values())))
    lines = ["| preset | centre, LUFS | ceiling, dBTP | within 0.2 LU | under the ceiling |",
             "|---|---|---|---|---|"]  # fmt: skip
    for name in presets:
        rows = [row[name] for row in found.values()]
        settings = PRESETS[name].settings
        within, under = (sum(bool(row[key]) for row in rows) for key in ("is_within", "is_under"))
        lines.append(
            f"| {name} | {settings.target_lufs:g} | {settings.ceiling_dbtp:g} | "
            f"{within} of {len(rows)} | {under} of {len(rows)} |"
        )
    short = [
        f"- {sound} by `{name}`: {row[name]['why'] or row[name]['lufs']}"
        for sound, row in found.items()
        for name in presets
        if not row[name]["is_within"]
    ]
    lines += ["", "Short of their centre:" if short else "None is short of its centre.", "", *short]
    lines += ["", "What every file measures, in LUFS:", ""]
    lines += ["| | " + " | ".join(presets) + " |", "|---" * (len(presets) + 1) + "|"]
    lines += [
        f"| {sound} | " + " | ".join(f"{row[name]['lufs']:.2f}" for name in presets) + " |"
        for sound, row in found.items()
    ]
    return "\n".join(lines)


def main() -> None:
    """Master everything and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--picture", action="store_true")
    options = parser.parse_args()
    if options.picture:
        with TemporaryDirectory() as scratch:
            draw(Path(scratch))
        return
    names = [name for name in PRESETS if name != "transparent"]
    names = [name for name in names if not options.only or name in options.only.split(",")]
    found: dict[str, dict[str, dict[str, object]]] = {}
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for sound in inputs(folder)[:: 5 if options.quick else 1]:
            found[sound[0]] = {name: measured(sound, name, folder) for name in names}
            print(sound[0], *(f"{row['lufs']:.2f}" for row in found[sound[0]].values()), flush=True)
    print(page(found))
    if options.only or options.quick:
        return
    FIGURES.mkdir(exist_ok=True)
    (FIGURES / "presets.json").write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    text = PAGE.read_text("utf-8")
    begin, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    PAGE.write_text(f"{text[:begin]}\n{page(found)}\n{text[end:]}", "utf-8")


if __name__ == "__main__":
    main()
