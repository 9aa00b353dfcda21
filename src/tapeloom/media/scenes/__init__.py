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
    "rain": {"window": 6.6, "cafe": 2.4, "train": 2.4, "city": 1.5, "desk": 1.5},
    "night": {"night_sky": 4, "city": 3, "window": 2.5, "desk": 2, "cafe": 2, "cabin": 1.5},
    "cafe": {"cafe": 8, "window": 1, "desk": 1},
    "winter": {"cabin": 4, "hills": 3, "window": 2.5, "city": 1},
    "autumn": {"cabin": 3, "hills": 2.5, "train": 2, "cafe": 1.5, "window": 1},
    "summer": {"beach": 5, "city": 2, "hills": 2, "night_sky": 1},
    "morning": {"hills": 3, "train": 2, "window": 2, "city": 1.5, "beach": 1},
    "study": {"desk": 6, "window": 2, "cafe": 2},
    "sleep": {"night_sky": 5, "window": 2, "cabin": 2, "hills": 2},
    "city": {"city": 8, "cafe": 2, "window": 1},
    "home": {"desk": 4, "window": 3},
    "fireplace": {"cabin": 5, "desk": 2, "window": 2},
    "beach": {"beach": 10},
    "forest": {"cabin": 6, "hills": 3},
    "peaceful": {"hills": 1.5, "window": 1, "beach": 1, "cabin": 1, "night_sky": 1},
    "melancholic": {"window": 1.5, "train": 1.5, "city": 0.8},
    "uplifting": {"beach": 1.5, "city": 1, "hills": 1},
    "dreamy": {"night_sky": 2, "hills": 1, "train": 1},
    "nostalgic": {"desk": 1.6, "train": 1.5, "cafe": 1},
    "dark": {"city": 1.5, "desk": 1, "night_sky": 0.8, "cafe": 0.5},
    "warm": {"cafe": 1.3, "cabin": 1.2, "desk": 1, "window": 1},
    "focused": {"desk": 2, "train": 0.5},
    "playful": {"beach": 1, "city": 1, "desk": 1, "cafe": 0.8},
    "romantic": {"city": 1.2, "beach": 1.2, "night_sky": 1, "cafe": 1},
}
