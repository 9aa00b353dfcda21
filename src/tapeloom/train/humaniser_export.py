"""The trained humaniser as an ONNX graph: the reader's GRUs, then a loop that plays hit by hit.

Written node by node from the weights: the loop (Scan) feeds each hit's touch into the next one's
chances, which a traced module cannot say.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.neural.humaniser import DRUMS, FEATURES
from tapeloom.train.humaniser import HABIT, MEMORIES, OFFSET_BINS, OFFSET_SPAN_MS, VELOCITY_BINS

Weights = Mapping[str, NDArray[np.float32]]  # by torch's names
OPSET = 17


class _Graph:
    """Nodes and constants as they are written down."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def put(self, value: object) -> str:
        """Add a constant: floats for a float array, int64 for integers."""
        from onnx import numpy_helper

        array = np.asarray(value)
        array = array.astype(np.int64 if array.dtype.kind in "iu" else np.float32)
        name = f"{self.prefix}c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def op(self, kind: str, *inputs: str, outputs: int = 1, **attributes: Any) -> Any:
        """Add a node and return the name of its output, or their names."""
        from onnx import helper

        names = [f"{self.prefix}n{len(self.nodes)}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, **attributes))
        return names[0] if outputs == 1 else names

    def linear(self, x: str, weight: NDArray[np.float32], bias: NDArray[np.float32] | None) -> str:
        """Apply a linear map by torch's weight, shape (out, in)."""
        y: str = self.op("MatMul", x, self.put(weight.T))
        return y if bias is None else str(self.op("Add", y, self.put(bias)))

    def scale(self, x: str, factor: float, shift: float) -> str:
        """Return factor * x + shift."""
        y = self.op("Mul", x, self.put(np.array(factor)))
        return str(self.op("Add", y, self.put(np.array(shift))))

    def draw(self, logits: str, u: str, bins: int) -> str:
        """Turn a chance 0..1 into a place 0..1 by the distribution's inverse, flat within a bin.

        Shapes: logits (..., bins), u (..., 1).
        """
        p = self.op("Softmax", logits, axis=-1)
        total = self.op("CumSum", p, self.put(np.array(-1)))
        below = self.op("Cast", self.op("Less", total, u), to=1)
        last = self.put(np.array([-1]))
        index = self.op("ReduceSum", below, last, keepdims=1)
        index = self.op("Min", index, self.put(np.array(bins - 1.0)))
        base = self.op("ReduceSum", self.op("Mul", p, below), last, keepdims=1)
        here = self.op("GatherElements", p, self.op("Cast", index, to=7), axis=-1)
        here = self.op("Add", here, self.put(np.array(1e-9)))
        within = self.op("Div", self.op("Sub", u, base), here)
        within = self.op("Clip", within, self.put(np.array(0.0)), self.put(np.array(1.0)))
        return self.scale(self.op("Add", index, within), 1.0 / bins, 0.0)

    def read(self, x: str, weights: Weights, layer: int) -> str:
        """Apply a two-way GRU layer to (T, 1, n); torch orders its gates r z n, ONNX z r n."""
        both = [f"{layer}", f"{layer}_reverse"]

        def gates(kind: str) -> NDArray[np.float32]:
            rows = []
            for side in both:
                r, z, n = np.split(weights[f"reader.read.{kind}_l{side}"], 3)
                rows.append(np.concatenate([z, r, n]))
            return np.stack(rows)

        w, r = gates("weight_ih"), gates("weight_hh")
        b = np.concatenate([gates("bias_ih"), gates("bias_hh")], axis=1)
        width = r.shape[2]
        y = self.op(
            "GRU", x, self.put(w), self.put(r), self.put(b),
            direction="bidirectional", hidden_size=width, linear_before_reset=1,
        )  # (T, 2, 1, width)  # fmt: skip
        y = self.op("Transpose", y, perm=[0, 2, 1, 3])
        return str(self.op("Reshape", y, self.put(np.array([-1, 1, 2 * width]))))


def to_onnx(weights: Weights, *, leans_ms: Sequence[float]) -> bytes:
    """Return the model's file.

    Inputs: features (n, FEATURES), cells (n,), noise (n, 2) uniform in 0..1. Outputs: played
    (n, 2), what is drawn by the noise, and expected (n, 2), the medians of the chances from the
    page alone; the columns are the offset in ms, from the player's own lean, and the velocity.
    The training drummers' leans are kept with the model's properties.
    """
    import onnx
    from onnx import TensorProto, helper

    g = _Graph("")
    entered = g.linear("features", weights["reader.enter.weight"], weights["reader.enter.bias"])
    entered = g.op("Relu", entered)
    read = g.op("Unsqueeze", entered, g.put(np.array([1])))
    for layer in (0, 1):
        read = g.read(read, weights, layer)
    read = g.op("Squeeze", read, g.put(np.array([1])))
    context = g.op("Add", read, entered)

    expected = g.linear(context, weights["expect.0.weight"], weights["expect.0.bias"])
    expected = g.linear(g.op("Relu", expected), weights["expect.2.weight"],
                        weights["expect.2.bias"])  # fmt: skip
    sizes = g.put(np.array([OFFSET_BINS, VELOCITY_BINS]))
    offset, velocity = g.op("Split", expected, sizes, outputs=2, axis=-1)
    half = g.put(np.array([0.5]))
    middles = g.op(
        "Concat",
        g.scale(g.draw(offset, half, OFFSET_BINS), 2.0 * OFFSET_SPAN_MS, -OFFSET_SPAN_MS),
        g.scale(g.draw(velocity, half, VELOCITY_BINS), 2.0 * VELOCITY_BINS, 0.5),
        axis=-1,
    )
    drum = g.op("Slice", "features", g.put(np.array([0])), g.put(np.array([len(DRUMS)])),
                g.put(np.array([1])))  # fmt: skip
    played = _play(g, weights, context, drum)
    for made, name in ((played, "played"), (middles, "expected")):
        g.nodes.append(helper.make_node("Identity", [made], [name]))
    graph = helper.make_graph(
        g.nodes,
        "humaniser",
        [
            helper.make_tensor_value_info("features", TensorProto.FLOAT, ["n", FEATURES]),
            helper.make_tensor_value_info("cells", TensorProto.INT64, ["n"]),
            helper.make_tensor_value_info("noise", TensorProto.FLOAT, ["n", 2]),
        ],
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", 2])
            for name in ("played", "expected")
        ],
        g.constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
    model.ir_version = 8
    helper.set_model_props(model, {"leans_ms": " ".join(f"{lean:.2f}" for lean in leans_ms)})
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def _play(g: _Graph, weights: Weights, context: str, drum: str) -> str:
    """Add the loop; return the name of what it plays, (n, 2)."""
    from onnx import TensorProto, helper

    w_in, w_own = weights["player.weight_ih_l0"], weights["player.weight_hh_l0"]
    hidden = w_own.shape[1]
    width = weights["reader.enter.weight"].shape[0]
    w_velocity, w_lean = weights["velocity.weight"], weights["lean.weight"]
    # What depends on the page alone is worked out for all hits at once.
    scanned = [
        g.linear(context, w_in[:, :width], weights["player.bias_ih_l0"]),
        g.linear(context, w_velocity[:, hidden:], weights["velocity.bias"]),
        g.linear(context, w_lean[:, hidden:-1], weights["lean.bias"]),
        drum,
        "cells",
        "noise",
    ]
    b = _Graph("loop_")
    names = ("hidden", "means", "last", "habits",
             "gates", "velocity", "lean", "drum", "cell", "chance")  # fmt: skip
    now = b.op("Unsqueeze", "drum", b.put(np.array([1])))  # (drums, 1)
    own = b.op("ReduceSum", b.op("Mul", "last", now), b.put(np.array([0])), keepdims=0)
    flat = b.put(np.array([-1]))
    habit = b.op("Gather", "habits", "cell", axis=0)
    memory = b.op("Concat", b.op("Reshape", "means", flat), b.op("Reshape", "last", flat), own,
                  habit, axis=0)  # fmt: skip
    page = b.op("Add", "gates", b.linear(memory, w_in[:, width:], None))
    self_ = b.linear("hidden", w_own, weights["player.bias_hh_l0"])
    thirds = b.put(np.array([hidden] * 3))
    r_in, z_in, n_in = b.op("Split", page, thirds, outputs=3, axis=0)
    r_own, z_own, n_own = b.op("Split", self_, thirds, outputs=3, axis=0)
    r = b.op("Sigmoid", b.op("Add", r_in, r_own))
    z = b.op("Sigmoid", b.op("Add", z_in, z_own))
    n = b.op("Tanh", b.op("Add", n_in, b.op("Mul", r, n_own)))
    kept = b.op("Mul", z, b.op("Sub", "hidden", n))
    state = b.op("Add", n, kept)
    u_offset, u_velocity = b.op("Split", "chance", b.put(np.array([1, 1])), outputs=2, axis=0)

    logits = b.op("Add", "velocity", b.linear(state, w_velocity[:, :hidden], None))
    velocity = b.scale(b.draw(logits, u_velocity, VELOCITY_BINS), 2.0 * VELOCITY_BINS, 0.5)
    touch = b.scale(velocity, 1 / 32.0, -2.0)
    lean = b.op("Add", "lean", b.linear(state, w_lean[:, :hidden], None))
    lean = b.op("Tanh", b.op("Add", lean, b.op("Mul", touch, b.put(w_lean[:, -1]))))
    logits = b.linear(lean, weights["offset.weight"], weights["offset.bias"])
    place = b.draw(logits, u_offset, OFFSET_BINS)
    offset = b.scale(place, 2.0 * OFFSET_SPAN_MS, -OFFSET_SPAN_MS)
    value = b.op("Concat", b.scale(offset, 1 / 25.0, 0.0), touch, axis=0)
    rates = b.put(np.array(MEMORIES)[:, None])
    means = b.op("Add", "means", b.op("Mul", rates, b.op("Sub", value, "means")))
    last = b.op("Add", "last", b.op("Mul", now, b.op("Sub", value, "last")))
    _, before, seen = b.op("Split", habit, b.put(np.array([2, 2, 1])), outputs=3, axis=0)
    rate = b.scale(seen, HABIT - 1.0, 1.0)
    mean = b.op("Add", before, b.op("Mul", rate, b.op("Sub", value, before)))
    habit = b.op("Concat", value, mean, b.put(np.ones(1)), axis=0)
    row = b.op("Unsqueeze", habit, b.put(np.array([0])))
    habits = b.op("ScatterND", "habits", b.op("Reshape", "cell", b.put(np.array([1, 1]))), row)
    played = b.op("Concat", offset, velocity, axis=0)

    shapes = {
        "hidden": [hidden], "means": [len(MEMORIES), 2], "last": [len(DRUMS), 2],
        "habits": ["cells", 5], "gates": [3 * hidden], "velocity": [VELOCITY_BINS],
        "lean": [w_lean.shape[0]],
        "drum": [len(DRUMS)], "cell": [], "chance": [2],
    }  # fmt: skip
    body = helper.make_graph(
        b.nodes,
        "hit",
        [
            helper.make_tensor_value_info(
                k, TensorProto.INT64 if k == "cell" else TensorProto.FLOAT, shapes[k]
            )
            for k in names
        ],
        [
            helper.make_tensor_value_info(made, TensorProto.FLOAT, shape)
            for made, shape in (
                (state, shapes["hidden"]), (means, shapes["means"]), (last, shapes["last"]),
                (habits, shapes["habits"]), (played, [2]),
            )
        ],
        b.constants,
    )  # fmt: skip
    starts = [g.put(np.zeros(shapes[k])) for k in ("hidden", "means", "last")]
    last_cell = g.op("ReduceMax", "cells", keepdims=1)
    size = g.op("Concat", g.op("Add", last_cell, g.put(np.array([1]))), g.put(np.array([5])),
                axis=0)  # fmt: skip
    starts.append(g.op("ConstantOfShape", size))
    *_, out = g.op("Scan", *starts, *scanned, outputs=5, num_scan_inputs=len(scanned), body=body)
    return str(out)


def save(weights: Weights, path: Path, *, leans_ms: Sequence[float]) -> int:
    """Write the model's file and return its size in bytes."""
    data = to_onnx(weights, leans_ms=leans_ms)
    path.write_bytes(data)
    return len(data)
