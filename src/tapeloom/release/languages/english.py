"""English."""

import re

from tapeloom.release.language import Language, Noun, Season, Use, capital

_SMALL = frozenset("a an and as at but by for from in into of on or over the to with".split())
_SILENT_H = ("hour", "honest", "heir")


def _agree(adjective: str, noun: Noun) -> str:
    return f"{adjective} {noun.text}"


def _repair(text: str) -> str:
    """Choose a or an."""
    return re.sub(
        r"\b([Aa])\(n\) (\w+)",
        lambda match: f"{match[1]}{'n' if _takes_an(match[2]) else ''} {match[2]}",
        text,
    )


def _finish(text: str) -> str:
    """Choose a or an, and write in title case."""
    text = _repair(text)
    return " ".join(
        _cased(word, first=i == 0 or not text.split()[i - 1][-1:].isalnum())
        for i, word in enumerate(text.split())
    )


def _takes_an(word: str) -> bool:
    return word.lower().startswith(_SILENT_H) or word[0].lower() in "aeiou"


def _cased(word: str, *, first: bool) -> str:
    if word.lower() in _SMALL and not first:
        return word
    return "-".join(capital(piece) for piece in word.split("-"))


def _key_name(key: str) -> str:
    return key


ENGLISH = Language(
    code="en",
    name="English",
    adjectives={
        "peaceful": ("quiet", "peaceful", "gentle", "unhurried"),
        "melancholic": ("wistful", "lonely", "blue", "bittersweet"),
        "uplifting": ("bright", "hopeful", "sunny"),
        "dreamy": ("dreamy", "hazy", "floating"),
        "nostalgic": ("nostalgic", "faded", "half-remembered"),
        "dark": ("dark", "smoky", "shadowy"),
        "warm": ("warm", "cozy", "golden"),
        "focused": ("steady", "clear", "deep"),
        "playful": ("playful", "easygoing", "bouncy"),
        "romantic": ("tender", "romantic", "starry-eyed"),
    },
    feelings={
        "peaceful": "calm", "melancholic": "melancholy", "uplifting": "hope",
        "dreamy": "daydreams", "nostalgic": "old memories", "dark": "shadows",
        "warm": "warmth", "focused": "focus", "playful": "good humour", "romantic": "tenderness",
    },
    nouns={
        "rain": (Noun("rain"), Noun("rainy evening")),
        "night": (Noun("night"), Noun("midnight hour")),
        "cafe": (Noun("café"), Noun("coffee break")),
        "winter": (Noun("winter day"), Noun("snowfall")),
        "autumn": (Noun("autumn afternoon"), Noun("October day")),
        "summer": (Noun("summer evening"), Noun("July afternoon")),
        "morning": (Noun("morning"), Noun("sunrise")),
        "study": (Noun("study room"), Noun("reading hour")),
        "sleep": (Noun("bedtime"), Noun("lullaby")),
        "city": (Noun("city"), Noun("side street")),
        "home": (Noun("room"), Noun("evening in")),
        "fireplace": (Noun("fireside"), Noun("cabin")),
        "beach": (Noun("shore"), Noun("afternoon by the sea")),
        "forest": (Noun("forest"), Noun("woodland path")),
    },
    images={
        "rain": ("rain on the window", "puddles and street lamps", "umbrella weather"),
        "night": (
            "streetlights after midnight", "the last light on the block", "moon over rooftops",
        ),
        "cafe": ("the corner table", "steam off the cup", "two sugars and a window seat"),
        "winter": ("snow on the sill", "breath in the cold air", "the first frost"),
        "autumn": ("leaves on the pavement", "a scarf in October", "copper trees"),
        "summer": ("open windows in July", "long shadows at eight", "ice melting in the glass"),
        "morning": ("first light on the kitchen floor", "the kettle at seven", "an early tram"),
        "study": ("the lamp and the open notebook", "pencil marks", "library after hours"),
        "sleep": ("the hallway light", "counting slow waves", "pillow and rain"),
        "city": ("the last train home", "neon in the puddles", "rooftops at dusk"),
        "home": ("socks on the radiator", "records on the floor", "a room with a lamp"),
        "fireplace": ("embers", "logs and blankets", "smoke from the chimney"),
        "beach": ("footprints at low tide", "salt in the air", "the pier at closing time"),
        "forest": ("moss and morning light", "the path behind the cabin", "birdsong in the pines"),
    },
    places={
        "rain": "in the rain", "night": "after midnight", "cafe": "at the corner café",
        "winter": "while it snows", "autumn": "under copper trees", "summer": "on a summer evening",
        "morning": "before the day begins", "study": "at a desk by the lamp",
        "sleep": "before sleep", "city": "in the city", "home": "at home",
        "fireplace": "by the fire", "beach": "by the sea", "forest": "in the forest",
    },
    uses={
        "study": Use("to study to", "study session"),
        "sleep": Use("to fall asleep to", "sleep session"),
        "work": Use("to work to", "work session"),
        "relax": Use("to relax to", "slow hour"),
        "read": Use("to read to", "reading session"),
        "code": Use("to code to", "coding session"),
        "meditate": Use("to meditate to", "meditation"),
        "drive": Use("to drive to", "night drive"),
        "create": Use("to draw and write to", "creative session"),
        "cook": Use("to cook to", "kitchen session"),
    },
    seasons={
        "spring": Season("spring", "in spring"), "summer": Season("summer", "in summer"),
        "autumn": Season("autumn", "in autumn"), "winter": Season("winter", "in winter"),
    },
    music=("lofi beats", "lofi hip hop", "chill beats"),
    titles=(
        # Scene and mood.
        "{scene} · {music} {to}",
        "{scene} | {music}",
        "{image} · {music} {to}",
        "{image} – {music}",
        "{image}: {music} {to}",
        "a(n) {scene} in {key}",
        "{title} · {music} {to}",
        "{title} – {scene}",
        "{title} | {music} {place}",
        "{music} for a(n) {scene}",
        "music for a(n) {scene}",
        "{feeling} {place} · {music}",
        "{scene}, {bpm} BPM",
        "{image} ({music})",
        "notes from a(n) {scene}",
        "one more {scene}",
        # Mood.
        "{adjective} {music} {to}",
        "{music} full of {feeling}",
        "{adjective} beats {place}",
        "{feeling} · {music} in {key}",
        "slow {music} and {feeling}",
        # Use.
        "{session} · {image}",
        "{session} {place} · {music}",
        "{length} of {music} {to}",
        "{length} of {adjective} {music}",
        "{music} {to} {place}",
        "{adjective} {session} · {music}",
        "{session} in {key} · {bpm} BPM",
        # Season.
        "{season} {session} · {music}",
        "{season}, {image}",
        "{season} {music} {to}",
        "{adjective} {season} · {music}",
        "{image} {during} · {music}",
        "{music} for {season} evenings",
        # Series.
        "{series} {number} · {image}",
        "{series} {number}: {scene}",
        "{series} {number} | {music} {to}",
        "{series} {number} – {title}",
        "{title} ({series} {number})",
        "{series} {number} · {season} · {music}",
        "{scene} · {series} {number}",
        "{session} {number} · {series}",
    ),
    hooks=(
        "{Image}, a soft beat, and nowhere to be.",
        "A(n) {scene}, played slowly, with room to breathe.",
        "Some {feeling} {place}, on worn tape.",
        "Put the kettle on: this one is for {feeling} {place}.",
        "{Music} with a little dust on it, made for {feeling} {place}.",
        "{Image}. The drums stay out of the way, the chords do the rest.",
    ),
    invitations=(
        "{Music} {to}: steady, wordless, easy to leave on.",
        "Made {to}. Turn it low and let it run.",
        "Keep it in the background; it was written {to}.",
        "No words, no sudden turns: music {to}.",
    ),
    parts={
        "intro": "Opening", "A": "First theme", "A'": "First theme, varied", "B": "Second theme",
        "bridge": "Bridge", "breakdown": "Breathing space", "outro": "Closing",
    },
    again="{name} {number}",
    labels={
        "chapters": "Chapters", "credits": "Credits",
        "made_by": "Written and produced by {artist}, with {software}.",
        "made": "Written and produced with {software}.",
        "seed": "Tempo {bpm} bpm, {key}.",
    },
    origins={
        "rules": "How it was made: a computer program composed this music by musical rules and "
        "synthesised every sound; no recordings of other artists were used. The picture was drawn "
        "by the same program.",
        "model": "How it was made, and AI disclosure: a learned model composed the notes, checked "
        "against its training songs for quotations, and a program synthesised every sound; no "
        "recordings of other artists were used. The picture was drawn by the same program.",
        "borrowed": "How it was made: a computer program arranged and synthesised this music "
        "around a melody or chords supplied by {artist}. The picture was drawn by the same "
        "program.",
    },
    licences={
        "all rights reserved": "© {artist}. All rights reserved.",
        "cc by 4.0": "Licence: CC BY 4.0. Use it freely and name {artist}.",
        "cc by-nc 4.0": "Licence: CC BY-NC 4.0. Use it freely where nothing is earned, and "
        "name {artist}.",
        "cc0 1.0": "Licence: CC0 1.0. No rights reserved: use it freely.",
    },
    tags=(
        "lofi", "lofi hip hop", "chill beats", "lofi beats", "chillhop", "instrumental",
        "background music", "relaxing music", "beats to relax", "jazzhop", "calm music",
    ),
    lengths=("1 minute", "{n} minutes", "1 hour", "{n} hours"),
    agree=_agree,
    key_name=_key_name,
    finish=_finish,
    repair=_repair,
)  # fmt: skip
