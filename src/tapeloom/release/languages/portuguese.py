"""Portuguese, as it is written in Brazil."""

from tapeloom.release.language import Language, Noun, Season, Use, sentence_case
from tapeloom.release.languages.keys import LATIN_MODES, latin_key

_NOTES = {"C": "dó", "D": "ré", "E": "mi", "F": "fá", "G": "sol", "A": "lá", "B": "si"}
_MODES = {
    **LATIN_MODES, "phrygian": "frígio", "lydian": "lídio", "mixolydian": "mixolídio",
    "locrian": "lócrio", "major": "maior", "minor": "menor",
}  # fmt: skip


def _agree(adjective: str, noun: Noun) -> str:
    masculine, _, feminine = adjective.partition("/")
    return f"{noun.text} {feminine if feminine and noun.gender == 'f' else masculine}"


def _key_name(key: str) -> str:
    return latin_key(key, _NOTES, sharp="sustenido", flat="bemol", modes=_MODES)


PORTUGUESE = Language(
    code="pt",
    name="Portuguese",
    adjectives={
        "peaceful": ("tranquilo/tranquila", "sereno/serena", "calmo/calma"),
        "melancholic": ("melancólico/melancólica", "solitário/solitária", "triste"),
        "uplifting": ("luminoso/luminosa", "alegre", "leve"),
        "dreamy": ("sonhador/sonhadora", "etéreo/etérea", "nebuloso/nebulosa"),
        "nostalgic": ("nostálgico/nostálgica", "distante", "antigo/antiga"),
        "dark": ("escuro/escura", "misterioso/misteriosa", "sombrio/sombria"),
        "warm": ("aconchegante", "quentinho/quentinha", "dourado/dourada"),
        "focused": ("sereno/serena", "claro/clara", "profundo/profunda"),
        "playful": ("brincalhão/brincalhona", "leve", "divertido/divertida"),
        "romantic": ("terno/terna", "romântico/romântica", "íntimo/íntima"),
    },
    feelings={
        "peaceful": "calma", "melancholic": "melancolia", "uplifting": "esperança",
        "dreamy": "devaneio", "nostalgic": "saudade", "dark": "penumbra", "warm": "aconchego",
        "focused": "foco", "playful": "bom humor", "romantic": "ternura",
    },
    nouns={
        "rain": (Noun("chuva", "f"), Noun("tarde de chuva", "f")),
        "night": (Noun("noite", "f"), Noun("madrugada", "f")),
        "cafe": (Noun("café", "m"), Noun("cafeteria", "f")),
        "winter": (Noun("inverno", "m"), Noun("dia de neve", "m")),
        "autumn": (Noun("outono", "m"), Noun("tarde de outono", "f")),
        "summer": (Noun("verão", "m"), Noun("fim de tarde de verão", "m")),
        "morning": (Noun("manhã", "f"), Noun("amanhecer", "m")),
        "study": (Noun("biblioteca", "f"), Noun("cantinho de estudo", "m")),
        "sleep": (Noun("sono", "m"), Noun("cantiga de ninar", "f")),
        "city": (Noun("cidade", "f"), Noun("rua", "f")),
        "home": (Noun("quarto", "m"), Noun("domingo em casa", "m")),
        "fireplace": (Noun("lareira", "f"), Noun("cabana", "f")),
        "beach": (Noun("praia", "f"), Noun("orla", "f")),
        "forest": (Noun("floresta", "f"), Noun("trilha", "f")),
    },
    images={
        "rain": ("chuva na janela", "poças e postes de luz"),
        "night": ("luzes depois da meia-noite", "lua sobre os telhados"),
        "cafe": ("a mesa do canto", "o vapor da xícara"),
        "winter": ("neve no parapeito", "a primeira geada"),
        "autumn": ("folhas na calçada", "árvores cor de cobre"),
        "summer": ("janelas abertas em janeiro", "gelo derretendo no copo"),
        "morning": ("a primeira luz na cozinha", "o primeiro bonde"),
        "study": ("a luminária e o caderno", "a biblioteca quase vazia"),
        "sleep": ("a luz do corredor", "ondas lentas"),
        "city": ("o último trem", "neon nas poças"),
        "home": ("discos pelo chão", "um abajur aceso"),
        "fireplace": ("brasas", "lenha e cobertores"),
        "beach": ("pegadas na maré baixa", "sal no ar"),
        "forest": ("musgo e luz da manhã", "a trilha entre os pinheiros"),
    },
    places={
        "rain": "na chuva", "night": "depois da meia-noite", "cafe": "no café da esquina",
        "winter": "enquanto neva", "autumn": "entre folhas secas",
        "summer": "num fim de tarde de verão", "morning": "antes de o dia começar",
        "study": "perto da luminária", "sleep": "antes de dormir", "city": "na cidade",
        "home": "em casa", "fireplace": "perto da lareira", "beach": "à beira-mar",
        "forest": "na floresta",
    },
    uses={
        "study": Use("para estudar", "sessão de estudo"),
        "sleep": Use("para dormir", "hora de dormir"),
        "work": Use("para trabalhar", "dia de trabalho tranquilo"),
        "relax": Use("para relaxar", "hora lenta"),
        "read": Use("para ler", "tarde de leitura"),
        "code": Use("para programar", "sessão de código"),
        "meditate": Use("para meditar", "meditação"),
        "drive": Use("para dirigir", "passeio noturno"),
        "create": Use("para desenhar e escrever", "sessão criativa"),
        "cook": Use("para cozinhar", "tarde na cozinha"),
    },
    seasons={
        "spring": Season("primavera", "na primavera"), "summer": Season("verão", "no verão"),
        "autumn": Season("outono", "no outono"), "winter": Season("inverno", "no inverno"),
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
        "{music} com {feeling}",
        "{scene}, {bpm} bpm",
        "{scene} em {key}",
        "{session} de {season} · {music}",
        "{image} {during} · {music}",
        "{music} {to} {during}",
        "{series} {number} · {image}",
        "{series} {number}: {scene}",
        "{series} {number} | {music} {to}",
        "{title} ({series} {number})",
    ),
    hooks=(
        "{Image}, uma batida suave e nenhuma pressa.",
        "Um pouco de {feeling} {place}, em fita gasta.",
        "{Scene}: acordes sem pressa, com espaço para respirar.",
        "{Music} com um pouco de poeira, para sentir {feeling} {place}.",
    ),
    invitations=(
        "{Music} {to}: sem palavras e sem sustos.",
        "Coloque baixinho e deixe tocar: foi feita {to}.",
        "Música de fundo {to}, fácil de deixar tocando.",
    ),
    parts={
        "intro": "Abertura", "A": "Primeiro tema", "A'": "Primeiro tema, variado",
        "B": "Segundo tema", "bridge": "Ponte", "breakdown": "Respiro", "outro": "Fim",
    },
    again="{name} {number}",
    labels={
        "chapters": "Capítulos", "credits": "Créditos",
        "made_by": "Escrito e produzido por {artist}, com {software}.",
        "made": "Escrito e produzido com {software}.",
        "seed": "Andamento {bpm} bpm, {key}.",
    },
    origins={
        "rules": "Como foi feita: um programa compôs esta música com regras musicais e sintetizou "
        "todos os sons; nenhuma gravação de outros artistas foi usada. A imagem foi desenhada pelo "
        "mesmo programa.",
        "model": "Como foi feita, e aviso de IA: um modelo treinado compôs as notas, comparadas "
        "com as músicas do treino para não citar nenhuma, e um programa sintetizou todos os sons; "
        "nenhuma gravação de outros artistas foi usada. A imagem foi desenhada pelo mesmo "
        "programa.",
        "borrowed": "Como foi feita: um programa arranjou e sintetizou esta música em torno de uma "
        "melodia ou de acordes fornecidos por {artist}. A imagem foi desenhada pelo mesmo "
        "programa.",
    },
    licences={
        "all rights reserved": "© {artist}. Todos os direitos reservados.",
        "cc by 4.0": "Licença: CC BY 4.0. Use livremente, citando {artist}.",
        "cc by-nc 4.0": "Licença: CC BY-NC 4.0. Use sem fins comerciais, citando {artist}.",
        "cc0 1.0": "Licença: CC0 1.0. Sem direitos reservados: use livremente.",
    },
    tags=(
        "lofi", "lofi hip hop", "música lofi", "batidas relaxantes", "música relaxante",
        "música instrumental", "música de fundo", "chillhop", "música calma",
    ),
    lengths=("1 minuto", "{n} minutos", "1 hora", "{n} horas"),
    agree=_agree,
    key_name=_key_name,
    finish=sentence_case,
)  # fmt: skip
