"""Each stage at work in a record's folder: what it reads, what it writes, and its settings."""

import re
import shutil
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tapeloom import __version__
from tapeloom.app.composing import draft_brief, feel_of, perform_brief
from tapeloom.app.mixing import MIX, kick_onsets
from tapeloom.app.order import SONG, Order
from tapeloom.app.settled import SettingsFile, settled
from tapeloom.app.workshop import RECORD, Made, Workshop
from tapeloom.core.audio import AudioFile, encode_audio
from tapeloom.core.brief import Brief, brief_to_json
from tapeloom.core.files import read_json, sha256_of, write_json
from tapeloom.core.performance import Performance, performance_from_json, performance_to_json
from tapeloom.core.product import (
    Master,
    Mix,
    Stem,
    Stems,
    loudness_from_json,
    loudness_to_json,
)
from tapeloom.core.score import Score, score_from_json, score_to_json
from tapeloom.core.seed import stream

if TYPE_CHECKING:
    from tapeloom.studio.console import MixSettings

MASTER = "master.json"


@dataclass(frozen=True, slots=True)
class Site:
    """Where a stage works, with how many threads, and whom it tells of its progress (0..1)."""

    shop: Workshop
    threads: int
    on_progress: Callable[[float], None]

    @property
    def folder(self) -> Path:
        """The record's folder in the making."""
        return self.shop.folder


def title_of(order: Order) -> str:
    """Return the record's title: the one that was asked for, or one drawn from the words."""
    return order.title or _drawn_title(order.brief)


def _drawn_title(brief: Brief) -> str:
    from tapeloom.compose.naming import title_of as draw_title

    return draw_title(brief.words, stream(brief.seed, "title"))


def folder_name(brief: Brief, title: str | None = None) -> str:
    """Return `<slug>-<seed>`, the slug of the title, or of the one drawn from the words.

    >>> folder_name(Brief("Rainy night, café", seed=7))
    'rainy-night-cafe-7'
    """
    named = title or _drawn_title(brief)
    plain = unicodedata.normalize("NFKD", named).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain)[:48].strip("-")
    return f"{slug or 'record'}-{brief.seed}"


def compose(site: Site, order: Order) -> Score:
    """Compose, or take the score as the user edited it."""
    from tapeloom.core.midi import read_midi, write_midi

    folder = site.folder

    def make() -> Made:
        brief = order.brief
        drafts: list[dict[str, Any]] = []
        if order.song is None:
            score, drafts = draft_brief(brief, engine=order.engine)
        else:
            from tapeloom.compose import accompany

            song = read_midi(folder / SONG)
            score = accompany(song, brief, kept=order.keep, rng=stream(brief.seed, "compose"))
        write_json(folder / "score.json", score_to_json(score))
        write_midi(folder / "score.mid", score)
        return [folder / "score.json", folder / "score.mid"], {"drafts": drafts}

    inputs = {
        "brief": brief_to_json(order.brief),
        "engine": order.engine,
        "song": [order.origin.sha256, order.keep] if order.origin else None,
    }
    site.shop.step("compose", inputs=inputs, make=make)
    score = score_from_json(read_json(folder / "score.json"))
    if site.shop.is_edited("compose", "score.mid"):
        from tapeloom.compose.edit import take_notes

        score = take_notes(score, read_midi(folder / "score.mid"))
        write_json(folder / "score.json", score_to_json(score))
        site.shop.accept("compose", "score.json", "score.mid")
    elif site.shop.is_edited("compose", "score.json"):
        write_midi(folder / "score.mid", score)
        site.shop.accept("compose", "score.json", "score.mid")
    return score


def drafts_of(value: Any) -> list[Mapping[str, Any]]:
    """Return the drafts that `compose` remembered; none of a record from before they were told."""
    told = value.get("drafts") if isinstance(value, dict) else None
    return told if isinstance(told, list) else []


def perform(site: Site, order: Order, score: Score) -> Performance:
    """Play the score with a feel that belongs to the record, or as the user edited the playing."""
    from tapeloom.core.midi import write_performance_midi

    folder = site.folder

    def make() -> Made:
        performance = perform_brief(order.brief, score)
        write_json(folder / "performance.json", performance_to_json(performance))
        write_performance_midi(folder / "performance.mid", performance)
        return [folder / "performance.json", folder / "performance.mid"], None

    inputs = {"feel": repr(feel_of(order.brief, score)), "seed": order.brief.seed}
    site.shop.step("perform", inputs=inputs, reads=["score.json"], make=make)
    performance = performance_from_json(read_json(folder / "performance.json"))
    if site.shop.is_edited("perform", "performance.mid"):
        from tapeloom.compose.edit import take_played
        from tapeloom.core.midi import read_midi

        performance = take_played(performance, read_midi(folder / "performance.mid"))
        write_json(folder / "performance.json", performance_to_json(performance))
        site.shop.accept("perform", "performance.json", "performance.mid")
    return performance


def render(site: Site, order: Order, performance: Performance) -> Stems:
    """Synthesise each part into dry/."""
    folder = site.folder / "dry"
    character, seed = order.brief.character, order.brief.seed

    def make() -> Made:
        from tapeloom.synth.render import render as synthesise

        folder.mkdir(exist_ok=True)
        stems = synthesise(
            performance,
            folder,
            seed=seed,
            brightness=character.brightness,
            textures=character.textures,
            jobs=site.threads,
            on_progress=site.on_progress,
        )
        return _paths(stems), _stems_to_json(stems, site.folder)

    inputs = {
        "seed": seed,
        "brightness": character.brightness,
        "textures": dict(character.textures),
    }
    found = site.shop.step("render", inputs=inputs, reads=["performance.json"], make=make)
    return _stems_from_json(found, site.folder)


def mix(site: Site, order: Order, performance: Performance, stems: Stems) -> Mix:
    """Mix the dry parts into stems/, premix.flac and mix.flac, as mix.json says."""
    from tapeloom.studio.mix_file import load_settings, save_settings

    folder, seed = site.folder, order.brief.seed
    character = order.brief.character
    brightness, energy = character.brightness, character.energy
    textures = dict(character.textures)

    reads = ["performance.json", *(str(path.relative_to(folder)) for path in _paths(stems))]

    def draw() -> "MixSettings":
        from tapeloom.studio.balance import draw_mix

        return draw_mix(
            stems, rng=stream(seed, "mix"), brightness=brightness, energy=energy,
            textures=textures, sections=performance.sections,
        )  # fmt: skip

    inputs = {"seed": seed, "brightness": brightness, "energy": energy, "textures": textures}
    settings = settled(
        site.shop, "mix", MIX, SettingsFile(draw, save_settings, load_settings),
        inputs=inputs, reads=reads,
    )  # fmt: skip

    def make() -> Made:
        from tapeloom.studio.mixer import mix as blend

        mixed = blend(
            stems,
            settings,
            folder,
            kick_onsets_s=kick_onsets(performance),
            seed=seed,
            jobs=site.threads,
            on_progress=site.on_progress,
        )
        whole = [folder / "premix.flac", folder / "mix.flac", folder / MIX]
        return [*_paths(mixed.stems), *whole], _stems_to_json(mixed.stems, folder)

    found = site.shop.step("mix", inputs={"seed": seed}, reads=[*reads, MIX], make=make)
    return Mix(
        _stems_from_json(found, folder),
        AudioFile.open(folder / "premix.flac"),
        AudioFile.open(folder / "mix.flac"),
    )


def master(site: Site, order: Order, mixed: Mix) -> Master:
    """Master the mix as master.json says to master.flac and master.mp3, and measure those."""
    from tapeloom.studio.master_file import load_master, save_master
    from tapeloom.studio.mastering import draw_master
    from tapeloom.studio.mastering import master as finish

    folder, brief = site.folder, order.brief
    drawn = draw_master(rng=stream(brief.seed, "master"), brightness=brief.character.brightness)
    settings = settled(
        site.shop, "master", MASTER, SettingsFile(lambda: drawn, save_master, load_master),
        inputs={"settings": repr(drawn)},
    )  # fmt: skip
    tags = {
        "title": title_of(order),
        "artist": order.artist,
        "genre": "Lo-Fi",
        "comment": f"made by Tapeloom {__version__}, seed {brief.seed}",
    }

    def make() -> Made:
        flac, mp3 = folder / "master.flac", folder / "master.mp3"
        done = finish(
            mixed.mix,
            settings,
            flac,
            tags=tags,
            on_progress=lambda part: site.on_progress(part / 2),
        )
        encode_audio(mp3, done.audio, tags=tags)
        write_json(folder / "loudness.json", loudness_to_json(done.loudness))
        return [flac, mp3, folder / "loudness.json"], loudness_to_json(done.loudness)

    inputs = {"tags": tags}
    found = site.shop.step("master", inputs=inputs, reads=["mix.flac", MASTER], make=make)
    return Master(AudioFile.open(folder / "master.flac"), loudness_from_json(found))


def cover(site: Site, order: Order, score: Score) -> None:
    """Paint cover.png."""
    from tapeloom.app.picturing import picture_of

    wish = picture_of(order.brief, score, title_of(order), order.cover)
    path = site.folder / "cover.png"

    def make() -> Made:
        from tapeloom.app.picture_jobs import COVER, draw
        from tapeloom.app.picturing import readable

        draw(COVER, readable(wish).config, path)
        return [path], None

    site.shop.step("cover", inputs={"picture": repr(wish)}, make=make)


def thumbnail(site: Site, order: Order, score: Score) -> None:
    """Draw thumbnail.png."""
    from tapeloom.app.picturing import picture_of

    wish = picture_of(order.brief, score, title_of(order), order.cover)
    path = site.folder / "thumbnail.png"

    def make() -> Made:
        from tapeloom.app.picture_jobs import THUMBNAIL, draw
        from tapeloom.app.picturing import readable

        draw(THUMBNAIL, readable(wish).config, path)
        return [path], None

    site.shop.step("thumbnail", inputs={"picture": repr(wish)}, make=make)


def words(
    site: Site, score: Score, performance: Performance, data: Mapping[str, Any]
) -> None:  # fmt: skip
    """Write metadata.json: the words of a release, in English.

    data  what record.json will say
    """
    from tapeloom.app.describing import METADATA, Wording, describe_record, write_words

    folder = site.folder

    def make() -> Made:
        made = describe_record(data, score, performance.sections, Wording())
        return [write_words(folder, made)], None

    names = ("title", "title_is_own", "artist", "brief", "duration_s", "bpm", "key")
    told = {name: data[name] for name in names}
    told["origin"] = [bool(data.get(name)) for name in ("origins", "models")]
    site.shop.step("words", inputs=told, reads=["performance.json"], make=make)
    assert (folder / METADATA).is_file()  # noqa: S101


VIDEO = "video"


def wants_video(shop: Workshop) -> bool:
    """Tell whether a record has a video from before, which is then kept up to date."""
    return shop.value(VIDEO) is not None


def video(site: Site, order: Order, master: Master) -> None:
    """Make video.mp4: the cover's scene in motion under the whole master."""
    from tapeloom.app.videos import WORKPLACE, VideoOrder, design_of, write_video

    target, asked = site.folder / "video.mp4", VideoOrder()
    design = design_of(order.brief, asked, order.cover)

    def make() -> Made:
        for stale in site.folder.glob(f"{WORKPLACE}*"):  # of a make that was killed
            shutil.rmtree(stale, ignore_errors=True)
        parts = {"picture": 0.0, "video": 0.0}

        def tell(stage: str, part: float) -> None:
            parts[stage] = part
            site.on_progress(sum(parts.values()) / 2)

        told = write_video(master.audio, target, asked, design, on_progress=tell)
        return [target], {name: told[name] for name in ("width", "height", "frames", "scene")}

    inputs = {"design": repr(design), "order": repr(asked)}
    site.shop.step(VIDEO, inputs=inputs, reads=["master.flac"], make=make)


def is_edited(folder: Path) -> bool:
    """Tell whether a finished record's score or playing was changed since it was made."""
    if not (folder / RECORD).is_file():
        return False
    written = read_json(folder / RECORD).get("checksums", {})
    return any(
        (folder / name).is_file() and sha256_of(folder / name) != written.get(name)
        for name in ("score.mid", "score.json", "performance.mid")
    )


def _paths(stems: Stems) -> list[Path]:
    return [stem.audio.path for stem in stems.stems if isinstance(stem.audio, AudioFile)]


def _stems_to_json(stems: Stems, folder: Path) -> list[dict[str, str]]:
    return [
        {"name": stem.name, "role": stem.role, "file": str(path.relative_to(folder))}
        for stem, path in zip(stems.stems, _paths(stems), strict=True)
    ]


def _stems_from_json(data: Sequence[Mapping[str, str]], folder: Path) -> Stems:
    return Stems(
        tuple(
            Stem(entry["name"], entry["role"], AudioFile.open(folder / entry["file"]))
            for entry in data
        )
    )
