"""What needs the extra `train` is collected only where that is installed; no example is timed."""

from importlib.util import find_spec

from hypothesis import settings

TORCH = ("gpt", "humaniser_net", "pretrain", "muon", "finetune")  # modules that import it
collect_ignore = [] if find_spec("torch") else [f"src/tapeloom/train/{name}.py" for name in TORCH]

# The first example of a test may import or compile what it needs: time says nothing here.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
