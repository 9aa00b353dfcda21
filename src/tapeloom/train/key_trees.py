"""Teach the trees that tell relative keys apart; `tapeloom.train.keys` calls it (extra `train`)."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.theory.key_evidence import seen_from_keys
from tapeloom.theory.key_lines import lines_from_keys
from tapeloom.theory.key_trees import Trees, relative_inputs
from tapeloom.train.key_examples import Example

ROUNDS = 150  # trees a fit
DEPTH = 4
# Small steps, and trees that each see a part of the examples and of the inputs: songs are few, and
# their passages are much alike.
SETTINGS = {
    "objective": "binary", "learning_rate": 0.06, "max_depth": DEPTH, "num_leaves": 2**DEPTH,
    "min_data_in_leaf": 100,
    "feature_fraction": 0.3, "bagging_fraction": 0.6, "bagging_freq": 1, "lambda_l2": 20.0,
    "num_threads": 1, "deterministic": True, "force_row_wise": True, "verbose": -1,
}  # fmt: skip


def look(example: Example, *, lines: bool) -> NDArray[np.float32]:
    """Lay an example out as the trees see it, from the major key of its true signature, (inputs,).

    lines   whether they see the outer lines too
    """
    key = example.key
    tonic = np.array([key if key < 12 else (key + 3) % 12])
    seen = seen_from_keys(example.vectors, example.keywise)[None]
    turned = lines_from_keys(example.lines)[None] if lines else None
    (inputs,) = relative_inputs(seen, tonic, turned)
    return np.asarray(inputs)


def teach_relatives(
    examples: Sequence[Example],
    kinds: dict[str, float],
    *,
    lines: bool,
    fits: int,
    rounds: int = ROUNDS,
) -> Trees:
    """Fit gradient-boosted trees (LightGBM) to which of the two relative keys examples are in.

    kinds    how much each kind of examples counts in all, whatever its number; songs of a kind
             count alike
    fits     how often they are fitted, each time with another seed; their mean is taken
    rounds   trees a fit
    """
    lightgbm = _lightgbm()
    chosen = [each for each in examples if each.kind in kinds and not each.is_validation]
    inputs = np.stack([look(each, lines=lines) for each in chosen])
    minor = np.array([each.key >= 12 for each in chosen], np.float32)
    names, song = np.unique([f"{e.kind} {e.song}" for e in chosen], return_inverse=True)
    kind_of = np.array([each.kind for each in chosen])
    songs = {kind: len(np.unique(song[kind_of == kind])) for kind in kinds}
    share = np.array([kinds[kind] / max(songs[kind], 1) for kind in kind_of])
    weight = share / np.bincount(song, minlength=len(names))[song]
    given = lightgbm.Dataset(inputs, minor, weight=weight / weight.mean())
    fitted = [
        lightgbm.train({**SETTINGS, "seed": seed}, given, num_boost_round=rounds)
        for seed in range(fits)
    ]
    return join_trees([read_trees(each.dump_model()) for each in fitted])


def _lightgbm() -> Any:
    try:
        import lightgbm
    except (ImportError, OSError) as error:
        raise InputError(
            f"LightGBM, which teaches the trees, can't be loaded ({error}): "
            "pip install 'tapeloom[train]', and on Debian apt-get install libgomp1"
        ) from None
    return lightgbm


def read_trees(model: dict[str, Any], *, depth: int = DEPTH) -> Trees:
    """Take the trees, no deeper than `depth`, of what LightGBM's `dump_model` gives.

    >>> leaf = {"leaf_value": 0.5}
    >>> read_trees({"tree_info": [{"tree_structure": leaf}]}).log_odds(np.zeros((1, 1), np.float32))
    array([0.5])
    """
    roots = [info["tree_structure"] for info in model["tree_info"]]
    splits = 2**depth - 1
    feature = np.zeros((len(roots), splits), np.int16)
    threshold = np.zeros((len(roots), splits), np.float32)
    value = np.zeros((len(roots), splits + 1), np.float32)
    for tree, root in enumerate(roots):
        level = [root]  # where a branch ends early, its leaf stands on every level below
        for above in range(depth):
            first = 2**above - 1
            below = []
            for at, node in enumerate(level, first):
                if "split_feature" in node:
                    feature[tree, at], threshold[tree, at] = (
                        node["split_feature"],
                        node["threshold"],
                    )
                below += [node.get("left_child", node), node.get("right_child", node)]
            level = below
        value[tree] = [node["leaf_value"] for node in level]
    return Trees(feature, threshold, value)


def join_trees(several: Sequence[Trees]) -> Trees:
    """Return trees, all of one depth, whose log-odds are the mean of those of several.

    >>> stump = read_trees({"tree_info": [{"tree_structure": {"leaf_value": 1.0}}]})
    >>> join_trees([stump, stump]).log_odds(np.zeros((1, 1), np.float32))
    array([1.])
    """
    return Trees(
        np.concatenate([each.feature for each in several]),
        np.concatenate([each.threshold for each in several]),
        (np.concatenate([each.value for each in several]) / len(several)).astype(np.float32),
    )
