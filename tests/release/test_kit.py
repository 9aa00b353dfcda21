"""The kit: codes, the order of an album, rights, the preflight's rules and the DDEX message."""

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.core.product import Loudness, Provenance
from tapeloom.release.chapters import Chapter
from tapeloom.release.checks import (
    FAIL,
    PASS,
    WARN,
    AudioFacts,
    PictureFacts,
    VideoFacts,
    check_audio,
    check_codes,
    check_cover,
    check_thumbnail,
    check_video,
    check_words,
    worst,
)  # fmt: skip
from tapeloom.release.codes import check_digit, check_isrc, check_upc, next_isrcs
from tapeloom.release.ddex import NAMESPACE, Sender, ern_message
from tapeloom.release.formats import PLATFORMS
from tapeloom.release.kit import (
    KitTrack,
    ReleaseKit,
    credits_text,
    kind_of_release,
    specification,
)  # fmt: skip
from tapeloom.release.rights import ai_use, content_id
from tapeloom.release.sequencing import Piece, _cost, _costs, arc, key_steps, order_tracks
from tapeloom.release.tags import Tags

LOUDNESS = Loudness(-14.0, 5.0, -1.2, -10.0, -12.0, -1.5)
SOURCE = Provenance("0.1", 7, {"words": "rain"}, "theory")


def track(title: str = "Rain", **changes: object) -> KitTrack:
    fields = {"artist": "Lantern", "duration_s": 180.0, "key": Key("A", "minor"), "bpm": 75.0,
              "loudness": LOUDNESS, "provenance": SOURCE}  # fmt: skip
    return KitTrack(title, **(fields | changes))


def kit(count: int = 2, **changes: object) -> ReleaseKit:
    tracks = tuple(track(f"Track {i}") for i in range(count))
    return ReleaseKit("Tides", "Lantern", tracks, date(2026, 12, 1), **changes)


# Codes.


@given(st.text("0123456789", min_size=11, max_size=12))
def test_a_changed_digit_is_always_found(digits: str) -> None:
    whole = digits + str(check_digit(digits))
    assert check_upc(whole) == whole
    for i, new in itertools.product(range(len(whole)), "0123456789"):
        changed = whole[:i] + new + whole[i + 1 :]
        if changed != whole:
            with pytest.raises(InputError, match="its check digit would be"):
                check_upc(changed)


@pytest.mark.parametrize("text", ["", "US-RC1-76-0783", "1S-RC1-76-07839", "US-RC1-7A-07839"])
def test_what_is_no_isrc_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="is no ISRC"):
        check_isrc(text)


def test_codes_of_an_album_follow_one_another() -> None:
    assert next_isrcs("QZ-ABC-26-99998", 2) == ("QZABC2699998", "QZABC2699999")
    with pytest.raises(InputError, match="leaves 2 numbers of its year, not 3"):
        next_isrcs("QZ-ABC-26-99998", 3)
    with pytest.raises(InputError, match="12 or 13 digits"):
        check_upc("123")


# The order of an album.


def pieces(count: int, seed: int) -> list[Piece]:
    rng = np.random.default_rng(seed)
    keys = [Key.parse(text) for text in ("Am", "C", "Em", "F#m", "Eb", "D dorian", "Bb", "G")]
    return [Piece(keys[int(rng.integers(8))], float(rng.uniform(65, 90)), float(rng.random()))
            for _ in range(count)]  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_few_tracks_are_ordered_as_brute_force_would(seed: int) -> None:
    found = pieces(6, seed)
    moves, places = _costs(found)
    best = min(itertools.permutations(range(6)), key=lambda order: _cost(order, moves, places))
    assert _cost(order_tracks(found), moves, places) == pytest.approx(_cost(best, moves, places))
    assert order_tracks(found, first=3)[0] == 3


def test_many_tracks_are_ordered_better_than_by_chance_and_the_same_each_time() -> None:
    found = pieces(35, 5)
    moves, places = _costs(found)
    order = order_tracks(found, first=4)
    assert sorted(order) == list(range(35))
    assert order[0] == 4
    rng = np.random.default_rng(1)
    chance = [_cost(rng.permutation(35), moves, places) for _ in range(200)]
    assert _cost(order, moves, places) < 0.75 * min(chance)
    assert order == order_tracks(found, first=4)


@given(st.integers(0, 6), st.integers(0, 6))
def test_steps_between_keys_are_a_distance(a: int, b: int) -> None:
    keys = [Key.parse(text) for text in ("C", "Am", "G", "F#m", "Eb", "D dorian", "Bbm")]
    assert key_steps(keys[a], keys[b]) == key_steps(keys[b], keys[a])
    assert (key_steps(keys[a], keys[b]) == 0) == (a == b)


def test_the_arc_rises_to_its_peak_and_comes_home() -> None:
    places = arc(np.linspace(0, 1, 101))
    assert places.argmax() == 60
    assert (np.diff(places[:61]) > 0).all()
    assert (np.diff(places[60:]) < 0).all()
    with pytest.raises(InputError, match="1 to 35 tracks, not 36"):
        order_tracks(pieces(36, 0))
    with pytest.raises(InputError, match="track 9 cannot come first"):
        order_tracks(pieces(3, 0), first=8)
    assert order_tracks(pieces(1, 0)) == (0,)


# Rights.


def test_only_what_is_exclusive_can_be_claimed() -> None:
    assert content_id({}).is_eligible
    assert "same seed" in content_id({}).reason
    assert "rain.mid" in content_id({"origins": [{"file": "rain.mid"}]}).reason
    assert not content_id({}, licence="cc by 4.0").is_eligible
    quoted = {"drafts": [{"originality": {"copied_share": 0.2}}]}
    assert "20 %" in content_id(quoted).reason
    assert content_id({"drafts": [{"originality": {"copied_share": 0.01}}, {}]}).is_eligible


def test_what_a_learned_model_made_is_said() -> None:
    def ai(record: dict) -> list[str]:
        return [use.what for use in ai_use(record) if use.is_ai]

    assert ai({}) == []
    assert ai({"models": [{"name": "small"}]}) == ["composition"]
    assert ai({"origins": [{"file": "x"}]}) == []
    assert {use.what for use in ai_use({})} >= {"lyrics", "vocals", "artwork", "instruments"}


# The release.


@pytest.mark.parametrize(
    ("durations_s", "kind"),
    [([180], "Single"), ([599] * 3, "Single"), ([650], "EP"), ([200] * 4, "EP"),
     ([310] * 6, "Album"), ([100] * 7, "Album"), ([1900], "Album")],
)  # fmt: skip
def test_singles_eps_and_albums(durations_s: list[float], kind: str) -> None:
    assert kind_of_release(durations_s) == kind


def test_a_specification_has_every_track_and_credits_name_what_is_borrowed() -> None:
    release = kit(2, label="Lantern Records", upc="036000291452")
    files = [{"file": f"{i}.flac", "audio": "flac", "rate": 44_100} for i in range(2)]
    data = specification(release, PLATFORMS["spotify"], files)
    assert [one["file"] for one in data["tracks"]] == ["0.flac", "1.flac"]
    assert data["kind"] == "Single"
    assert data["p_line"] == "℗ 2026 Lantern Records"
    text = credits_text(release)
    assert "1. Track 0 (3:00)" in text
    assert "℗ © 2026 Lantern Records. All rights reserved." in text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [({"upc": "1"}, "is no UPC"), ({"licence": "x"}, "'x' is no licence"),
     ({"gap_s": 60.0}, "the gap is 60 s")],
)  # fmt: skip
def test_what_is_no_release_is_refused(changes: dict, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        kit(1, **changes)
    with pytest.raises(InputError, match="1 to 35 tracks, not 0"):
        kit(0)
    with pytest.raises(InputError, match="lasts 0 s"):
        track(duration_s=0.0)
    with pytest.raises(InputError, match="is no ISRC"):
        track(isrc="nonsense")
    with pytest.raises(InputError, match="the title of a release"):
        replace(kit(1), title=" ")


# The preflight.

AUDIO = AudioFacts("a.flac", 180.0, 44_100, 24, 2, LOUDNESS)
COVER = PictureFacts("cover.png", 3000, 3000, "RGB", "PNG", 5_000_000)
VIDEO = VideoFacts("video.mp4", 1920, 1080, 24.0, 180.0, 180.01, "h264", "aac", True)


def of(checks: tuple, text: str) -> str:
    found = [check.status for check in checks if text in check.rule]
    assert len(found) == 1, text
    return found[0]


@pytest.mark.parametrize(
    ("changes", "rule", "status"),
    [
        ({"bits": 8}, "16 bits", FAIL), ({"rate": 22_050}, "16 bits", FAIL),
        ({"is_lossless": False}, "lossless", FAIL), ({"channels": 1}, "stereo", WARN),
        ({"duration_s": 12.0}, "at least 30 s", WARN), ({"tail_silence_s": 9.0}, "silence", WARN),
        ({"loudness": replace(LOUDNESS, true_peak_dbtp=0.4)}, "true peak", WARN),
        ({"loudness": replace(LOUDNESS, integrated_lufs=-4.0)}, "loudness from", WARN),
    ],
)  # fmt: skip
def test_each_fault_of_a_master_is_found_alone(changes: dict, rule: str, status: str) -> None:
    assert worst(check_audio(AUDIO)) == PASS
    checks = check_audio(replace(AUDIO, **changes))
    assert of(checks, rule) == status
    assert [check.status for check in checks].count(PASS) == len(checks) - 1


def test_pictures_and_videos_that_are_refused_are_found() -> None:
    assert worst(check_cover(COVER)) == PASS
    assert of(check_cover(replace(COVER, height=2000)), "square") == FAIL
    assert of(check_cover(replace(COVER, width=1000, height=1000)), "at least 1400") == FAIL
    assert of(check_cover(replace(COVER, width=2000, height=2000)), "3000 pixels a side") == WARN
    assert of(check_cover(replace(COVER, mode="CMYK")), "RGB") == FAIL
    small = PictureFacts("t.png", 1280, 720, "RGB", "PNG", 900_000)
    assert worst(check_thumbnail(small)) == PASS
    assert of(check_thumbnail(replace(small, size_bytes=3_000_000)), "2 MB") == FAIL
    assert of(check_thumbnail(replace(small, width=1920)), "1280 x 720") == FAIL
    assert worst(check_video(VIDEO)) == PASS
    assert of(check_video(replace(VIDEO, audio_s=181.0)), "one frame") == FAIL
    assert of(check_video(replace(VIDEO, video_codec="vp9")), "H.264") == FAIL
    assert of(check_video(replace(VIDEO, is_fast_start=False)), "fast start") == WARN


def test_words_that_are_refused_are_found() -> None:
    def words(**changes: object) -> tuple:
        fields = {"title": "Rain", "description": "x", "tags": Tags(("lofi",)),
                  "chapters": (Chapter(0, "a"), Chapter(60, "b"), Chapter(90, "c")),
                  "duration_s": 120.0}  # fmt: skip
        return check_words(**(fields | changes))

    assert worst(words()) == PASS
    assert worst(words(title="x" * 101)) == FAIL
    assert worst(words(title="Only $5")) == WARN
    assert worst(words(description="é" * 2501)) == FAIL
    assert worst(words(chapters=(Chapter(0, "a"), Chapter(5, "b"), Chapter(90, "c")))) == FAIL
    assert worst(words(chapters=())) == WARN
    assert worst(words(tags=Tags(tuple(f"tag {i:03d}" for i in range(60))))) == FAIL


def test_codes_that_are_missing_warn_and_wrong_ones_fail() -> None:
    good = "USRC17607839"
    assert worst(check_codes(isrcs=[good], upc="036000291452")) == PASS
    assert worst(check_codes(isrcs=[good, None], upc="036000291452")) == WARN
    assert worst(check_codes(isrcs=[None], upc=None)) == PASS  # a distributor gives them
    assert worst(check_codes(isrcs=[good, good], upc=None)) == FAIL
    assert worst(check_codes(isrcs=["x"], upc="036000291452")) == FAIL
    assert worst(check_codes(isrcs=[good], upc="036000291453")) == FAIL
    assert worst(()) == PASS


# DDEX: structure, for its schema is not ours to ship.


def message(release: ReleaseKit, **more: object) -> ElementTree.Element:
    return ElementTree.fromstring(ern_message(release, Sender("Lantern Records"), **more))  # noqa: S314


def test_the_message_has_its_parts_in_order_and_every_reference_leads_somewhere() -> None:
    tracks = (track("One", isrc="USRC17607839", composer="A. Writer"), track("Two"))
    release = replace(kit(2, upc="036000291452", label="Lantern Records"), tracks=tracks)
    root = message(release)
    assert root.tag == f"{{{NAMESPACE}}}NewReleaseMessage"
    assert [child.tag for child in root] == [
        "MessageHeader", "PartyList", "ResourceList", "ReleaseList", "DealList",
    ]  # fmt: skip
    parties = {node.text for node in root.iter("PartyReference")}
    resources = [node.text for node in root.iter("ResourceReference")]
    releases = {node.text for node in root.iter("ReleaseReference")}
    assert len(set(resources)) == len(resources) == 3
    for name in ("ArtistPartyReference", "ContributorPartyReference", "ReleaseLabelReference"):
        assert {node.text for node in root.iter(name)} <= parties
    used = {node.text for name in ("ReleaseResourceReference", "LinkedReleaseResourceReference")
            for node in root.iter(name)}  # fmt: skip
    assert used == set(resources)
    assert {node.text for node in root.iter("DealReleaseReference")} == releases
    assert [node.text for node in root.iter("ISRC")] == ["USRC17607839"]
    assert [node.text for node in root.iter("ICPN")] == ["036000291452"]
    assert {node.text for node in root.iter("FullName")} >= {"A. Writer", "Lantern", "Recipient"}
    durations = [node.text for node in root.iter("Duration")]
    assert durations == ["PT3M0S", "PT3M0S", "PT6M0S"]


def test_the_message_is_the_same_again_and_escapes_what_xml_must() -> None:
    release = replace(kit(1), title='Rock & "Roll" <1>')
    text = ern_message(release, Sender("x"))
    assert text == ern_message(release, Sender("x"))
    assert "Rock &amp;" in text
    root = message(release, created=datetime(2027, 1, 2, tzinfo=UTC), files=[
        {"file": "a.flac", "audio": "flac", "rate": 44_100, "sha256": "00"}])  # fmt: skip
    assert root.findtext(".//MessageCreatedDateTime") == "2027-01-02T00:00:00Z"
    assert root.findtext(".//AudioCodecType") == "FLAC"
    assert root.findtext(".//HashSumValue") == "00"
    assert root.get("ReleaseProfileVersionId") == "SimpleAudioSingle"
    free = message(replace(release, licence="cc0 1.0"))
    assert {node.text for node in free.iter("CommercialModelType")} == {"FreeOfChargeModel"}
