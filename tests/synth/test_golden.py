"""Every instrument's phrase sounds as it did: its print lies within a decibel of the kept one."""

import json

import numpy as np
import pytest

from tapeloom.synth.catalogue import NAMES

from .golden import FLOOR_DB, PLACE, print_of

TOLERANCE_DB = 1.0
KEPT = json.loads(PLACE.read_text("utf-8")) if PLACE.exists() else {}


def test_every_instrument_has_a_print() -> None:
    assert list(KEPT) == list(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_phrase_sounds_as_it_did(name: str) -> None:
    found, kept = np.array(print_of(name)), np.array(KEPT[name])
    heard = np.maximum(found, kept) > FLOOR_DB + 15
    assert np.abs(found - kept)[heard].max() < TOLERANCE_DB
    assert heard.sum() > 6
