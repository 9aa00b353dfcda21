"""Anyone's stems to a mix: opened, told apart, mixed, and what was done."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tapeloom.core.audio import AudioFile
from tapeloom.core.errors import InputError
from tapeloom.core.files import read_json
from tapeloom.core.performance import Performance, performance_from_json
from tapeloom.core.product import Stem, Stems, loudness_to_json
from tapeloom.studio.console import MixSettings
from tapeloom.theory.instruments import DRUMS

SUFFIXES = (".wav", ".flac", ".aif", ".aiff")
MIX = "mix.json"
MAX_MIX_BYTES = 2**20  # of one that was sent


@dataclass(frozen=True, slots=True)
class Source:
    """Stems to be mixed, and what is known of them beforehand."""

    stems: Stems
    files: tuple[Path, ...]
    kinds: Mapping[str, str] = field(default_factory=dict)  # what they play, by a record
    kick_onsets_s: tuple[float, ...] = ()  # where a record tells them
    seed: int = 0


def open_source(paths: Sequence[Path]) -> Source:
    """Open a record's dry parts, the audio files of a folder, or files."""
    if not paths:
        raise InputError("there is nothing to mix; name a folder of stems, or the stems")
    if len(paths) == 1 and (paths[0] / "record.json").is_file():
        return _open_record(paths[0])
    files: list[Path] = []
    for path in paths:
        files += _in_folder(path) if path.is_dir() else [path]
    stems = [Stem(file.stem, "other", AudioFile.open(file)) for file in files]
    _check(stems, files)
    longest = max(stem.audio.frames for stem in stems)
    if not longest:
        raise InputError("the stems have 0 samples; they must have at least 1")
    from tapeloom.studio.padding import Padded

    padded = tuple(Stem(stem.name, stem.role, Padded(stem.audio, longest)) for stem in stems)
    return Source(Stems(padded), tuple(files))


def _in_folder(folder: Path) -> list[Path]:
    found = sorted(
        path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and path.is_file()
    )
    found = [path for path in found if not path.name.startswith(".")]
    if not found:
        raise InputError(f"{folder} holds no stems; it must hold WAV, FLAC or AIFF files")
    return found


def _open_record(folder: Path) -> Source:
    record = read_json(folder / "record.json")
    try:
        parts = record["stages"]["render"]["value"]
        files = [folder / part["file"] for part in parts]
        told = [(str(part["name"]), str(part["role"])) for part in parts]
        seed = int(record["seed"])
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{folder / 'record.json'} tells no dry parts") from error
    from tapeloom.studio.roles import KINDS

    stems = Stems(
        tuple(
            Stem(name, role, AudioFile.open(file))
            for (name, role), file in zip(told, files, strict=True)
        )
    )
    kinds = {name: name if name in KINDS else role for name, role in told}
    performance = folder / "performance.json"
    kicks = kick_onsets(performance_from_json(read_json(performance)))
    return Source(
        stems, tuple(files), {n: k for n, k in kinds.items() if k in KINDS}, tuple(kicks), seed
    )


def check_names_no_file(path: Path) -> None:
    """Refuse a mix of somebody else's that names a file: it would be read of this machine."""
    left = [read_json(path, max_bytes=MAX_MIX_BYTES)]
    while left:
        value = left.pop()
        if isinstance(value, dict):
            if "path" in value or value.get("type") == AudioFile.__name__:
                raise InputError(f"{path.name} names a file of audio, which cannot be sent with it")
            left += value.values()
        elif isinstance(value, list):
            left += value


def kick_onsets(performance: Performance) -> list[float]:
    """Return the onsets of all kicks in seconds."""
    return [
        note.onset_s
        for part in performance.parts
        if part.role == "drums"
        for note in part.notes
        if note.pitch == DRUMS["kick"]
    ]


def _check(stems: Sequence[Stem], files: Sequence[Path]) -> None:
    first = stems[0]
    names: dict[str, Path] = {}
    for stem, file in zip(stems, files, strict=True):
        if stem.name in names:
            raise InputError(
                f"{names[stem.name]} and {file} are both called {stem.name}; rename one of them"
            )
        names[stem.name] = file
        if stem.audio.channels > 2:
            raise InputError(f"{file} has {stem.audio.channels} channels; it must have 1 or 2")
        if stem.audio.rate != first.audio.rate:
            raise InputError(
                f"{file} has {stem.audio.rate} Hz and {files[0].name} {first.audio.rate} Hz; "
                "all stems must have one rate"
            )


def mix_stems(
    paths: Sequence[Path],
    folder: Path,
    *,
    settings: Path | None = None,
    save: Path | None = None,
    explain: bool = False,
    seed: int | None = None,
    jobs: int = 2,
    on_progress: Callable[[float], None] | None = None,
) -> dict[str, Any]:
    """Mix stems into a folder; return what was done.

    settings  a mix that was saved; else the stems are mixed by what they play
    save      where the mix is saved besides the folder's mix.json
    explain   also tell the reasons, or how given settings differ from the automatic mix
    """
    from tapeloom.dsp.loudness import measure
    from tapeloom.studio.automix import FirstMix, first_mix
    from tapeloom.studio.mix_file import load_settings, save_settings
    from tapeloom.studio.mix_history import differences
    from tapeloom.studio.mixer import mix, present

    source = open_source(paths)
    given = load_settings(settings) if settings is not None else None
    _keep_apart(source, folder)
    first: FirstMix | None = None
    if given is None or explain:
        knows_kicks = bool(source.kick_onsets_s)
        first = first_mix(source.stems, kinds=source.kinds, knows_kicks=knows_kicks)
    told: list[str] = []
    chosen: MixSettings
    if given is not None:
        chosen = present(given, source.stems)
        told = differences(first.settings, chosen) if first is not None else []
    else:
        assert first is not None  # noqa: S101 - made where none were given
        chosen, told = first.settings, list(first.reasons)
    if (folder / MIX).is_file():
        for old in (folder / "stems").rglob("*.flac"):
            old.unlink()  # of the mix before, whose strips may have had other names
    done = mix(
        source.stems,
        chosen,
        folder,
        kick_onsets_s=source.kick_onsets_s,
        seed=source.seed if seed is None else seed,
        jobs=jobs,
        on_progress=on_progress,
    )
    for path in (folder / MIX, save):
        if path is not None:
            save_settings(path, chosen)
    return {
        "out": str(folder),
        "mix": str(folder / "mix.flac"),
        "settings": str(folder / MIX),
        "rate_hz": source.stems.rate,
        "duration_s": round(source.stems.frames / source.stems.rate, 3),
        "stems": [
            {
                "file": str(file),
                "name": stem.name,
                "kind": first.kinds[stem.name] if first is not None else None,
            }
            for stem, file in zip(source.stems.stems, source.files, strict=True)
        ],
        "reasons" if given is None else "differences": told,
        "loudness": loudness_to_json(measure(done.mix)),
    }


def _keep_apart(source: Source, folder: Path) -> None:
    """Refuse to write over what is being read."""
    places = {(folder / "stems").resolve(), folder.resolve()}
    for file in source.files:
        written = file.resolve().parent == (folder / "stems").resolve()
        named = file.name in ("mix.flac", "premix.flac") and file.resolve().parent in places
        if written or named:
            raise InputError(f"{file} lies where the mix is written; give another --out")
