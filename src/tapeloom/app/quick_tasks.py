"""What the quick workers do: functions on plain values, with nothing of the service in them."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tapeloom.core.errors import InputError

if TYPE_CHECKING:
    from tapeloom.core.score import Score

SCORES = (".mid", ".midi", ".musicxml", ".mxl", ".xml", ".rntxt", ".txt", ".json")
AUDIO = (".wav", ".flac", ".mp3", ".ogg", ".opus", ".m4a", ".aiff", ".aif")
DRUM_CHANNEL = 9  # of General MIDI


def probe(path: str, most_seconds: float, most_notes: int) -> dict[str, Any]:
    """Tell what an upload is: its kind, length and notes; InputError where it is too much.

    A mix.json or master.json is settings, and lasts for no time.
    """
    from tapeloom.app.analysis import open_source
    from tapeloom.app.song import ROMANTEXT, TEXT

    file = Path(path)
    with _plain(file):
        if is_settings(file):
            return {"kind": "settings", "duration_s": None, "notes": None}
        if file.suffix.lower() in (*TEXT, *ROMANTEXT):
            score, audio = open_chords(path), None
        else:
            score, audio = open_source(file)
        if score is not None:
            duration_s = score.tempo.tick_to_s(max([score.end, *(c.end for c in score.chords)]))
            notes = sum(len(part.notes) for part in score.parts)
        else:
            assert audio is not None  # noqa: S101
            duration_s, notes = audio.frames / audio.rate, None
            if not audio.frames:
                raise InputError(f"{file.name} has no samples")
    if duration_s > most_seconds:
        raise InputError(
            f"{file.name} lasts {duration_s:.0f} s; an upload may last {most_seconds:.0f} s"
        )
    if notes is not None and notes > most_notes:
        raise InputError(f"{file.name} has {notes} notes; an upload may have {most_notes}")
    kind = "audio" if score is None else "score"
    return {"kind": kind, "duration_s": round(duration_s, 3), "notes": notes}


def is_settings(file: Path) -> bool:
    """Tell whether a file holds a mix or a master's settings; InputError for wrong ones."""
    if file.suffix.lower() != ".json":
        return False
    from tapeloom.app.mixing import MAX_MIX_BYTES, check_names_no_file
    from tapeloom.core.files import read_json
    from tapeloom.studio.master_file import master_from_json
    from tapeloom.studio.mix_file import settings_from_json
    from tapeloom.studio.presets import MasterSettings

    data = read_json(file)
    if not isinstance(data, dict) or file.stat().st_size > MAX_MIX_BYTES:
        return False
    if "channels" in data:
        check_names_no_file(file)
        settings_from_json(data)
        return True
    if set(data) & {field.name for field in fields(MasterSettings)}:
        master_from_json(data)
        return True
    return False


def open_chords(path: str) -> "Score | None":
    """Read a file of chords as text."""
    from tapeloom.app.song import read_song

    return read_song(path).score


def analyze(source: str) -> dict[str, Any]:
    """Return the figures of a score's file, of a record's folder or of chords as text."""
    from tapeloom.app.analysis import analyze_score, open_source
    from tapeloom.app.song import ROMANTEXT, TEXT, read_chords, read_song
    from tapeloom.app.timing import played_score, timing_figures

    path = Path(source)
    if not path.is_absolute():
        score = read_chords(source).score
        return analyze_score(score) | timing_figures(score)
    with _plain(path):
        if path.suffix.lower() in (*TEXT, *ROMANTEXT):
            score = read_song(source).score
        else:
            found, _ = open_source(path)
            if found is None:
                raise InputError(f"{path} is audio; its analysis is a job")
            score = found
        return analyze_score(score) | timing_figures(played_score(path, score))


def reharmonize(source: str, meter: str | None, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return other chords for chords given as text or for a score's file."""
    from tapeloom.app.reharmony import reharmonize_song
    from tapeloom.app.song import read_chords, read_song
    from tapeloom.core.harmony import Key
    from tapeloom.core.meter import Meter

    path = Path(source)
    bars = Meter.parse(meter) if meter else None
    with _plain(path):
        is_file = path.is_absolute()
        song = read_song(source, meter=bars) if is_file else read_chords(source, meter=bars)
        key = Key.parse(options["key"]) if options["key"] else None
        settings = reharmonize_song(song, **{**options, "key": key})
    return {
        "key": str(settings[0].key),
        "alternatives": [
            {"chart": setting.chart, "reasons": list(setting.reasons), **setting.figures}
            for setting in settings
        ],
    }


def check_briefs(briefs: Sequence[Mapping[str, Any]]) -> None:
    """Refuse briefs whose forms, curves, meters or rhythms cannot be read."""
    from tapeloom.app.commands.brief_options import check_brief
    from tapeloom.core.brief import Brief

    for told in briefs:
        fields = dict(told)
        engine = fields.pop("engine", "theory")
        check_brief(Brief(**fields), engine=engine)


def warm() -> None:
    """Compile the loops that analysis and reharmonisation run, where numba has not yet."""
    analyze("Dm7 G7 | Cmaj7")
    options = {"key": None, "amount": 0.5, "style": "jazz", "locks": (), "count": 1, "seed": 0,
               "keep": "melody"}  # fmt: skip
    reharmonize("Dm7 G7 | Cmaj7", None, options)


def instruments() -> list[dict[str, Any]]:
    """Return every instrument with its presets and parameters."""
    from tapeloom.app.instruments import instrument_figures

    return instrument_figures()


def presets() -> list[dict[str, Any]]:
    """Return the presets of mastering."""
    from dataclasses import asdict

    from tapeloom.studio.presets import PRESETS

    return [
        {
            "name": name, "about": each.reason, "centre_lufs": each.centre_lufs,
            "tolerance_lu": each.tolerance_lu, "settings": asdict(each.settings),
        }
        for name, each in PRESETS.items()
    ]  # fmt: skip


def models() -> list[dict[str, Any]]:
    """Return the models that are shipped, with the card of each."""
    from importlib.resources import files

    folder = files("tapeloom") / "models"
    rows = []
    for card in sorted(folder.iterdir(), key=lambda each: each.name):
        if not card.name.endswith(".md"):
            continue
        text = card.read_text("utf-8")
        name = card.name.removesuffix(".md")
        title = text.splitlines()[0].lstrip("# ")
        weights = [each for each in folder.iterdir() if each.name.rpartition(".")[0] == name]
        size = sum(len(each.read_bytes()) for each in weights if not each.name.endswith(".md"))
        rows.append({"name": name, "about": title, "bytes": size, "card": text})
    return rows


class _plain:  # noqa: N801  (reads as a verb in `with`)
    """Let a sentence about a file name the file alone, not the folders that it lies in."""

    def __init__(self, path: Path) -> None:
        self._folder = f"{path.parent}/"

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, InputError) and len(self._folder) > 2 and self._folder in str(error):
            raise InputError(str(error).replace(self._folder, "")) from error


def thumbnail(words: str, title: str, subtitle: str, style: str | None, seed: int) -> bytes:
    """Draw a thumbnail; return it as PNG, under 2 MB."""
    from dataclasses import replace
    from tempfile import TemporaryDirectory

    from tapeloom.app.picture_jobs import THUMBNAIL, draw
    from tapeloom.app.picturing import parse_fields, picture_of_words, readable

    wish = picture_of_words(title, subtitle, seed=seed, about=words)
    if style is not None:
        wish = replace(wish, **parse_fields({"style": style}))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "thumbnail.png"
        draw(THUMBNAIL, readable(wish).config, path)
        return path.read_bytes()


def cover(about: Mapping[str, Any], wishes: Mapping[str, str], size: int) -> bytes:
    """Draw a cover as PNG.

    about   what record.json says of a record, or words, title and seed
    wishes  for `picturing.parse_fields`
    size    pixels a side
    """
    import io

    from tapeloom.app.picturing import picture_of_facts, picture_of_words, readable, wished
    from tapeloom.media.cover import draw_cover_of

    if "brief" in about:
        picture = picture_of_facts(about)
    else:
        picture = picture_of_words(about["title"], "", seed=about["seed"], about=about["words"])
    image, _ = draw_cover_of(readable(wished(picture, wishes)).config, size)
    written = io.BytesIO()
    image.save(written, "PNG")
    return written.getvalue()


def check_cover(wishes: Mapping[str, str]) -> None:
    """Refuse wishes that name no scene, hour, weather, grading or layout that there is."""
    from tapeloom.app.picturing import wished
    from tapeloom.media.thumbnail_config import ThumbnailConfig

    wished(ThumbnailConfig("title"), wishes)


def cover_fields() -> list[dict[str, Any]]:
    """Return the fields of a cover with their choices; none where they are free."""
    from tapeloom.app.order import PICTURE
    from tapeloom.media.grading import ColorGrading
    from tapeloom.media.scenes import SCENES
    from tapeloom.media.stage import TimeOfDay, Weather
    from tapeloom.media.thumbnail_layouts import ThumbnailStyle

    choices: Mapping[str, Sequence[str]] = {
        "scene": sorted(SCENES), "time": list(TimeOfDay), "weather": list(Weather),
        "grading": list(ColorGrading), "style": list(ThumbnailStyle), "side": ["left", "right"],
    }  # fmt: skip
    return [{"name": name, "choices": [str(one) for one in choices.get(name, ())]}
            for name in PICTURE]  # fmt: skip


def check_style(style: str) -> None:
    """Refuse a style that a model cannot learn."""
    from tapeloom.neural.tokens import STYLES

    if style not in STYLES:
        raise InputError(f"{style!r} is no style; choose one of {', '.join(STYLES)}")


def compose_bars(order: Mapping[str, Any], engine: str) -> dict[str, Any]:
    """Compose and play a brief; return its parts and, bar by bar, MIDI messages with their times.

    A note's end stands in the bar of its beginning, so that a piece may be left after any bar and
    no note hangs. Times are seconds from the beginning of the bar.
    """
    from bisect import bisect_right

    from tapeloom.app.composing import compose_brief, perform_brief
    from tapeloom.core.brief import Brief
    from tapeloom.core.meter import bar_starts

    brief = Brief(**order)
    score = compose_brief(brief, engine=engine)
    played = perform_brief(brief, score)
    starts_s = [score.tempo.tick_to_s(at) for at in bar_starts(score.meters, score.end)]
    ends_s = [*starts_s[1:], score.tempo.tick_to_s(score.end)]
    bars: list[list[tuple[float, list[int]]]] = [[] for _ in starts_s]
    channels = iter(channel for channel in range(16) if channel != DRUM_CHANNEL)
    parts = []
    for part in played.parts:
        channel = DRUM_CHANNEL if part.role == "drums" else next(channels)
        parts.append({"name": part.name, "role": part.role, "instrument": part.instrument,
                      "channel": channel, "program": part.program})  # fmt: skip
        for note in part.notes:
            at = max(0, bisect_right(starts_s, note.onset_s) - 1)
            onset_s = note.onset_s - starts_s[at]
            bars[at].append((round(onset_s, 4), [0x90 | channel, note.pitch, note.velocity]))
            bars[at].append((round(onset_s + note.duration_s, 4), [0x80 | channel, note.pitch, 0]))
    return {
        "bpm": float(score.tempo.initial_bpm),
        "key": str(score.key) if score.key else None,
        "meter": str(score.meters[0][1]),
        "parts": parts,
        "bars": [
            {"duration_s": round(end - start, 6), "events": sorted(events)}
            for start, end, events in zip(starts_s, ends_s, bars, strict=True)
        ],
    }
