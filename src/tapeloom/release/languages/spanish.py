"""Spanish."""

from tapeloom.release.language import Language, Noun, Season, Use, sentence_case
from tapeloom.release.languages.keys import LATIN_MODES, latin_key

_NOTES = {"C": "do", "D": "re", "E": "mi", "F": "fa", "G": "sol", "A": "la", "B": "si"}
_MODES = {**LATIN_MODES, "major": "mayor", "minor": "menor"}


def _agree(adjective: str, noun: Noun) -> str:
    masculine, _, feminine = adjective.partition("/")
    return f"{noun.text} {feminine if feminine and noun.gender == 'f' else masculine}"


def _key_name(key: str) -> str:
    return latin_key(key, _NOTES, sharp="sostenido", flat="bemol", modes=_MODES)


SPANISH = Language(
    code="es",
    name="Spanish",
    adjectives={
        "peaceful": ("tranquilo/tranquila", "sereno/serena", "suave"),
        "melancholic": ("melancólico/melancólica", "solitario/solitaria", "triste"),
        "uplifting": ("luminoso/luminosa", "alegre", "esperanzador/esperanzadora"),
        "dreamy": ("soñador/soñadora", "etéreo/etérea", "brumoso/brumosa"),
        "nostalgic": ("nostálgico/nostálgica", "lejano/lejana", "antiguo/antigua"),
        "dark": ("oscuro/oscura", "misterioso/misteriosa", "sombrío/sombría"),
        "warm": ("cálido/cálida", "acogedor/acogedora", "dorado/dorada"),
        "focused": ("sereno/serena", "claro/clara", "profundo/profunda"),
        "playful": ("juguetón/juguetona", "ligero/ligera", "risueño/risueña"),
        "romantic": ("tierno/tierna", "romántico/romántica", "íntimo/íntima"),
    },
    feelings={
        "peaceful": "calma", "melancholic": "melancolía", "uplifting": "esperanza",
        "dreamy": "ensueño", "nostalgic": "nostalgia", "dark": "penumbra", "warm": "calidez",
        "focused": "concentración", "playful": "buen humor", "romantic": "ternura",
    },
    nouns={
        "rain": (Noun("lluvia", "f"), Noun("tarde de lluvia", "f")),
        "night": (Noun("noche", "f"), Noun("madrugada", "f")),
        "cafe": (Noun("café", "m"), Noun("sobremesa", "f")),
        "winter": (Noun("invierno", "m"), Noun("nevada", "f")),
        "autumn": (Noun("otoño", "m"), Noun("tarde de octubre", "f")),
        "summer": (Noun("verano", "m"), Noun("tarde de julio", "f")),
        "morning": (Noun("mañana", "f"), Noun("amanecer", "m")),
        "study": (Noun("biblioteca", "f"), Noun("rincón de estudio", "m")),
        "sleep": (Noun("sueño", "m"), Noun("canción de cuna", "f")),
        "city": (Noun("ciudad", "f"), Noun("calle", "f")),
        "home": (Noun("habitación", "f"), Noun("domingo en casa", "m")),
        "fireplace": (Noun("fuego", "m"), Noun("cabaña", "f")),
        "beach": (Noun("playa", "f"), Noun("orilla", "f")),
        "forest": (Noun("bosque", "m"), Noun("sendero", "m")),
    },
    images={
        "rain": ("lluvia en la ventana", "charcos y farolas"),
        "night": ("farolas de madrugada", "luna sobre los tejados"),
        "cafe": ("la mesa del rincón", "el vapor de la taza"),
        "winter": ("nieve en el alféizar", "la primera helada"),
        "autumn": ("hojas en la acera", "árboles de cobre"),
        "summer": ("ventanas abiertas en julio", "hielo en el vaso"),
        "morning": ("la primera luz en la cocina", "el primer tranvía"),
        "study": ("la lámpara y el cuaderno", "la biblioteca casi vacía"),
        "sleep": ("la luz del pasillo", "olas lentas"),
        "city": ("el último tren", "neón en los charcos"),
        "home": ("discos por el suelo", "una lámpara encendida"),
        "fireplace": ("brasas", "leña y mantas"),
        "beach": ("huellas con marea baja", "sal en el aire"),
        "forest": ("musgo y luz de la mañana", "el sendero entre los pinos"),
    },
    places={
        "rain": "bajo la lluvia", "night": "de madrugada", "cafe": "en el café de la esquina",
        "winter": "mientras nieva", "autumn": "entre hojas secas",
        "summer": "en una tarde de verano", "morning": "antes de que empiece el día",
        "study": "junto a la lámpara", "sleep": "antes de dormir", "city": "en la ciudad",
        "home": "en casa", "fireplace": "junto al fuego", "beach": "junto al mar",
        "forest": "en el bosque",
    },
    uses={
        "study": Use("para estudiar", "sesión de estudio"),
        "sleep": Use("para dormir", "hora de dormir"),
        "work": Use("para trabajar", "jornada tranquila"),
        "relax": Use("para relajarse", "hora lenta"),
        "read": Use("para leer", "tarde de lectura"),
        "code": Use("para programar", "sesión de código"),
        "meditate": Use("para meditar", "meditación"),
        "drive": Use("para conducir", "paseo nocturno"),
        "create": Use("para dibujar y escribir", "sesión creativa"),
        "cook": Use("para cocinar", "tarde de cocina"),
    },
    seasons={
        "spring": Season("primavera", "en primavera"), "summer": Season("verano", "en verano"),
        "autumn": Season("otoño", "en otoño"), "winter": Season("invierno", "en invierno"),
    },
    music=("beats lofi", "lofi hip hop", "música lofi"),
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
        "{length} de {music} {to}",
        "{length} de {feeling} · {music}",
        "{music} con {feeling}",
        "{scene}, {bpm} bpm",
        "{scene} en {key}",
        "{session} de {season} · {music}",
        "{image} {during} · {music}",
        "{music} {to} {during}",
        "{series} {number} · {image}",
        "{series} {number}: {scene}",
        "{series} {number} | {music} {to}",
        "{title} ({series} {number})",
    ),
    hooks=(
        "{Image}, un ritmo suave y ninguna prisa.",
        "Un poco de {feeling} {place}, en cinta gastada.",
        "{Scene}: acordes despacio, con espacio para respirar.",
        "{Music} con algo de polvo, para sentir {feeling} {place}.",
    ),
    invitations=(
        "{Music} {to}: sin palabras y sin sobresaltos.",
        "Ponla bajita y deja que suene: está hecha {to}.",
        "Música de fondo {to}, fácil de dejar puesta.",
    ),
    parts={
        "intro": "Inicio", "A": "Primer tema", "A'": "Primer tema, variado",
        "B": "Segundo tema", "bridge": "Puente", "breakdown": "Pausa", "outro": "Cierre",
    },
    again="{name} {number}",
    labels={
        "chapters": "Capítulos", "credits": "Créditos",
        "made_by": "Escrito y producido por {artist}, con {software}.",
        "made": "Escrito y producido con {software}.",
        "seed": "Tempo {bpm} bpm, {key}.",
    },
    origins={
        "rules": "Cómo se hizo: un programa compuso esta música con reglas musicales y sintetizó "
        "todos los sonidos; no se usaron grabaciones de otros artistas. La imagen la dibujó el "
        "mismo programa.",
        "model": "Cómo se hizo, y aviso de IA: un modelo entrenado compuso las notas, cotejadas "
        "con las canciones de su entrenamiento para que no cite ninguna, y un programa sintetizó "
        "todos los sonidos; no se usaron grabaciones de otros artistas. La imagen la dibujó el "
        "mismo programa.",
        "borrowed": "Cómo se hizo: un programa arregló y sintetizó esta música en torno a una "
        "melodía o unos acordes aportados por {artist}. La imagen la dibujó el mismo programa.",
    },
    licences={
        "all rights reserved": "© {artist}. Todos los derechos reservados.",
        "cc by 4.0": "Licencia: CC BY 4.0. Úsala libremente citando a {artist}.",
        "cc by-nc 4.0": "Licencia: CC BY-NC 4.0. Úsala sin fines comerciales citando a {artist}.",
        "cc0 1.0": "Licencia: CC0 1.0. Sin derechos reservados: úsala libremente.",
    },
    tags=(
        "lofi", "lofi hip hop", "música lofi", "beats relajantes", "música relajante",
        "música instrumental", "música de fondo", "chillhop", "música tranquila",
    ),
    lengths=("1 minuto", "{n} minutos", "1 hora", "{n} horas"),
    agree=_agree,
    key_name=_key_name,
    finish=sentence_case,
)  # fmt: skip
