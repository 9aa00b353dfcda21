"""Enough of ONNX's file format to see what a model asks for before anything runs it.

An ONNX file is one protocol buffer: fields of a number and a value, nested. Only what decides
whether a file is safe is read: operators and their domains, where weights lie, the properties.

https://protobuf.dev/programming-guides/encoding and onnx/onnx.proto3 of the ONNX project.
"""

from collections.abc import Iterator
from dataclasses import dataclass

_MODEL = {1, 2, 3, 4, 5, 6, 7, 8, 14}  # of ModelProto: no functions, no training
_GRAPH = {1, 2, 5, 10, 11, 12, 13}  # of GraphProto: no sparse weights, no quantisation notes


@dataclass(frozen=True, slots=True)
class Outline:
    """What a model is made of."""

    graph: memoryview  # the graph's bytes, weights and all
    operators: frozenset[str]  # each as domain:name; the domain of ONNX itself is empty
    is_whole: bool  # whether every weight lies in the file
    properties: dict[str, str]


def outline(data: bytes) -> Outline:
    """Read a model's outline; raise ValueError where the bytes are no whole model.

    >>> outline(b"no model")
    Traceback (most recent call last):
    ValueError: a field of wire type 6
    """
    graph: memoryview | None = None
    properties: dict[str, str] = {}
    for number, value in _fields(memoryview(data)):
        if number not in _MODEL:
            raise ValueError(f"an unexpected field {number} of the model")
        if number == 7:
            if graph is not None:
                raise ValueError("two graphs")
            graph = _bytes(value)
        elif number == 14:
            pair = dict(_fields(_bytes(value)))
            properties[_text(pair.get(1, b""))] = _text(pair.get(2, b""))
    if graph is None:
        raise ValueError("no graph")
    operators, is_whole = set(), True
    for number, value in _fields(graph):
        if number not in _GRAPH:
            raise ValueError(f"an unexpected field {number} of the graph")
        if number == 1:
            node = dict(_fields(_bytes(value)))
            operators.add(f"{_text(node.get(7, b''))}:{_text(node.get(4, b''))}")
        elif number == 5:
            is_whole &= not {13, 14} & {field for field, _ in _fields(_bytes(value))}
    return Outline(graph, frozenset(operators), is_whole, properties)


def _fields(data: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Give each field's number and value; nested ones as their bytes."""
    at, end = 0, len(data)
    while at < end:
        key, at = _number(data, at)
        kind = key & 7
        if kind == 0:
            value, at = _number(data, at)
            yield key >> 3, value
            continue
        if kind == 2:
            length, at = _number(data, at)
        elif kind in (1, 5):
            length = 8 if kind == 1 else 4
        else:
            raise ValueError(f"a field of wire type {kind}")
        if at + length > end:
            raise ValueError("a field that is cut short")
        yield key >> 3, data[at : at + length]
        at += length


def _number(data: memoryview, at: int) -> tuple[int, int]:
    """Read a number of 7 bits a byte; return it and where it ends."""
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(data):
            raise ValueError("a number that is cut short")
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
    raise ValueError("a number of over 64 bits")


def _bytes(value: int | memoryview | bytes) -> memoryview:
    if isinstance(value, int):
        raise ValueError("a number where bytes should be")
    return memoryview(value)


def _text(value: int | memoryview | bytes) -> str:
    return bytes(_bytes(value)).decode()
