"""Delivery formats: exact lengths, dither, tags and covers, and peaks that coding doesn't raise."""

import io
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from PIL import Image

from tapeloom.core.audio import Audio, AudioFile
from tapeloom.core.errors import InputError, TapeloomError
from tapeloom.dsp.loudness import measure
from tapeloom.dsp.resample import resample, resampled_frames
from tapeloom.release.conversion import convert
from tapeloom.release.cue_sheet import CueTrack, cue_sheet, disc_faults, sector_time, whole_sectors
from tapeloom.release.encoding import encode
from tapeloom.release.formats import (
    FORMATS,
    PLATFORMS,
    format_named,
    platform_named,
    rate_for,
)  # fmt: skip
from tapeloom.release.tagging import small_cover, tag_copy
from tapeloom.release.vinyl import DISCS, cutting_notes, plan_sides

RATE = 44_100
TAGS = {"title": "Rain", "artist": "Lantern", "album": "Tides", "genre": "Lo-Fi", "date": "2026",
        "isrc": "USRC17607839"}  # fmt: skip


def picture(side: int = 64) -> bytes:
    out = io.BytesIO()
    rng = np.random.default_rng(1)
    Image.fromarray(rng.integers(0, 255, (side, side, 3), np.uint8)).save(out, "PNG")
    return out.getvalue()


def music(seconds: float = 1.0, db: float = -9.0, seed: int = 2) -> Audio:
    """Two sines and a little noise in stereo; an odd number of samples."""
    n = round(seconds * RATE) + 331
    t = np.arange(n) / RATE
    rng = np.random.default_rng(seed)
    x = np.stack([np.sin(2 * np.pi * hz * t) for hz in (440.0, 554.37)])
    x = 0.9 * x + 0.1 * rng.uniform(-1, 1, x.shape)
    return Audio((10 ** (db / 20) * x).astype(np.float32), RATE)


def decoded(path: Path) -> np.ndarray:
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        turn = av.AudioResampler(format="fltp", layout=stream.layout, rate=stream.rate)
        frames = [out for frame in container.decode(stream) for out in turn.resample(frame)]
        return np.concatenate([frame.to_ndarray() for frame in frames], axis=1)


def tags_in(path: Path) -> dict[str, str]:
    with av.open(str(path)) as container:
        found = dict(container.metadata) | dict(container.streams.audio[0].metadata)
    return {name.lower(): text for name, text in found.items()}


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_decoded_as_long_as_it_was_and_sounds_the_same(
    tmp_path: Path, name: str
) -> None:
    form, audio = FORMATS[name], music()
    path = tmp_path / f"x{form.suffix}"
    made = convert(audio, path, form, tags=TAGS, cover=small_cover(picture()))
    rate = rate_for(form, RATE)
    assert made.file.rate == rate
    heard = decoded(path)
    wanted = resampled_frames(audio.frames, RATE, rate)
    # AAC's last block is cut by its tag iTunSMPB, which FFmpeg's decoder doesn't read.
    assert wanted <= heard.shape[1] <= wanted + (1023 if form.codec == "aac" else 0)
    if rate == RATE:
        error = heard[:, : audio.frames] - audio.samples
        assert np.sqrt(np.mean(error**2)) < (1e-4 if form.is_lossless else 0.02)
    assert abs(made.loudness.integrated_lufs - measure(audio).integrated_lufs) < 0.3


@pytest.mark.parametrize("name", FORMATS)
def test_tags_and_a_cover_are_in_the_file(tmp_path: Path, name: str) -> None:
    form = FORMATS[name]
    path = tmp_path / f"x{form.suffix}"
    convert(music(0.4), path, form, tags=TAGS, cover=small_cover(picture()))
    found = tags_in(path)
    assert {found[k] for k in ("title", "artist")} == {"Rain", "Lantern"}
    if form.suffix in (".flac", ".ogg", ".opus", ".m4a"):
        assert found["isrc"] == "USRC17607839"
    if not form.holds_cover:
        return
    if form.suffix in (".ogg", ".opus"):
        assert "metadata_block_picture" in found or _has_picture(path)
    else:
        assert _has_picture(path)


def _has_picture(path: Path) -> bool:
    with av.open(str(path)) as container:
        return any(
            av.stream.Disposition.attached_pic in stream.disposition and stream.width == 64
            for stream in container.streams.video
        )


def test_v0_is_a_quality_not_a_rate(tmp_path: Path) -> None:
    noise = Audio(np.random.default_rng(0).normal(0, 0.1, (2, RATE)).astype(np.float32), RATE)
    sine = 0.3 * np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE)
    tone = Audio(np.stack((sine, sine)).astype(np.float32), RATE)
    sizes = {}
    for label, audio in (("noise", noise), ("tone", tone)):
        for name in ("mp3-v0", "mp3"):
            path = tmp_path / f"{label}-{name}.mp3"
            convert(audio, path, FORMATS[name], ceiling_dbtp=0.0)
            sizes[label, name] = path.stat().st_size / audio.frames
    assert sizes["noise", "mp3"] == pytest.approx(sizes["tone", "mp3"], rel=0.05)
    assert sizes["noise", "mp3-v0"] > 1.2 * sizes["tone", "mp3-v0"]


def test_lossless_at_its_own_rate_and_bits_is_bit_exact(tmp_path: Path) -> None:
    steps = np.random.default_rng(3).integers(-(2**23), 2**23, (2, 5000))
    audio = Audio((steps / 2**23).astype(np.float32), RATE)
    for name in ("wav24", "flac", "alac", "wav32f"):
        made = convert(audio, tmp_path / f"x{FORMATS[name].suffix}", FORMATS[name], source_bits=24,
                       ceiling_dbtp=0.0)  # fmt: skip
        assert np.array_equal(np.round(decoded(made.file.path) * 2**23), steps), name
        assert not any("dither" in note for note in made.notes)


def test_where_bits_are_lost_there_is_dither_and_the_same_seed_draws_it(tmp_path: Path) -> None:
    quiet = Audio(
        (10 ** (-105 / 20) * np.sin(2 * np.pi * 1000 * np.arange(RATE) / RATE))[None].astype(
            np.float32
        ),
        RATE,
    )
    files = []
    for seed in (1, 1, 2):
        path = tmp_path / f"{len(files)}.wav"
        made = convert(quiet, path, FORMATS["wav16"], source_bits=24, seed=seed)
        assert "dithered to 16 bits" in made.notes
        files.append(soundfile.read(path)[0])
    assert np.array_equal(files[0], files[1])
    assert not np.array_equal(files[0], files[2])
    # The sine is below the last bit, and still there.
    line = abs(np.fft.rfft(files[0]))[1000] / (RATE / 2)
    assert line == pytest.approx(10 ** (-105 / 20), rel=0.5)


@pytest.mark.parametrize("name", ["mp3", "aac", "opus", "ogg"])
def test_coding_does_not_pass_the_ceiling(tmp_path: Path, name: str) -> None:
    rng = np.random.default_rng(5)
    loud = np.clip(rng.normal(0, 0.5, (2, RATE)), -0.89, 0.89).astype(np.float32)
    made = convert(Audio(loud, RATE), tmp_path / f"x{FORMATS[name].suffix}", FORMATS[name])
    assert measure(AudioFile.open(made.file.path)).true_peak_dbtp <= -1.0
    assert made.gain_db < 0.0
    assert any("coding had raised the true peak" in note for note in made.notes)


def test_what_would_clip_after_resampling_is_made_softer(tmp_path: Path) -> None:
    square = np.sign(np.sin(2 * np.pi * 997 * np.arange(RATE) / RATE))[None].astype(np.float32)
    made = convert(Audio(square, RATE), tmp_path / "x.wav", FORMATS["wav24"], rate=48_000)
    assert made.gain_db < -0.3
    assert any("would clip" in note for note in made.notes)
    assert any("resampled from 44100 to 48000 Hz" in note for note in made.notes)


def test_a_lossless_file_over_the_ceiling_is_told_not_changed(tmp_path: Path) -> None:
    made = convert(music(0.5, db=-0.1), tmp_path / "x.flac", FORMATS["flac"], source_bits=24)
    assert made.gain_db == 0.0
    assert any("master it with a lower ceiling" in note for note in made.notes)


@pytest.mark.parametrize("rates", [(44_100, 48_000), (48_000, 44_100), (96_000, 44_100)])
def test_resampling_keeps_a_sine_its_place_and_its_length(rates: tuple[int, int]) -> None:
    rate, new = rates
    x = np.sin(2 * np.pi * 1000 * np.arange(rate // 2) / rate).astype(np.float32)[None]
    blocks = [x[:, i : i + 4096] for i in range(0, x.shape[1], 4096)]
    y = np.concatenate(list(resample(blocks, rate=rate, new_rate=new, channels=1)), axis=1)
    assert y.shape[1] == resampled_frames(x.shape[1], rate, new)
    ideal = np.sin(2 * np.pi * 1000 * np.arange(y.shape[1]) / new)
    assert np.abs(y[0] - ideal)[2000:-2000].max() < 1e-5


def test_resampling_of_nothing_and_of_impossible_rates() -> None:
    empty = list(resample([], rate=RATE, new_rate=48_000, channels=2))
    assert [block.shape for block in empty] == [(2, 0)]
    with pytest.raises(InputError, match="rate is 5; it must lie"):
        list(resample([], rate=RATE, new_rate=5, channels=1))


def test_names_rates_and_platforms() -> None:
    assert format_named("FLAC").bits == 24
    with pytest.raises(InputError, match="'wma' is no format; choose one of wav16"):
        format_named("wma")
    with pytest.raises(InputError, match="'myspace' is no platform"):
        platform_named("myspace")
    assert rate_for(FORMATS["mp3"], 22_050) == 32_000
    for platform in PLATFORMS.values():
        assert platform.format in FORMATS
        assert platform.coding is None or not FORMATS[platform.coding].is_lossless
        assert platform.source


def test_what_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="3 channels cannot be written"):
        encode(tmp_path / "x.mp3", Audio(np.zeros((3, 10), np.float32)), FORMATS["mp3"])
    with pytest.raises(InputError, match="opus cannot be written at 44100 Hz; it takes 48000"):
        encode(tmp_path / "x.opus", music(0.1), FORMATS["opus"])
    with pytest.raises(InputError, match=r"cannot hold tags; \.flac"):
        tag_copy(tmp_path / "x.wav", {})
    (tmp_path / "broken.flac").write_bytes(b"fLaC no")
    with pytest.raises(TapeloomError, match="cannot be tagged"):
        tag_copy(tmp_path / "broken.flac", {"title": "x"})
    with pytest.raises(InputError, match="no picture that can be read"):
        small_cover(b"not a picture")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["broken.flac"]


def test_a_large_cover_is_made_small_and_a_huge_one_refused() -> None:
    with Image.open(io.BytesIO(small_cover(picture(200), side=80))) as image:
        assert (image.size, image.format) == ((80, 80), "JPEG")
    out = io.BytesIO()
    Image.new("1", (9000, 9000)).save(out, "PNG")
    with pytest.raises(InputError, match="9000 x 9000 pixels; at most 40 million"):
        small_cover(out.getvalue())


# Discs.


def test_a_cue_sheet_says_where_tracks_begin_in_sectors() -> None:
    text = cue_sheet(
        'a "b".wav', [CueTrack("One", 0, "Me", "US-RC1-76-07839"),
                      CueTrack("Two", 61 * RATE + 588, gap=2 * RATE)],
        rate=RATE, title="Album", performer="Me", upc="036000291452",
    )  # fmt: skip
    assert text.splitlines() == [
        "CATALOG 0036000291452", 'PERFORMER "Me"', 'TITLE "Album"', "FILE \"a 'b'.wav\" WAVE",
        "  TRACK 01 AUDIO", '    TITLE "One"', '    PERFORMER "Me"', "    ISRC USRC17607839",
        "    INDEX 01 00:00:00", "  TRACK 02 AUDIO", '    TITLE "Two"', "    INDEX 00 00:59:01",
        "    INDEX 01 01:01:01",
    ]  # fmt: skip
    assert sector_time(whole_sectors(1), RATE) == "00:00:01"
    with pytest.raises(InputError, match=r"1 to 99 tracks"):
        cue_sheet("x.wav", [], rate=RATE)


def test_what_is_no_disc_is_told() -> None:
    assert disc_faults([200.0, 300.0]) == ()
    assert len(disc_faults([2.0] * 100)) == 2
    assert "a disc holds 79:48" in disc_faults([3000.0, 3000.0])[0]


def test_sides_keep_the_order_hold_what_they_must_and_are_even() -> None:
    durations = [180.0, 240.0, 200.0, 260.0, 220.0, 190.0, 300.0, 250.0]
    sides = plan_sides(durations)
    assert [i for side in sides for i in side.tracks] == list(range(8))
    assert len(sides) == 2
    assert all(side.duration_s <= 60 * DISCS["12 inch 33"].most_min for side in sides)
    assert abs(sides[0].duration_s - sides[1].duration_s) < 260
    assert plan_sides([]) == ()
    notes = cutting_notes(plan_sides([1200.0, 600.0]), true_peak_dbtp=-1.0)
    assert "over the 18 minutes" in notes[0]
    assert "preset vinyl" in notes[-1]
    with pytest.raises(InputError, match=r"track 1 lasts 30\.0 minutes"):
        plan_sides([1800.0])
    with pytest.raises(InputError, match="is no record"):
        plan_sides([1.0], disc="16 inch 78")
