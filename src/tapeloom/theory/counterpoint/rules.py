"""The rules of species counterpoint as a table, and the faults that break them."""

from dataclasses import dataclass

from tapeloom.theory.counterpoint.exercise import BAR

FUX = "Fux, Gradus ad Parnassum, 1725"
PRACTICE = "as Fux's solutions have it"
CUSTOM = "teaching custom"
ALL = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what it asks, of which species, how strictly, and who says so.

    hard_to   the most voices among which breaking it is a fault; 0 where it is advice, 4 always
    weight    what breaking it costs where it is advice
    """

    name: str
    says: str
    species: tuple[int, ...]
    hard_to: int
    source: str
    weight: float = 2.0

    def is_hard(self, voices: int) -> bool:
        """Tell whether it is strict among so many voices.

        >>> RULES["direct fifth"].is_hard(2), RULES["direct fifth"].is_hard(3)
        (True, False)
        """
        return voices <= self.hard_to


_TABLE = (
    # The line.
    Rule("leap", "a voice leaps a third, fourth, fifth, sixth or octave; no major sixth, no "
         "seventh, nothing wider", ALL, 4, FUX),
    Rule("awkward leap", "no augmented or diminished interval is sung, the tritone least of all",
         ALL, 4, FUX),
    Rule("falling sixth", "a minor sixth is better leapt up than down", ALL, 0, CUSTOM),
    Rule("chromatic step", "a voice doesn't go from a note to the same note raised or lowered",
         ALL, 2, PRACTICE, 4.0),
    Rule("tritone outline", "a run in one direction doesn't span a tritone that a step beyond "
         "would not correct", ALL, 0, CUSTOM),
    Rule("leaps that make a seventh", "two leaps in one direction don't add up to a seventh or "
         "more than an octave", ALL, 0, CUSTOM),
    Rule("leap not turned", "after a leap of a sixth or an octave the line turns back", ALL, 0,
         CUSTOM, 1.0),
    Rule("repeated note", "a voice in shorter notes than the cantus doesn't strike one twice",
         (2, 3, 4, 5), 4, PRACTICE),
    Rule("standing line", "a note is struck no more than twice in succession", (1,), 0, CUSTOM),
    Rule("compass", "a voice stays within a twelfth", ALL, 4, PRACTICE),
    Rule("range", "a voice stays between E2 and C6", ALL, 4, PRACTICE),
    Rule("second climax", "the highest note is reached once", (1, 2, 3, 5), 0, CUSTOM, 1.0),
    Rule("figure repeated", "a group of four notes isn't sung again at once", (2, 3, 5), 0,
         CUSTOM),
    Rule("leading tone astray", "a raised note steps up", ALL, 0, CUSTOM),
    Rule("foreign note", "beside the mode's notes there are its flat (B flat on the white keys) "
         "and raised ones (F, C and G sharp)", ALL, 4, PRACTICE),
    # Two voices in motion.
    Rule("parallel fifths", "two voices don't go from fifth to fifth in the same direction",
         ALL, 4, FUX),
    Rule("parallel octaves", "two voices don't go from octave to octave or unison to unison",
         ALL, 4, FUX),
    Rule("direct fifth", "a fifth is reached by contrary or oblique motion", ALL, 2, FUX, 1.0),
    Rule("direct octave", "an octave or a unison is reached by contrary or oblique motion",
         ALL, 2, FUX, 1.5),
    Rule("contrary fifths", "two voices don't go from fifth to fifth in opposite directions",
         ALL, 2, CUSTOM),
    Rule("contrary octaves", "two voices don't go from octave to octave in opposite directions",
         ALL, 2, CUSTOM),
    Rule("fifths on downbeats", "fifths on two downbeats need a leap of a fourth or more between",
         (2,), 2, FUX),
    Rule("octaves on downbeats", "octaves on two downbeats need a leap of a fourth or more "
         "between; a ligature doesn't save them", (2, 4), 2, FUX),
    Rule("battuta", "an octave on the downbeat isn't reached by a step down against a leap up",
         ALL, 0, CUSTOM, 1.0),
    Rule("unison", "a unison stands at the beginning, at the end or on a weak beat", ALL, 2, FUX),
    Rule("crossing", "a voice doesn't go above the next higher one", ALL, 0, CUSTOM, 1.0),
    Rule("spacing", "neighbouring voices lie no more than a twelfth apart", ALL, 0, CUSTOM, 1.0),
    Rule("chain of thirds or sixths", "no more than three thirds or sixths follow in one direction",
         (1,), 0, CUSTOM, 1.0),
    Rule("false relation", "a note and the same note altered don't follow in two voices",
         ALL, 0, CUSTOM, 1.0),
    # Consonance and dissonance.
    Rule("dissonance", "a dissonance is a passing note, a neighbour, a cambiata or a suspension "
         "that falls by step; the fourth is one above the lowest voice", ALL, 4, FUX),
    Rule("missing third", "three voices or more sound a third or a sixth on the downbeat",
         ALL, 0, CUSTOM, 1.0),
    # Beginning and end.
    Rule("opening", "above the cantus it begins on a unison, a fifth or an octave, below on a "
         "unison or an octave; more voices begin on the final's chord", ALL, 4, FUX),
    Rule("close", "two voices end on a unison or an octave; more end on the final's chord without "
         "its minor third", ALL, 4, FUX),
    Rule("cadence", "before the end a voice rises to the final from the leading tone while another "
         "falls to it, by a major sixth or a minor third between two voices", ALL, 4, FUX),
    # Rhythm.
    Rule("rhythm", "a species keeps to its notes: wholes, halves, quarters, ligatures, or a "
         "mixture", ALL, 4, FUX),
    Rule("broken ligature", "the syncopation goes on wherever it can", (4,), 0, FUX),
    Rule("eighths", "eighths come in pairs by step, on the second or fourth beat", (5,), 4, FUX),
    Rule("plain florid", "florid counterpoint mixes its notes: no three bars of one rhythm",
         (5,), 0, CUSTOM),
)  # fmt: skip
RULES = {rule.name: rule for rule in _TABLE}


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """A rule broken: where, by whom, and what is heard.

    >>> fault = Fault(80640, "parallel fifths", (0, 1), "D4 A4 to E4 B4")
    >>> fault.bar, str(fault)
    (3, 'bar 3: parallel fifths in voices 1 and 2, D4 A4 to E4 B4')
    """

    tick: int
    name: str  # in RULES
    voices: tuple[int, ...]  # from 0, the lowest
    heard: str = ""  # the notes
    is_hard: bool = True

    @property
    def bar(self) -> int:
        """The bar, from 1."""
        return self.tick // BAR + 1

    @property
    def beat(self) -> float:
        """The beat within the bar in half notes, from 1."""
        return 1 + self.tick % BAR / (BAR // 2)

    @property
    def rule(self) -> Rule:
        """The rule that it breaks."""
        return RULES[self.name]

    def __str__(self) -> str:
        at = f"bar {self.bar}" + (f", beat {self.beat:g}" if self.beat > 1 else "")
        text = f"{at}: {self.name}"
        if self.voices:
            who = " and ".join(str(voice + 1) for voice in self.voices)
            text += f" in voice{'s' if len(self.voices) > 1 else ''} {who}"
        return f"{text}, {self.heard}" if self.heard else text
