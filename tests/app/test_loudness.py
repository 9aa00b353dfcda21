"""`tapeloom loudness`: figures, albums, tags, and what cannot be measured."""

import csv
import io
import json
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from tapeloom.app.commands import main
from tapeloom.app.loudness import album_loudness, find_audio, measure_file, measure_files
from tapeloom.app.replaygain import replaygain_tags
from tapeloom.core.audio import Audio, AudioFile, encode_audio, write_audio
from tapeloom.core.errors import InputError
from tapeloom.core.product import Loudness
from tapeloom.release.mp4_tags import tag_mp4

RATE = 48_000


def tone(db: float, seconds: float = 2.0) -> Audio:
    """A stereo sine of 1 kHz that reads its level in LUFS."""
    x = 10 ** (db / 20) * np.sin(2 * np.pi * 1000 * np.arange(round(seconds * RATE)) / RATE)
    return Audio(np.stack((x, x)).astype(np.float32), RATE)


def write(path: Path, x: NDArray, subtype: str = "FLOAT") -> Path:
    soundfile.write(path, x.T, RATE, subtype=subtype)
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = 0
    try:
        main([str(argument) for argument in arguments])
    except SystemExit as end:
        code = int(end.code or 0)
    told = capsys.readouterr()
    return code, told.out, told.err


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two tones in a folder and one below it."""
    (tmp_path / "songs/more").mkdir(parents=True)
    write_audio(tmp_path / "songs/b.wav", tone(-20.0))
    write_audio(tmp_path / "songs/a.flac", tone(-23.0))
    write_audio(tmp_path / "songs/more/c.wav", tone(-26.0))
    (tmp_path / "songs/notes.txt").write_text("no audio")
    return tmp_path / "songs"


def test_one_file_is_an_object_with_names_that_stay(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys, "loudness", folder / "a.flac", "--json")
    found = json.loads(out)
    assert code == 0
    assert found["integrated_lufs"] == pytest.approx(-23.0, abs=0.05)
    assert found["max_momentary_lufs"] == pytest.approx(-23.0, abs=0.05)
    assert found["true_peak_dbtp"] == pytest.approx(-23.0, abs=0.05)
    assert found["sample_peak_dbfs"] == pytest.approx(-23.0, abs=0.05)
    assert found["range_lu"] == 0.0
    assert found["plr_db"] == pytest.approx(0.0, abs=0.1)
    assert found["crest_db"] == pytest.approx(3.01, abs=0.02)
    assert found["correlation"] == 1.0
    assert (found["clips"], found["overs"], found["channels"]) == (0, 0, 2)
    assert (found["duration_s"], found["rate_hz"]) == (2.0, RATE)


def test_folders_are_searched_and_the_album_is_one_programme(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys, "loudness", folder, "--album", "--json", "--jobs", 3)
    found = json.loads(out)
    assert code == 0
    assert [Path(each["file"]).name for each in found["files"]] == ["a.flac", "b.wav", "c.wav"]
    powers = np.mean([10 ** (-db / 10) for db in (20.0, 23.0, 26.0)])
    assert found["album"]["integrated_lufs"] == pytest.approx(10 * np.log10(powers), abs=0.15)
    assert found["album"]["true_peak_dbtp"] == pytest.approx(-20.0, abs=0.05)
    assert found["album"]["files"] == 3


def test_the_gates_of_an_album_are_its_own(tmp_path: Path) -> None:
    paths = [tmp_path / "loud.wav", tmp_path / "soft.wav"]
    for path, db in zip(paths, (-20.0, -40.0), strict=True):
        write_audio(path, tone(db))
    loud, soft = (measure_file(path) for path in paths)
    assert soft.reading.loudness.integrated_lufs == pytest.approx(-40.0, abs=0.05)
    assert album_loudness((loud, soft)).integrated_lufs == pytest.approx(-20.0, abs=0.4)


def test_csv_has_a_row_a_file_and_the_album_last(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_audio(folder / "silent.wav", Audio(np.zeros((2, RATE), np.float32), RATE))
    _, out, _ = run(capsys, "loudness", folder, "--csv", "--album")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [row["file"].rsplit("/", 1)[-1] for row in rows] == [
        "a.flac", "b.wav", "c.wav", "silent.wav", "album",
    ]  # fmt: skip
    assert rows[3]["integrated_lufs"] == rows[3]["true_peak_dbtp"] == "-inf"
    assert float(rows[0]["integrated_lufs"]) == pytest.approx(-23.0, abs=0.05)
    assert rows[4]["crest_db"] == ""


def test_the_table_shows_silence_as_minus_infinity_and_json_as_null(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "silent.wav"
    write_audio(path, Audio(np.zeros((1, RATE), np.float32), RATE))
    code, out, _ = run(capsys, "loudness", path)
    assert code == 0
    assert "-inf" in out
    found = json.loads(run(capsys, "loudness", path, "--json")[1])
    assert found["integrated_lufs"] is None
    assert found["true_peak_dbtp"] is None
    assert found["range_lu"] == 0.0
    assert run(capsys, "loudness", path, "--quiet")[1] == ""


def test_clips_and_overs_are_counted_and_placed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    x = np.zeros((2, RATE))
    x[0, 12_000:12_005] = 1.0
    x[1, 24_000:24_002] = 0.95  # the signal is higher between them
    path = write(tmp_path / "x.wav", x)
    found = json.loads(run(capsys, "loudness", path, "--json")[1])
    assert (found["clips"], found["clips_at_s"]) == (1, [0.25])
    assert found["overs"] == 2
    assert found["overs_at_s"] == pytest.approx([0.25, 0.5], abs=0.001)
    assert found["true_peak_dbtp"] > 0.5


def test_standard_input_is_measured(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with (folder / "b.wav").open("rb") as file:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(file.read())))
    found = json.loads(run(capsys, "loudness", "-", "--json")[1])
    assert found["file"] == "-"
    assert found["integrated_lufs"] == pytest.approx(-20.0, abs=0.05)


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """Files that cannot be measured."""
    x = np.random.default_rng(0).uniform(-0.5, 0.5, (2, RATE))
    broken = x.copy()
    broken[1, 24_000] = np.nan
    write(tmp_path / "nan.wav", broken)
    broken[1, 24_000] = -np.inf
    write(tmp_path / "inf.wav", broken)
    write(tmp_path / "empty.wav", np.zeros((2, 0)))
    write(tmp_path / "many.wav", np.zeros((64, 100)))
    write(tmp_path / "whole.flac", x, "PCM_16")
    data = (tmp_path / "whole.flac").read_bytes()
    (tmp_path / "cut.flac").write_bytes(data[: len(data) // 2])
    (tmp_path / "text.wav").write_text("this is no audio, but it says so\n" * 30)
    return tmp_path


@pytest.mark.parametrize(("name", "sentence"), [
    ("nan.wav", "a sample that is no number (nan) at 0.500000 s in channel 2"),
    ("inf.wav", "a sample that is no number (-inf) at 0.500000 s in channel 2"),
    ("empty.wav", "holds 0 samples"),
    ("many.wav", "has 64 channels; loudness is defined for 1 to 8"),
    ("cut.flac", "is damaged"),
    ("text.wav", "is no audio file that can be read"),
    ("nowhere.wav", "does not exist"),
])  # fmt: skip
def test_what_cannot_be_measured_is_one_sentence(
    bad: Path, name: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, "loudness", bad / name)
    assert code == 2
    assert sentence in err
    assert name in err
    assert out == ""
    assert len(err.strip().splitlines()[-1].split(". ")) == 1


def test_files_that_fail_do_not_stop_the_others(
    bad: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [bad / name for name in ("nan.wav", "whole.flac", "cut.flac")]
    code, out, err = run(capsys, "loudness", *files, "--json")
    assert code == 1
    assert json.loads(out)["file"].endswith("whole.flac")
    assert "2 of 3 files were not measured" in err
    code, out, err = run(capsys, "loudness", bad / "nan.wav", bad / "cut.flac")
    assert (code, out) == (2, "")


@pytest.mark.parametrize(("arguments", "sentence"), [
    (["--json", "--csv"], "choose one of them"),
    (["--jobs", "0"], "--jobs is 0; it must be 1 or more"),
    (["--tag"], "cannot hold ReplayGain tags"),
])  # fmt: skip
def test_bad_use_is_one_sentence(
    folder: Path, arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, "loudness", folder / "b.wav", *arguments)
    assert code == 2
    assert sentence in err
    assert out == ""


def test_a_folder_without_audio_and_tags_for_standard_input_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(InputError, match="holds no audio files"):
        find_audio([tmp_path])
    code, _, err = run(capsys, "loudness", "-", "--tag")
    assert code == 2
    assert "standard input cannot be tagged" in err


def tags_of(path: Path) -> dict[str, str]:
    with av.open(str(path)) as container:
        found = {**container.metadata, **container.streams.audio[0].metadata}
    return {name.upper(): text for name, text in found.items()}


@pytest.mark.parametrize("suffix", [".flac", ".mp3", ".m4a", ".opus"])
def test_tags_are_written_and_nothing_else_changes(
    tmp_path: Path, suffix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path, other = tmp_path / f"song{suffix}", tmp_path / f"other{suffix}"
    for each, db in ((path, -12.0), (other, -20.0)):
        old = {"title": "Rain", "artist": "Ana", "REPLAYGAIN_TRACK_GAIN": "+9.00 dB"}
        if suffix == ".flac":
            write_audio(each, tone(db), tags={"title": "Rain", "artist": "Ana"})
        else:
            encode_audio(each, tone(db), bit_rate=160_000, tags=old)
    before = AudioFile.open(path).read().samples
    for _ in range(2):  # a second time the tags are replaced
        assert run(capsys, "loudness", path, other, "--tag", "--album", "--quiet")[0] == 0
    assert np.array_equal(AudioFile.open(path).read().samples, before)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted((path.name, other.name))
    tags = tags_of(path)
    assert (tags["TITLE"], tags["ARTIST"]) == ("Rain", "Ana")
    track, album = measure_files([path, other])
    lufs = track.reading.loudness.integrated_lufs  # type: ignore[union-attr]
    together = album_loudness((track, album)).integrated_lufs  # type: ignore[arg-type]
    if suffix == ".opus":
        assert int(tags["R128_TRACK_GAIN"]) == round(256 * (-23.0 - lufs))
        assert int(tags["R128_ALBUM_GAIN"]) == round(256 * (-23.0 - together))
    else:
        assert tags["REPLAYGAIN_TRACK_GAIN"] == f"{-18.0 - lufs:.2f} dB"
        assert tags["REPLAYGAIN_ALBUM_GAIN"] == f"{-18.0 - together:.2f} dB"
        peak_dbtp = track.reading.loudness.true_peak_dbtp  # type: ignore[union-attr]
        assert 20 * np.log10(float(tags["REPLAYGAIN_TRACK_PEAK"])) == pytest.approx(
            peak_dbtp, abs=1e-3
        )
        assert peak_dbtp == pytest.approx(-12.0, abs=1.0)


def test_an_mp4_whose_index_comes_first_is_tagged_without_moving_its_sound(tmp_path: Path) -> None:
    path = tmp_path / "fast.m4a"
    with av.open(str(path), "w", format="mp4", options={"movflags": "faststart"}) as container:
        stream = container.add_stream("aac", rate=RATE)
        stream.layout = "mono"
        for at in range(0, 20 * 1024, 1024):
            frame = av.AudioFrame.from_ndarray(
                np.sin(np.arange(at, at + 1024, dtype=np.float32)[None] * 0.1), "fltp", "mono"
            )
            frame.rate, frame.pts = RATE, at
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    before = AudioFile.open(path).read().samples
    tag_mp4(path, {"replaygain_track_gain": "-3.00 dB"})
    tag_mp4(path, {"replaygain_track_gain": "-4.00 dB"})
    again = path.read_bytes()
    assert again[: data.index(b"moov")] == data[: data.index(b"moov")]
    assert np.array_equal(AudioFile.open(path).read().samples, before)
    assert tags_of(path)["REPLAYGAIN_TRACK_GAIN"] == "-4.00 dB"
    assert again.count(b"replaygain_track_gain") == 1
    path.write_bytes(b"\0\0\0\x08free")
    with pytest.raises(InputError, match="no atom 'moov'"):
        tag_mp4(path, {"A": "b"})


def test_silence_is_not_tagged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_audio(tmp_path / "silent.flac", Audio(np.zeros((2, RATE), np.float32), RATE))
    write_audio(tmp_path / "tone.flac", tone(-20.0))
    code, _, err = run(capsys, "loudness", tmp_path, "--tag", "--quiet")
    assert code == 1
    assert "1 of 2 files were not tagged" in err
    assert "is silent" in err
    assert "REPLAYGAIN_TRACK_GAIN" in tags_of(tmp_path / "tone.flac")


def test_gains_of_opus_stay_in_their_sixteen_bits() -> None:
    soft = Loudness(-200.0, 0.0, -190.0, -200.0, -200.0, -190.0)
    assert replaygain_tags(soft, opus=True) == {"R128_TRACK_GAIN": "32767"}
