"""The words of a brief and what they ask for: moods, scenes, and the character they add up to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Mood:
    """What one mood word tends to. Numbers without a unit are 0..1."""

    name: str
    bpm: tuple[float, float]  # the range that its tempo is drawn from
    modes: Mapping[str, float]  # mode of the key -> weight
    register: int  # semitones that the melody lies above (+) or below (-) the middle
    density: float  # how many notes
    brightness: float  # of instruments, mix and cover
    energy: float  # of drums and dynamics
    progressions: tuple[str, ...]  # families in theory.progressions, most fitting first
    textures: Mapping[str, float] = field(default_factory=dict)  # texture -> amount
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scene:
    """A place, time or use: what it adds to the mood."""

    name: str
    bpm: float = 0.0  # shift of the tempo range
    density: float = 0.0  # shifts of the mood's numbers
    brightness: float = 0.0
    energy: float = 0.0
    textures: Mapping[str, float] = field(default_factory=dict)
    synonyms: tuple[str, ...] = ()


MOODS: dict[str, Mood] = {
    mood.name: mood
    for mood in (
        Mood(
            "peaceful", (68, 78), {"major": 4, "dorian": 1, "lydian": 1, "minor": 2}, 0,
            0.35, 0.45, 0.3, ("plagal", "circle", "modal"), {"vinyl": 0.5},
            ("calm", "gentle", "soft", "serene", "quiet", "mellow", "chill", "relaxed", "relaxing"),
        ),
        Mood(
            "melancholic", (65, 76), {"minor": 5, "dorian": 2, "major": 1}, -2,
            0.4, 0.35, 0.35, ("descending", "minor_turn", "circle"), {"vinyl": 0.6},
            ("sad", "melancholy", "blue", "lonely", "wistful", "bittersweet"),
        ),
        Mood(
            "uplifting", (78, 90), {"major": 5, "lydian": 1, "mixolydian": 1}, 3,
            0.6, 0.65, 0.6, ("royal", "circle", "plagal"), {"vinyl": 0.35},
            ("happy", "hopeful", "bright", "sunny", "joyful", "optimistic"),
        ),
        Mood(
            "dreamy", (65, 76), {"major": 3, "lydian": 3, "dorian": 1, "minor": 1}, 4,
            0.35, 0.5, 0.25, ("modal", "chromatic", "plagal"), {"vinyl": 0.4},
            ("floating", "ethereal", "hazy", "sleepy", "surreal", "ambient"),
        ),
        Mood(
            "nostalgic", (70, 82), {"major": 3, "minor": 3, "mixolydian": 1}, 0,
            0.45, 0.4, 0.4, ("royal", "descending", "backdoor"), {"vinyl": 0.75},
            ("old", "retro", "vintage", "memories", "memory", "childhood"),
        ),
        Mood(
            "dark", (64, 76), {"minor": 5, "phrygian": 1, "dorian": 1}, -4,
            0.4, 0.2, 0.45, ("minor_turn", "chromatic", "descending"), {"vinyl": 0.6},
            ("moody", "noir", "gloomy", "mysterious", "shadow"),
        ),
        Mood(
            "warm", (72, 84), {"major": 4, "dorian": 2, "mixolydian": 1}, -1,
            0.5, 0.4, 0.45, ("circle", "backdoor", "royal"), {"vinyl": 0.55},
            ("cozy", "cosy", "golden", "tender", "soulful"),
        ),
        Mood(
            "focused", (74, 86), {"minor": 3, "dorian": 4, "major": 1}, -1,
            0.4, 0.5, 0.5, ("modal", "circle", "minor_turn"), {"vinyl": 0.3},
            ("focus", "concentrated", "steady", "deep"),
        ),
        Mood(
            "playful", (80, 92), {"major": 4, "mixolydian": 2, "dorian": 1}, 4,
            0.7, 0.6, 0.65, ("circle", "backdoor", "royal"), {"vinyl": 0.4},
            ("funny", "bouncy", "groovy", "jazzy", "cheerful", "funky"),
        ),
        Mood(
            "romantic", (66, 78), {"major": 4, "minor": 2, "dorian": 1}, 2,
            0.45, 0.45, 0.35, ("circle", "chromatic", "descending"), {"vinyl": 0.5},
            ("love", "lovely", "intimate", "sensual"),
        ),
    )
}  # fmt: skip

SCENES: dict[str, Scene] = {
    scene.name: scene
    for scene in (
        Scene("rain", -1, -0.05, -0.05, -0.05, {"rain": 0.7},
              ("rainy", "raining", "storm", "drizzle")),
        Scene("night", -2, -0.05, -0.1, -0.05, {"vinyl": 0.1},
              ("midnight", "evening", "nocturnal", "moon", "moonlight", "late")),
        Scene("cafe", 2, 0.1, 0.05, 0.05, {"cafe": 0.5}, ("café", "coffee", "coffeehouse", "bar")),
        Scene("winter", -2, -0.1, 0.05, -0.1, {"wind": 0.4}, ("snow", "snowy", "cold", "december")),
        Scene("autumn", -1, 0.0, -0.05, 0.0, {"wind": 0.25}, ("fall", "leaves", "october")),
        Scene("summer", 3, 0.05, 0.1, 0.1, {}, ("sun", "july")),
        Scene("morning", 1, 0.0, 0.1, 0.0, {}, ("sunrise", "dawn", "breakfast")),
        Scene("study", 1, -0.05, 0.0, 0.05, {"room": 0.3},
              ("studying", "homework", "work", "working", "reading", "library")),
        Scene("sleep", -6, -0.2, -0.15, -0.2, {"rain": 0.15},
              ("sleeping", "bedtime", "lullaby", "nap")),
        Scene("city", 2, 0.05, 0.0, 0.1, {"cafe": 0.25},
              ("street", "urban", "tokyo", "train", "subway", "neon")),
        Scene("home", -1, -0.05, -0.05, -0.05, {"room": 0.6},
              ("room", "bedroom", "studio", "apartment", "attic", "basement", "kitchen",
               "indoors")),
        Scene("fireplace", -2, -0.05, -0.05, -0.1, {"fire": 0.6},
              ("fire", "campfire", "hearth", "cabin", "candle")),
        Scene("beach", 1, -0.05, 0.1, 0.0, {"waves": 0.5},
              ("sea", "ocean", "waves", "shore", "coast", "seaside")),
        Scene("forest", -1, -0.05, 0.05, -0.05, {"birds": 0.5, "wind": 0.15},
              ("woods", "birds", "garden", "park", "meadow", "nature")),
    )
}  # fmt: skip

_INDEX: dict[str, tuple[str, str]] = {
    word: (kind, entry.name)
    for kind, table in (("mood", MOODS), ("scene", SCENES))
    for entry in table.values()
    for word in (entry.name, *entry.synonyms)
}


def look_up(word: str) -> tuple[str, str] | None:
    """Return ("mood" or "scene", its name) for a word of the vocabulary, None for others.

    >>> look_up("rainy"), look_up("calm"), look_up("xylophone")
    (('scene', 'rain'), ('mood', 'peaceful'), None)
    """
    return _INDEX.get(word.lower())


@dataclass(frozen=True, slots=True)
class Character:
    """What the words of a brief add up to: the mean of its moods, shifted by its scenes."""

    bpm: tuple[float, float]
    modes: Mapping[str, float]
    register: float
    density: float
    brightness: float
    energy: float
    progressions: tuple[str, ...]
    textures: Mapping[str, float]


def character(moods: Sequence[str], scenes: Sequence[str]) -> Character:
    """Blend moods and scenes by name; without a mood the record is peaceful and warm.

    >>> character(["peaceful"], ["rain"]).textures
    {'vinyl': 0.5, 'rain': 0.7}
    """
    chosen = [MOODS[name] for name in moods] or [MOODS["peaceful"], MOODS["warm"]]
    added = [SCENES[name] for name in scenes]
    n = len(chosen)
    modes: dict[str, float] = {}
    textures: dict[str, float] = {}
    for mood in chosen:
        for mode, weight in mood.modes.items():
            modes[mode] = modes.get(mode, 0.0) + weight / n
        for texture, amount in mood.textures.items():
            textures[texture] = textures.get(texture, 0.0) + amount / n
    for scene in added:
        for texture, amount in scene.textures.items():
            textures[texture] = min(1.0, textures.get(texture, 0.0) + amount)

    def blend(name: str) -> float:
        mean = sum(getattr(mood, name) for mood in chosen) / n
        return float(min(1.0, max(0.0, mean + sum(getattr(scene, name) for scene in added))))

    shift = sum(scene.bpm for scene in added)
    return Character(
        bpm=(
            max(60.0, sum(mood.bpm[0] for mood in chosen) / n + shift),
            min(95.0, max(62.0, sum(mood.bpm[1] for mood in chosen) / n + shift)),
        ),
        modes=modes,
        register=sum(mood.register for mood in chosen) / n,
        density=blend("density"),
        brightness=blend("brightness"),
        energy=blend("energy"),
        progressions=tuple(dict.fromkeys(name for mood in chosen for name in mood.progressions)),
        textures=textures,
    )
