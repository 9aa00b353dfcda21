"""What of key finding is learned: nets for all 24 keys, trees for relative ones."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np

from tapeloom.core.files import replacing
from tapeloom.theory.key_net import KeyNet
from tapeloom.theory.key_trees import Trees

# For pieces; for passages of two kinds; for diatonic ones by the evidence of `key_lines`.
NETS = ("whole", "diatonic", "chromatic", "diatonic_lines")
TREES = ("whole", "passage")


@dataclass(frozen=True, slots=True, eq=False)
class KeyModel:
    """Nets by the names in NETS, trees by those in TREES."""

    nets: dict[str, KeyNet]
    trees: dict[str, Trees]

    def save(self, path: Path) -> None:
        """Write it as one `.npz`."""
        arrays = {
            f"{kind}_{name}_{part}": getattr(each, part)
            for kind, those in (("net", self.nets), ("trees", self.trees))
            for name, each in those.items()
            for part in each.__slots__
        }
        with replacing(path) as temporary:
            np.savez_compressed(temporary, **arrays)

    @classmethod
    def load(cls, path: Path) -> "KeyModel":
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as stored:
            nets = {
                name: KeyNet(*(stored[f"net_{name}_{part}"] for part in KeyNet.__slots__))
                for name in NETS
            }
            trees = {
                name: Trees(*(stored[f"trees_{name}_{part}"] for part in Trees.__slots__))
                for name in TREES
            }
        return cls(nets, trees)


@cache
def shipped_model() -> KeyModel:
    """Load the model that comes with the package.

    >>> sorted(shipped_model().nets)
    ['chromatic', 'diatonic', 'diatonic_lines', 'whole']
    """
    return KeyModel.load(Path(str(files("tapeloom.models") / "keys.npz")))
