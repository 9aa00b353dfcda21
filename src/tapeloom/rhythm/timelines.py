"""The world's timelines as data: the short cycles that a bell, clave or hand keeps throughout.

A line gives one cycle, a sign a pulse: `x` a stroke, `.` none; Arab cycles tell the low stroke in
the middle of the drum (`D`, dum) from the high one at its rim (`T`, tak). Only what is well
attested is here. `source` names a work where the cycle stands in one; elsewhere it is taught so
wherever the music is taught.
"""

import difflib
import re
from dataclasses import dataclass
from types import MappingProxyType

from tapeloom.core.errors import InputError
from tapeloom.core.meter import Meter
from tapeloom.rhythm.meters import step_ticks
from tapeloom.rhythm.necklaces import Rhythm

COMMON_TIME = Meter(4, 4)


@dataclass(frozen=True, slots=True)
class Timeline:
    """One cycle, where it comes from and the meter in which one bar holds it.

    >>> shiko = timeline("shiko")
    >>> str(shiko.rhythm), shiko.origin, str(shiko.meter)
    ('x...x.x...x.x...', 'Nigeria', '4/4')
    """

    name: str
    strokes: str  # x, D, T or . for each pulse
    meter: Meter  # whose bar is one cycle
    origin: str
    source: str = ""
    about: str = ""
    also: tuple[str, ...] = ()  # other names

    def __post_init__(self) -> None:
        line = re.sub(r"[\s|]", "", self.strokes)
        object.__setattr__(self, "strokes", line)
        if strange := set(line) - set("xDT."):
            raise InputError(f"timeline {self.name!r}: {min(strange)!r} is none of x D T .")
        if not line.strip(".") or self.meter.bar_ticks % len(line):
            raise InputError(
                f"timeline {self.name!r}: {len(line)} pulses don't divide a bar of {self.meter}"
            )

    @property
    def rhythm(self) -> Rhythm:
        """The onsets, whatever the stroke."""
        return Rhythm.parse(re.sub("[DT]", "x", self.strokes))

    @property
    def pulses(self) -> int:
        """Pulses of the cycle."""
        return len(self.strokes)

    @property
    def pulse_ticks(self) -> int:
        """Ticks of one pulse when a bar of its own meter holds the cycle."""
        return self.meter.bar_ticks // self.pulses


_T02 = (
    'G. T. Toussaint, "A Mathematical Analysis of African, Brazilian, and Cuban Clave Rhythms", '
    "BRIDGES 2002"
)
_T03 = (
    'G. T. Toussaint, "Classification and Phylogenetic Analysis of African Ternary Rhythm '
    'Timelines", BRIDGES 2003'
)
_T05 = (
    'G. T. Toussaint, "The Euclidean Algorithm Generates Traditional Musical Rhythms", BRIDGES 2005'
)
_FLAMENCO = (
    "J. M. Díaz-Báñez, G. Farigu, F. Gómez, D. Rappaport and G. T. Toussaint, "
    '"El Compás Flamenco: A Phylogenetic Analysis", BRIDGES 2004'
)
_BOOK = 'G. T. Toussaint, "The Geometry of Musical Rhythm", 2013'

# name, strokes, meter, origin, source, about, other names
_ROWS: tuple[tuple[str, str, str, str, str, str, str], ...] = (
    # Cuba and the Caribbean
    ("son32", "x..x ..x. ..x. x...", "4/4", "Cuba", _T02, "the clave of son and salsa", "son"),
    ("son23", "..x. x... x..x ..x.", "4/4", "Cuba", "", "son clave begun on its side of two", ""),
    ("rumba32", "x..x ...x ..x. x...", "4/4", "Cuba", _T02, "the clave of rumba", "rumba"),
    ("rumba23", "..x. x... x..x ...x", "4/4", "Cuba", "", "rumba clave from the side of two", ""),
    ("son32_ternary", "x.x .x. .x. x..", "12/8", "Cuba", "", "son clave on twelve pulses", ""),
    ("son23_ternary", ".x. x.. x.x .x.", "12/8", "Cuba", "", "the same from its side of two", ""),
    ("rumba32_ternary", "x.x ..x .x. x..", "12/8", "Cuba", "", "clave of the columbia", "columbia"),
    ("rumba23_ternary", ".x. x.. x.x ..x", "12/8", "Cuba", "", "the same from its side of two", ""),
    ("tresillo", "x..x ..x.", "2/4", "Cuba", _T05, "three of eight, E(3,8)", ""),
    ("cinquillo", "x.xx .xx.", "2/4", "Cuba", _T05, "five of eight, E(5,8)", ""),
    ("habanera", "x..x x.x.", "2/4", "Cuba", "", "tresillo and the second beat", "milonga"),
    ("baqueteo", "x.xx .xx. x.x. x.x.", "4/4", "Cuba", "", "the timbales of the danzón", ""),
    ("cascara32", "x.xx .x.x x.x. xx.x", "4/4", "Cuba", "", "shell of the timbales", "cascara"),
    ("cascara23", "x.x. xx.x x.xx .x.x", "4/4", "Cuba", "", "the same from its side of two", ""),
    ("bass_tumbao", "...x ..x.", "2/4", "Cuba", "", "the bass of salsa, without its one", ""),
    ("marcha", "..x. ..xx", "2/4", "Cuba", "", "slap and open tones of the conga", "conga_tumbao"),
    ("cumbia", "x.xx", "2/4", "Colombia, Trinidad", _T05, "E(3,4), also of calypso", "calypso"),
    ("dembow", "...x ..x.", "2/4", "Jamaica, Panama", "", "the snare, the kick on each beat", ""),
    ("charleston", "x..x ....", "4/4", "United States", "", "the figure of the dance of 1923", ""),
    # Africa, sixteen pulses and others
    ("shiko", "x... x.x. ..x. x...", "4/4", "Nigeria", _T02, "", ""),
    ("soukous", "x..x ..x. ..xx ....", "4/4", "Congo", _T02, "", ""),
    ("gahu", "x..x ..x. ..x. ..x.", "4/4", "Ghana (Ewe)", _T02, "bell of the dance gahu", ""),
    ("kpanlogo", "x..x ..x. ..x. x...", "4/4", "Ghana (Ga)", "", "a bell, the same as son", ""),
    ("central_african_bell", "x.xx .x.x .xx. x.x.", "4/4", "Central African Republic", _T05,
     "E(9,16)", ""),
    ("ghana_clapping", "x.x. x.x. .x.x .x..", "4/4", "Ghana", _T05, "E(7,16), fifth onset", ""),
    ("fume_fume", "x.x .x. .x. x..", "12/8", "Ghana (Ga)", _BOOK, "E(5,12) of another start", ""),
    ("venda_clapping", "x.. x.x ..x .x.", "12/8", "South Africa (Venda)", _T05,
     "E(5,12), a children's song", ""),
    ("aka", "x..x.x .x.x.x ..x.x. x.x.x.", "12/8", "Central Africa (Aka)", _T05, "E(11,24)", ""),
    # The ten bells of seven strokes on twelve pulses
    ("bembe", "x.x .xx .x. x.x", "12/8", "Cuba, Ghana (Ewe), Nigeria (Yoruba)", _T03,
     "the standard pattern", "gankogui ewe_bell standard_bell agbekor"),
    ("soli", "x.x .x. x.x x.x", "12/8", "Guinea", _T03, "", ""),
    ("tambu", "x.x .x. xx. x.x", "12/8", "Curaçao", _T03, "", ""),
    ("bembe_2", "xx. x.x x.x .x.", "12/8", "West Africa", _T03, "bembé begun elsewhere", ""),
    ("yoruba", "x.x .xx .x. xx.", "12/8", "Nigeria (Yoruba)", _T03, "", ""),
    ("tonada", "x.x x.x x.x .x.", "12/8", "Cuba", _T03, "", ""),
    ("asaadua", "x.x .x. xx. xx.", "12/8", "Ghana (Akan)", _T03, "", ""),
    ("sorsonet", "xxx .x. x.x .x.", "12/8", "Guinea (Baga)", _T03, "", ""),
    ("bemba", "x.x x.x .x. xx.", "12/8", "Zambia, Zimbabwe (Bemba)", _T03, "", ""),
    ("ashanti", "x.x x.x .xx .x.", "12/8", "Ghana (Ashanti)", _T03, "", ""),
    # Brazil
    ("bossa32", "x..x ..x. ..x. .x..", "4/4", "Brazil", _T02, "the rim", "bossa bossa_nova"),
    ("bossa23", "..x. .x.. x..x ..x.", "4/4", "Brazil", "", "the same from its side of two", ""),
    ("samba", "x.x. .x.x .x.. x.x.", "4/4", "Brazil", _T05, "E(7,16) from its last onset", ""),
    ("teleco_teco", "x.x. xx.x .x.x .xx.", "4/4", "Brazil", _T05,
     "tamborim of samba, E(9,16) from its fourth onset", "tamborim"),
    ("baiao", "x..x ....", "2/4", "Brazil (north-east)", "", "the zabumba's low strokes", ""),
    # Maghreb and the Arab world
    ("tuareg_bendir", "x.xx xxxx", "4/4", "Libya (Tuareg)", _T05, "E(7,8) on the frame drum", ""),
    ("maqsum", "DT.T D.T.", "4/4", "Egypt, all the Arab world", "", "", "maqsoum"),
    ("masmudi_saghir", "DD.T D.T.", "4/4", "Egypt", "", "maqsum with two low strokes", "baladi"),
    ("saidi", "DT.D D.T.", "4/4", "Upper Egypt", "", "", ""),
    ("malfuf", "D..T ..T.", "2/4", "Levant, Egypt", "", "tresillo with a low first stroke", "laff"),
    ("ayyub", "D..D D.T.", "2/4", "Egypt", "", "of the zar, quick", "zar"),
    ("masmudi_kabir", "D.D. ..T. D... T...", "8/4", "Arab world", "", "slow eight", "masmudi"),
    ("samai_thaqil", "D..T.DDT..", "10/8", "Egypt, Turkey", "", "the ten of the samai", "samai"),
    ("yuruk_samai", "DTTDT.", "6/8", "Turkey, Arab world", _T05, "E(5,6), second onset", "darij"),
    ("dawr_hindi", "DTTD.T.", "7/8", "Arab world", "", "seven as 3+2+2", ""),
    ("nawakht", "x.xx.xx", "7/4", "Arab world", _T05, "E(5,7)", "nawakhat"),
    ("jurjina", "x..x.x.x..", "10/8", "Armenia, Iraq", "", "ten as 3+2+2+3", ""),
    ("aqsaq_samai", "x.x.x.x.x", "9/8", "Arab world", _T05, "E(5,9)", "agsag_samai"),
    # Turkey, the Balkans, Persia, Andalusia
    ("aksak", "x.x.x.x..", "9/8", "Turkey", _T05, "E(4,9), nine as 2+2+2+3", "karsilama daychovo"),
    ("ruchenitsa", "x.x.x..", "7/8", "Bulgaria", _T05, "E(3,7), seven as 2+2+3", "rachenitsa"),
    ("lesnoto", "x..x.x.", "7/8", "North Macedonia, Greece", "", "seven as 3+2+2", "kalamatianos"),
    ("paydushko", "x.x..", "5/8", "Bulgaria", "", "five as 2+3", ""),
    ("kopanitsa", "x.x.x..x.x.", "11/8", "Bulgaria", "", "eleven as 2+2+3+2+2", "gankino"),
    ("khafif_ramal", "x.x..", "5/8", "Persia, 13th century", _T05, "E(2,5)", "khafif_e_ramal"),
    ("solea", "..x ..x .x. x.x", "12/8", "Andalusia", _FLAMENCO, "accents on 3, 6, 8, 10, 12", ""),
    ("guajira", "x.. x.. x.x .x.", "12/8", "Andalusia", _FLAMENCO, "two threes, three twos", ""),
    ("seguiriya", "x.x .x. .x. .x.", "12/8", "Andalusia", _FLAMENCO, "2+2+3+3+2", ""),
)  # fmt: skip

TIMELINES: MappingProxyType[str, Timeline] = MappingProxyType({
    name: Timeline(
        name, strokes, Meter.parse(meter), origin, source, about, tuple(also.split())
    )
    for name, strokes, meter, origin, source, about, also in _ROWS
})  # fmt: skip

CLAVES = ("son32", "son23", "rumba32", "rumba23", "bossa32", "bossa23")


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold().replace("é", "e").replace("ã", "a"))


_BY_NAME = {
    _plain(name): found
    for found in TIMELINES.values()
    for name in (found.name, *found.also)
}  # fmt: skip


def timeline(name: str) -> Timeline:
    """Find a timeline by its name or another of its names; case, spaces and dashes don't matter.

    >>> timeline("Fume-fume").rhythm.onsets, timeline("gankogui").name
    ((0, 2, 4, 7, 9), 'bembe')
    """
    found = _BY_NAME.get(_plain(name))
    if found is None:
        near = difflib.get_close_matches(_plain(name), _BY_NAME, n=3)
        known = [_BY_NAME[key].name for key in near] or list(TIMELINES)
        raise InputError(f"there is no timeline {name!r}; take {_one_of(known)}")
    return found


def _one_of(names: list[str]) -> str:
    names = list(dict.fromkeys(names))
    return f"{', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else names[0]


def clave(name: str, *, meter: Meter = COMMON_TIME) -> Timeline:
    """Find a clave, `son32`, `son23`, `rumba32` … (3-2 where no side is named), for a meter.

    In compound meters son and rumba are those on twelve pulses.

    >>> str(clave("2-3 son clave").rhythm), str(clave("rumba", meter=Meter(12, 8)).rhythm)
    ('..x.x...x..x..x.', 'x.x..x.x.x..')
    >>> clave("son32", meter=Meter(7, 8))
    Traceback (most recent call last):
    tapeloom.core.errors.InputError: the clave son32 takes four beats and doesn't fit in 7/8; ...
    """
    words = re.sub(r"[^a-z]", "", name.casefold().replace("clave", ""))
    side = re.sub(r"\D", "", name) or "32"
    known = _BY_NAME.get(words)
    found = TIMELINES.get(known.name[:-2] + side) if known and known.name in CLAVES else None
    if found is None:
        raise InputError(f"{name!r} is no clave; take {_one_of(list(CLAVES))}")
    ternary = TIMELINES.get(f"{found.name}_ternary")
    if fits(found, meter):
        return found
    if ternary is not None and fits(ternary, meter):
        return ternary
    ways = "4/4, 2/4 or 12/8" if ternary else "4/4 or 2/4"
    raise InputError(
        f"the clave {found.name} takes four beats and doesn't fit in {meter}; take {ways}"
    )


def fits(found: Timeline, meter: Meter, *, pulse_ticks: int | None = None) -> bool:
    """Tell whether whole cycles fill bars of a meter, or whole bars a cycle, beats on beats.

    pulse_ticks  of one pulse; the note value of the timeline's own meter unless given

    >>> fits(timeline("tresillo"), Meter(4, 4)), fits(timeline("tresillo"), Meter(3, 4))
    (True, False)
    """
    own = found.meter
    cycle = found.pulses * (pulse_ticks or found.pulse_ticks)
    simple = not own.is_compound and own.numerator in (2, 4, 8)
    if not simple and not own.is_compound:  # uneven groups: one bar is one cycle, as at home
        return cycle == meter.bar_ticks and meter.numerator % own.numerator == 0
    if own.is_compound != meter.is_compound:
        return False
    return cycle % meter.bar_ticks == 0 or meter.bar_ticks % cycle == 0


def place(
    found: Timeline, meter: Meter, *, pulse_ticks: int | None = None
) -> tuple[tuple[int, ...], int]:
    """Return the ticks of a cycle's onsets in a meter and the ticks after which it comes again.

    pulse_ticks  of one pulse; twice the usual value spreads a clave of 4/4 over two bars

    >>> from tapeloom.core.time import PPQ
    >>> onsets, cycle = place(timeline("tresillo"), Meter(4, 4))
    >>> [onset * 4 // PPQ for onset in onsets], cycle // PPQ
    ([0, 3, 6], 2)
    """
    if pulse_ticks is not None and pulse_ticks < 1:
        raise InputError(f"pulse_ticks is {pulse_ticks}; it must be 1 or more")
    if not fits(found, meter, pulse_ticks=pulse_ticks):
        raise InputError(
            f"{found.name} has {found.pulses} pulses in {found.meter} and doesn't fit in {meter}"
        )
    pulse = pulse_ticks or found.pulse_ticks
    return tuple(onset * pulse for onset in found.rhythm.onsets), found.pulses * pulse


def groove_line(found: Timeline, meter: Meter, *, pulse_ticks: int | None = None) -> str:
    """Write a timeline as a line of a `patterns.Groove`, over as many bars as its cycle takes.

    The low strokes of Arab cycles are accents (`X`), all others hits (`x`).

    >>> groove_line(timeline("tresillo"), Meter(4, 4))
    'x..x..x.x..x..x.'
    >>> groove_line(timeline("lesnoto"), Meter(7, 8))
    'x.....x...x...'
    """
    onsets, cycle = place(found, meter, pulse_ticks=pulse_ticks)
    step = step_ticks(meter)
    if any(onset % step for onset in (*onsets, cycle)):
        raise InputError(f"the pulses of {found.name} are finer than the steps of {meter}")
    signs = ["."] * (cycle // step)
    strokes = found.strokes.replace(".", "")
    for onset, stroke in zip(onsets, strokes, strict=True):
        signs[onset // step] = "X" if stroke == "D" else "x"
    return "".join(signs) * max(meter.bar_ticks // cycle, 1)
