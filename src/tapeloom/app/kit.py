"""The release kit wired: records in, each target's folder out, and the preflight's table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from tapeloom.app.album import master_album
from tapeloom.app.converting import ConvertOrder, convert_file
from tapeloom.app.describing import Wording, read_words, words_of
from tapeloom.app.mastering import MasterOrder
from tapeloom.app.release_facts import audio_facts, picture_facts, video_facts
from tapeloom.app.workshop import RECORD
from tapeloom.compose.likeness import likeness
from tapeloom.core.audio import AudioFile
from tapeloom.core.errors import InputError
from tapeloom.core.files import file_name, read_json, replacing, write_json
from tapeloom.core.harmony import Key
from tapeloom.core.product import Origin, Provenance, loudness_to_json
from tapeloom.core.score import Note, score_from_json
from tapeloom.release.checks import (
    Check,
    check_audio,
    check_codes,
    check_cover,
    check_thumbnail,
    check_video,
    check_words,
)  # fmt: skip
from tapeloom.release.codes import next_isrcs
from tapeloom.release.content_credentials import SIGNED, manifest_of, sign
from tapeloom.release.cue_sheet import CueTrack, cue_sheet, disc_faults, whole_sectors
from tapeloom.release.ddex import Sender, ern_message
from tapeloom.release.formats import FORMATS, PLATFORMS, Platform, platform_named
from tapeloom.release.kit import KitTrack, ReleaseKit, credits_text, specification
from tapeloom.release.metadata import Metadata
from tapeloom.release.rights import ai_use, content_id
from tapeloom.release.sequencing import Piece, order_tracks
from tapeloom.release.tagging import small_cover
from tapeloom.release.variety import Entry, check_variety
from tapeloom.release.vinyl import cutting_notes, plan_sides

STORES = ("spotify", "apple", "youtube", "bandcamp", "soundcloud")
Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class KitOrder:
    """What somebody asks of a kit."""

    targets: tuple[str, ...] = STORES
    title: str | None = None
    artist: str | None = None
    label: str | None = None
    composer: str | None = None
    upc: str | None = None
    isrc: str | None = None  # of the first track; the others follow
    day: date = field(default_factory=date.today)
    gap_s: float = 2.0
    keeps_order: bool = False
    certificate: Path | None = None  # and its key: files are signed with them
    signing_key: Path | None = None
    preset: str = "streaming"
    wording: Wording = Wording()


@dataclass(frozen=True, slots=True)
class Source:
    """A record as the kit reads it."""

    folder: Path
    data: Mapping[str, Any]
    energy: float

    @property
    def piece(self) -> Piece:
        """What the order of tracks looks at."""
        return Piece(Key.parse(self.data["key"]), float(self.data["bpm"]), self.energy)


def read_source(folder: Path) -> Source:
    """Open a finished record."""
    if not (folder / RECORD).is_file() or not (folder / "master.flac").is_file():
        raise InputError(f"{folder} is no finished record; make it first")
    score = score_from_json(read_json(folder / "score.json"))
    weights = [section.end - section.start for section in score.sections]
    energies = [section.energy for section in score.sections]
    energy = float(np.average(energies, weights=weights)) if weights else 0.5
    return Source(folder, read_json(folder / RECORD), energy)


def make_kit(
    folders: Sequence[Path], out: Path, order: KitOrder, *, on_progress: Progress | None = None
) -> tuple[ReleaseKit, tuple[Check, ...]]:
    """Fill the folder `out` with a release of records and return it with its preflight.

    Several records are mastered anew as one album, from their mixes, so that their loudness
    belongs together; one keeps its master.
    """
    tell = on_progress or (lambda stage, part: None)
    platforms = [platform_named(name) for name in order.targets]
    sources = [read_source(folder) for folder in folders]
    if not order.keeps_order and len(sources) > 1:
        sources = [sources[i] for i in order_tracks([source.piece for source in sources])]
    masters = _masters(sources, out, order, lambda part: tell("master", part))
    words = _words(sources, order.wording)
    kit = _kit(sources, masters, words, order)
    cover = _cover_of(sources)
    made: list[Check] = []
    for number, platform in enumerate(platforms):
        tell("convert", number / len(platforms))
        made += _fill(out / platform.name, kit, platform, masters, cover, words, sources)
    tell("convert", 1.0)
    if order.certificate is not None and order.signing_key is not None:
        _sign(out, kit, sources, order.certificate, order.signing_key)
    _write_text(out / "credits.txt", credits_text(kit))
    _write_text(out / "ern.xml", ern_message(kit, Sender(kit.label or kit.artist)))
    checks = (*preflight(kit, sources, masters, words), *made)
    write_json(out / "kit.json", {
        "format": 1, "kind": kit.kind, "title": kit.title, "artist": kit.artist,
        "tracks": [track.title for track in kit.tracks],
        "checks": [asdict(check) for check in checks],
    })  # fmt: skip
    return kit, checks


def _masters(
    sources: Sequence[Source], out: Path, order: KitOrder, tell: Callable[[float], None]
) -> list[AudioFile]:
    """Return each track's master: a record's own, or an album's from the mixes."""
    if len(sources) == 1:
        return [AudioFile.open(sources[0].folder / "master.flac")]
    folder = out / "masters"
    folder.mkdir(parents=True, exist_ok=True)
    targets = [
        folder / f"{number:02d} {file_name(str(source.data['title']))}.flac"
        for number, source in enumerate(sources, 1)
    ]
    mixes = [source.folder / "mix.flac" for source in sources]
    master_album(
        mixes, targets, MasterOrder(preset=order.preset), gap_s=order.gap_s, on_progress=tell
    )
    return [AudioFile.open(target) for target in targets]


def _words(sources: Sequence[Source], wording: Wording) -> list[Metadata]:
    """Take the words of each record, or write them where the language or licence is another."""
    taken = wording.catalogue
    found = []
    for source in sources:
        words = read_words(source.folder)
        fits = words is not None and words.language == wording.language
        if words is None or not fits or wording.licence != Wording().licence:
            words = words_of(source.folder, replace(wording, catalogue=taken))[0]
        taken = (*taken, words.title)
        found.append(words)
    return found


def _kit(
    sources: Sequence[Source], masters: Sequence[AudioFile], words: Sequence[Metadata],
    order: KitOrder,
) -> ReleaseKit:  # fmt: skip
    from tapeloom.dsp.loudness import measure

    isrcs: Sequence[str | None] = [None] * len(sources)
    if order.isrc is not None:
        isrcs = next_isrcs(order.isrc, len(sources))
    artist = order.artist or str(sources[0].data["artist"])
    tracks = tuple(
        KitTrack(
            title=str(source.data["title"]),
            artist=artist,
            duration_s=master.frames / master.rate,
            key=Key.parse(source.data["key"]),
            bpm=float(source.data["bpm"]),
            loudness=measure(master),
            provenance=provenance_of(source.data),
            composer=order.composer,
            isrc=isrc,
            ai=ai_use(source.data),
            content_id=content_id(source.data, licence=order.wording.licence),
        )
        for source, master, isrc in zip(sources, masters, isrcs, strict=True)
    )
    return ReleaseKit(
        title=order.title or str(sources[0].data["title"]), artist=artist, tracks=tracks,
        day=order.day, label=order.label, upc=order.upc, licence=order.wording.licence,
        language=order.wording.language, gap_s=order.gap_s,
    )  # fmt: skip


def provenance_of(data: Mapping[str, Any]) -> Provenance:
    """Read provenance back from record.json."""
    origins = tuple(
        Origin(origin["file"], origin["sha256"], tuple(origin["kept"]))
        for origin in data.get("origins") or []
    )
    return Provenance(data["version"], data["seed"], data["brief"], data["engine"], origins)


def _cover_of(sources: Sequence[Source]) -> Path:
    cover = sources[0].folder / "cover.png"
    if not cover.is_file():
        raise InputError(
            f"{sources[0].folder} has no cover.png; make it again, or `tapeloom cover`"
        )
    return cover


def _fill(
    folder: Path, kit: ReleaseKit, platform: Platform, masters: Sequence[AudioFile], cover: Path,
    words: Sequence[Metadata], sources: Sequence[Source],
) -> list[Check]:  # fmt: skip
    """Fill one target's folder and check what was written."""
    folder.mkdir(parents=True, exist_ok=True)
    form = FORMATS[platform.format]
    art = small_cover(cover.read_bytes())
    files: list[dict[str, Any]] = []
    checks: list[Check] = []
    written: list[AudioFile] = []
    for number, (track, master) in enumerate(zip(kit.tracks, masters, strict=True), 1):
        target = folder / f"{number:02d} {file_name(track.title)}{form.suffix}"
        tags = tags_for(kit, number)
        order = ConvertOrder(form, platform.rate, platform.ceiling_dbtp, platform)
        done = convert_file(master, target, order, tags=tags, cover=art)
        written.append(done.file)
        files.append({"file": target.name, "audio": form.name, "rate": done.file.rate,
                      "delivered": loudness_to_json(done.loudness),
                      "notes": list(done.notes)})  # fmt: skip
        checks += check_audio(
            audio_facts(done.file, done.loudness, f"{platform.name}: {target.name}")
        )
    data = specification(kit, platform, files)
    _write_cover(folder, cover, platform)
    if platform.name == "youtube":
        data["metadata"] = [one.to_json() for one in words]
        for name in ("thumbnail.png", "thumbnail.jpg", "video.mp4"):
            for number, source in enumerate(sources, 1):
                if (source.folder / name).is_file():
                    _link(source.folder / name, folder / f"{number:02d} {name}")
    if platform.name == "cd":
        checks += _disc(folder, kit, written)
    if platform.name == "vinyl":
        data["sides"] = _sides(kit)
    write_json(folder / "spec.json", data)
    return checks


def tags_for(kit: ReleaseKit, number: int) -> dict[str, str]:
    """Return the tags of a track's file."""
    track = kit.tracks[number - 1]
    tags = {
        "title": track.title, "artist": track.artist, "album": kit.title,
        "album_artist": kit.artist, "genre": kit.genre, "date": str(kit.day.year),
        "track": f"{number}/{len(kit.tracks)}", "copyright": f"℗ © {kit.p_line}",
    }  # fmt: skip
    if track.composer:
        tags["composer"] = track.composer
    if track.isrc:
        tags["isrc"] = track.isrc
    return tags


def _write_cover(folder: Path, cover: Path, platform: Platform) -> None:
    """Write the cover as a JPEG: what every store takes."""
    from PIL import Image

    with Image.open(cover) as image, replacing(folder / "cover.jpg") as temporary:
        image.convert("RGB").save(temporary, "JPEG", quality=93, subsampling=0)


def _link(source: Path, target: Path) -> None:
    """Copy a file without its bytes where the file system can, else with them."""
    import shutil

    with replacing(target) as temporary:
        try:
            temporary.hardlink_to(source)
        except OSError:
            shutil.copyfile(source, temporary)


def _sign(
    out: Path, kit: ReleaseKit, sources: Sequence[Source], certificate: Path, key: Path
) -> None:  # fmt: skip
    """Sign each file that can hold content credentials; the records' own files stay."""
    for path in sorted(out.rglob("*")):
        if path.suffix.lower() not in SIGNED or path.parent.name not in PLATFORMS:
            continue
        number = int(path.name[:2]) if path.name[:2].isdigit() else 1
        source = sources[number - 1]
        is_picture = path.suffix.lower() in (".jpg", ".png")
        title = kit.title if is_picture else kit.tracks[number - 1].title
        manifest = manifest_of(source.data, title=title, is_picture=is_picture)
        sign(path, manifest, certificate=certificate, key=key)


def _disc(folder: Path, kit: ReleaseKit, files: Sequence[AudioFile]) -> list[Check]:
    """Write the cue sheet of a compact disc and check what a disc asks."""
    gap = whole_sectors(round(kit.gap_s * 44_100))
    cues, at = [], 0
    for number, (track, file) in enumerate(zip(kit.tracks, files, strict=True)):
        before = gap if number else 0
        at += before
        cues.append(CueTrack(track.title, at, track.artist, track.isrc, before))
        at += whole_sectors(file.frames)
    text = cue_sheet(f"{file_name(kit.title)}.wav", cues, rate=44_100, title=kit.title,
                     performer=kit.artist, upc=kit.upc)  # fmt: skip
    _write_text(folder / f"{file_name(kit.title)}.cue", text)
    faults = disc_faults([track.duration_s for track in kit.tracks])
    return [Check("cd", "tracks fit a disc", "fail" if faults else "pass",
                  "; ".join(faults) or f"{kit.duration_s / 60:.1f} minutes",
                  "IEC 60908")]  # fmt: skip


def _sides(kit: ReleaseKit) -> dict[str, Any]:
    sides = plan_sides([track.duration_s for track in kit.tracks])
    loudest = max(track.loudness.true_peak_dbtp for track in kit.tracks)
    return {
        "sides": [[kit.tracks[i].title for i in side.tracks] for side in sides],
        "notes": list(cutting_notes(sides, true_peak_dbtp=loudest)),
    }


def preflight(
    kit: ReleaseKit, sources: Sequence[Source], masters: Sequence[AudioFile],
    words: Sequence[Metadata],
) -> tuple[Check, ...]:  # fmt: skip
    """Check the release as a whole and each record's pictures, words and video."""
    found: list[Check] = list(check_codes(isrcs=[track.isrc for track in kit.tracks], upc=kit.upc))
    for source, track, one in zip(sources, kit.tracks, words, strict=True):
        folder = source.folder
        found += check_words(
            title=one.title, description=one.description, tags=one.tag_groups,
            chapters=one.chapters, duration_s=track.duration_s,
        )  # fmt: skip
        found += check_cover(picture_facts(folder / "cover.png"))
        for name in ("thumbnail.png", "thumbnail.jpg"):
            if (folder / name).is_file():
                found += check_thumbnail(picture_facts(folder / name))
        if (folder / "video.mp4").is_file():
            found += check_video(video_facts(folder / "video.mp4"))
        claim = track.content_id
        if claim is not None:
            found.append(Check(track.title, "may be claimed (Content ID)",
                               "pass" if claim.is_eligible else "warn", claim.reason,
                               claim.source))  # fmt: skip
    if len(sources) > 1:
        entries = [
            entry_of(source, one, sources) for source, one in zip(sources, words, strict=True)
        ]
        alike = check_variety(entries)
        found.append(Check("release", "looks varied", "warn" if alike else "pass",
                           "; ".join(one.text for one in alike) or "yes",
                           "our own thresholds"))  # fmt: skip
    return tuple(found)


def entry_of(source: Source, words: Metadata, others: Sequence[Source]) -> Entry:
    """Tell the variety gate of a record: its title, how it looks, and how like its tune is."""
    from PIL import Image

    from tapeloom.media import picture_hash

    picture = source.folder / "thumbnail.png"
    with Image.open(picture if picture.is_file() else source.folder / "cover.png") as image:
        seen = picture_hash(image)
    tune = _tune(source)
    alike = {
        other.folder.name: likeness(tune, _tune(other), starts=(0, 0))
        for other in others
        if other is not source
    }
    return Entry(source.folder.name, words.title, words.template, seen, melody=alike)


def _tune(source: Source) -> list[Note]:
    score = score_from_json(read_json(source.folder / "score.json"))
    return [note for part in score.parts if part.role == "melody" for note in part.notes]


def _write_text(path: Path, text: str) -> None:
    with replacing(path) as temporary:
        temporary.write_text(text, "utf-8")


__all__ = ["PLATFORMS", "KitOrder", "make_kit", "preflight", "read_source"]
