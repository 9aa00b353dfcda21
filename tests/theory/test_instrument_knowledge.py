"""What is known of instruments: whole, consistent, and checked against a second source."""

import runpy
from pathlib import Path

import numpy as np
import pytest
from music21 import instrument as peer

from tapeloom.core.errors import InputError
from tapeloom.synth.catalogue import NAMES
from tapeloom.theory.instruments import (
    INSTRUMENTS,
    KITS,
    KNOWN,
    Instrument,
    Register,
    instrument,
    of_program,
    played_by,
)
from tapeloom.theory.instruments.spectra import BAND_EDGES_HZ, BANDS_HZ, spectra_of

PITCHED = [name for name in KNOWN if name not in KITS]
PEERS = {
    "piccolo": "Piccolo", "flute": "Flute", "recorder": "Recorder", "oboe": "Oboe",
    "english_horn": "EnglishHorn", "clarinet": "Clarinet", "bass_clarinet": "BassClarinet",
    "bassoon": "Bassoon", "contrabassoon": "Contrabassoon", "soprano_sax": "SopranoSaxophone",
    "alto_sax": "AltoSaxophone", "tenor_sax": "TenorSaxophone",
    "baritone_sax": "BaritoneSaxophone", "horn": "Horn", "trumpet": "Trumpet",
    "trombone": "Trombone", "bass_trombone": "BassTrombone", "tuba": "Tuba", "violin": "Violin",
    "viola": "Viola", "cello": "Violoncello", "double_bass": "Contrabass", "harp": "Harp",
    "grand_piano": "Piano", "harpsichord": "Harpsichord", "accordion": "Accordion",
    "electric_bass": "ElectricBass", "steel_guitar": "AcousticGuitar", "mandolin": "Mandolin",
    "ukulele": "Ukulele", "pipe_organ": "PipeOrgan", "harmonium": "ReedOrgan",
    "jazz_guitar": "ElectricGuitar", "upright_bass": "AcousticBass", "ocarina": "Ocarina",
    "pan_flute": "PanFlute", "vibraphone": "Vibraphone", "marimba": "Marimba",
    "xylophone": "Xylophone", "glockenspiel": "Glockenspiel", "timpani": "Timpani",
    "tubular_bells": "TubularBells", "celesta": "Celesta", "kalimba": "Kalimba",
    "steel_drum": "SteelDrum", "soprano_voice": "Soprano", "bass_voice": "Bass",
}  # fmt: skip
# Where we keep to another reading than music21, and why.
OTHER_LOW = {
    "horn": "a double horn's pedal notes, written F#2; music21 stops at C2 as written",
    "contrabassoon": "music21 gives its written note and no transposition",
    "baritone_sax": "today's instruments have a low A",
    "pan_flute": "a tenor in G; music21 has one down to C4",
    "ocarina": "an alto in C; music21 has one down to C4",
}
WRITTEN_AS_SOUNDING = {  # music21 leaves these octaves to the clef
    "contrabassoon", "electric_bass", "steel_guitar", "jazz_guitar", "upright_bass", "celesta",
    "xylophone", "glockenspiel",
}  # fmt: skip
OTHER_HIGH = {
    "pipe_organ": "five octaves; music21 gives four",
    "harmonium": "five octaves; music21 gives four",
}
OTHER_PROGRAM = {
    "steel_guitar": "music21's acoustic guitar is General MIDI's nylon one",
    "mandolin": "General MIDI has none; music21 takes a string ensemble",
    "ukulele": "General MIDI has none; music21 takes a string ensemble",
}


def test_there_are_the_synths_and_the_orchestras() -> None:
    assert len(KNOWN) >= 60
    assert set(INSTRUMENTS) == set(NAMES)
    assert all(name == known.name for name, known in KNOWN.items())


@pytest.mark.parametrize("name", KNOWN)
def test_every_record_is_whole(name: str) -> None:
    known = KNOWN[name]
    assert known.title
    assert known.source
    assert known.articulations
    assert known.blends
    assert played_by(name) in INSTRUMENTS
    assert all(partner in KNOWN and partner != name for partner in known.partners)
    assert known.low - known.transposition == known.written_range[0]
    if name not in KITS:
        assert len(known.registers) >= 2
        assert known.partners
        assert all(each.colour.islower() for each in known.registers)
    blown = known.family in ("flute", "reed", "brass", "voice")
    assert blown == (known.breath_s is not None)
    assert bool(known.hands) == bool(known.hand_span)


@pytest.mark.parametrize("name", PEERS)
def test_a_second_source_agrees(name: str) -> None:
    known, other = KNOWN[name], getattr(peer, PEERS[name])()
    moved = 0 if other.transposition is None else other.transposition.semitones
    if name not in WRITTEN_AS_SOUNDING:
        assert known.transposition == moved
    if name not in OTHER_PROGRAM:
        assert known.program == other.midiProgram
    if other.lowestNote is not None and name not in OTHER_LOW:
        assert known.low == other.lowestNote.midi + moved, name
    if getattr(other, "highestNote", None) is not None and name not in OTHER_HIGH:
        assert abs(known.high - other.highestNote.midi) <= 1


def test_registers_are_found_by_pitch() -> None:
    clarinet = instrument("clarinet")
    assert clarinet.register_at(52).name == "chalumeau"
    assert clarinet.register_at(66).colour == "pale"
    assert clarinet.register_at(120).name == "altissimo"
    assert Instrument("x", "X", 1, 9, (2, 3), 0, 1).register_at(5).colour == "even"
    # Rimsky-Korsakov: a trumpet is two horns, a horn two woodwinds.
    trumpet, horn, flute = (
        KNOWN[name].register_at(pitch).loudness_db
        for name, pitch in (("trumpet", 65), ("horn", 60), ("flute", 76))
    )
    assert 3.0 <= trumpet - horn <= 6.0
    assert 3.0 <= horn - flute <= 6.0


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"comfortable": (50, 99)}, "the second must lie within the first"),
        ({"registers": (Register("low", 61, 70, "dark", 0.0),)}, "it must begin at 60"),
        ({"registers": (Register("low", 60, 70, "dark", 0.0),)}, "registers end at 70"),
    ],
)
def test_what_cannot_be_is_refused(change: dict[str, object], match: str) -> None:
    with pytest.raises(InputError, match=match):
        Instrument(**({"name": "x", "title": "X", "low": 60, "high": 80, "comfortable": (60, 80),
                       "program": 0, "polyphony": 1} | change))  # type: ignore[arg-type] # fmt: skip


def test_names_are_found_or_refused() -> None:
    with pytest.raises(InputError, match="did you mean"):
        instrument("obo")
    with pytest.raises(InputError, match="choose one of"):
        instrument("zzz")
    with pytest.raises(InputError, match="is a drum kit"):
        spectra_of("jazz_kit")
    assert of_program(68).name in INSTRUMENTS


@pytest.mark.parametrize("name", PITCHED)
def test_bands_lie_at_and_above_the_note(name: str) -> None:
    found, known = spectra_of(name), KNOWN[name]
    assert found.power.shape == (128, len(BANDS_HZ))
    np.testing.assert_allclose(found.power.sum(axis=1), 1.0)
    assert ((found.hold_s > 0.0) & (found.hold_s <= 4.0)).all()
    # A sixteen-foot stop sounds an octave lower.
    lowest = 0.3 if played_by(name) == "organ" else 0.6
    for pitch in known.comfortable:
        hz = 440.0 * 2.0 ** ((pitch - 69) / 12)
        below = np.array(BAND_EDGES_HZ[1:]) < lowest * hz
        assert found.power[pitch, below].sum() < 0.2


def test_a_stand_in_moves_by_whole_bands() -> None:
    """A violin's top is the cello's, moved up: four semitones are a third of an octave."""
    violin = spectra_of("violin").power
    assert violin[99].argmax() > violin[87].argmax()
    np.testing.assert_allclose(violin[70], spectra_of("solo_cello").power[70])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["flute", "felt_piano", "synth_bass"])
def test_the_table_is_what_the_synth_sounds(name: str) -> None:
    script = runpy.run_path(str(Path(__file__).parents[2] / "docs/make_instrument_spectra.py"))
    pitch = KNOWN[name].low + 12
    shape, _ = script["bands_db"](script["played"](name, pitch))
    kept = 10.0 * np.log10(spectra_of(name).power[pitch])
    loud = shape > -40.0
    np.testing.assert_allclose(kept[loud], shape[loud], atol=0.1)
