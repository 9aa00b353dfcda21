"""Who is at home in which genre, and which colours a mood likes: tables for suggestions."""

# Genre -> instrument -> how much at home, 1 (seen there) to 3 (what it is known for).
GENRES: dict[str, dict[str, int]] = {
    "lofi": {
        "electric_piano": 3, "felt_piano": 3, "reed_piano": 2, "upright_piano": 2, "fm_piano": 1,
        "nylon_guitar": 2, "jazz_guitar": 3, "vibraphone": 2, "kalimba": 2, "music_box": 1,
        "flute": 1, "clarinet": 1, "tenor_sax": 2, "muted_trumpet": 2, "warm_pad": 3,
        "tape_choir": 2, "string_ensemble": 2, "choir_pad": 1, "glass_pad": 1, "upright_bass": 3,
        "electric_bass": 2, "sub_bass": 2, "celesta": 1, "lead": 1,
    },
    "jazz": {
        "tenor_sax": 3, "alto_sax": 3, "baritone_sax": 2, "soprano_sax": 2, "trumpet": 3,
        "muted_trumpet": 3, "flugelhorn": 3, "trombone": 2, "clarinet": 2, "vibraphone": 3,
        "jazz_guitar": 3, "upright_piano": 2, "grand_piano": 3, "organ": 2, "upright_bass": 3,
        "electric_piano": 1, "violin": 1,
    },
    "classical": {
        "violin": 3, "viola": 3, "cello": 3, "double_bass": 3, "violins": 3, "violas": 2,
        "cellos": 3, "double_basses": 3, "flute": 3, "oboe": 3, "clarinet": 3, "bassoon": 3,
        "horn": 3, "trumpet": 2, "trombone": 2, "tuba": 1, "grand_piano": 3, "harp": 2,
        "timpani": 2, "soprano_voice": 2, "piccolo": 1, "english_horn": 1,
    },
    "chamber": {
        "violin": 3, "viola": 3, "cello": 3, "flute": 2, "oboe": 2, "clarinet": 3, "bassoon": 2,
        "horn": 2, "grand_piano": 3, "harp": 2, "double_bass": 1,
    },
    "baroque": {
        "harpsichord": 3, "recorder": 3, "violin": 3, "cello": 3, "viola": 2, "oboe": 2,
        "bassoon": 2, "pipe_organ": 3, "trumpet": 2, "soprano_voice": 2, "double_bass": 2,
        "violins": 2,
    },
    "folk": {
        "steel_guitar": 3, "nylon_guitar": 2, "mandolin": 3, "violin": 3, "accordion": 3,
        "harmonium": 2, "recorder": 2, "ukulele": 2, "upright_bass": 2, "upright_piano": 1,
        "alto_voice": 2, "harp": 1,
    },
    "pop": {
        "grand_piano": 2, "upright_piano": 2, "electric_piano": 2, "electric_guitar": 3,
        "steel_guitar": 3, "electric_bass": 3, "synth_bass": 2, "string_ensemble": 2,
        "warm_pad": 2, "lead": 2, "pluck": 2, "glockenspiel": 1,
    },
    "cinematic": {
        "violins": 3, "cellos": 3, "double_basses": 3, "violas": 2, "horn": 3, "trombone": 2,
        "tuba": 2, "grand_piano": 2, "felt_piano": 3, "harp": 2, "celesta": 2, "timpani": 2,
        "choir_pad": 2, "english_horn": 2, "glass_pad": 1, "solo_cello": 2,
    },
    "ambient": {
        "warm_pad": 3, "glass_pad": 3, "grain_pad": 3, "choir_pad": 2, "felt_piano": 2,
        "string_ensemble": 2, "sub_bass": 2, "wave_keys": 2, "celesta": 1, "kalimba": 1,
        "alto_flute": 1, "crotales": 1, "harp": 1, "music_box": 1,
    },
    "bossa": {
        "nylon_guitar": 3, "flute": 3, "upright_bass": 3, "tenor_sax": 3, "electric_piano": 2,
        "grand_piano": 2, "vibraphone": 1, "flugelhorn": 2, "alto_voice": 2, "alto_flute": 2,
    },
    "funk": {
        "clavinet": 3, "electric_bass": 3, "electric_guitar": 3, "organ": 2, "reed_piano": 2,
        "trumpet": 2, "tenor_sax": 2, "trombone": 2, "baritone_sax": 2, "synth_bass": 2,
    },
    "rock": {
        "electric_guitar": 3, "electric_bass": 3, "organ": 2, "upright_piano": 1,
        "steel_guitar": 2, "lead": 1,
    },
    "caribbean": {
        "steel_drum": 3, "marimba": 2, "ukulele": 2, "electric_bass": 2, "electric_guitar": 2,
        "trumpet": 1, "trombone": 1, "flute": 1, "organ": 1,
    },
}  # fmt: skip

# Mood -> the colours of registers that suit it (theory.instruments).
COLOURS: dict[str, frozenset[str]] = {
    "peaceful": frozenset({"soft", "mellow", "warm", "sweet", "pure", "glowing", "velvety", "woody",
                           "breathy", "round", "clear"}),
    "melancholic": frozenset({"plaintive", "melancholy", "dark", "veiled", "singing", "hollow",
                              "velvety", "soft", "warm"}),
    "uplifting": frozenset({"bright", "brilliant", "clear", "ringing", "singing", "radiant",
                            "heroic", "full", "chiming"}),
    "dreamy": frozenset({"glassy", "airy", "crystal", "shimmering", "soft", "bell-like", "breathy",
                         "silvery", "sparkling", "glowing", "vowel-like"}),
    "nostalgic": frozenset({"reedy", "wavering", "veiled", "tinkling", "warm", "mellow", "murky",
                            "nasal", "chiming"}),
    "dark": frozenset({"dark", "grave", "deep", "husky", "gruff", "massive", "smoky", "murky",
                       "rumbling", "hollow", "sonorous"}),
    "warm": frozenset({"warm", "mellow", "round", "rich", "smoky", "velvety", "full", "singing"}),
    "focused": frozenset({"clear", "cool", "glassy", "plain", "snappy", "round", "pure", "dry"}),
    "playful": frozenset({"bright", "plucked", "woody", "hard", "snappy", "funky", "tinkling",
                          "percussive", "dry", "reedy"}),
    "romantic": frozenset({"singing", "warm", "rich", "silken", "smoky", "sweet", "mellow",
                           "noble"}),
}  # fmt: skip

# Role -> the sounding range in which it mostly lies, and the notes that it sounds at once.
ROLES: dict[str, tuple[int, int, int]] = {
    "melody": (60, 84, 1),
    "counter": (52, 74, 1),
    "keys": (48, 76, 4),
    "pad": (48, 76, 3),
    "guitar": (45, 74, 4),
    "bass": (28, 50, 1),
}
