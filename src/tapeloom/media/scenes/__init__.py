"""The pictures by name, a module each, and which words of a brief each one suits."""

from collections.abc import Callable, Mapping

from tapeloom.media.scenes.beach import beach
from tapeloom.media.scenes.cabin import cabin
from tapeloom.media.scenes.cafe import cafe
from tapeloom.media.scenes.city import city
from tapeloom.media.scenes.desk import desk
from tapeloom.media.scenes.hills import hills
from tapeloom.media.scenes.night_sky import night_sky
from tapeloom.media.scenes.train import train
from tapeloom.media.scenes.window import window
from tapeloom.media.stage import Stage

Scene = Callable[[Stage], None]  # paints the whole canvas of a stage

SCENES: dict[str, Scene] = {
    "window": window,
    "desk": desk,
    "city": city,
    "train": train,
    "beach": beach,
    "cabin": cabin,
    "cafe": cafe,
    "night_sky": night_sky,
    "hills": hills,
}

SUITS: Mapping[str, Mapping[str, float]] = {
    "rain": {"window": 6, "city": 1.5, "desk": 1.5, "hills": 0.5},
    "night": {"city": 3, "window": 2.5, "desk": 2, "hills": 2},
    "cafe": {"window": 3, "desk": 3, "city": 1},
    "winter": {"hills": 4, "window": 2.5, "city": 1},
    "autumn": {"hills": 4, "window": 1.5, "city": 1, "desk": 1},
    "summer": {"city": 3, "hills": 3},
    "morning": {"hills": 3, "city": 2, "window": 2},
    "study": {"desk": 6, "window": 2},
    "sleep": {"window": 3, "hills": 4},
    "city": {"city": 8, "window": 1},
    "home": {"desk": 4, "window": 3},
    "fireplace": {"desk": 3, "window": 3},
    "beach": {"hills": 4},
    "forest": {"hills": 5, "window": 1},
    "peaceful": {"hills": 1.5, "window": 1},
    "melancholic": {"window": 1.5, "city": 0.8},
    "uplifting": {"city": 1.2, "hills": 1.2},
    "dreamy": {"hills": 1.5, "city": 1},
    "nostalgic": {"desk": 1.6, "city": 1},
    "dark": {"city": 1.5, "desk": 1},
    "warm": {"desk": 1.3, "window": 1, "city": 0.8},
    "focused": {"desk": 2},
    "playful": {"city": 1, "desk": 1, "window": 0.8},
    "romantic": {"city": 1.5, "hills": 0.8, "window": 0.8},
}
