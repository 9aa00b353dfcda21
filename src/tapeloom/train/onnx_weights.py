"""A model's file back as weights, to go on training from: what train.onnx_graph wrote, read.

Rounded matrices come back as they were rounded. Needs onnx, not torch.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.neural.model_file import ModelFacts, ModelFile
from tapeloom.train.onnx_graph import Floats


def weights_of(file: ModelFile) -> dict[str, Floats]:
    """Return a model's weights by torch's names, float32."""
    import onnx
    from onnx import numpy_helper

    graph = onnx.load_model_from_string(file.data).graph
    constants = iter([numpy_helper.to_array(constant) for constant in graph.initializer])
    try:
        return _read(constants, file.facts)
    except (StopIteration, ValueError, IndexError, RuntimeError) as error:
        raise InputError(f"{file.source} holds other weights than its facts tell") from error


def _read(constants: Iterator[NDArray[Any]], facts: ModelFacts) -> dict[str, Floats]:
    """Take constants in the order in which onnx_graph.to_onnx puts them."""
    found: dict[str, Floats] = {}
    is_int8 = facts.weights != "float32"

    def put(name: str, shape: tuple[int, ...]) -> None:
        array = np.asarray(next(constants), np.float32)
        found[name] = array.reshape(shape)

    def norm(name: str) -> None:
        put(f"{name}.weight", (C,))
        put(f"{name}.bias", (C,))

    def linear(name: str, inputs: int, outputs: int) -> None:
        if is_int8:
            codes, scales = np.asarray(next(constants)), np.asarray(next(constants))
            blocks = (codes.astype(np.float32) - 128) * scales.reshape(*codes.shape[:2], 1)
            weight = blocks.reshape(outputs, -1)[:, :inputs]
        else:
            weight = np.asarray(next(constants), np.float32).reshape(inputs, outputs).T
        found[f"{name}.weight"] = np.ascontiguousarray(weight, np.float32)
        put(f"{name}.bias", (outputs,))

    C = facts.width
    put("token.weight", (facts.tokens, C))
    put("position.weight", (facts.context, C))
    norm("blocks.0.norm_1")
    for i in range(facts.layers):
        block = f"blocks.{i}."
        linear(f"{block}attention.qkv", C, 3 * C)
        if facts.cache == "int8":
            next(constants)  # what keys and values are scaled by
            next(constants)
        linear(f"{block}attention.project", C, C)
        norm(f"{block}norm_2")
        linear(f"{block}perceptron.widen", C, 4 * C)
        linear(f"{block}perceptron.project", 4 * C, C)
        norm("norm" if i == facts.layers - 1 else f"blocks.{i + 1}.norm_1")
    return found
