"""The season of a date, north or south of the equator."""

from datetime import date

from tapeloom.core.errors import InputError

HEMISPHERES = ("north", "south")
_OF_MONTH = ("winter",) * 2 + ("spring",) * 3 + ("summer",) * 3 + ("autumn",) * 3 + ("winter",)
_OPPOSITE = {"winter": "summer", "summer": "winter", "spring": "autumn", "autumn": "spring"}


def season_of(day: date, *, hemisphere: str = "north") -> str:
    """Return the meteorological season: in the north winter is December to February.

    >>> season_of(date(2026, 12, 24)), season_of(date(2026, 12, 24), hemisphere="south")
    ('winter', 'summer')
    """
    if hemisphere not in HEMISPHERES:
        raise InputError(f"{hemisphere!r} is no hemisphere; choose north or south")
    season = _OF_MONTH[day.month - 1]
    return season if hemisphere == "north" else _OPPOSITE[season]
