"""The page of bands and notation says what the library has, and its examples run."""

import doctest
from pathlib import Path

from tapeloom.compose.articulation import ARTICULATIONS
from tapeloom.compose.textures import TEXTURES
from tapeloom.theory.orchestration import ENSEMBLES

PAGE = (Path(__file__).parents[2] / "docs/notation.md").read_text("utf-8")


def test_the_page_runs_as_written() -> None:
    code = "\n".join(block.split("```")[0] for block in PAGE.split("```python\n")[1:])
    example = doctest.DocTestParser().get_doctest(code, {}, "notation", None, None)
    assert len(example.examples) > 8
    assert doctest.DocTestRunner().run(example).failed == 0


def test_every_band_texture_and_sign_is_told() -> None:
    for name, band in ENSEMBLES.items():
        players = ", ".join(player.instrument for player in band.players)
        assert f"| `{name}` | {players} |" in PAGE
    for name in (*TEXTURES, *ARTICULATIONS):
        assert f"`{name}`" in PAGE
