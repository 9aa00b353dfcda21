import pytest

from tapeloom.core.errors import InputError
from tapeloom.core.score import ROLES
from tapeloom.theory.instruments import INSTRUMENTS
from tapeloom.theory.orchestration import ENSEMBLES, Ensemble, Player, ensemble

NAMED = ("lofi-quartet", "lofi-band", "jazz-trio", "jazz-quartet", "string-quartet", "piano-solo",
         "guitar-duo", "wind-quintet", "brass-quartet", "orchestra-small",
         "satb-choir")  # fmt: skip


@pytest.mark.parametrize("name", NAMED)
def test_the_usual_bands_are_known_by_name(name: str) -> None:
    assert ensemble(name.replace("-", " ").title()).name == name


@pytest.mark.parametrize("band", ENSEMBLES.values(), ids=ENSEMBLES)
def test_everybody_in_a_band_has_a_role_and_a_sound(band: Ensemble) -> None:
    assert all(player.role in ROLES and player.sound in INSTRUMENTS for player in band.players)
    assert len(band.with_task("lead", "solo")) == 1  # one player has the tune


def test_a_violin_is_heard_as_the_nearest_string_that_there_is() -> None:
    assert Player("v", "violin", "lead").sound == "solo_cello"
    assert Player("harp", "harp", "accompany").role == "guitar"  # it is plucked


def test_bad_bands_are_refused_with_a_way_out() -> None:
    with pytest.raises(InputError, match="did you mean string-quartet"):
        ensemble("string quartett")
    with pytest.raises(InputError, match="choose one of lofi-trio"):
        ensemble("zzz")
    with pytest.raises(InputError, match="at least 1"):
        Player("v", "violin", "lead", 0)
    with pytest.raises(InputError, match="whom it doubles"):
        Player("v", "violin", "double")
    one = Player("v", "violin", "lead")
    with pytest.raises(InputError, match="must differ"):
        Ensemble("x", "X", (one, one), "lines")
    with pytest.raises(InputError, match="doesn't play"):
        Ensemble("x", "X", (one, Player("w", "viola", "double", 1, "u")), "lines")
