"""Words of a release: grammar, limits, and no title twice."""

import itertools
import re
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import MODES, Key
from tapeloom.release.chapters import Chapter, Moment, draw_up, name_parts
from tapeloom.release.language import (
    LICENCES,
    MOODS,
    ORIGINS,
    PARTS,
    SCENES,
    SEASONS,
    USES,
    Language,
)  # fmt: skip
from tapeloom.release.languages import LANGUAGES
from tapeloom.release.limits import LIMITS, limit, problems, tags_length
from tapeloom.release.metadata import MetadataGenerator, describe, faults, language_of
from tapeloom.release.phrases import can_say, choices, every_filling
from tapeloom.release.playlists import playlists_for
from tapeloom.release.seasons import season_of
from tapeloom.release.subject import Subject
from tapeloom.release.tags import choose_tags, hashtags
from tapeloom.release.titles import draw_title, normal
from tapeloom.release.variety import Entry, check_variety, hash_likeness, title_likeness

ARTEFACT = re.compile(r"[{}]|  |\(n\)|\ba [aeiou]|\ban [^aeiouh]|\b[Dd]e [aeiouéèêhAEIOUÉ]", re.I)
languages = pytest.mark.parametrize("language", LANGUAGES.values(), ids=list(LANGUAGES))


def artefacts(text: str, code: str) -> list[str]:
    """What a template left behind; the rules of a and de are those of one language each."""
    found = [match[0] for match in ARTEFACT.finditer(text)]
    if code != "en":
        found = [x for x in found if not x.lower().startswith(("a ", "an "))]
    return found if code == "fr" else [x for x in found if not x.lower().startswith("de ")]


def subjects(count: int, seed: int = 0) -> list[Subject]:
    rng = np.random.default_rng(seed)

    def draw(names: tuple[str, ...]) -> str:
        return names[int(rng.integers(len(names)))]

    return [
        Subject(
            mood=draw(MOODS), scene=draw(SCENES), use=draw(USES),
            season=draw(SEASONS) if i % 2 else None,
            bpm=float(rng.uniform(60, 95)), duration_s=float(rng.uniform(30, 7200)),
            key=Key(("C", "F#", "Bb", "Eb", "B")[i % 5], ("minor", "major")[i % 2]),
            title="Paper Lanterns" if i % 3 == 0 else None,
            series="Rain Diaries" if i % 4 == 0 else None, number=i + 1,
            licence=draw(LICENCES), origin=draw(ORIGINS),
            moments=tuple(Moment(20.0 * j, f"Part {j}") for j in range(5)),
        )
        for i in range(count)
    ]  # fmt: skip


def test_two_hundred_titles_and_descriptions_pass_every_limit_and_none_comes_twice() -> None:
    rng = np.random.default_rng(5)
    for language in LANGUAGES:
        taken: list[str] = []
        for subject in subjects(34, seed=len(language)):
            made = describe(subject, rng=rng, language=language, catalogue=taken)[0]
            assert faults(made) == ()
            assert not artefacts(made.title, language), made.title
            assert not artefacts(made.description, language), made.description
            assert normal(made.title) not in {normal(title) for title in taken}
            taken.append(made.title)


@languages
def test_everything_that_a_language_can_say_is_free_of_artefacts(language: Language) -> None:
    for mood, scene in itertools.product(MOODS, SCENES):
        subject = Subject(mood, scene, "study", "autumn", title="Tape", series="Slow Hours")
        found = choices(subject, language)
        for template in language.titles[:: 1 if scene == "rain" else 7]:
            assert can_say(template, subject)
            for text in itertools.islice(every_filling(template, found), 12):
                title = language.finish(text)
                assert not artefacts(title, language.code), title
                assert title == title.strip()
                assert problems("YouTube", "title", title) == ()


def test_english_has_forty_templates_and_the_others_enough() -> None:
    assert len(set(LANGUAGES["en"].titles)) >= 40
    assert all(len(set(language.titles)) >= 20 for language in LANGUAGES.values())


def test_adjectives_agree() -> None:
    def said(code: str, mood: str, scene: str) -> set[str]:
        return set(choices(Subject(mood, scene), LANGUAGES[code])["scene"])

    assert {"noche tranquila", "madrugada serena"} <= said("es", "peaceful", "night")
    assert "otoño melancólico" in said("es", "melancholic", "autumn")
    assert {"ruhige Nacht", "stille Mitternacht"} <= said("de", "peaceful", "night")
    assert {"dunkler Wald", "schattiger Waldweg"} <= said("de", "dark", "forest")
    assert "gemütliches Café" in said("de", "warm", "cafe")
    assert "forêt mystérieuse" in said("fr", "dark", "forest")
    assert "manhã sonhadora" in said("pt", "dreamy", "morning")
    assert "静かな夜" in said("ja", "peaceful", "night")


def test_a_and_an_and_elisions() -> None:
    english, french = LANGUAGES["en"], LANGUAGES["fr"]
    assert english.finish("music for a(n) unhurried rain") == "Music for an Unhurried Rain"
    assert english.finish("a(n) quiet night") == "A Quiet Night"
    assert english.repair("A(n) hour of a(n) autumn") == "An hour of an autumn"
    assert french.finish("un peu de espoir en ville") == "Un peu d'espoir en ville"
    assert french.finish("beats lofi de hiver") == "Beats lofi d'hiver"


@pytest.mark.parametrize(
    ("code", "key", "name"),
    [
        ("de", "B minor", "h-Moll"), ("de", "Bb major", "B-Dur"), ("de", "F# minor", "fis-Moll"),
        ("de", "Ab major", "As-Dur"), ("de", "Eb minor", "es-Moll"), ("de", "C major", "C-Dur"),
        ("de", "D dorian", "D-Dorisch"), ("ja", "A minor", "イ短調"),
        ("ja", "Eb major", "変ホ長調"),
        ("ja", "F# minor", "嬰ヘ短調"), ("fr", "F# minor", "fa dièse mineur"),
        ("es", "Bb major", "si bemol mayor"), ("pt", "C minor", "dó menor"),
        ("es", "D dorian", "re dórico"), ("en", "A minor", "A minor"),
    ],
)  # fmt: skip
def test_keys_are_called_as_they_are_called_there(code: str, key: str, name: str) -> None:
    assert LANGUAGES[code].key_name(key) == name


@languages
def test_every_key_has_a_name(language: Language) -> None:
    names = {language.key_name(str(Key(tonic, mode)))
             for tonic in ("C", "Db", "F#", "B", "Bb") for mode in MODES}  # fmt: skip
    assert len(names) == 5 * len(MODES)


@languages
def test_lengths_are_said_in_whole_numbers(language: Language) -> None:
    said = [language.length(s) for s in (20, 60, 185, 3600, 3630, 5400, 7200)]
    assert said[0] == said[1]
    assert said[3] == said[4]
    assert len(set(said)) == 5
    assert "90" in said[5]


def test_a_title_is_never_given_again_until_all_are() -> None:
    subject = Subject()
    rng = np.random.default_rng(0)
    english = replace(LANGUAGES["en"], titles=("{feeling} {place} · {music}",))
    taken: list[str] = []
    for _ in range(3):
        taken.append(draw_title(subject, english, rng=rng, catalogue=taken).text)
    assert len(set(taken)) == 3
    with pytest.raises(InputError, match="are taken; give a series or a title"):
        draw_title(subject, english, rng=rng, catalogue=taken)


def test_the_same_seed_writes_the_same_words_and_variants_tell_what_differs() -> None:
    subject = subjects(1)[0]
    first, *others = describe(subject, rng=np.random.default_rng(3), variants=5)
    again = describe(subject, rng=np.random.default_rng(3), variants=5)
    assert again[0] == first
    assert tuple(others) == again[1:]
    assert len({one.title for one in (first, *others)}) == 5
    assert len({one.template for one in (first, *others)}) == 5
    assert all("title" in one.differs and "hook" in one.differs for one in others)
    assert first.differs == ()


def test_the_promised_call() -> None:
    generator = MetadataGenerator(seed=2)
    call = {"mood": "chill", "style": "lofi", "use_case": "study", "bpm": 75, "key": "Am",
            "duration": 3600}  # fmt: skip
    made = [generator.generate_complete_metadata(**call) for _ in range(20)]
    assert len({words.title for words in made}) == 20
    assert all("lofi" in words.tags and "A minor" in words.description for words in made)
    jazz = generator.generate_complete_metadata(mood="warm", style="jazzhop", use_case="cook")
    assert "jazzhop" in jazz.tags
    with pytest.raises(InputError, match="'angry' is no mood"):
        generator.generate_complete_metadata(mood="angry")
    with pytest.raises(InputError, match="'dance' is no use"):
        generator.generate_complete_metadata(use_case="dance")


# Limits, chapters, tags.


def test_tags_are_counted_as_youtube_counts_them() -> None:
    assert tags_length(("lofi", "chill beats")) == len('lofi,"chill beats"')
    assert tags_length(()) == 0


@given(st.tuples(*[st.lists(st.text('ab ,"é', max_size=60), max_size=30)] * 3))
def test_tags_never_exceed_the_limit_nor_come_twice(groups: tuple[list[str], ...]) -> None:
    tags = choose_tags(*groups)
    assert problems("YouTube", "tags", tags.all) == ()
    assert len(set(tags.all)) == len(tags.all)
    assert not any(set(tag) & set(',"<>') for tag in tags.all)


def test_every_group_of_tags_has_its_room() -> None:
    tags = choose_tags([f"base number {i}" for i in range(90)], ["rain core", "Base number 0"],
                       ["autumn lofi"])  # fmt: skip
    assert (tags.trending, tags.seasonal) == (("rain core",), ("autumn lofi",))
    assert 450 < tags_length(tags.all) <= 500
    assert hashtags(["a b", "a-b", "—"]) == ("#ab",)


def test_limits_count_in_their_unit_and_name_their_source() -> None:
    assert all(known.source and known.most > 0 for known in LIMITS)
    assert limit("YouTube", "description").measure("é" * 10) == 20
    assert problems("YouTube", "description", "x" * 5001)[0].endswith("at most 5000 are accepted")
    assert "holds < and >" in problems("YouTube", "title", "<b>")[0]
    assert "a store's name" in problems("Spotify", "title", "New on Spotify")[0]
    assert problems("YouTube", "hashtags", ("#a",) * 61)
    with pytest.raises(InputError, match="no limit is known"):
        limit("Spotify", "smell")


@given(st.lists(st.floats(0.1, 600), min_size=1, max_size=40), st.floats(0.1, 100))
def test_chapters_are_what_youtube_takes_or_none(gaps: list[float], tail: float) -> None:
    starts = np.concatenate(([0.0], np.cumsum(gaps)))
    moments = [Moment(float(s), f"m{i}") for i, s in enumerate(starts)]
    duration_s = float(starts[-1]) + tail
    chapters = draw_up(moments, duration_s=duration_s)
    if not chapters:
        return
    ends = [chapter.start_s for chapter in chapters[1:]] + [int(duration_s)]
    assert chapters[0].start_s == 0
    assert len(chapters) >= 3
    assert all(end - chapter.start_s >= 10 for chapter, end in zip(chapters, ends, strict=True))
    known = {moment.name: int(moment.start_s) for moment in moments}
    assert all(known[chapter.name] == chapter.start_s for chapter in chapters[1:])


def test_times_of_chapters_are_written_as_youtube_reads_them() -> None:
    assert [str(Chapter(s, "x")) for s in (0, 9, 60, 600, 3600, 36_061)] == [
        "0:00 x", "0:09 x", "1:00 x", "10:00 x", "1:00:00 x", "10:01:01 x",
    ]  # fmt: skip
    assert name_parts(PARTS, LANGUAGES["fr"])[0] == "Ouverture"
    assert name_parts(["A", "A"], LANGUAGES["ja"])[1] == "テーマ1（2回目）"


def test_seasons_turn_with_the_hemisphere() -> None:
    days = [date(2026, month, 15) for month in range(1, 13)]
    north = [season_of(day) for day in days]
    assert north[2:5] == ["spring"] * 3
    assert [north.count(season) for season in SEASONS] == [3] * 4
    assert [season_of(day, hemisphere="south") for day in days] == north[6:] + north[:6]
    with pytest.raises(InputError, match="'east' is no hemisphere"):
        season_of(days[0], hemisphere="east")


def test_playlists_gather_what_is_alike() -> None:
    english = LANGUAGES["en"]
    a, b = Subject(series="Tides", season="summer"), Subject(scene="beach", season="summer")
    assert set(playlists_for(b, english)) < set(playlists_for(a, english))


# Bad input.


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"mood": "furious"}, "'furious' is no mood"),
        ({"scene": "moon base"}, "'moon base' is no scene"),
        ({"season": "monsoon"}, "'monsoon' is no season"),
        ({"licence": "mine"}, "'mine' is no licence"),
        ({"duration_s": 0}, "the duration is 0 s"),
        ({"number": 0}, "the number is 0"),
        ({"artist": " "}, "the artist must be one line"),
        ({"artist": "x" * 300}, "the artist must be one line"),
        ({"series": "a <b>"}, "the series holds one of"),
        ({"title": "two\nlines"}, "the title must be one line"),
    ],
)
def test_what_cannot_be_described_is_one_sentence(fields: dict, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        Subject(**fields)


def test_unknown_languages_and_numbers_of_variants() -> None:
    with pytest.raises(InputError, match="'tlh' is no language of ours; choose one of en"):
        language_of("tlh")
    with pytest.raises(InputError, match="variants is 0"):
        describe(Subject(), rng=np.random.default_rng(0), variants=0)
    with pytest.raises(InputError, match="French has no word for winter"):
        replace(LANGUAGES["fr"], images={k: v for k, v in LANGUAGES["fr"].images.items()
                                         if k != "winter"})  # fmt: skip


# Variety.


def test_a_batch_that_looks_mass_produced_is_told() -> None:
    batch = [
        Entry("a", "Rain on the Window · Lofi", "{image}", 0b1111, {"b": 0.9}, {"c": 0.99}),
        Entry("b", "Snow on the Sill", "{image}", 0b1110),
        Entry("c", "The Last Train Home", "{image}", 2**64 - 1),
    ]
    found = check_variety(batch)
    assert {(one.what, one.names) for one in found} == {
        ("audio", ("a", "c")), ("thumbnail", ("a", "b")), ("melody", ("a", "b")),
        ("template", ("a", "b", "c")),
    }  # fmt: skip
    assert [one.likeness for one in found] == sorted((x.likeness for x in found), reverse=True)
    varied = [replace(one, template=f"{i}", thumbnail_hash=None, melody={}, audio={})
              for i, one in enumerate(batch)]  # fmt: skip
    assert check_variety(varied) == ()


@given(st.text(max_size=30), st.text(max_size=30), st.integers(0, 2**64 - 1))
def test_likeness_is_symmetric_and_one_for_the_same(a: str, b: str, bits: int) -> None:
    assert title_likeness(a, b) == title_likeness(b, a)
    assert title_likeness(a, a) == 1.0
    assert hash_likeness(bits, bits) == 1.0
    assert hash_likeness(bits, bits ^ (2**64 - 1)) == 0.0


def test_likenesses_and_hashes_out_of_range_are_refused() -> None:
    with pytest.raises(InputError, match="64 bits"):
        Entry("a", "x", thumbnail_hash=2**64)
    with pytest.raises(InputError, match="between 0 and 1"):
        Entry("a", "x", melody={"b": 1.5})
