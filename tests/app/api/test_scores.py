"""Scores are worked on at once: bars anew, other chords, a look through; alike for the same."""

import json
from functools import lru_cache
from typing import Any

import pytest

from tapeloom.app import score_tasks
from tapeloom.app.composing import compose_brief
from tapeloom.app.score_check import check_score
from tapeloom.core.brief import Brief
from tapeloom.core.errors import InputError
from tapeloom.core.score import score_to_json
from tapeloom.core.time import PPQ

from .conftest import House, me

BAR = 4 * PPQ


@lru_cache(maxsize=1)
def written() -> str:
    return json.dumps(score_to_json(compose_brief(Brief("rain", bars=12, seed=7))))


def score() -> Any:
    """A score of twelve bars with keys under a preset."""
    told = json.loads(written())
    part(told, "keys")["instrument"] = "tine:worn"
    return told


def part(told: Any, role: str) -> Any:
    return next(each for each in told["parts"] if each["role"] == role)


def asked(**fields: Any) -> bytes:
    return json.dumps({"score": score(), **fields}).encode()


@pytest.mark.parametrize("engine", ["theory", "transformer"])
def test_bars_are_written_anew_and_everything_else_stays(engine: str) -> None:
    body = asked(role="keys", first_bar=5, last_bar=6, engine=engine, seed=3)
    answer = score_tasks.infill(body)
    assert score_tasks.infill(body) == answer
    before, after = score(), json.loads(answer)["score"]
    old, new = part(before, "keys"), part(after, "keys")

    def around(notes: Any) -> Any:
        return [note for note in notes if not 4 * BAR <= note[0] < 6 * BAR]

    assert around(old["notes"]) == around(new["notes"])
    assert old["notes"] != new["notes"]
    assert new["instrument"] == "tine:worn"
    old["notes"] = new["notes"] = old["marks"] = new["marks"] = []
    assert before == after


def test_a_score_without_chords_has_them_found_for_the_engine_alone() -> None:
    told = score() | {"chords": []}
    body = json.dumps({"score": told, "role": "bass", "first_bar": 2, "last_bar": 2}).encode()
    after = json.loads(score_tasks.infill(body))["score"]
    assert after["chords"] == []
    assert part(after, "bass")["notes"] != part(told, "bass")["notes"]


def test_chords_of_a_line_are_put_into_a_score(shared: House) -> None:
    client = shared.client("read")
    body = asked(first_bar=5, chords="F#maj7 | Bmaj7")
    answer = client.post("/v1/scores/chords", content=body, headers=JSON)
    assert answer.status_code == 200, answer.text
    after = answer.json()["score"]
    assert [4 * BAR, 5 * BAR, "Gbmaj7"] in after["chords"]
    assert part(after, "melody") == part(score(), "melody")
    assert part(after, "keys")["notes"] != part(score(), "keys")["notes"]
    assert part(after, "keys")["instrument"] == "tine:worn"
    assert any("rubs against it" in note for note in answer.json()["notes"])
    assert client.post("/v1/scores/chords", content=body, headers=JSON).content == answer.content
    kept = json.loads(score_tasks.put_chords(asked(first_bar=5, chords="F#maj7", rewrite=[])))
    assert [each["notes"] for each in kept["score"]["parts"]] == [
        each["notes"] for each in score()["parts"]
    ]


JSON = {"Content-Type": "application/json"}


def test_a_long_score_may_come_and_a_longer_one_may_not(shared: House) -> None:
    """Bodies of other addresses keep the smaller bound of this house."""
    client = shared.client("read", "write")
    told = score()
    notes = [[i * 100, 50, 60 + i % 7, 80] for i in range(4_000)]
    told["parts"].append({**part(told, "melody"), "name": "more", "role": "other",
                          "instrument": "", "notes": notes})  # fmt: skip
    body = json.dumps({"score": told}).encode()
    assert len(body) > shared.service.limits.body_bytes
    assert client.post("/v1/scores/check", content=body, headers=JSON).status_code == 200
    assert client.post("/v1/make", content=body, headers=JSON).status_code == 413
    large = b'{"score": "' + bytes(shared.service.limits.score_bytes) + b'"}'
    assert client.post("/v1/scores/check", content=large, headers=JSON).status_code == 413


@pytest.mark.parametrize(
    ("path", "fields", "sentence"),
    [
        ("infill", {"role": "melody", "first_bar": 5, "last_bar": 4}, "must not lie behind"),
        ("infill", {"role": "melody", "first_bar": 5, "last_bar": 40}, "has 12 bars"),
        ("infill", {"role": "tuba", "first_bar": 1, "last_bar": 1}, "role: Input should be"),
        ("infill", {"first_bar": 1, "last_bar": 1}, "role: Field required"),
        ("chords", {"first_bar": 12, "chords": "C | D"}, "from bar 12 on the score has 1"),
        ("chords", {"first_bar": 99, "chords": "C"}, "from bar 99 on the score has 0"),
        ("chords", {"first_bar": 1, "chords": "H7"}, "H7"),
        ("check", {"other": 1}, "other: Extra inputs"),
    ],
)
def test_what_cannot_be_asked_is_told_in_a_sentence(
    shared: House, path: str, fields: dict[str, Any], sentence: str
) -> None:
    client = shared.client("read")
    answer = client.post(f"/v1/scores/{path}", content=asked(**fields), headers=JSON)
    assert answer.status_code == 422
    assert sentence in answer.json()["detail"]


def test_bars_anew_may_take_longer_than_what_else_is_quick(
    shared: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model may have to be read first."""
    given: dict[str, float | None] = {}

    async def run(task: Any, _body: bytes, *, limit_s: float | None = None) -> bytes:
        given[task.__name__] = limit_s
        return b"{}"

    monkeypatch.setattr(shared.service.quick, "run", run)
    client = shared.client("read")
    for name in ("infill", "chords", "check"):
        assert client.post(f"/v1/scores/{name}", json={}).status_code == 200
    limits = shared.service.limits
    assert given == {"infill": limits.infill_s, "put_chords": None, "check": None}
    assert limits.infill_s > limits.quick_s


def test_a_body_that_is_no_json_is_refused(shared: House) -> None:
    answer = shared.client("read").post("/v1/scores/check", content=b"{", headers=JSON)
    assert answer.status_code == 422
    assert shared.client().post("/v1/scores/check", content=b"{}", headers=JSON).status_code == 401


def test_a_score_that_is_right_comes_back_as_it_is() -> None:
    after = json.loads(score_tasks.check(asked()))
    assert after == {"score": score(), "problems": []}


def test_what_can_be_mended_is_and_is_told() -> None:
    told = score()
    melody = part(told, "melody")
    melody["notes"] = [[BAR, PPQ, 72, 80], [0, 2 * PPQ, 60, 80], [PPQ, PPQ, 60, 90],
                       [2 * BAR, PPQ, 3, 80]]  # fmt: skip
    melody["marks"] = [[0, 60, "grace"], [0, 61, "grace"]]
    part(told, "bass")["instrument"] = "kazoo"
    mended, problems = check_score(told)
    assert mended is not None
    assert [(n.start, n.duration) for n in mended.part("melody").notes[:2]] == [
        (0, PPQ), (PPQ, PPQ),
    ]  # fmt: skip
    assert [mark.pitch for mark in mended.part("melody").marks] == [60]
    told_of = {(each.part, each.bar): each.problem for each in problems}
    assert "struck again" in next(p.problem for p in problems if "struck" in p.problem)
    assert "range" in told_of["melody", 3]
    assert told_of["bass", None] == "'kazoo' is no instrument"
    assert any("has no note" in each.problem for each in problems)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda s: s["parts"][0]["notes"].append([BAR, 10, 300, 80]), "bar 2: pitch is 300"),
        (lambda s: s["parts"][0]["notes"].append([0.5, 10, 60, 80]), "is no note"),
        (lambda s: s["parts"][0]["notes"].append(7), "is no note"),
        (lambda s: s["parts"][0]["notes"].append([0, 1, 60, 80, [[0, "wah", 1]]]), "'wah'"),
        (lambda s: s["parts"].append(s["parts"][0]), "another part has this name"),
        (lambda s: s["parts"].append({"name": 4}), "has no name"),
        (lambda s: s["parts"][0].update(role="tuba"), "'tuba' is no role"),
        (lambda s: s["parts"][0].update(controls=[[0, "a", 1]]), "no controller"),
        (lambda s: s["parts"][0].update(instrument=4), "are short words"),
        (lambda s: s.update(parts=4), "no list of parts"),
        (lambda s: s.update(tempo=[[0, "1e999999999"]]), "is no tempo"),
        (lambda s: s.update(tempo=[[0, "1/0"]]), "'1/0' is no tempo"),
        (lambda s: s.update(meters=[[0, "4/0"]]), "'4/0' is no meter"),
        (lambda s: s.update(chords=[[0, BAR, "C" * 90]]), "is no tempo, meter, key or chord"),
        (lambda s: s.update(chords=[[0.0, BAR, "C"]]), "is no tick"),
        (lambda s: s.update(format=2), "format 2"),
        (lambda s: s["sections"].append({"name": "A"}), "is damaged"),
    ],
)
def test_what_cannot_be_is_named_with_its_place(change: Any, told: str) -> None:
    broken = score()
    change(broken)
    mended, problems = check_score(broken)
    assert mended is None
    assert told in str(problems[0])
    body = json.dumps({"score": broken, "role": "bass", "first_bar": 1, "last_bar": 1}).encode()
    with pytest.raises(InputError):
        score_tasks.infill(body)


def test_a_score_that_would_have_bars_without_end_is_refused() -> None:
    broken = score()
    broken["parts"][0]["notes"].append([2**39, 10, 60, 80])
    with pytest.raises(InputError, match="bars and"):
        check_score(broken)


def test_sections_and_notes_out_of_place_are_told() -> None:
    told = score()
    told["sections"] = [{"name": "A", "start": 0, "end": 5 * BAR + 7}]
    _, problems = check_score(told)
    assert any("edge within the bar" in each.problem for each in problems)
    assert any("behind the last section" in each.problem for each in problems)


def test_a_piano_roll_reads_bars_and_their_times(shared: House) -> None:
    client = shared.client("read")
    told = score()
    told["tempo"] = [[0, "60"], [BAR, "120"]]
    record = shared.record(me(client), {"score.json": json.dumps(told).encode()})
    answer = client.get(f"/v1/records/{record}/score")
    assert answer.status_code == 200, answer.text
    sheet = answer.json()
    assert sheet["bars"][:2] == [
        {"number": 1, "tick": 0, "start_s": 0.0, "duration_s": 4.0, "beats": 4},
        {"number": 2, "tick": BAR, "start_s": 4.0, "duration_s": 2.0, "beats": 4},
    ]
    assert sheet["duration_s"] == 4 + 11 * 2
    assert (len(sheet["bars"]), sheet["ppq"]) == (12, PPQ)
    assert {name: sheet[name] for name in told} == told
    tag = {"If-None-Match": answer.headers["etag"]}
    assert client.get(f"/v1/records/{record}/score", headers=tag).status_code == 304
