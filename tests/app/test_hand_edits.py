"""What is edited by hand in a record is heard in the next make of it, and stays."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tapeloom.app.order import Order, read_order, write_order
from tapeloom.app.picturing import picture_of_record, scene_of
from tapeloom.app.pipeline import Record, advance, continued, remake
from tapeloom.app.settled import SettingsFile, settled
from tapeloom.app.workshop import open_workshop
from tapeloom.compose.edit import take_played
from tapeloom.core.brief import Brief
from tapeloom.core.errors import InputError
from tapeloom.core.files import read_json, sha256_of, write_json
from tapeloom.core.midi import read_midi, write_midi
from tapeloom.core.performance import Performance, performance_from_json
from tapeloom.studio.master_file import load_master, master_to_json
from tapeloom.studio.presets import PRESETS


@pytest.fixture
def mine(record: Record, tmp_path: Path) -> Path:
    """A record of one's own to edit."""
    folder = tmp_path / "mine"
    shutil.copytree(record.folder, folder)
    return folder


def edit(path: Path, **changes: Any) -> None:
    write_json(path, read_json(path) | changes)


def played(folder: Path) -> Performance:
    return performance_from_json(read_json(folder / "performance.json"))


def test_a_title_and_a_cover_stay_with_a_record(tmp_path: Path) -> None:
    order = Order(Brief("rain", seed=2), title="Night Bus", cover={"scene": "cafe"})
    write_order(order, tmp_path)
    assert read_order(tmp_path, {}) == order
    again = read_order(tmp_path, {}, title="Late Bus", cover={"time": "dusk"})
    assert (again.title, again.cover) == ("Late Bus", {"time": "dusk"})
    assert read_order(tmp_path, {}, cover={}).cover == {}
    for wrong in ("", " ", "two\nlines", "x" * 121):
        with pytest.raises(InputError, match="one line of 1 to 120"):
            read_order(tmp_path, {}, title=wrong)
    with pytest.raises(InputError, match="no field of a cover; the nearest is scene"):
        Order(Brief(), cover={"scne": "cafe"})
    with pytest.raises(InputError, match="one line of at most 80"):
        Order(Brief(), cover={"subtitle": "x" * 81})


def test_the_cover_that_was_asked_for_is_the_scene_of_all_pictures(
    record: Record, tmp_path: Path
) -> None:
    asked = {"scene": "beach", "time": "dawn", "grading": "warm", "seed": "5"}
    design = scene_of(Brief("rain", seed=2), asked)
    assert (design.scene, design.time, design.seed) == ("beach", "dawn", 5)
    write_json(tmp_path / "record.json", {**record.data, "cover": asked, "title": "Tide"})
    picture = picture_of_record(tmp_path)
    assert (picture.scene, picture.color_grading, picture.title_text) == ("beach", "warm", "Tide")
    with pytest.raises(InputError, match="scene 'moon' is not known"):
        scene_of(Brief(), {"scene": "moon"})


def test_a_new_title_is_in_tags_pictures_and_words(mine: Path, record: Record) -> None:
    remade = remake(mine, title="Night Bus Home", cover={"scene": "beach"})
    assert remade.title == remade.data["title"] == "Night Bus Home"
    assert remade.data["cover"] == {"scene": "beach"}
    assert "Night Bus Home" in (mine / "metadata.json").read_text()
    assert b"Night Bus Home" in (mine / "master.flac").read_bytes()[:65536]
    for name in ("cover.png", "thumbnail.png"):
        assert Image.open(mine / name).tobytes() != Image.open(record.folder / name).tobytes()
    assert sha256_of(mine / "mix.flac") == sha256_of(record.folder / "mix.flac")
    assert continued(mine, {})[0].title == "Night Bus Home"


def test_edited_settings_stay_until_their_file_is_removed(tmp_path: Path) -> None:
    final, path = tmp_path / "r", tmp_path / "r" / "a.json"
    draws: list[int] = []

    def draw() -> int:
        draws.append(1)
        return len(draws)

    def save(target: Path, value: int) -> None:
        target.write_text(json.dumps(value))

    def made(seed: int) -> int:
        with open_workshop(final, base=final if final.exists() else None) as shop:
            kind = SettingsFile(draw, save, lambda at: int(at.read_text()))
            value = settled(shop, "a", "a.json", kind, inputs={"seed": seed})
            shop.finish({})
        return value

    assert [made(1), made(1), made(2)] == [1, 1, 2]
    path.write_text("70")
    assert [made(2), made(3), made(3)] == [70, 70, 70]
    path.write_text("71")
    assert made(3) == 71
    path.unlink()
    assert made(3) == 3


def test_an_edited_master_is_mastered_so(mine: Path, record: Record) -> None:
    assert master_to_json(load_master(mine / "master.json")) == read_json(mine / "master.json")
    edit(mine / "master.json", target_lufs=-20.0)
    remade = remake(mine)
    assert remade.loudness.integrated_lufs == pytest.approx(-20.0, abs=0.2)
    assert sha256_of(mine / "mix.flac") == sha256_of(record.folder / "mix.flac")
    write_json(mine / "master.json", master_to_json(PRESETS["broadcast"].settings))
    again = remake(mine, title="Quiet")
    assert again.loudness.integrated_lufs == pytest.approx(-23.0, abs=0.2)
    for fault, sentence in (
        ({"target_lufs": 5}, "target_lufs"),
        ({"loudness": -14}, "no setting 'loudness'"),
        ({"bands": [{"type": "Compressor"}]}, "cannot stand there"),
        ([], "no settings of format 1"),
    ):
        write_json(mine / "master.json", fault)
        with pytest.raises(InputError, match=sentence):
            remake(mine)


@pytest.mark.slow
def test_an_edited_mix_is_mixed_so(mine: Path, record: Record) -> None:
    mix = read_json(mine / "mix.json")
    (bass,) = (one for one in mix["channels"] if one["name"] == "bass")
    bass["loudness_lufs"] -= 12.0
    write_json(mine / "mix.json", mix)
    remade = remake(mine)
    assert read_json(mine / "mix.json") == mix
    assert sha256_of(mine / "mix.flac") != sha256_of(record.folder / "mix.flac")
    assert sha256_of(mine / "dry/bass_92bpm.flac") == sha256_of(
        record.folder / "dry/bass_92bpm.flac"
    )
    assert remade.loudness.integrated_lufs == pytest.approx(-14.0, abs=0.2)


def test_an_edited_performance_is_played_so(record: Record, tmp_path: Path) -> None:
    before = played(record.folder)
    score = read_midi(record.folder / "performance.mid")
    assert take_played(before, score) == before  # what was left alone is as it was
    bass = score.part("bass")
    lower = replace(bass, notes=tuple(replace(n, pitch=n.pitch - 12) for n in bass.notes))
    after = take_played(before, score.with_part(lower))
    assert [n.pitch for n in after.part("bass").notes] == [
        n.pitch - 12 for n in before.part("bass").notes
    ]
    assert after.part("drums") == before.part("drums")
    late = replace(bass.notes[-1], start=score.tempo.s_to_tick(before.duration_s + 1).__ceil__())
    with pytest.raises(InputError, match=r"add bars to score\.mid"):
        take_played(before, score.with_part(replace(bass, notes=(late,))))
    faster = replace(score, tempo=type(score.tempo)(((0, 2 * score.tempo.initial_bpm),)))
    with pytest.raises(InputError, match="another tempo"):
        take_played(before, faster)


def test_a_record_plays_what_was_edited_and_is_not_composed_anew(mine: Path) -> None:
    score = read_midi(mine / "performance.mid")
    bass = score.part("bass")
    write_midi(mine / "performance.mid", score.with_part(replace(bass, notes=bass.notes[:3])))
    with pytest.raises(InputError, match="edited by hand and --bpm"):
        remake(mine, bpm=80)
    order, final, base = continued(mine, {})
    hidden = advance(order, final, until="perform", base=base)
    assert len(played(hidden).part("bass").notes) == 3
    order, final, base = continued(mine, {})
    assert len(played(advance(order, final, until="perform", base=base)).part("bass").notes) == 3


def test_another_instrument_in_the_score_is_rendered(mine: Path, record: Record) -> None:
    score = read_json(mine / "score.json")
    (keys,) = (part for part in score["parts"] if part["name"] == "keys")
    keys["instrument"] = "tine:worn"
    write_json(mine / "score.json", score)
    order, final, base = continued(mine, {})
    hidden = advance(order, final, until="render", base=base)
    assert played(hidden).part("keys").instrument == "tine:worn"
    dry = {path.name: sha256_of(path) for path in (hidden / "dry").iterdir()}
    was = {path.name: sha256_of(path) for path in (record.folder / "dry").iterdir()}
    changed = {name for name in dry if dry[name] != was.get(name)}
    assert {name.partition("_")[0] for name in changed} == {"keys"}
    keys["instrument"] = "tine:shiny"
    write_json(mine / "score.json", score)
    order, final, base = continued(mine, {})
    with pytest.raises(InputError, match="shiny"):
        advance(order, final, until="render", base=base)
