"""Video: what was written is decoded, and every number counted."""

from itertools import islice
from pathlib import Path

import av
import numpy as np
import pytest

from tapeloom.core.audio import Audio, encode_audio
from tapeloom.core.errors import InputError, TapeloomError
from tapeloom.media.captions import caption
from tapeloom.media.scene_design import SceneDesign, scene_frames
from tapeloom.media.stage import Weather
from tapeloom.media.video import (
    decode_loop,
    encode_frames,
    picture_size,
    read_loop,
    repeat_loop,
    seam,
    sound_duration_s,
)  # fmt: skip
from tapeloom.media.visualiser import BANDS, Heard, Look, draw_over, hear

RATE = 44_100
WIDTH, HEIGHT, FPS = 160, 90, 24
PAPER, INK = np.array([1.0, 0.95, 0.85], np.float32), np.array([0.05, 0.05, 0.1], np.float32)


def tone(seconds: float, hz: float = 440.0, db: float = -6.0) -> Audio:
    t = np.arange(round(seconds * RATE)) / RATE
    x = (10 ** (db / 20) * np.sin(2 * np.pi * hz * t)).astype(np.float32)
    return Audio(np.stack((x, x)), RATE)


@pytest.fixture(scope="module")
def loop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of rain."""
    path = tmp_path_factory.mktemp("video") / "loop.mp4"
    design = SceneDesign("window", weather=Weather.RAIN, seed=2)
    frames = scene_frames(design, WIDTH, HEIGHT, 2 * FPS)
    assert encode_frames(path, frames, width=WIDTH, height=HEIGHT) == 2 * FPS
    return path


def sound(folder: Path, seconds: float) -> Path:
    path = folder / "sound.m4a"
    encode_audio(path, tone(seconds), bit_rate=128_000)
    return path


def is_fast_start(path: Path) -> bool:
    data = path.read_bytes()
    return data.index(b"moov") < data.index(b"mdat")


@pytest.mark.parametrize("seconds", [1.3, 5.03, 7.0])
def test_a_loop_is_repeated_and_cut_to_the_length_of_the_sound(
    loop: Path, tmp_path: Path, seconds: float
) -> None:
    path = tmp_path / "video.mp4"
    frames = repeat_loop(path, loop, sound(tmp_path, seconds), duration_s=seconds,
                         tags={"title": "Rain"})  # fmt: skip
    assert frames == round(seconds * FPS)
    with av.open(str(path)) as container:
        picture, heard = container.streams.video[0], container.streams.audio[0]
        assert container.metadata["title"] == "Rain"
        assert (picture.codec_context.name, heard.codec_context.name) == ("h264", "aac")
        assert (picture.width, picture.height, picture.average_rate) == (WIDTH, HEIGHT, FPS)
        lengths = [float(s.duration * s.time_base) for s in (picture, heard)]
        assert abs(lengths[0] - seconds) <= 1 / FPS
        assert abs(lengths[0] - lengths[1]) <= 1 / FPS
        decoded = [frame.to_ndarray(format="rgb24") for frame in container.decode(picture)]
    assert len(decoded) == frames
    assert is_fast_start(path)
    # What comes again is the same to the last bit.
    for i in range(2 * FPS, frames):
        assert np.array_equal(decoded[i], decoded[i - 2 * FPS])


def test_the_seam_of_the_encoded_loop_is_no_larger_than_other_steps(loop: Path) -> None:
    last_to_first, largest = seam(list(islice(decode_loop(loop), 2 * FPS)))
    assert last_to_first <= 1.1 * largest


def test_the_sound_is_the_same_packets_and_begins_with_the_picture(
    loop: Path, tmp_path: Path
) -> None:
    path, coded = tmp_path / "video.mp4", sound(tmp_path, 3.0)
    repeat_loop(path, loop, coded)

    def packets(file: Path) -> list[bytes]:
        with av.open(str(file)) as container:
            return [bytes(p) for p in container.demux(container.streams.audio[0]) if p.size]

    assert packets(path) == packets(coded)
    with av.open(str(path)) as container:
        frames = [f.to_ndarray() for f in container.decode(audio=0)]
    heard = np.concatenate(frames, axis=1)[0]
    ideal = tone(3.0).samples[0]
    part = slice(RATE, RATE + 4096)
    assert np.corrcoef(heard[part], ideal[part])[0, 1] > 0.999  # not a sample late


def test_encoding_the_same_frames_gives_the_same_bytes(tmp_path: Path) -> None:
    frames = [np.full((HEIGHT, WIDTH, 3), 5 * i, np.uint8) for i in range(10)]
    for name in ("a.mp4", "b.mp4"):
        encode_frames(tmp_path / name, frames, width=WIDTH, height=HEIGHT)
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()
    assert read_loop(tmp_path / "a.mp4").duration_s == pytest.approx(10 / FPS)


# What the sound does.


def test_a_tone_raises_the_bar_of_its_band_and_silence_none() -> None:
    heard = hear(tone(1.0, 1000.0), rate_fps=FPS)
    assert len(heard) == FPS
    edges = np.geomspace(45.0, 12_000.0, BANDS + 1)
    band = int(np.searchsorted(edges, 1000.0)) - 1
    assert heard.bars[-1].argmax() == band
    assert heard.needles[-1].min() > 150
    silent = hear(Audio(np.zeros((1, RATE), np.float32)), rate_fps=FPS)
    assert silent.bars.max() == silent.needles.max() == 0
    assert set(silent.wave.ravel().tolist()) == {128}


def test_blocks_of_any_size_are_heard_alike() -> None:
    audio = tone(0.9, 300.0)

    class Chopped(Audio):
        def blocks(self, size: int = 1000):
            return super().blocks(777)

    a, b = hear(audio, rate_fps=FPS), hear(Chopped(audio.samples, RATE), rate_fps=FPS)
    assert np.array_equal(a.bars, b.bars)
    assert np.array_equal(a.wave, b.wave)


@pytest.mark.parametrize("kind", ["spectrum", "waveform", "vu", None])
def test_what_is_drawn_lies_at_the_foot_and_titles_come_and_go(kind: str | None) -> None:
    heard = hear(tone(1.0), rate_fps=FPS)
    heard = Heard(*(np.repeat(x, 8, axis=0) for x in (heard.bars, heard.wave, heard.needles)))
    look = Look(kind, PAPER, INK, has_progress=True, chapters=((1.0, "Bridge"),))
    black = np.zeros((180, 320, 3), np.uint8)
    drawn = [f.copy() for f in draw_over((black.copy() for _ in range(len(heard))), heard, look,
                                         width=320, height=180, rate_fps=FPS)]  # fmt: skip
    assert len(drawn) == len(heard)
    middle = FPS * 3
    assert drawn[middle][5:22].any()
    assert not drawn[0][5:22].any()
    assert not drawn[-1][5:22].any()
    assert not drawn[middle][40:120].any()
    assert drawn[middle][170:173].any()  # progress
    assert (drawn[middle][120:168].any()) == (kind is not None)
    first, last = (frame[172].astype(int).sum() for frame in (drawn[0], drawn[-1]))
    assert last > first


# Bad input.


def test_what_cannot_be_made_is_one_sentence_and_leaves_nothing(loop: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="'4k' is no size"):
        picture_size("4k", "16:9")
    with pytest.raises(InputError, match="'2:1' is no aspect"):
        picture_size("720p", "2:1")
    with pytest.raises(InputError, match="even numbers of pixels"):
        encode_frames(tmp_path / "x.mp4", [], width=161, height=90)
    with pytest.raises(InputError, match="'lava' is no visualiser"):
        Look("lava", PAPER, INK)
    with pytest.raises(InputError, match="no video that can be read"):
        read_loop(Path(__file__))
    with pytest.raises(InputError, match="holds no sound"):
        sound_duration_s(loop)
    mp3 = tmp_path / "sound.mp3"
    encode_audio(mp3, tone(0.5))
    with pytest.raises(InputError, match="a video takes AAC"):
        repeat_loop(tmp_path / "x.mp4", loop, mp3, duration_s=1.0)
    assert [path.name for path in tmp_path.iterdir()] == ["sound.mp3"]


def test_a_folder_that_cannot_be_written_to_is_one_sentence(loop: Path, tmp_path: Path) -> None:
    with pytest.raises(TapeloomError, match="cannot be written"):
        repeat_loop(tmp_path / "none" / "x.mp4", loop, sound(tmp_path, 0.5))


def test_a_caption_is_inside_its_box_and_read_on_any_ground() -> None:
    overlay = caption("Rain on the window", width=320, height=180, box=(0.1, 0.5, 0.9, 0.9),
                      colour=PAPER, ink=INK)  # fmt: skip
    assert overlay is not None
    frame = np.full((180, 320, 3), 200, np.uint8)
    overlay.lay(frame)
    changed = np.argwhere((frame != 200).any(axis=2))
    assert changed[:, 0].min() > 40
    assert changed[:, 1].min() >= 5
    letters = frame.max(axis=2)
    assert letters.max() > 235
    assert frame.min() < 130  # the shade
    untouched = np.full((180, 320, 3), 200, np.uint8)
    overlay.lay(untouched, 0.0)
    assert (untouched == 200).all()
    assert caption("", width=320, height=180, box=(0, 0, 1, 1), colour=PAPER, ink=INK) is None
