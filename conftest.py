"""What needs the extra `train` is collected only where that is installed.

Hypothesis draws few examples, the same each time; HYPOTHESIS_PROFILE=thorough draws many new ones.
"""

import os
from importlib.util import find_spec

from hypothesis import settings

TORCH = ("gpt", "humaniser_net", "pretrain", "muon", "finetune")  # modules that import it
collect_ignore = [] if find_spec("torch") else [f"src/tapeloom/train/{name}.py" for name in TORCH]

# The first example of a test may import or compile what it needs: time says nothing here.
settings.register_profile("quick", deadline=None, max_examples=20, derandomize=True)
settings.register_profile("thorough", deadline=None, max_examples=100)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
