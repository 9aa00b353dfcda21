"""What needs the extra `train` is collected only where that is installed.

Hypothesis draws few examples, the same each time; HYPOTHESIS_PROFILE=thorough draws many new ones.
"""

import os
from importlib.util import find_spec

import pytest
from hypothesis import settings

TORCH = ("gpt", "humaniser_net", "pretrain", "muon", "finetune")  # modules that import it
collect_ignore = [] if find_spec("torch") else [f"src/tapeloom/train/{name}.py" for name in TORCH]

# The first example of a test may import or compile what it needs: time says nothing here.
settings.register_profile("quick", deadline=None, max_examples=12, derandomize=True)
settings.register_profile("thorough", deadline=None, max_examples=100)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave laws on drawn examples untraced: known answers cover the same lines in less time."""
    for item in items:
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker(pytest.mark.no_cover)
