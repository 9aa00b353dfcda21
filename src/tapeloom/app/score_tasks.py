"""Quick work on scores: bytes of JSON in, bytes of JSON out; the same in gives the same out."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tapeloom.core.errors import InputError

if TYPE_CHECKING:
    from tapeloom.core.score import Score


def write_sheet(source: Path, target: Path) -> None:
    """Write what a piano roll needs of a score.json: its content, its bars, its length."""
    from tapeloom.core.files import read_json
    from tapeloom.core.meter import count_bars, meter_at
    from tapeloom.core.score import score_from_json

    data = read_json(source)
    score = score_from_json(data)
    if count_bars(score.meters, score.end) > MOST_BARS:
        raise InputError(f"the score has over {MOST_BARS} bars")
    starts = score.bar_starts
    seconds = [score.tempo.tick_to_s(tick) for tick in (*starts, score.end)]
    bars = [
        {"number": number + 1, "tick": tick, "start_s": round(begin_s, 6),
         "duration_s": round(end_s - begin_s, 6), "beats": meter_at(score.meters, tick).numerator}
        for number, (tick, begin_s, end_s) in enumerate(
            zip(starts, seconds, seconds[1:], strict=False)
        )
    ]  # fmt: skip
    target.write_bytes(_json({**data, "bars": bars, "duration_s": round(seconds[-1], 6)}))


MOST_BARS = 20_000  # that are listed


def infill(body: bytes) -> bytes:
    """Write bars of a role anew; return the score with everything else to the tick."""
    from tapeloom.app.composing import infilled
    from tapeloom.app.score_check import read_score
    from tapeloom.app.score_requests import InfillRequest, read_request

    asked = read_request(InfillRequest, body)
    bars = range(asked.first_bar - 1, asked.last_bar)
    if not bars:
        raise InputError(f"the bars {asked.first_bar} to {asked.last_bar} are none; "
                         "the first must not lie behind the last")  # fmt: skip
    score = read_score(asked.score)
    part = infilled(score, role=asked.role, bars=bars, engine=asked.engine, seed=asked.seed)
    return _json({"score": _told(score.with_part(part))})


def put_chords(body: bytes) -> bytes:
    """Put a lead-sheet line into a score; return it, and which melody notes rub against it."""
    from tapeloom.app.composing import with_known_instruments
    from tapeloom.app.score_check import read_score
    from tapeloom.app.score_requests import ChordsRequest, read_request
    from tapeloom.compose import rechord
    from tapeloom.core.seed import stream

    asked = read_request(ChordsRequest, body)
    score = read_score(asked.score)
    heard = with_known_instruments(score)
    spans, bars = rechord.read_line(asked.chords, score, first_bar=asked.first_bar - 1)
    roles = (*(rechord.HARMONY if "chords" in asked.rewrite else ()),
             *(("bass",) if "bass" in asked.rewrite else ()))  # fmt: skip
    rng = stream(asked.seed, "chords")
    made = rechord.put_chords(heard, spans, bars, roles=roles, rng=rng)
    parts = tuple(
        replace(new, instrument=old.instrument)
        for new, old in zip(made.parts, score.parts, strict=True)
    )
    notes = rechord.clashes_of(made, spans)
    return _json({"score": _told(replace(made, parts=parts)), "notes": notes})


def check(body: bytes) -> bytes:
    """Look through a score; return it in its canonical form, and what is wrong with it."""
    from tapeloom.app.score_check import check_score
    from tapeloom.app.score_requests import CheckRequest, read_request

    score, problems = check_score(read_request(CheckRequest, body).score)
    told = None if score is None else _told(score)
    return _json({"score": told, "problems": [asdict(problem) for problem in problems]})


def _told(score: "Score") -> dict[str, Any]:
    from tapeloom.core.score import score_to_json

    return score_to_json(score)


def _json(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
