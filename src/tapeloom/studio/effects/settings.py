"""What effects ask of their settings: that they lie in their ranges, and that some stay."""

from tapeloom.core.errors import InputError
from tapeloom.dsp.ranges import check_ranges
from tapeloom.studio.chain import Effect


def check_settings(owner: object, **ranges: tuple[float, float]) -> None:
    """Refuse fields of `owner` outside of their ranges, as `dsp.ranges.check_ranges` does."""
    check_ranges({name: getattr(owner, name) for name in ranges}, ranges)


def keep_fixed(before: Effect, after: Effect, *names: str) -> None:
    """Refuse a change, in the middle of a stream, of settings that must stay."""
    for name in names:
        if getattr(before, name) != getattr(after, name):
            raise InputError(
                f"{name} of {type(before).__name__} cannot move in the middle of a stream; "
                "leave it out of the curves"
            )
