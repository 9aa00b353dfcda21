"""German."""

from tapeloom.release.language import Language, Noun, Season, Use, sentence_case
from tapeloom.release.languages.keys import split_key

# Strong declension, nominative: what an adjective without an article ends in.
_ENDINGS = {"m": "er", "f": "e", "n": "es", "p": "e"}
_MODES = {
    "dorian": "Dorisch", "phrygian": "Phrygisch", "lydian": "Lydisch", "mixolydian": "Mixolydisch",
    "locrian": "Lokrisch",
}  # fmt: skip


def _agree(adjective: str, noun: Noun) -> str:
    return f"{adjective}{_ENDINGS[noun.gender]} {noun.text}"


def _key_name(key: str) -> str:
    """Name a key: h-Moll is B minor, B-Dur B flat major."""
    letter, accidental, mode = split_key(key)
    if letter == "B":
        name = {"": "H", "#": "His", "b": "B"}.get(accidental, letter + accidental)
    elif accidental == "#":
        name = f"{letter}is"
    elif accidental == "b":
        name = f"{letter}s" if letter in "AE" else f"{letter}es"
    else:
        name = letter
    if mode == "minor":
        return f"{name[0].lower()}{name[1:]}-Moll"
    return f"{name}-{'Dur' if mode == 'major' else _MODES.get(mode, mode)}"


GERMAN = Language(
    code="de",
    name="German",
    adjectives={
        "peaceful": ("ruhig", "still", "sanft"),
        "melancholic": ("melancholisch", "einsam", "wehmütig"),
        "uplifting": ("hell", "heiter", "hoffnungsvoll"),
        "dreamy": ("verträumt", "schwebend", "neblig"),
        "nostalgic": ("nostalgisch", "verblasst", "vergangen"),
        "dark": ("dunkl", "geheimnisvoll", "schattig"),
        "warm": ("warm", "gemütlich", "golden"),
        "focused": ("klar", "tief", "konzentriert"),
        "playful": ("verspielt", "leicht", "unbeschwert"),
        "romantic": ("zärtlich", "romantisch", "innig"),
    },
    feelings={
        "peaceful": "Ruhe", "melancholic": "Wehmut", "uplifting": "Hoffnung",
        "dreamy": "Träumerei", "nostalgic": "Nostalgie", "dark": "Dämmerlicht", "warm": "Wärme",
        "focused": "Konzentration", "playful": "gute Laune", "romantic": "Zärtlichkeit",
    },
    nouns={
        "rain": (Noun("Regen", "m"), Noun("Regenabend", "m")),
        "night": (Noun("Nacht", "f"), Noun("Mitternacht", "f")),
        "cafe": (Noun("Café", "n"), Noun("Kaffeepause", "f")),
        "winter": (Noun("Winter", "m"), Noun("Schneetag", "m")),
        "autumn": (Noun("Herbst", "m"), Noun("Oktobernachmittag", "m")),
        "summer": (Noun("Sommer", "m"), Noun("Juliabend", "m")),
        "morning": (Noun("Morgen", "m"), Noun("Frühe", "f")),
        "study": (Noun("Bibliothek", "f"), Noun("Lesezimmer", "n")),
        "sleep": (Noun("Schlaf", "m"), Noun("Wiegenlied", "n")),
        "city": (Noun("Stadt", "f"), Noun("Seitenstraße", "f")),
        "home": (Noun("Zimmer", "n"), Noun("Sonntag", "m")),
        "fireplace": (Noun("Kaminfeuer", "n"), Noun("Hütte", "f")),
        "beach": (Noun("Strand", "m"), Noun("Küste", "f")),
        "forest": (Noun("Wald", "m"), Noun("Waldweg", "m")),
    },
    images={
        "rain": ("Regen am Fenster", "Pfützen und Laternen"),
        "night": ("Laternen nach Mitternacht", "Mond über den Dächern"),
        "cafe": ("der Tisch in der Ecke", "Dampf über der Tasse"),
        "winter": ("Schnee auf dem Fensterbrett", "der erste Frost"),
        "autumn": ("Laub auf dem Gehweg", "kupferne Bäume"),
        "summer": ("offene Fenster im Juli", "Eis im Glas"),
        "morning": ("erstes Licht in der Küche", "die erste Straßenbahn"),
        "study": ("die Lampe und das Heft", "die fast leere Bibliothek"),
        "sleep": ("das Licht im Flur", "langsame Wellen"),
        "city": ("der letzte Zug", "Neon in den Pfützen"),
        "home": ("Platten auf dem Boden", "ein Zimmer mit Lampe"),
        "fireplace": ("Glut", "Holz und Decken"),
        "beach": ("Spuren bei Ebbe", "Salz in der Luft"),
        "forest": ("Moos und Morgenlicht", "der Weg unter den Kiefern"),
    },
    places={
        "rain": "im Regen", "night": "nach Mitternacht", "cafe": "im Café an der Ecke",
        "winter": "während es schneit", "autumn": "unter kupfernen Bäumen",
        "summer": "an einem Sommerabend", "morning": "bevor der Tag beginnt",
        "study": "bei der Lampe", "sleep": "vor dem Schlafen", "city": "in der Stadt",
        "home": "zu Hause", "fireplace": "am Kamin", "beach": "am Meer", "forest": "im Wald",
    },
    uses={
        "study": Use("zum Lernen", "Lernstunde"),
        "sleep": Use("zum Einschlafen", "Schlafenszeit"),
        "work": Use("zum Arbeiten", "ruhiger Arbeitstag"),
        "relax": Use("zum Entspannen", "ruhige Stunde"),
        "read": Use("zum Lesen", "Lesestunde"),
        "code": Use("zum Programmieren", "Nacht am Code"),
        "meditate": Use("zum Meditieren", "Meditation"),
        "drive": Use("zum Fahren", "Nachtfahrt"),
        "create": Use("zum Zeichnen und Schreiben", "Stunde am Zeichentisch"),
        "cook": Use("zum Kochen", "Abend in der Küche"),
    },
    seasons={
        "spring": Season("Frühling", "im Frühling"), "summer": Season("Sommer", "im Sommer"),
        "autumn": Season("Herbst", "im Herbst"), "winter": Season("Winter", "im Winter"),
    },
    music=("Lofi-Beats", "Lofi-Hip-Hop", "Lofi-Musik"),
    titles=(
        "{scene} · {music} {to}",
        "{scene} | {music}",
        "{image} · {music} {to}",
        "{image} – {music}",
        "{title} · {music} {to}",
        "{title} – {image}",
        "{music} {to} {place}",
        "{feeling} {place} · {music}",
        "{image}: {music} {to}",
        "{session} · {image}",
        "{session} {place} · {music}",
        "{length} {music} {to}",
        "{length} {feeling} · {music}",
        "{music} und {feeling}",
        "{scene}, {bpm} bpm",
        "{scene} in {key}",
        "{session} {during} · {music}",
        "{image} {during} · {music}",
        "{music} {to} {during}",
        "{series} {number} · {image}",
        "{series} {number}: {scene}",
        "{series} {number} | {music} {to}",
        "{title} ({series} {number})",
    ),
    hooks=(
        "{Image}, ein weicher Beat und keine Eile.",
        "Ein wenig {feeling} {place}, auf abgenutztem Band.",
        "{Scene}: Akkorde ohne Hast, mit Raum zum Atmen.",
        "{Music} mit etwas Staub, für {feeling} {place}.",
    ),
    invitations=(
        "{Music} {to}: ohne Worte und ohne Überraschungen.",
        "Leise stellen und laufen lassen: gemacht {to}.",
        "Ein ruhiger Hintergrund {to}.",
    ),
    parts={
        "intro": "Einleitung", "A": "Erstes Thema", "A'": "Erstes Thema, variiert",
        "B": "Zweites Thema", "bridge": "Überleitung", "breakdown": "Atempause",
        "outro": "Ausklang",
    },
    again="{name} {number}",
    labels={
        "chapters": "Kapitel", "credits": "Mitwirkende",
        "made_by": "Geschrieben und produziert von {artist}, mit {software}.",
        "made": "Geschrieben und produziert mit {software}.",
        "seed": "Tempo {bpm} bpm, {key}.",
    },
    origins={
        "rules": "Wie sie entstand: Ein Programm hat diese Musik nach musikalischen Regeln "
        "komponiert und jeden Klang synthetisiert; Aufnahmen anderer wurden nicht benutzt. Das "
        "Bild hat dasselbe Programm gezeichnet.",
        "model": "Wie sie entstand, und KI-Hinweis: Ein gelerntes Modell hat die Noten komponiert, "
        "die auf Zitate aus seinen Lehrstücken geprüft wurden, und ein Programm hat jeden Klang "
        "synthetisiert; Aufnahmen anderer wurden nicht benutzt. Das Bild hat dasselbe Programm "
        "gezeichnet.",
        "borrowed": "Wie sie entstand: Ein Programm hat diese Musik um eine Melodie oder Akkorde "
        "von {artist} herum arrangiert und synthetisiert. Das Bild hat dasselbe Programm "
        "gezeichnet.",
    },
    licences={
        "all rights reserved": "© {artist}. Alle Rechte vorbehalten.",
        "cc by 4.0": "Lizenz: CC BY 4.0. Frei zu nutzen, wenn {artist} genannt wird.",
        "cc by-nc 4.0": "Lizenz: CC BY-NC 4.0. Nicht kommerziell frei zu nutzen, wenn {artist} "
        "genannt wird.",
        "cc0 1.0": "Lizenz: CC0 1.0. Keine Rechte vorbehalten: frei zu nutzen.",
    },
    tags=(
        "lofi", "lofi hip hop", "lofi musik", "entspannungsmusik", "ruhige musik",
        "instrumentalmusik", "hintergrundmusik", "chillhop", "beats zum entspannen",
    ),
    lengths=("1 Minute", "{n} Minuten", "1 Stunde", "{n} Stunden"),
    agree=_agree,
    key_name=_key_name,
    finish=sentence_case,
)  # fmt: skip
