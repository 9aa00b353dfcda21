"""Kits: what makes a drum that drum, and one kit another."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from tapeloom.core.audio import RATE
from tapeloom.core.errors import InputError
from tapeloom.core.performance import PlayedNote, PlayedPart
from tapeloom.core.seed import stream
from tapeloom.synth.catalogue import design
from tapeloom.synth.kit import VARIANTS, _driven, drum_of
from tapeloom.synth.kit_pieces import PIECES
from tapeloom.synth.kit_table import kit_parameters
from tapeloom.synth.render import render_part, schedule
from tapeloom.theory.instruments import DRUMS, KITS, PERCUSSION

KEYS = DRUMS | PERCUSSION
METAL = {"closed_hat", "pedal_hat", "open_hat", "crash", "ride", "tambourine", "open_triangle"}

# Hz: where the kick begins and ends; the snare's share above 1 kHz; the closed hat's centroid.
TARGETS = {
    "dusty_kit": ((85, 115), (44, 57), (0.15, 0.5), (5200, 6500)),
    "boom_bap_kit": ((95, 130), (51, 62), (0.6, 0.9), (5400, 6900)),
    "brushes_kit": ((57, 75), (57, 72), (0.7, 0.95), (5000, 6600)),
    "jazz_kit": ((60, 85), (58, 75), (0.1, 0.5), (6000, 8000)),
    "soft_electronic_kit": ((65, 85), (42, 50), (0.75, 0.95), (7800, 9300)),
    "eight_oh_eight_kit": ((52, 80), (45, 53), (0.7, 0.9), (8300, 10_500)),
}


@lru_cache
def kit(name, seed=1, preset=""):
    return design(name).draw(stream(seed, name), brightness=0.5, preset=preset)


def hit(name, drum, *, velocity=100, duration_s=0.2, n=0, seed=1, preset=""):
    drawn = kit(name, seed, preset)
    rng = stream(seed, drum, n)
    return drawn.note(KEYS[drum], velocity, duration_s, RATE, rng).astype(np.float64)


def spectrum(sound):
    mono = sound.mean(axis=0)
    return np.fft.rfftfreq(len(mono), 1 / RATE), np.abs(np.fft.rfft(mono)) ** 2


def centroid_hz(sound):
    hz, power = spectrum(sound)
    return float((hz * power).sum() / power.sum())


def share_above(sound, limit_hz):
    hz, power = spectrum(sound)
    return float(power[hz > limit_hz].sum() / power.sum())


def strongest_hz(sound, start_s, end_s, *, low_hz=25.0, high_hz=400.0):
    piece = sound.mean(axis=0)[int(start_s * RATE) : int(end_s * RATE)]
    power = np.abs(np.fft.rfft(piece * np.hanning(len(piece)), 2**16))
    hz = np.fft.rfftfreq(2**16, 1 / RATE)
    inside = (hz > low_hz) & (hz < high_hz)
    return float(hz[inside][np.argmax(power[inside])])


def ring_s(sound):
    """Return the time to fall by 60 dB, from the fall between -5 and -25 dB."""
    left = np.cumsum((sound**2).sum(axis=0)[::-1])[::-1]
    level = 10.0 * np.log10(left / left[0] + 1e-12)
    return 3.0 * (np.argmax(level < -25.0) - np.argmax(level < -5.0)) / RATE


def mean_over_hits(measure, name, drum, **how):
    return float(np.mean([measure(hit(name, drum, n=n, **how)) for n in range(6)]))


@pytest.mark.parametrize("name", KITS)
def test_kick_snare_and_hat_are_where_the_kit_has_them(name):
    begin, end, noise, bright = TARGETS[name]
    kick = hit(name, "kick")
    assert begin[0] < strongest_hz(kick, 0.0, 0.03) < begin[1]
    assert end[0] < strongest_hz(kick, 0.08, 0.2) < end[1]
    assert noise[0] < mean_over_hits(lambda s: share_above(s, 1000.0), name, "snare") < noise[1]
    assert bright[0] < mean_over_hits(centroid_hz, name, "closed_hat") < bright[1]


def test_no_two_kits_sound_alike():
    def described(name):
        return np.log([
            mean_over_hits(centroid_hz, name, "closed_hat"),
            mean_over_hits(centroid_hz, name, "snare"),
            mean_over_hits(ring_s, name, "kick"),
            mean_over_hits(ring_s, name, "snare"),
            strongest_hz(hit(name, "kick"), 0.0, 0.03),
            mean_over_hits(ring_s, name, "open_hat"),
        ])  # fmt: skip

    rows = {name: described(name) for name in KITS}
    for a in KITS:
        for b in KITS:
            if a < b:
                assert np.abs(rows[a] - rows[b]).max() > np.log(1.4), (a, b)


def test_the_808_booms_and_the_boom_bap_kick_is_short():
    assert mean_over_hits(ring_s, "eight_oh_eight_kit", "kick") > 1.0
    assert mean_over_hits(ring_s, "boom_bap_kit", "kick") < 0.6


@pytest.mark.parametrize("name", KITS)
@pytest.mark.parametrize("drum", ["kick", "snare", "closed_hat", "ride", "open_conga", "shaker"])
def test_ghost_notes_are_softer_and_duller(name, drum):
    def level(sound):
        return float(np.abs(sound).max())

    ghost, accent = ({"velocity": velocity} for velocity in (24, 122))
    ghost_level, accent_level = (
        mean_over_hits(level, name, drum, **how) for how in (ghost, accent)
    )
    assert 20.0 * np.log10(accent_level / ghost_level) > 15.0
    duller = mean_over_hits(centroid_hz, name, drum, **ghost)
    assert mean_over_hits(centroid_hz, name, drum, **accent) > 1.01 * duller


@pytest.mark.parametrize("name", KITS)
def test_level_rises_with_every_step_of_velocity(name):
    drawn = kit(name)
    for drum in ("snare", "closed_hat"):
        # The same draws for each: only the velocity differs.
        sounds = [drawn.note(KEYS[drum], v, 0.2, RATE, stream(5, drum)) for v in range(20, 128, 6)]
        level = [float(np.abs(sound).max()) for sound in sounds]
        assert level == sorted(level)
        assert 20.0 * np.log10(level[-1] / level[0]) > 18.0


@pytest.mark.parametrize("name", KITS)
@pytest.mark.parametrize("drum", sorted(PIECES.keys() & KEYS.keys()))
def test_every_drum_of_every_kit_is_sound(name, drum):
    sound = hit(name, drum, velocity=127)
    assert np.isfinite(sound).all()
    assert 0.03 < np.abs(sound).max() < 0.8
    assert np.abs(sound[:, 0]).max() < 1e-3
    assert np.abs(sound[:, -1]).max() < 1e-5
    assert abs(sound.mean()) < 2e-3
    if drum in METAL:
        assert centroid_hz(sound) > 2000.0


def test_every_key_of_general_midi_has_a_drum_and_percussion_its_own():
    for key in range(128):
        assert drum_of(key)[0] in PIECES
    assert {drum_of(key)[0] for key in range(35, 82)} >= {*DRUMS, "tom", "bell"}
    for drum, key in PERCUSSION.items():
        assert drum_of(key) == (drum, 1.0)
        assert not PIECES[drum].held
    assert len(set(KEYS.values())) == len(KEYS)


PITCHES = [
    ("high_bongo", 420), ("low_bongo", 305), ("open_conga", 233), ("low_conga", 174),
    ("djembe_bass", 74), ("djembe_tone", 318), ("low_agogo", 648), ("high_agogo", 964),
    ("claves", 2480), ("high_wood_block", 905), ("low_wood_block", 630), ("low_gankogui", 436),
]  # fmt: skip


@pytest.mark.parametrize(("drum", "hz"), PITCHES)
def test_tuned_percussion_is_tuned(drum, hz):
    heard = strongest_hz(hit("jazz_kit", drum, velocity=70), 0.02, 0.3, high_hz=6000.0)
    assert heard == pytest.approx(hz, rel=0.04)


def test_an_open_conga_rings_and_a_muted_one_does_not():
    dry = {"preset": "dry"}
    opened, muted = (
        mean_over_hits(ring_s, "jazz_kit", f"{how}_conga", **dry) for how in ("open", "mute")
    )
    assert opened > 2.0 * muted


def test_a_guiro_is_scraped_notch_by_notch():
    sound = hit("dusty_kit", "long_guiro", preset="dry").mean(axis=0)
    envelope = np.abs(sound)[: int(0.4 * RATE)]
    smooth = np.convolve(envelope, np.hanning(120), "same")
    peaks = (smooth[1:-1] > smooth[:-2]) & (smooth[1:-1] > smooth[2:])
    strong = peaks & (smooth[1:-1] > 0.15 * smooth.max())
    assert 20 < strong.sum() < 60


@pytest.mark.parametrize(
    ("ringing", "stopping"),
    [("open_hat", "closed_hat"), ("open_hat", "pedal_hat"), ("open_triangle", "mute_triangle"),
     ("open_conga", "mute_conga"), ("long_guiro", "guiro")],
)  # fmt: skip
@pytest.mark.parametrize("name", ["dusty_kit", "jazz_kit"])
def test_who_chokes_whom(name, ringing, stopping):
    notes = (PlayedNote(0.0, 0.1, KEYS[ringing], 100), PlayedNote(0.1, 0.1, KEYS[stopping], 20))
    part = PlayedPart("d", "drums", name, notes)
    assert schedule(part, kit(name), rate=RATE)[0].stop_s == pytest.approx(0.1)
    alone = PlayedPart("d", "drums", name, notes[:1])
    frames = RATE
    choked, free = (
        np.concatenate(list(render_part(p, kit(name), frames=frames, seed=1)), axis=1)
        for p in (part, alone)
    )
    late = slice(int(0.16 * RATE), int(0.3 * RATE))
    if ringing != "open_conga":  # the muted stroke is as loud as what it stops
        assert (choked[:, late] ** 2).sum() < 0.7 * (free[:, late] ** 2).sum()


def test_kicks_and_crashes_stop_nothing():
    assert not kit("jazz_kit").stops(DRUMS["open_hat"], DRUMS["kick"])
    assert not kit("jazz_kit").stops(DRUMS["crash"], DRUMS["closed_hat"])


def test_a_brush_sweeps_as_long_as_it_is_held():
    def length_s(duration_s):
        sound = hit("brushes_kit", "brush", duration_s=duration_s)
        level = np.cumsum((sound**2).sum(axis=0))
        return float(np.argmax(level > 0.9 * level[-1])) / RATE

    lengths = [length_s(duration_s) for duration_s in (0.2, 0.4, 0.8)]
    assert lengths[0] < 0.7 * lengths[1] < 0.7 * 0.8 * lengths[2]


def test_a_sweep_swells_where_a_tap_strikes():
    def peak_s(drum):
        sound = np.abs(hit("brushes_kit", drum, duration_s=0.4)).max(axis=0)
        return float(np.argmax(np.convolve(sound, np.ones(600), "same"))) / RATE

    assert peak_s("snare") < 0.03
    assert 0.1 < peak_s("brush") < 0.35


@pytest.mark.parametrize("name", KITS)
def test_hits_come_in_rounds_of_different_ones(name):
    shapes = []
    for n in range(40):
        sound = hit(name, "closed_hat", n=n, velocity=80)
        sound /= np.abs(sound).max()
        if all(np.abs(sound - other).max() > 0.05 for other in shapes):
            shapes.append(sound)
    assert VARIANTS <= len(shapes) <= 2 * VARIANTS  # of the strengths on both sides


@pytest.mark.parametrize("name", KITS)
@pytest.mark.parametrize("preset", ["worn", "far"])
def test_worn_is_duller_and_far_has_more_room(name, preset):
    def level_late(how):
        sound = hit(name, "rim", preset=how)
        late = sound[:, int(0.2 * RATE) :]
        return float((late**2).sum() / (sound**2).sum())

    if preset == "worn":
        centroids = [
            mean_over_hits(centroid_hz, name, "closed_hat", preset=p) for p in ("", "worn")
        ]
        assert centroids[1] < 0.95 * centroids[0]
    else:
        assert level_late("far") > 2.0 * level_late("")


@pytest.mark.parametrize("name", KITS)
def test_other_rates_sound_alike(name):
    for rate in (22_050, 48_000, 96_000):
        sound = kit(name).note(DRUMS["snare"], 90, 0.2, rate, stream(1, "rate"))
        assert np.isfinite(sound).all()
        assert 0.05 < np.abs(sound).max() < 0.5


@pytest.mark.parametrize("name", ["jazz_kit", "brushes_kit", "soft_electronic_kit"])
def test_a_clean_kits_drive_folds_nothing_back(name):
    tuning = replace(kit(name).tuning, drive=2.0)
    hz = 9000.0  # its third harmonic lies at 27 kHz, and would fold to 17.1 kHz
    tone = np.sin(2.0 * np.pi * hz * np.arange(RATE) / RATE)
    folded = _driven(tone, tuning)[:RATE] * np.blackman(RATE)
    power = np.abs(np.fft.rfft(folded)) ** 2
    around = power[17_000:17_200].max()
    assert 10.0 * np.log10(around / power[8900:9100].max()) < -70.0


def test_a_kit_must_fill_in_the_whole_table():
    with pytest.raises(InputError, match="a kit needs bits, crispness"):
        kit_parameters({"kick_hz": 50.0}, {}, {})
