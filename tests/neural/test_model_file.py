"""A model's file is looked through before anything runs it; each fault is told in a sentence."""

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.neural.model_file import PROPERTY, ModelFacts, look_through, read_model
from tapeloom.neural.onnx_wire import outline
from tapeloom.neural.runtime import Runtime
from tapeloom.neural.tokens import VOCABULARY
from tests.neural.tiny_model import FACTS, TINY


def field(number: int, value: bytes) -> bytes:
    """Write a nested field as protocol buffers do."""
    return varint(number << 3 | 2) + varint(len(value)) + value


def varint(value: int) -> bytes:
    low, high = value & 127, value >> 7
    return bytes([low | 128]) + varint(high) if high else bytes([low])


def model(graph: bytes, facts: ModelFacts = FACTS) -> bytes:
    told = replace(facts, graph=sha256(graph).hexdigest()).to_json()
    return field(7, graph) + field(14, field(1, PROPERTY.encode()) + field(2, told.encode()))


def node(domain: str, name: str) -> bytes:
    return field(1, field(4, name.encode()) + field(7, domain.encode()))


def test_the_facts_come_back() -> None:
    file = read_model(TINY, sha256=sha256(TINY.read_bytes()).hexdigest())
    told = replace(file.facts, graph="", training=FACTS.training)
    assert told == FACTS
    assert file.facts.training["nats"] > 0  # type: ignore[operator]
    assert ModelFacts.from_json(file.facts.to_json()) == file.facts


@pytest.mark.parametrize("kept", [0, 1, 100, 0.5, 0.999])
def test_what_was_cut_short_is_refused(kept: float) -> None:
    whole = TINY.read_bytes()
    part = whole[: int(kept * len(whole)) if isinstance(kept, float) else kept]
    with pytest.raises(InputError, match=r"cut short|without the facts"):
        look_through(part, source="it.onnx")


@given(at=st.integers(0, TINY.stat().st_size - 1), bit=st.integers(0, 7))
def test_no_changed_bit_goes_by(at: int, bit: int) -> None:
    data = bytearray(TINY.read_bytes())
    data[at] ^= 1 << bit
    whole = sha256(TINY.read_bytes()).hexdigest()
    with pytest.raises(InputError, match="hash"):
        look_through(bytes(data), sha256=whole)
    try:  # without the file's own hash: refused, or nothing that runs was touched
        found = look_through(bytes(data))
    except InputError:
        return
    assert bytes(outline(found.data).graph) == bytes(outline(TINY.read_bytes()).graph)


@given(st.binary(max_size=300))
def test_noise_is_no_model(data: bytes) -> None:
    with pytest.raises(InputError):
        look_through(data)


OUTSIDE = field(5, field(13, field(1, b"location") + field(2, b"/etc/passwd")))


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (lambda: model(OUTSIDE), "keeps weights outside itself"),
        (lambda: model(node("evil.org", "Run")), "asks for 'evil.org:Run'"),
        (lambda: model(node("", "Loop")), "asks for ':Loop'"),
        (lambda: model(node("", "Add"), replace(FACTS, vocabulary="ab" * 32)), "vocabulary"),
        (lambda: field(7, node("", "Add")), "without the facts"),
        (lambda: model(b"") + field(25, b""), "unexpected field 25"),
        (lambda: model(b"") + field(7, b""), "two graphs"),
        (lambda: field(14, field(1, b"\xff")), "cut short"),
        (lambda: model(b"").replace(b'"format": 1', b'"format": 9'), "format is 9"),
        (lambda: model(b"").replace(b'"width": 32', b'"width": -1'), "width of the model is -1"),
        (lambda: model(b"").replace(b'"heads": 2', b'"heads": 3'), "3 heads must divide"),
        (lambda: model(b"").replace(b'"layers"', b'"lawyer"'), "facts cannot be read"),
        (lambda: model(b"").replace(b'"name": "tiny"', b'"name": 123456'), "it must be text"),
        (
            lambda: field(7, b"") + field(14, field(1, PROPERTY.encode()) + field(2, b"[" * 9**5)),
            "facts cannot be read",
        ),
        (lambda: b"PK\x03\x04 a zip of torch's", "no ONNX file"),
    ],
)
def test_a_file_that_asks_for_more_than_a_model_may_is_refused(
    data: Callable[[], bytes], told: str
) -> None:
    with pytest.raises(InputError, match=told) as caught:
        look_through(data(), source="it.onnx")
    assert "\n" not in str(caught.value)


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no file"):
        read_model(tmp_path)
    with pytest.raises(InputError, match="is no file"):
        read_model(tmp_path / "none.onnx")
    with pytest.raises(InputError, match=r"a model has at most 0\.1"):
        read_model(TINY, most_bytes=2**17)


def test_a_graph_that_does_not_run_is_told_in_a_sentence() -> None:
    file = look_through(model(node("", "Add")))
    with pytest.raises(InputError, match="is no model that can be run") as caught:
        Runtime(file)
    assert "\n" not in str(caught.value)


def test_another_vocabulary_may_be_asked_for() -> None:
    data = model(node("", "Add"), replace(FACTS, vocabulary="ab" * 32))
    assert look_through(data, vocabulary=None).facts.vocabulary != VOCABULARY.digest
