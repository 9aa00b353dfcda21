"""The driver: notes to blocks to files, the same whatever the blocks and threads are."""

import numpy as np
import pytest

from tapeloom.core.audio import RATE
from tapeloom.core.errors import InputError, TapeloomError
from tapeloom.core.performance import Performance, PlayedControl, PlayedNote, PlayedPart
from tapeloom.core.seed import stream
from tapeloom.core.time import TempoMap
from tapeloom.synth import draw_voice, render_part
from tapeloom.synth.headroom import CEILING, HOP, with_headroom
from tapeloom.synth.render import instrument_of, render, schedule
from tapeloom.theory.instruments import INSTRUMENTS, KITS


def part(name, role, instrument, *notes, **more):
    return PlayedPart(name, role, instrument, tuple(PlayedNote(*note) for note in notes), **more)


def render_whole(played, *, seconds, seed=3, rate=RATE, block=65_536):
    voice = draw_voice(instrument_of(played), stream(seed, "voice"), brightness=0.5)
    blocks = list(
        render_part(played, voice, frames=int(seconds * rate), rate=rate, seed=seed, block=block)
    )
    return np.concatenate(blocks, axis=1), blocks


CHORD = [(0.3, 1.2, pitch, 80) for pitch in (48, 52, 55, 59, 62)]


def band_of(name):
    notes = [(0.1, 0.4, 42, 70), (0.5, 0.3, 46, 80), (0.6, 0.1, 42, 60), (0.9, 0.5, 38, 110)]
    return notes if name in KITS else [(0.1 + 0.2 * i, 0.5, 40 + i, 90) for i in range(5)]


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_blocks_of_any_size_give_the_same_samples(name):
    played = part("part", "other", name, *band_of(name))
    whole, _ = render_whole(played, seconds=2.0, block=2**17)
    for block in (HOP, 4_096):
        pieces, blocks = render_whole(played, seconds=2.0, block=block)
        assert [b.shape[1] for b in blocks[:-1]] == [block] * (len(blocks) - 1)
        assert pieces.tobytes() == whole.tobytes()
    assert whole.shape == (2, 2 * RATE)
    assert whole.dtype == np.float32


def test_a_block_that_is_no_multiple_of_a_hop_is_refused():
    voice = draw_voice("warm_pad", stream(1), brightness=0.5)
    with pytest.raises(InputError, match="block is 100; it must be a multiple of 64"):
        next(render_part(part("p", "pad", "warm_pad"), voice, frames=10, seed=1, block=100))


def test_a_part_without_notes_is_silent():
    sound, _ = render_whole(part("pad", "pad", "warm_pad"), seconds=1.5)
    assert sound.shape == (2, int(1.5 * RATE))
    assert not sound.any()


def test_notes_sound_where_they_are_written():
    sound, _ = render_whole(part("bass", "bass", "upright_bass", (0.5, 0.4, 40, 90)), seconds=2.0)
    heard = np.flatnonzero(np.abs(sound).max(axis=0) > 1e-4)
    assert heard[0] / RATE == pytest.approx(0.5, abs=0.004)
    assert heard[-1] / RATE < 0.5 + 0.4 + 0.4


@pytest.mark.parametrize("name", ["electric_piano", "felt_piano", "nylon_guitar", "dusty_kit"])
def test_the_loudest_playing_keeps_six_decibels_of_headroom_without_distortion(name):
    pitches = (36, 38, 42, 49, 51, 46) if name in KITS else range(40, 76, 3)
    notes = [(0.2 + 0.5 * i, 2.0, pitch, 127) for i in range(4) for pitch in pitches]
    sound, _ = render_whole(part("p", "other", name, *notes), seconds=4.0)
    peak = np.abs(sound).max()
    assert 0.3 < peak <= CEILING
    # A gain that moves slowly never holds the waveform at the ceiling.
    assert (np.abs(sound) > 0.9999 * CEILING).sum() < 20


def test_headroom_leaves_quiet_signals_bit_for_bit():
    quiet = (0.4 * np.sin(np.arange(40_000) / 9.0)).astype(np.float32)
    source = np.stack([quiet, -quiet])
    out = np.concatenate(list(with_headroom(feeder(source), frames=40_000, block=6_400)), axis=1)
    assert out.tobytes() == source.tobytes()


def test_headroom_turns_down_ahead_of_a_peak_and_back_after_it():
    source = np.full((2, 40_000), 0.3, np.float32)
    source[:, 20_000:20_010] = 1.5
    out = np.concatenate(list(with_headroom(feeder(source), frames=40_000, block=6_400)), axis=1)
    assert np.abs(out).max() <= CEILING
    assert out[0, 20_005] == pytest.approx(CEILING, rel=1e-3)
    gain = out[0] / source[0]
    assert gain[:15_000] == pytest.approx(1.0)
    assert gain[25_000:] == pytest.approx(1.0)
    assert np.abs(np.diff(gain)).max() < 1e-3


def feeder(source):
    at = [0]

    def take(frames):
        piece = source[:, at[0] : at[0] + frames]
        at[0] += frames
        return np.pad(piece, ((0, 0), (0, frames - piece.shape[1])))

    return take


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_the_low_end_is_mono_and_there_is_no_dc(name):
    pitches = [36, 38, 46] if name in KITS else [INSTRUMENTS[name].comfortable[0] + 2] * 3
    notes = [(0.5 * i, 0.45, pitch, 100) for i, pitch in enumerate(pitches)]
    sound, _ = render_whole(part("p", "other", name, *notes), seconds=2.5)
    sound = sound.astype(np.float64)
    assert np.abs(sound.mean(axis=1)).max() < 1e-3  # -60 dBFS
    power = np.abs(np.fft.rfft([sound[0] + sound[1], sound[0] - sound[1]])) ** 2
    low = np.fft.rfftfreq(sound.shape[1], 1 / RATE) < 60.0
    if power[0, low].sum() > 1e-3 * power[0].sum():
        assert power[1, low].sum() < 0.05 * power[0, low].sum()


def test_the_pedal_holds_keys_until_it_goes_up():
    pedal = (PlayedControl(0.2, 64, 127), PlayedControl(1.5, 64, 0))
    dry = part("keys", "keys", "electric_piano", (0.1, 0.3, 60, 90))
    held = part("keys", "keys", "electric_piano", (0.1, 0.3, 60, 90), controls=pedal)
    (without, _), (sustained, _) = (render_whole(p, seconds=3.0) for p in (dry, held))
    at = slice(int(1.2 * RATE), int(1.4 * RATE))
    assert np.abs(sustained[:, at]).max() > 50.0 * np.abs(without[:, at]).max()
    assert np.abs(sustained[:, int(2.3 * RATE) :]).max() < 1e-4


def test_a_pedal_that_never_goes_up_holds_to_the_last_note():
    voice = draw_voice("felt_piano", stream(1), brightness=0.5)
    played = part(
        "keys", "keys", "felt_piano", (0.0, 0.5, 60, 90), (4.0, 1.0, 64, 90),
        controls=(PlayedControl(0.1, 64, 100), PlayedControl(0.2, 1, 5)),
    )  # fmt: skip
    first, last = schedule(played, voice, rate=RATE)
    assert first.held_s == pytest.approx(5.0)
    assert last.held_s == pytest.approx(1.0)


def test_a_bass_plays_one_note_at_a_time_and_a_key_is_struck_anew():
    bass = draw_voice("upright_bass", stream(1), brightness=0.5)
    played = part("bass", "bass", "upright_bass", (0.0, 2.0, 40, 90), (0.5, 1.0, 43, 90))
    assert [s.stop_s for s in schedule(played, bass, rate=RATE)] == [0.5, float("inf")]
    keys = draw_voice("electric_piano", stream(1), brightness=0.5)
    played = part(
        "keys", "keys", "electric_piano", (0.0, 2.0, 60, 90), (0.5, 1.0, 64, 9), (0.8, 1, 60, 9)
    )
    assert [s.held_s for s in schedule(played, keys, rate=RATE)] == [0.8, 1.0, 1.0]


def test_a_closed_hat_chokes_the_open_one():
    def tail(*more):
        sound, _ = render_whole(
            part("d", "drums", "dusty_kit", (0.0, 0.1, 46, 100), *more), seconds=1
        )
        return np.abs(sound[:, int(0.45 * RATE) : int(0.6 * RATE)]).max()

    assert tail((0.2, 0.1, 42, 40)) < 0.2 * tail()


def test_the_order_of_parts_and_the_other_parts_do_not_matter():
    alone, _ = render_whole(part("keys", "keys", "felt_piano", *CHORD), seconds=2.0)
    again, _ = render_whole(part("keys", "keys", "felt_piano", *CHORD[::-1]), seconds=2.0)
    assert alone.tobytes() == again.tobytes()


@pytest.mark.parametrize(
    ("role", "instrument", "program", "chosen"),
    [
        ("keys", "felt_piano", 4, "felt_piano"),
        ("bass", "", 0, "upright_bass"),
        ("drums", "", 0, "dusty_kit"),
        ("drums", "", 40, "brushes_kit"),
        ("drums", "", 25, "eight_oh_eight_kit"),
        ("drums", "", 99, "dusty_kit"),
        ("pad", "theremin", 0, "warm_pad"),
        ("melody", "", 0, "electric_piano"),
        ("other", "", 0, "felt_piano"),
        ("other", "", 4, "electric_piano"),
        ("other", "", 25, "steel_guitar"),
        ("other", "", 33, "electric_bass"),
        ("other", "", 48, "string_ensemble"),
        ("other", "", 127, "warm_pad"),
    ],
)
def test_a_file_that_names_no_instrument_gets_one(role, instrument, program, chosen):
    assert instrument_of(part("p", role, instrument, program=program)) == chosen


def small_performance():
    return Performance(
        (
            part("keys", "keys", "electric_piano", *CHORD),
            part("drums", "drums", "dusty_kit", (0.0, 0.1, 36, 100), (0.4, 0.1, 38, 90)),
            part("bass", "bass", "upright_bass", (0.0, 0.7, 36, 90)),
            part("keys", "pad", "warm_pad"),
        ),
        duration_s=1.0,
        tempo=TempoMap.constant(75),
    )


def test_render_writes_files_of_one_length_that_do_not_depend_on_jobs(tmp_path):
    progress = []
    folders = [tmp_path / name for name in ("one", "four")]
    for folder, jobs in zip(folders, (1, 4), strict=True):
        folder.mkdir()
        stems = render(
            small_performance(), folder, seed=5, brightness=0.4, tail_s=0.5, jobs=jobs,
            textures={"rain": 0.6, "wind": 0.0, "vinyl": 0.5}, on_progress=progress.append,
        )  # fmt: skip
    names = ["keys", "drums", "bass", "keys 2", "rain"]
    assert [stem.name for stem in stems.stems] == names
    assert [stem.role for stem in stems.stems] == ["keys", "drums", "bass", "pad", "texture"]
    assert stems.frames == int(1.5 * RATE)
    assert {path.name for path in folders[0].iterdir()} == {f"{n}_75bpm.flac" for n in names}
    for path in folders[0].iterdir():
        assert path.read_bytes() == (folders[1] / path.name).read_bytes()
    for stem in stems.stems:
        sound = stem.audio.read().samples
        assert np.abs(sound).max() <= CEILING + 1e-6
        assert sound.any() != (stem.name == "keys 2")
    assert progress[len(progress) // 2 - 1] == pytest.approx(1.0)
    assert all(0.0 < value <= 1.0 for value in progress)


def test_names_of_parts_cannot_leave_the_folder(tmp_path):
    performance = Performance((part("../Piano / left", "keys", "", (0.0, 0.1, 60, 80)),), 0.2)
    stems = render(performance, tmp_path, seed=1, brightness=0.5, tail_s=0.1)
    assert stems.stems[0].name == "../Piano / left"
    assert stems.stems[0].audio.path.parent == tmp_path
    assert stems.stems[0].audio.path.is_file()


def test_nothing_to_render_is_an_error(tmp_path):
    with pytest.raises(InputError, match="there are no stems"):
        render(Performance((), 1.0), tmp_path, seed=1, brightness=0.5)


def test_an_unwritable_folder_is_one_clear_error(tmp_path):
    with pytest.raises(TapeloomError, match="cannot be written"):
        render(small_performance(), tmp_path / "missing", seed=1, brightness=0.5, tail_s=0.1)


def test_the_package_exports_what_it_lists():
    import tapeloom.synth as package

    assert all(getattr(package, name) is not None for name in package.__all__)
    with pytest.raises(AttributeError, match="no attribute 'theremin'"):
        _ = package.theremin
