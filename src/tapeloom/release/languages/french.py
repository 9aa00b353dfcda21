"""French."""

import re

from tapeloom.release.language import Language, Noun, Season, Use, sentence_case
from tapeloom.release.languages.keys import LATIN_MODES, latin_key

_NOTES = {"C": "do", "D": "ré", "E": "mi", "F": "fa", "G": "sol", "A": "la", "B": "si"}
_MODES = {
    **LATIN_MODES, "dorian": "dorien", "phrygian": "phrygien", "lydian": "lydien",
    "mixolydian": "mixolydien", "locrian": "locrien", "major": "majeur", "minor": "mineur",
}  # fmt: skip
# Every h of our words is mute.
_ELISION = re.compile(r"\b([Dd])e (?=[aâàeéèêiîoôuûœhAÂÀEÉÈÊIÎOÔUÛŒH])")


def _agree(adjective: str, noun: Noun) -> str:
    forms = adjective.split("/")
    plural = "p" in noun.gender
    form = forms[-1 if "f" in noun.gender else 0]
    return f"{noun.text} {form}{'s' if plural and not form.endswith(('s', 'x')) else ''}"


def _key_name(key: str) -> str:
    return latin_key(key, _NOTES, sharp="dièse", flat="bémol", modes=_MODES)


def _repair(text: str) -> str:
    """Elide de before vowels."""
    return _ELISION.sub(r"\1'", text)


def _finish(text: str) -> str:
    """Elide, and write in sentence case."""
    return sentence_case(_repair(text))


FRENCH = Language(
    code="fr",
    name="French",
    adjectives={
        "peaceful": ("paisible", "tranquille", "doux/douce"),
        "melancholic": ("mélancolique", "solitaire", "triste"),
        "uplifting": ("lumineux/lumineuse", "radieux/radieuse", "clair/claire"),
        "dreamy": ("rêveur/rêveuse", "brumeux/brumeuse", "flottant/flottante"),
        "nostalgic": ("nostalgique", "lointain/lointaine", "d'autrefois"),
        "dark": ("sombre", "mystérieux/mystérieuse", "obscur/obscure"),
        "warm": ("chaleureux/chaleureuse", "doré/dorée", "douillet/douillette"),
        "focused": ("calme", "clair/claire", "profond/profonde"),
        "playful": ("joueur/joueuse", "léger/légère", "malicieux/malicieuse"),
        "romantic": ("tendre", "romantique", "intime"),
    },
    feelings={
        "peaceful": "calme", "melancholic": "mélancolie", "uplifting": "espoir",
        "dreamy": "rêverie", "nostalgic": "nostalgie", "dark": "pénombre", "warm": "chaleur",
        "focused": "concentration", "playful": "bonne humeur", "romantic": "tendresse",
    },
    nouns={
        "rain": (Noun("pluie", "f"), Noun("soir de pluie", "m")),
        "night": (Noun("nuit", "f"), Noun("minuit", "m")),
        "cafe": (Noun("café", "m"), Noun("pause-café", "f")),
        "winter": (Noun("hiver", "m"), Noun("matin de neige", "m")),
        "autumn": (Noun("automne", "m"), Noun("soirée d'octobre", "f")),
        "summer": (Noun("été", "m"), Noun("soirée de juillet", "f")),
        "morning": (Noun("matin", "m"), Noun("aube", "f")),
        "study": (Noun("bibliothèque", "f"), Noun("bureau", "m")),
        "sleep": (Noun("sommeil", "m"), Noun("berceuse", "f")),
        "city": (Noun("ville", "f"), Noun("ruelle", "f")),
        "home": (Noun("chambre", "f"), Noun("dimanche", "m")),
        "fireplace": (Noun("feu de bois", "m"), Noun("cabane", "f")),
        "beach": (Noun("plage", "f"), Noun("rivage", "m")),
        "forest": (Noun("forêt", "f"), Noun("sentier", "m")),
    },
    images={
        "rain": ("pluie sur la vitre", "flaques et réverbères"),
        "night": ("réverbères après minuit", "lune sur les toits"),
        "cafe": ("la table du fond", "la buée sur la tasse"),
        "winter": ("neige au bord de la fenêtre", "le premier gel"),
        "autumn": ("feuilles sur le trottoir", "arbres cuivrés"),
        "summer": ("fenêtres ouvertes en juillet", "glaçons dans le verre"),
        "morning": ("première lumière dans la cuisine", "le premier tramway"),
        "study": ("la lampe et le cahier", "la bibliothèque presque vide"),
        "sleep": ("la lumière du couloir", "vagues lentes"),
        "city": ("le dernier train", "néons dans les flaques"),
        "home": ("des vinyles par terre", "une lampe allumée"),
        "fireplace": ("braises", "bûches et couvertures"),
        "beach": ("traces à marée basse", "sel dans l'air"),
        "forest": ("mousse et lumière du matin", "le sentier sous les pins"),
    },
    places={
        "rain": "sous la pluie", "night": "après minuit", "cafe": "au café du coin",
        "winter": "pendant qu'il neige", "autumn": "sous les arbres cuivrés",
        "summer": "un soir d'été", "morning": "avant que le jour commence",
        "study": "près de la lampe", "sleep": "avant de dormir", "city": "en ville",
        "home": "à la maison", "fireplace": "près du feu", "beach": "au bord de la mer",
        "forest": "dans la forêt",
    },
    uses={
        "study": Use("pour étudier", "séance de travail"),
        "sleep": Use("pour s'endormir", "heure du coucher"),
        "work": Use("pour travailler", "journée tranquille"),
        "relax": Use("pour se détendre", "heure lente"),
        "read": Use("pour lire", "après-midi de lecture"),
        "code": Use("pour coder", "séance de code"),
        "meditate": Use("pour méditer", "méditation"),
        "drive": Use("pour rouler", "virée nocturne"),
        "create": Use("pour dessiner et écrire", "séance de création"),
        "cook": Use("pour cuisiner", "heure de la cuisine"),
    },
    seasons={
        "spring": Season("printemps", "au printemps"), "summer": Season("été", "en été"),
        "autumn": Season("automne", "en automne"), "winter": Season("hiver", "en hiver"),
    },
    music=("beats lofi", "lofi hip hop", "musique lofi"),
    titles=(
        "{scene} · {music} {to}",
        "{scene} | {music}",
        "{image} · {music} {to}",
        "{image} – {music}",
        "{title} · {music} {to}",
        "{title} – {image}",
        "{music} {to} {place}",
        "{feeling} {place} · {music}",
        "{session} · {image}",
        "{session} {place} · {music}",
        "{length} de {music} {to}",
        "{length} de {feeling} · {music}",
        "un peu de {feeling} {place}",
        "{scene}, {bpm} bpm",
        "{scene} en {key}",
        "{music} de {season} {to}",
        "{image} {during} · {music}",
        "{music} {to} {during}",
        "{series} {number} · {image}",
        "{series} {number} – {scene}",
        "{series} {number} | {music} {to}",
        "{title} ({series} {number})",
    ),
    hooks=(
        "{Image}, un rythme doux et rien qui presse.",
        "Un peu de {feeling} {place}, sur une bande usée.",
        "{Scene} : des accords sans hâte et de l'espace pour respirer.",
        "{Music}, un peu de poussière et un peu de {feeling} {place}.",
    ),
    invitations=(
        "{Music} {to} : sans paroles et sans surprise.",
        "À mettre tout bas et à laisser tourner : c'est fait {to}.",
        "Un fond sonore {to}, facile à laisser tourner.",
    ),
    parts={
        "intro": "Ouverture", "A": "Premier thème", "A'": "Premier thème, varié",
        "B": "Second thème", "bridge": "Pont", "breakdown": "Respiration", "outro": "Fin",
    },
    again="{name} {number}",
    labels={
        "chapters": "Chapitres", "credits": "Crédits",
        "made_by": "Écrit et produit par {artist}, avec {software}.",
        "made": "Écrit et produit avec {software}.",
        "seed": "Tempo {bpm} bpm, {key}.",
    },
    origins={
        "rules": "Comment c'est fait : un programme a composé cette musique selon des règles "
        "musicales et synthétisé tous les sons ; aucun enregistrement d'autres artistes n'a servi. "
        "L'image a été dessinée par le même programme.",
        "model": "Comment c'est fait, et mention d'IA : un modèle entraîné a composé les notes, "
        "comparées aux chansons de son apprentissage pour n'en citer aucune, et un programme "
        "a synthétisé tous les sons ; aucun enregistrement d'autres artistes n'a servi. L'image a "
        "été dessinée par le même programme.",
        "borrowed": "Comment c'est fait : un programme a arrangé et synthétisé cette musique "
        "autour d'une mélodie ou d'accords fournis par {artist}. L'image a été dessinée par le "
        "même programme.",
    },
    licences={
        "all rights reserved": "© {artist}. Tous droits réservés.",
        "cc by 4.0": "Licence : CC BY 4.0. Utilisation libre en citant {artist}.",
        "cc by-nc 4.0": "Licence : CC BY-NC 4.0. Utilisation non commerciale en citant {artist}.",
        "cc0 1.0": "Licence : CC0 1.0. Aucun droit réservé : utilisation libre.",
    },
    tags=(
        "lofi", "lofi hip hop", "musique lofi", "musique relaxante", "musique instrumentale",
        "musique de fond", "musique calme", "chillhop", "beats relaxants",
    ),
    lengths=("1 minute", "{n} minutes", "1 heure", "{n} heures"),
    agree=_agree,
    key_name=_key_name,
    finish=_finish,
    repair=_repair,
)  # fmt: skip
