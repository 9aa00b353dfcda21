"""An effect at work, made of functions."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import Samples
from tapeloom.core.errors import InputError
from tapeloom.studio.chain import Effect


class Work:
    """A process made of a function from block to block.

    retune  takes other settings of the same effect in the middle of a stream, keeping the state;
            left out where an effect's settings cannot move
    hear    takes the block of the side-chain that the next block goes with
    """

    __slots__ = ("_function", "_hear", "_retune", "latency")

    def __init__(
        self,
        function: Callable[[Samples], NDArray[Any]],
        latency: int = 0,
        *,
        retune: Callable[[Any], None] | None = None,
        hear: Callable[[Samples], None] | None = None,
    ) -> None:
        self._function, self.latency = function, latency
        self._retune, self._hear = retune, hear

    def process(self, block: Samples) -> Samples:
        """Return the next block."""
        return np.asarray(self._function(block), np.float32)

    def retune(self, effect: Effect) -> None:
        """Take other settings from here on."""
        if self._retune is None:
            raise InputError(f"the settings of {type(effect).__name__} cannot be automated")
        self._retune(effect)

    def hear(self, block: Samples) -> None:
        """Take the side-chain of the next block."""
        if self._hear is not None:
            self._hear(block)
