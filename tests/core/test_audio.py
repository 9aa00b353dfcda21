import errno
import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core import audio as module
from tapeloom.core.audio import Audio, AudioFile, AudioWriter, encode_audio, write_audio
from tapeloom.core.errors import InputError, TapeloomError
from tapeloom.core.files import read_json, replacing, sha256_of, write_json

RATE = 44_100


def tone(seconds=1.5, channels=2, rate=RATE):
    t = np.arange(int(seconds * rate)) / rate
    waves = [0.4 * np.sin(2 * np.pi * 220 * (i + 1) * t) for i in range(channels)]
    return Audio(np.array(waves, np.float32), rate)


@pytest.mark.parametrize("suffix", [".wav", ".flac"])
@pytest.mark.parametrize("channels", [1, 2, 5])
def test_24_bits_come_back(tmp_path, suffix, channels):
    sound = tone(channels=channels)
    file = write_audio(tmp_path / f"x{suffix}", sound)
    assert (file.rate, file.channels, file.frames) == (RATE, channels, sound.frames)
    back = file.read()
    assert np.abs(back.samples - sound.samples).max() <= 2**-23
    assert back.samples.flags.c_contiguous


def test_float_wav_comes_back_bit_for_bit(tmp_path):
    sound = Audio(3.0 * tone().samples)  # float files may be over full scale
    file = write_audio(tmp_path / "x.wav", sound, subtype="FLOAT")
    assert np.array_equal(file.read().samples, sound.samples)


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".mp3", ".m4a", ".opus"])
@pytest.mark.parametrize("size", [1000, 4096, 65_536])
def test_blocks_are_the_whole(tmp_path, suffix, size):
    path = tmp_path / f"x{suffix}"
    rate = 48_000  # the one rate that all of them take
    if suffix in (".wav", ".flac"):
        write_audio(path, tone(0.7, rate=rate))
    else:
        encode_audio(path, tone(0.7, rate=rate), bit_rate=128_000)
    file = AudioFile.open(path)
    blocks = list(file.blocks(size))
    assert all(block.shape == (2, size) for block in blocks[:-1])
    assert all(block.dtype == np.float32 for block in blocks)
    assert np.array_equal(np.concatenate(blocks, axis=1), file.read().samples)


@pytest.mark.parametrize("suffix", [".mp3", ".m4a"])
@pytest.mark.parametrize("channels", [1, 2])
def test_lossy_files_keep_level_pitch_and_length(tmp_path, suffix, channels):
    sound = tone(2.0, channels)
    path = tmp_path / f"x{suffix}"
    encode_audio(path, sound, bit_rate=256_000, tags={"title": "Rain", "artist": "Nobody"})
    file = AudioFile.open(path)
    back = file.read()
    assert (back.rate, back.channels) == (RATE, channels)
    assert abs(back.frames - sound.frames) < 0.1 * RATE
    middle = slice(RATE // 2, RATE // 2 + RATE)
    for ours, theirs in zip(sound.samples, back.samples, strict=True):
        assert np.std(theirs[middle]) == pytest.approx(np.std(ours[middle]), rel=0.02)
        assert np.argmax(np.abs(np.fft.rfft(theirs[middle]))) == np.argmax(
            np.abs(np.fft.rfft(ours[middle]))
        )


def test_tags_are_written(tmp_path):
    import av
    import soundfile

    tags = {"title": "Rain, 雨", "artist": "Tapeloom", "genre": "Lo-Fi"}
    encode_audio(tmp_path / "x.mp3", tone(0.2), tags=tags)
    with av.open(str(tmp_path / "x.mp3")) as container:
        assert {name: container.metadata[name] for name in tags} == tags
    write_audio(tmp_path / "x.flac", tone(0.2), tags=tags)
    with soundfile.SoundFile(tmp_path / "x.flac") as file:
        assert (file.title, file.artist, file.genre) == tuple(tags.values())


@given(st.lists(st.integers(0, 50), max_size=20), st.integers(1, 40))
def test_rebatching_loses_nothing(lengths, size):
    whole = np.arange(2 * sum(lengths), dtype=np.float32).reshape(2, -1)
    cuts = np.cumsum(lengths)
    blocks = np.split(whole, cuts[:-1], axis=1) if lengths else []
    again = list(module.rebatch(blocks, size))
    assert all(block.shape[1] == size for block in again[:-1])
    assert all(0 < block.shape[1] <= size for block in again)
    if again:
        assert np.array_equal(np.concatenate(again, axis=1), whole)


def test_silence_of_no_length(tmp_path):
    file = write_audio(tmp_path / "x.wav", Audio(np.zeros((2, 0), np.float32)))
    assert file.read().frames == 0


@pytest.mark.parametrize("content", [b"", b"text", b"RIFF\x00\x00\x00\x00WAVE", bytes(2000)])
def test_what_is_no_audio_is_refused(tmp_path, content):
    path = tmp_path / "x.wav"
    path.write_bytes(content)
    with pytest.raises(InputError, match="no audio"):
        AudioFile.open(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    for path in (tmp_path / "none.wav", tmp_path):
        with pytest.raises(InputError):
            AudioFile.open(path)


def test_a_clipped_or_undefined_sample_is_a_fault_and_leaves_no_file(tmp_path):
    for wrong in (1.5, float("nan")):
        path = tmp_path / "x.wav"
        with pytest.raises(TapeloomError, match="would clip"):
            write_audio(path, Audio(np.full((2, 10), wrong, np.float32)))
        assert not list(tmp_path.iterdir())


def test_an_unwritable_folder_is_one_sentence(tmp_path):
    path = tmp_path / "missing" / "x.flac"
    with pytest.raises(TapeloomError, match="cannot be written"):
        write_audio(path, tone(0.1))
    with pytest.raises(TapeloomError, match="cannot be written"):
        encode_audio(tmp_path / "missing" / "x.mp3", tone(0.1))


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no full device here")
@pytest.mark.parametrize("suffix", [".wav", ".flac"])
def test_a_full_disk_is_one_sentence_and_leaves_nothing(tmp_path, suffix, monkeypatch):
    from contextlib import contextmanager
    from pathlib import Path

    @contextmanager
    def onto_full_disk(path):
        full = Path(tmp_path / f"full{suffix}")
        full.symlink_to("/dev/full")
        try:
            yield full
            os.replace(full, path)
        except OSError as error:
            raise TapeloomError(f"{path} cannot be written: {error.strerror}") from error
        finally:
            full.unlink(missing_ok=True)

    monkeypatch.setattr(module, "replacing", onto_full_disk)
    with pytest.raises(TapeloomError, match=os.strerror(errno.ENOSPC)):
        write_audio(tmp_path / f"x{suffix}", tone(3.0))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["x.ogg", "x", "x.mp3"])
def test_only_known_formats_are_written(tmp_path, name):
    with pytest.raises(InputError, match="cannot be written in blocks"):
        AudioWriter(tmp_path / name)
    with pytest.raises(InputError, match="cannot be encoded"):
        encode_audio(tmp_path / "x.wav", tone(0.1))
    with pytest.raises(InputError, match="5 channels"):
        encode_audio(tmp_path / "x.mp3", tone(0.1, 5))


def test_strange_rates_and_shapes_are_refused(tmp_path):
    with pytest.raises(InputError, match="rate is 5"):
        Audio(np.zeros((1, 5), np.float32), 5)
    with pytest.raises(InputError, match="must be"):
        Audio(np.zeros(5, np.float32))
    import soundfile

    soundfile.write(tmp_path / "x.wav", np.zeros(100), 4000)
    with pytest.raises(InputError, match="4000 Hz"):
        AudioFile.open(tmp_path / "x.wav")


def write_half(path):
    with replacing(path) as temporary:
        temporary.write_text("half")
        raise KeyboardInterrupt


def test_a_failure_inside_leaves_the_old_file(tmp_path):
    path = tmp_path / "x.json"
    write_json(path, {"a": [1, "é"]})
    before = sha256_of(path)
    with pytest.raises(KeyboardInterrupt):
        write_half(path)
    assert sha256_of(path) == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["x.json"]
    assert read_json(path) == {"a": [1, "é"]}


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"[" * 100_000])
def test_damaged_json_is_refused(tmp_path, content):
    path = tmp_path / "x.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match="cannot be read as JSON"):
        read_json(path)
    with pytest.raises(InputError, match="does not exist"):
        read_json(tmp_path / "none.json")
    with pytest.raises(InputError, match="no file of ours"):
        read_json(path, max_bytes=0)
