"""Bands and ensembles by name: who plays in them, how many, and what each of them does."""

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from tapeloom.core.errors import InputError
from tapeloom.theory.instruments import instrument, played_by

# What a player does where the band plays a tune over chords: the tune; a voice between tune and
# bass; the bass line, plain or walking; chords in rhythm; the tune and the chords in two hands;
# bass and broken chords; broken chords alone; long chords; the kit; another player's line, doubled.
Task = Literal["lead", "inner", "bass", "walk", "comp", "solo", "accompany", "arpeggio", "pad",
               "drums", "double"]  # fmt: skip
_ROLES: dict[Task, str] = {
    "lead": "melody", "inner": "other", "bass": "bass", "walk": "bass", "comp": "keys",
    "solo": "keys", "accompany": "keys", "arpeggio": "guitar", "pad": "pad",
    "drums": "drums", "double": "other",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Player:
    """One part of an ensemble.

    >>> first = Player("violin 1", "violin", "lead")
    >>> first.role, first.sound
    ('melody', 'solo_cello')
    """

    name: str  # of the part
    instrument: str  # a name in theory.instruments.KNOWN
    task: Task
    count: int = 1  # how many play it
    doubles: str = ""  # the name of the player whose line it doubles

    def __post_init__(self) -> None:
        instrument(self.instrument)
        if self.count < 1:
            raise InputError(f"{self.name} is played by {self.count}; at least 1 must play it")
        if (self.task == "double") != bool(self.doubles):
            raise InputError(f"{self.name} must say whom it doubles, and only if it doubles")

    @property
    def role(self) -> str:
        """The part's role, one of core.score.ROLES."""
        if _ROLES[self.task] == "keys" and instrument(self.instrument).family == "plucked":
            return "guitar"
        return _ROLES[self.task]

    @property
    def sound(self) -> str:
        """The instrument of the synth that sounds: its own, or the nearest that there is."""
        return played_by(self.instrument)


@dataclass(frozen=True, slots=True)
class Ensemble:
    """A named band; its players stand in the order of a score."""

    name: str
    title: str
    players: tuple[Player, ...]
    kind: Literal["lofi", "jazz", "lines", "solo"]  # a groove, a swing, voices, or one or two alone

    def __post_init__(self) -> None:
        names = [player.name for player in self.players]
        if len(set(names)) < len(names):
            raise InputError(f"two players of {self.name} have one name; names must differ")
        for player in self.players:
            if player.doubles and player.doubles not in names:
                raise InputError(f"{player.name} doubles {player.doubles!r}, who doesn't play")

    def with_task(self, *tasks: Task) -> tuple[Player, ...]:
        """Return the players of some tasks."""
        return tuple(player for player in self.players if player.task in tasks)


def _lines(*rows: tuple[str, str, Task]) -> tuple[Player, ...]:
    return tuple(Player(*row) for row in rows)


ENSEMBLES: dict[str, Ensemble] = {
    ensemble.name: ensemble
    for ensemble in (
        Ensemble("lofi-trio", "Lo-fi trio", _lines(
            ("keys", "electric_piano", "solo"), ("bass", "electric_bass", "bass"),
            ("drums", "dusty_kit", "drums")), "lofi"),
        Ensemble("lofi-quartet", "Lo-fi quartet", _lines(
            ("melody", "vibraphone", "lead"), ("keys", "electric_piano", "comp"),
            ("bass", "upright_bass", "bass"), ("drums", "dusty_kit", "drums")), "lofi"),
        Ensemble("lofi-band", "Lo-fi band", _lines(
            ("melody", "lead", "lead"), ("keys", "electric_piano", "comp"),
            ("guitar", "jazz_guitar", "arpeggio"), ("bass", "electric_bass", "bass"),
            ("drums", "boom_bap_kit", "drums")), "lofi"),
        Ensemble("lofi-strings", "Lo-fi with strings", _lines(
            ("melody", "flute", "lead"), ("keys", "felt_piano", "comp"),
            ("strings", "string_ensemble", "pad"), ("bass", "upright_bass", "bass"),
            ("drums", "brushes_kit", "drums")), "lofi"),
        Ensemble("jazz-trio", "Jazz trio", _lines(
            ("piano", "grand_piano", "solo"), ("bass", "upright_bass", "walk"),
            ("drums", "brushes_kit", "drums")), "jazz"),
        Ensemble("jazz-quartet", "Jazz quartet", _lines(
            ("melody", "tenor_sax", "lead"), ("piano", "grand_piano", "comp"),
            ("bass", "upright_bass", "walk"), ("drums", "jazz_kit", "drums")), "jazz"),
        Ensemble("piano-solo", "Piano solo", _lines(("piano", "grand_piano", "solo")), "solo"),
        Ensemble("guitar-duo", "Guitar duo", _lines(
            ("guitar 1", "nylon_guitar", "lead"),
            ("guitar 2", "nylon_guitar", "accompany")), "solo"),
        Ensemble("flute-and-harp", "Flute and harp", _lines(
            ("flute", "flute", "lead"), ("harp", "harp", "accompany")), "solo"),
        Ensemble("string-trio", "String trio", _lines(
            ("violin", "violin", "lead"), ("viola", "viola", "inner"),
            ("cello", "cello", "bass")), "lines"),
        Ensemble("string-quartet", "String quartet", _lines(
            ("violin 1", "violin", "lead"), ("violin 2", "violin", "inner"),
            ("viola", "viola", "inner"), ("cello", "cello", "bass")), "lines"),
        Ensemble("wind-quintet", "Wind quintet", _lines(
            ("flute", "flute", "lead"), ("oboe", "oboe", "inner"),
            ("clarinet", "clarinet", "inner"), ("horn", "horn", "inner"),
            ("bassoon", "bassoon", "bass")), "lines"),
        Ensemble("saxophone-quartet", "Saxophone quartet", _lines(
            ("soprano sax", "soprano_sax", "lead"), ("alto sax", "alto_sax", "inner"),
            ("tenor sax", "tenor_sax", "inner"), ("baritone sax", "baritone_sax", "bass")),
            "lines"),
        Ensemble("brass-quartet", "Brass quartet", _lines(
            ("trumpet 1", "trumpet", "lead"), ("trumpet 2", "trumpet", "inner"),
            ("horn", "horn", "inner"), ("trombone", "trombone", "bass")), "lines"),
        Ensemble("brass-quintet", "Brass quintet", _lines(
            ("trumpet 1", "trumpet", "lead"), ("trumpet 2", "trumpet", "inner"),
            ("horn", "horn", "inner"), ("trombone", "trombone", "inner"),
            ("tuba", "tuba", "bass")), "lines"),
        Ensemble("satb-choir", "Choir", (
            Player("soprano", "soprano_voice", "lead", 8),
            Player("alto", "alto_voice", "inner", 8), Player("tenor", "tenor_voice", "inner", 8),
            Player("bass", "bass_voice", "bass", 8)), "lines"),
        Ensemble("orchestra-small", "Small orchestra", (
            Player("flute", "flute", "double", 2, "violins 1"),
            Player("oboe", "oboe", "double", 2, "violins 2"),
            Player("clarinet", "clarinet", "double", 2, "violas"),
            Player("bassoon", "bassoon", "double", 2, "cellos"),
            Player("horn", "horn", "inner", 2),
            Player("violins 1", "violins", "lead", 8), Player("violins 2", "violins", "inner", 6),
            Player("violas", "violas", "inner", 5), Player("cellos", "cellos", "bass", 4),
            Player("double basses", "double_basses", "double", 2, "cellos")), "lines"),
    )
}  # fmt: skip


def ensemble(name: str) -> Ensemble:
    """Return an ensemble by name; spaces and underscores count as hyphens.

    >>> [player.name for player in ensemble("String Quartet").players]
    ['violin 1', 'violin 2', 'viola', 'cello']
    """
    plain = "-".join(name.lower().replace("_", " ").replace("-", " ").split())
    if plain not in ENSEMBLES:
        near = get_close_matches(plain, ENSEMBLES, n=3, cutoff=0.5)
        hint = f"did you mean {' or '.join(near)}?" if near else "choose one of "
        raise InputError(f"{name!r} is no band; {hint if near else hint + ', '.join(ENSEMBLES)}")
    return ENSEMBLES[plain]
