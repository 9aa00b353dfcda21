"""The critic learns from opinions: it comes to prefer what listeners did, and not too fast."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tapeloom import __version__
from tapeloom.core.brief import Brief, brief_to_json
from tapeloom.core.errors import InputError
from tapeloom.core.files import write_json
from tapeloom.core.score import score_to_json
from tapeloom.neural.critic import Critic
from tapeloom.train.critic import Trial
from tapeloom.train.preferences import (
    agreement,
    cross_agreement,
    learn,
    main,
    measure_pairs,
    read_preferences,
    score_of,
)

from ..neural.toy_songs import toy_song


def told(name: str, **more: Any) -> dict[str, Any]:
    brief = brief_to_json(Brief("rain", bars=8, seed=3))
    plain = {"id": name, "brief": brief, "engine": "theory", "version": __version__}
    return {**plain, "edited": False, **more}


def opinions(path: Path, *rows: tuple[str, str, str, str]) -> Path:
    lines = [
        json.dumps({"a": told(a), "b": told(b), "choice": choice, "about": about})
        for a, b, choice, about in rows
    ]
    path.write_text("\n".join(lines) + "\n\n", "utf-8")
    return path


def trials(count: int, seed: int = 0) -> list[Trial]:
    """Listeners who care for groove alone, while all else says the contrary half the time."""
    critic, rng = Critic.load(), np.random.default_rng(seed)
    names = [name for name in critic.percentiles if name != "groove"]
    middle = {name: table[10] for name, table in critic.percentiles.items()}
    made = []
    for _ in range(count):
        sides = []
        for share in (10, 0):
            measures = {
                name: critic.percentiles[name][int(rng.integers(0, 21))]
                for name in rng.choice(names, 4, replace=False)
            }
            sides.append({**middle, **measures, "groove": critic.percentiles["groove"][share]})
        made.append(Trial(sides[0], {"other": sides[1]}))
    return made


def test_opinions_of_notes_are_read_and_draws_and_sounds_left_out(tmp_path: Path) -> None:
    rows = (("x", "y", "b", "melody"), ("x", "y", "same", "whole"), ("x", "y", "a", "sound"))
    (one,) = read_preferences(opinions(tmp_path / "p.jsonl", *rows))
    assert (one.better["id"], one.worse["id"], one.about) == ("y", "x", "melody")
    for wrong in ("{}", "nothing", '{"choice": "a", "about": "whole", "a": 1, "b": 2}'):
        (tmp_path / "p.jsonl").write_text(wrong)
        with pytest.raises(InputError, match="line 1: it is no preference"):
            read_preferences(tmp_path / "p.jsonl")
    with pytest.raises(InputError, match="cannot be read"):
        read_preferences(tmp_path / "none.jsonl")


def test_a_score_is_read_or_composed_again_where_that_gives_the_same(tmp_path: Path) -> None:
    (tmp_path / "ab").mkdir()
    write_json(tmp_path / "ab/score.json", score_to_json(toy_song(1)))
    assert score_of(told("ab"), tmp_path) == toy_song(1)
    again = score_of(told("other"), tmp_path)
    assert again is not None
    assert len(again.bar_starts) == 8
    assert score_of(told("other", edited=True), tmp_path) is None
    assert score_of(told("other", version="0"), None) is None
    assert score_of(told("../ab"), tmp_path / "ab") == again  # an id is never a path


def test_the_critic_comes_to_agree_with_listeners() -> None:
    critic, taught, unseen = Critic.load(), trials(60), trials(60, seed=1)
    after = learn(critic, taught)
    assert sum(after.weights.values()) == pytest.approx(1.0, abs=0.01)
    assert after.weights["groove"] > 1.5 * critic.weights["groove"]
    assert agreement(after, unseen) > agreement(critic, unseen)
    assert cross_agreement(critic, taught) > agreement(critic, taught)
    few = learn(critic, taught[:10])
    moved = abs(few.weights["groove"] - critic.weights["groove"])
    assert moved < abs(after.weights["groove"] - critic.weights["groove"])
    with pytest.raises(InputError, match="9 pairs whose notes are known; 10 are needed"):
        learn(critic, taught[:9])


def test_the_command_writes_a_table_that_the_critic_reads(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for seed in range(4):
        (tmp_path / f"s{seed}").mkdir()
        write_json(tmp_path / f"s{seed}/score.json", score_to_json(toy_song(seed)))
    rows = [(f"s{n % 4}", f"s{(n + 1) % 4}", "a", "whole") for n in range(12)]
    file = opinions(tmp_path / "p.jsonl", *rows)
    assert len(measure_pairs(read_preferences(file), Critic.load(), records=tmp_path)) == 12
    out = tmp_path / "critic.json"
    main([str(file), "--records", str(tmp_path), "--out", str(out)])
    assert json.loads(capsys.readouterr().out)["pairs"] == 12
    assert set(Critic.load(out).weights) == set(Critic.load().weights)
