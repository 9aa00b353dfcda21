"""Our transformer as an ONNX graph for onnxruntime, written node by node. Needs onnx, not torch.

Each block is seven nodes: the addition to the stream and the next norm are one, attention reads
and writes its cache in place (bound as input and output), matrices are int8 in groups of 64
weights with a scale each, and what they are multiplied with is rounded row by row, so that no
row of a batch depends on another.
"""

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.neural.model_file import OWN_DOMAIN, PROPERTY, ModelFacts

Floats = NDArray[np.float32]
Weights = Mapping[str, Floats]  # by torch's names
GROUP = 64  # weights along an input that share a scale
OPSET, IR = 21, 10
EPSILON = 1e-5  # torch's LayerNorm
_ROUNDED_ROWS = 4  # accuracy_level of MatMulNBits: its input in int8, too


def quantise(weight: Floats) -> tuple[NDArray[np.uint8], Floats]:
    """Return int8 weights, 128 being zero, and their scales.

    weight  torch's, shape (out, in)
    Shapes: (out, groups, GROUP) and (out, groups).

    >>> codes, scales = quantise(np.array([[1.0, -0.5]], np.float32))
    >>> codes.shape, codes[0, 0, :3].tolist(), round(float(scales[0, 0]), 5)
    ((1, 1, 64), [255, 64, 128], 0.00787)
    """
    out, inputs = weight.shape
    groups = -(-inputs // GROUP)
    padded = np.zeros((out, groups * GROUP), np.float32)
    padded[:, :inputs] = weight
    blocks = padded.reshape(out, groups, GROUP)
    scales = np.abs(blocks).max(-1) / np.float32(127)
    scales[scales == 0] = 1
    codes = np.rint(blocks / scales[..., None]) + 128
    return np.clip(codes, 0, 255).astype(np.uint8), scales.astype(np.float32)


def to_onnx(weights: Weights, facts: ModelFacts, *, peaks: Floats | None = None) -> bytes:
    """Return the model's file.

    peaks  the largest key and value of each channel, shape (layers, 2, heads, D): what a cache
           of int8 is scaled by

    Inputs: tokens and positions (B, S) int64; at (B, N, 1) int64, the places whose logits are
    wanted; lengths (B,) int32, the place of each row's last token; total (1,) int32, the longest
    row's tokens; past_key_i and past_value_i (B, H, T, D). Outputs: logits (B, N, V); key_i and
    value_i, bound to the same memory as the past ones.
    """
    import onnx
    from onnx import TensorProto, helper

    if facts.cache == "int8" and peaks is None:
        raise ValueError("a cache of int8 needs the peaks of keys and values")
    H, D, V = facts.heads, facts.head_width, facts.tokens
    g = _Graph(facts)
    embedded = [
        g.op("Gather", g.table(weights[f"{name}.weight"]), f"{name}s")
        for name in ("token", "position")
    ]
    x = g.op("Add", *embedded)
    h = g.op("LayerNormalization", x, *g.norm(weights, "blocks.0.norm_1"), axis=-1, epsilon=EPSILON)
    for i in range(facts.layers):
        block = f"blocks.{i}."
        qkv = g.linear(h, weights, f"{block}attention.qkv")
        y = g.attend(qkv, i, None if peaks is None else peaks[i])
        y = g.linear(y, weights, f"{block}attention.project")
        h, x = g.add_and_norm(x, y, weights, f"{block}norm_2")
        y = g.widen(h, weights, f"{block}perceptron.widen")
        y = g.linear(y, weights, f"{block}perceptron.project")
        last = i == facts.layers - 1
        h, x = g.add_and_norm(x, y, weights, "norm" if last else f"blocks.{i + 1}.norm_1")
    h = g.op("GatherND", h, "at", batch_dims=1)
    g.op("Identity", g.linear(h, weights, "token"), name="logits")

    kept = TensorProto.INT8 if facts.cache == "int8" else TensorProto.FLOAT
    cache = [(f"{kind}_{i}", kept, ["B", H, "T", D])
             for i in range(facts.layers) for kind in ("key", "value")]  # fmt: skip
    inputs = [
        ("tokens", TensorProto.INT64, ["B", "S"]), ("positions", TensorProto.INT64, ["B", "S"]),
        ("at", TensorProto.INT64, ["B", "N", 1]), ("lengths", TensorProto.INT32, ["B"]),
        ("total", TensorProto.INT32, [1]),
        *((f"past_{name}", kind, shape) for name, kind, shape in cache),
    ]  # fmt: skip
    outputs = [("logits", TensorProto.FLOAT, ["B", "N", V]), *cache]
    graph = helper.make_graph(
        g.nodes, "gpt",
        [helper.make_tensor_value_info(*value) for value in inputs],
        [helper.make_tensor_value_info(*value) for value in outputs],
        g.constants,
    )  # fmt: skip
    model = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid(OWN_DOMAIN, 1)],
        producer_name="tapeloom",
    )
    model.ir_version = IR
    told = replace(facts, graph=sha256(model.graph.SerializeToString()).hexdigest())
    helper.set_model_props(model, {PROPERTY: told.to_json()})
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


class _Graph:
    """Nodes and constants as they are written down."""

    def __init__(self, facts: ModelFacts) -> None:
        self.facts = facts
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def put(self, array: NDArray[Any]) -> str:
        """Add a constant."""
        from onnx import numpy_helper

        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def op(self, kind: str, *inputs: str, name: str = "", outputs: Any = None, **more: Any) -> str:
        """Add a node of ONNX and return the name of its first output."""
        from onnx import helper

        names = outputs or [name or f"n{len(self.nodes)}"]
        self.nodes.append(helper.make_node(kind, list(inputs), names, **more))
        return str(names[0])

    def own(self, kind: str, *inputs: str, **more: Any) -> str:
        """Add a node of onnxruntime's own."""
        return self.op(kind, *inputs, domain=OWN_DOMAIN, **more)

    def norm(self, weights: Weights, name: str) -> tuple[str, str]:
        """Add a norm's weight and bias."""
        return self.put(weights[f"{name}.weight"]), self.put(weights[f"{name}.bias"])

    def table(self, weight: Floats) -> str:
        """Add an embedding: in 16 bits on disk unless all is float32, in 32 when it runs."""
        if self.facts.weights == "float32":
            return self.put(weight)
        return self.op("Cast", self.put(weight.astype(np.float16)), to=1)

    def linear(self, x: str, weights: Weights, name: str) -> str:
        """Apply a linear map."""
        weight, bias = weights[f"{name}.weight"], weights.get(f"{name}.bias")
        if self.facts.weights == "float32":
            y = self.op("MatMul", x, self.put(weight.T))
            return y if bias is None else self.op("Add", y, self.put(bias))
        codes, scales = quantise(weight)
        inputs = [x, self.put(codes), self.put(scales)]
        if bias is not None:
            inputs += ["", "", self.put(bias)]
        N, K = weight.shape
        return self.own(
            "MatMulNBits", *inputs,
            N=N, K=K, bits=8, block_size=GROUP, accuracy_level=_ROUNDED_ROWS,
        )  # fmt: skip

    def widen(self, x: str, weights: Weights, name: str) -> str:
        """Apply the perceptron's first map and GELU in its tanh form."""
        return self.own("FastGelu", self.linear(x, weights, name))

    def attend(self, qkv: str, layer: int, peaks: Floats | None) -> str:
        """Add attention with its cache."""
        inputs = [qkv, "", "", f"past_key_{layer}", f"past_value_{layer}", "lengths", "total"]
        more: dict[str, Any] = {}
        if self.facts.cache == "int8" and peaks is not None:
            scales = np.maximum(peaks, 1e-6).astype(np.float32) / np.float32(127)
            inputs += [""] * 5 + [self.put(side[None, :, None, :]) for side in scales]
            more = {"k_quant_type": "PER_CHANNEL", "v_quant_type": "PER_CHANNEL",
                    "kv_cache_bit_width": 8}  # fmt: skip
        return self.own(
            "GroupQueryAttention", *inputs,
            outputs=[f"n{len(self.nodes)}", f"key_{layer}", f"value_{layer}"],
            num_heads=self.facts.heads, kv_num_heads=self.facts.heads, **more,
        )  # fmt: skip

    def add_and_norm(self, x: str, y: str, weights: Weights, name: str) -> tuple[str, str]:
        """Add y to the stream; return the stream behind a norm, and the stream."""
        stream = f"n{len(self.nodes)}x"
        normed = self.own(
            "SkipLayerNormalization", x, y, *self.norm(weights, name),
            outputs=[f"n{len(self.nodes)}", "", "", stream], epsilon=EPSILON,
        )  # fmt: skip
        return normed, stream
