"""One command makes a record: the folder, what is in it, and that it can be gone on with."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import av
import mido
import numpy as np
import pyloudnorm
import pytest
import soundfile
from PIL import Image
from scipy.signal import resample_poly

from tapeloom.app.pipeline import Record, make, remake
from tapeloom.core.errors import InputError
from tapeloom.core.files import read_json, sha256_of
from tapeloom.core.midi import read_midi, write_midi
from tapeloom.core.score import score_from_json

from .conftest import SHORT, tapeloom


def read(path: Path) -> np.ndarray:
    samples, rate = soundfile.read(path, always_2d=True)
    assert rate == 44_100
    return samples.T


def test_the_folder_holds_what_the_design_names(record: Record) -> None:
    names = {
        str(path.relative_to(record.folder)) for path in record.folder.rglob("*") if path.is_file()
    }
    assert {
        "brief.json", "score.json", "score.mid", "performance.json", "performance.mid",
        "premix.flac", "mix.flac", "master.flac", "master.mp3", "loudness.json", "cover.png",
        "thumbnail.png", "record.json",
        "dry/keys_92bpm.flac", "dry/bass_92bpm.flac", "dry/drums_92bpm.flac",
        "stems/keys.flac", "stems/bass.flac", "stems/drums.flac",
    } <= names  # fmt: skip
    assert not [name for name in names if "partial" in name or "journal" in name]
    assert [path.name for path in record.folder.parent.iterdir()] == [record.folder.name]


def test_record_json_tells_where_the_record_comes_from(record: Record) -> None:
    data = read_json(record.folder / "record.json")
    assert data["format"] == 1
    assert data["free_of_other_rights"] is True
    assert data["origins"] == []
    assert (data["bpm"], data["bars"], data["seed"]) == (92.0, 8, 11)
    for name, checksum in data["checksums"].items():
        assert sha256_of(record.folder / name) == checksum, name
    assert data["loudness"] == read_json(record.folder / "loudness.json")


def test_the_master_is_to_the_standard_by_other_meters(record: Record) -> None:
    master = read(record.folder / "master.flac")
    loudness = pyloudnorm.Meter(44_100).integrated_loudness(master.T)
    assert loudness == pytest.approx(-14.0, abs=0.2)
    true_peak = np.abs(resample_poly(master, 8, 1, axis=1)).max()
    assert 20 * np.log10(true_peak) <= -1.0 + 0.02
    assert record.loudness.integrated_lufs == pytest.approx(loudness, abs=0.1)
    assert np.abs(master.mean(axis=1)).max() < 1e-3  # -60 dBFS


def test_no_file_clips(record: Record) -> None:
    for path in record.folder.rglob("*.flac"):
        assert np.abs(read(path)).max() < 0.999, path.name


def test_dry_parts_have_six_decibels_of_headroom(record: Record) -> None:
    for path in (record.folder / "dry").iterdir():
        assert np.abs(read(path)).max() <= 0.5012, path.name


def test_stems_sum_to_the_premix(record: Record) -> None:
    total = sum(read(path) for path in sorted((record.folder / "stems").iterdir()))
    residual = np.abs(total - read(record.folder / "premix.flac")).max()
    assert 20 * np.log10(residual + 1e-12) < -90


def test_every_audio_file_has_one_length(record: Record) -> None:
    lengths = {soundfile.info(path).frames for path in record.folder.rglob("*.flac")}
    assert len(lengths) == 1
    with av.open(str(record.folder / "master.mp3")) as container:
        assert container.duration / 1e6 == pytest.approx(lengths.pop() / 44_100, abs=0.1)


def test_master_files_are_tagged(record: Record) -> None:
    for name in ("master.flac", "master.mp3"):
        with av.open(str(record.folder / name)) as container:
            tags = {key.lower(): value for key, value in container.metadata.items()}
        assert tags["title"] == "Rainy Cafe", name
        assert tags["artist"] == "Tapeloom", name
        assert "seed 11" in tags["comment"], name


def test_the_score_opens_in_a_daw(record: Record) -> None:
    file = mido.MidiFile(record.folder / "score.mid")
    messages = [message for track in file.tracks for message in track]
    names = {m.name.split(" (")[0] for m in messages if m.type == "track_name"}
    assert {"keys", "bass", "drums"} <= names
    assert any(message.type == "set_tempo" for message in messages)
    markers = [message.text for message in messages if message.type == "marker"]
    score = score_from_json(read_json(record.folder / "score.json"))
    assert markers == [*(section.name for section in score.sections), "end"]


def test_the_cover_is_a_picture(record: Record) -> None:
    with Image.open(record.folder / "cover.png") as image:
        assert image.width == image.height >= 1400
        assert len(image.convert("RGB").resize((64, 64)).getcolors(4096)) > 100


def test_the_same_seed_gives_the_same_bytes(record: Record, tmp_path: Path) -> None:
    out = tapeloom(
        "make", "rainy cafe", "--bars", "8", "--bpm", "92", "--seed", "11", "--out", ".",
        "--quiet", cwd=tmp_path,
    )  # fmt: skip
    assert out.code == 0, out.err
    assert (out.out, out.err) == ("", "")
    again = tmp_path / record.folder.name
    for name in ("score.mid", "performance.mid", "master.flac", "master.mp3", "cover.png"):
        assert sha256_of(again / name) == sha256_of(record.folder / name), name


def test_an_edited_score_is_taken_and_what_depends_on_it_made_again(
    record: Record, tmp_path: Path
) -> None:
    folder = tmp_path / "mine"
    shutil.copytree(record.folder, folder)
    file = mido.MidiFile(folder / "score.mid")
    for track in file.tracks:
        for message in track:
            if message.type in ("note_on", "note_off") and track.name.startswith("keys"):
                message.note -= 1
    file.save(folder / "score.mid")

    with pytest.raises(InputError, match="edited by hand and --bpm"):
        remake(folder, bpm=80)
    before = score_from_json(read_json(record.folder / "score.json"))
    remade = remake(folder)
    after = score_from_json(read_json(folder / "score.json"))
    assert [n.pitch for n in after.part("keys").notes] == [
        n.pitch - 1 for n in before.part("keys").notes
    ]
    assert after.part("bass") == before.part("bass")
    assert (after.chords, after.sections) == (before.chords, before.sections)
    assert remade.folder == folder
    assert sha256_of(folder / "master.flac") != sha256_of(record.folder / "master.flac")
    assert sha256_of(folder / "dry/bass_92bpm.flac") == sha256_of(
        record.folder / "dry/bass_92bpm.flac"
    )
    assert remade.loudness.integrated_lufs == pytest.approx(-14.0, abs=0.2)


@pytest.mark.slow
def test_an_edited_dry_part_changes_the_mix_only(record: Record, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    shutil.copytree(record.folder, folder)
    own = folder / "dry/bass_92bpm.flac"
    samples, rate = soundfile.read(own, always_2d=True)
    soundfile.write(own, samples[::-1], rate, "PCM_24")
    mine = sha256_of(own)
    remake(folder)
    assert sha256_of(own) == mine
    assert sha256_of(folder / "performance.json") == sha256_of(record.folder / "performance.json")
    assert sha256_of(folder / "master.flac") != sha256_of(record.folder / "master.flac")


def test_nothing_changed_means_nothing_made(record: Record, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    shutil.copytree(record.folder, folder)
    times = {p.name: p.stat().st_mtime_ns for p in folder.glob("*.flac")}
    remake(folder)
    assert {p.name: p.stat().st_mtime_ns for p in folder.glob("*.flac")} == times


@pytest.mark.slow
def test_a_changed_brief_is_made_anew(record: Record, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    shutil.copytree(record.folder, folder)
    remade = remake(folder, key="E minor")
    assert remade.data["key"] == "E minor"
    assert remade.data["bpm"] == 92.0


@pytest.mark.slow
def test_loops_are_cut_on_the_bar_lines(record: Record, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    shutil.copytree(record.folder, folder)
    section = record.data["sections"][1]
    remake(folder, loops=[section["name"]])
    (loops,) = (folder / "loops").iterdir()
    frames = round(section["end_s"] * 44_100) - round(section["start_s"] * 44_100)
    names = {path.name for path in loops.iterdir()}
    assert {"mix.wav", "keys.wav", "drums.wav"} <= names
    assert {soundfile.info(path).frames for path in loops.iterdir()} == {frames}
    with pytest.raises(InputError, match="no section 'chorus'; choose one of"):
        remake(folder, loops=["chorus"])

    before = sha256_of(loops / "mix.wav")
    remade = remake(folder, key="E minor", bpm=80)
    (again,) = (folder / "loops").iterdir()
    assert again.name.endswith("_80bpm")
    assert sha256_of(again / "mix.wav") != before
    names = [section["name"] for section in remade.data["sections"]]
    assert section["name"] in names


@pytest.mark.slow
def test_a_song_lends_its_melody(record: Record, tmp_path: Path) -> None:
    song = tmp_path / "song.mid"
    score = read_midi(record.folder / "score.mid")
    melody = next(part for part in score.parts if part.name == "keys")
    top = {note.start: note for note in melody.notes}  # the highest of each chord comes last
    lead = type(melody)("MELODY", "melody", notes=tuple(
        type(n)(n.start, 5000, n.pitch + 12, n.velocity) for n in top.values()
    ))  # fmt: skip
    write_midi(song, type(score)((lead,), tempo=score.tempo, meters=score.meters))
    ran = tapeloom(
        "make", "--from", str(song), "--keep", "melody", "--seed", "3", "--out", "o", "--json",
        cwd=tmp_path,
    )  # fmt: skip
    assert ran.code == 0, ran.err
    (made,) = json.loads(ran.out)
    assert made["free_of_other_rights"] is False
    assert made["origins"][0]["file"] == "song.mid"
    assert made["origins"][0]["kept"] == ["melody"]
    kept = score_from_json(read_json(tmp_path / made["folder"] / "score.json")).part("melody")
    first = min(n.start for n in kept.notes) - min(n.start for n in lead.notes)
    assert [(n.start - first, n.pitch) for n in kept.notes] == [
        (n.start, n.pitch) for n in lead.notes
    ]


@pytest.mark.slow
def test_a_batch_makes_records_on_seeds_that_follow(record: Record, tmp_path: Path) -> None:
    ran = tapeloom(
        "make", "rainy cafe", "--bars", "8", "--bpm", "92", "--seed", "11", "--count", "2",
        "--jobs", "2", "--json", "--out", "o", cwd=tmp_path,
    )  # fmt: skip
    assert ran.code == 0, ran.err
    first, second = json.loads(ran.out)
    assert (first["seed"], second["seed"]) == (11, 12)
    assert sha256_of(tmp_path / first["folder"] / "master.flac") == sha256_of(
        record.folder / "master.flac"
    )
    assert first["checksums"]["score.mid"] != second["checksums"]["score.mid"]


@pytest.mark.slow
def test_an_interrupted_make_leaves_nothing_half_written_and_continues(
    record: Record, tmp_path: Path
) -> None:
    command = [
        sys.executable, "-c", "from tapeloom.app.commands import main; main()",
        "make", "rainy cafe", "--bars", "8", "--bpm", "92", "--seed", "11", "--out", "o",
    ]  # fmt: skip
    child = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    partial = tmp_path / "o" / f".{record.folder.name}.partial"
    deadline = time.monotonic() + 120
    while not (partial / "dry").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=120)
    assert child.returncode == 130
    assert "interrupted" in err
    assert "Traceback" not in err
    assert not (tmp_path / "o" / record.folder.name).exists()
    assert (partial / "score.mid").exists()
    ran = tapeloom("make", "--from", f"o/{partial.name}", cwd=tmp_path)
    assert ran.code == 0, ran.err
    again = tmp_path / "o" / record.folder.name
    assert sha256_of(again / "master.flac") == sha256_of(record.folder / "master.flac")
    assert not partial.exists()


@pytest.mark.slow
def test_an_interrupted_batch_stops_its_workers_and_continues(
    record: Record, tmp_path: Path
) -> None:
    batch = ("make", "rainy cafe", "--bars", "8", "--bpm", "92", "--seed", "10", "--count", "3")
    rest = ("--jobs", "2", "--out", "o")
    program = "from tapeloom.app.commands import main; main()"
    child = subprocess.Popen(
        [sys.executable, "-c", program, *batch, *rest],
        cwd=tmp_path, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    deadline = time.monotonic() + 120
    while len(list(tmp_path.glob("o/rainy-cafe-1?"))) < 1 and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(child.pid, signal.SIGINT)  # as Ctrl-C in a terminal reaches every process
    _, err = child.communicate(timeout=120)
    assert child.returncode == 130
    assert "--seed 10 continues the batch" in err
    assert "Traceback" not in err
    assert len(list(tmp_path.glob("o/rainy-cafe-1?"))) < 3
    ran = tapeloom(*batch, *rest, cwd=tmp_path)
    assert ran.code == 0, ran.err
    assert "is made already" in ran.err
    for name in ("rainy-cafe-10", "rainy-cafe-11", "rainy-cafe-12"):
        assert (tmp_path / "o" / name / "master.flac").exists()
    again = tmp_path / "o" / record.folder.name
    assert sha256_of(again / "master.flac") == sha256_of(record.folder / "master.flac")


@pytest.mark.slow
def test_a_full_disk_is_one_sentence_and_the_make_goes_on_later(
    record: Record, tmp_path: Path
) -> None:
    # A limit on the size of files fails a write as a full disk does: after some of it is written.
    limit = (
        "import resource, signal\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (900_000, 900_000))"
    )
    arguments = (
        "make", "rainy cafe", "--bars", "8", "--bpm", "92", "--seed", "11", "--out", "o",
    )  # fmt: skip
    ran = tapeloom(*arguments, cwd=tmp_path, before=limit)
    assert ran.code == 1
    assert "cannot be written: File too large" in ran.err
    assert "Traceback" not in ran.err
    assert not (tmp_path / "o" / record.folder.name).exists()
    assert not list(tmp_path.rglob("*.partial.flac"))
    ran = tapeloom(*arguments, cwd=tmp_path)
    assert ran.code == 0, ran.err
    again = tmp_path / "o" / record.folder.name
    assert sha256_of(again / "master.flac") == sha256_of(record.folder / "master.flac")


@pytest.mark.slow
def test_make_without_words_prints_the_seed(tmp_path: Path) -> None:
    ran = tapeloom("make", "--bars", "4", "--bpm", "95", cwd=tmp_path)
    assert ran.code == 0, ran.err
    seed = ran.err.split("seed ")[1].split()[0]
    (folder,) = (tmp_path / "out").iterdir()
    assert folder.name.endswith(f"-{seed}")


@pytest.mark.slow
def test_unknown_words_name_the_record_and_are_said(tmp_path: Path) -> None:
    ran = tapeloom("make", "rainy xylophone", "--bars", "4", "--seed", "1", cwd=tmp_path)
    assert ran.code == 0, ran.err
    assert "only in the title: xylophone" in ran.err
    assert (tmp_path / "out/rainy-xylophone-1").is_dir()


@pytest.mark.slow
def test_the_call_from_a_program_is_the_command(record: Record, tmp_path: Path) -> None:
    again = make("rainy cafe", out=tmp_path, **SHORT)
    assert sha256_of(again.folder / "score.mid") == sha256_of(record.folder / "score.mid")
