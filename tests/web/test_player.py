"""The studio's player in a real browser: every frame once, tracks in step, loops without a gap."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from tapeloom.app.api.studio import WEB
from tests.web.browser import chromium, skip_without_browser

pytestmark = pytest.mark.slow
RATE = 44_100
BLOCK = 16_384  # of player_checks.js
DURATION_S = 9.5
TYPES = {".js": "text/javascript", ".wav": "audio/wav", ".html": "text/html"}
PAGE = "<!doctype html><title>player</title>"


def _wav(file: str, start_s: float, seconds: float) -> bytes:
    """Noise that tells each place of each file from every other."""
    import soundfile

    seed = sum(file.encode())
    noise = np.random.default_rng(seed).integers(-9000, 9000, round(DURATION_S * RATE))
    first = round(start_s * RATE)
    cut = noise[first : first + round(seconds * RATE)].astype(np.int16)
    told = BytesIO()
    soundfile.write(told, cut, RATE, format="WAV", subtype="PCM_16")
    return told.getvalue()


def _answer(route: Any) -> None:
    url = urlsplit(route.request.url)
    asked = {name: values[0] for name, values in parse_qs(url.query).items()}
    if url.path == "/":
        route.fulfill(body=PAGE, content_type="text/html")
    elif url.path == "/whole":
        route.fulfill(body=_wav(asked["file"], 0.0, DURATION_S), content_type="audio/wav")
    elif url.path == "/checks.js":
        route.fulfill(path=Path(__file__).with_name("player_checks.js"))
    elif url.path.startswith("/v1/") and asked["file"] == "gone.wav":
        route.fulfill(status=404, json={"detail": "there is no file 'gone.wav'"})
    elif url.path.startswith("/v1/"):
        cut = _wav(asked["file"], float(asked["start_s"]), float(asked["seconds"]))
        route.fulfill(body=cut, content_type="audio/wav")
    else:
        route.fulfill(path=WEB / url.path.lstrip("/"), content_type="text/javascript")


@pytest.fixture(scope="module")
def page() -> Iterator[Any]:
    skip_without_browser()
    with chromium() as browser:
        made = browser.new_page()
        made.route("**/*", _answer)
        made.goto("http://studio.test/")
        yield made


def _check(page: Any, name: str, *arguments: Any) -> Any:
    script = "async ([name, given]) => (await import('/checks.js'))[name](...given)"
    return page.evaluate(script, [name, list(arguments)])


def test_tracks_sound_to_the_sample_and_in_step(page: Any) -> None:
    told = _check(page, "plain", ["a", "b"], DURATION_S, 2.5, 6.2)
    assert told["state"] == "playing"
    assert told["after"][0] > told["before"][0] + 5
    assert told["after"][1] > told["before"][1] + 5
    told_blocks = told["results"]
    assert len(told_blocks) > 10
    for one in told_blocks:
        assert one["places"][0] == one["places"][1] >= 2.5 * RATE
        assert one["wrong"] == [0, 0]
    begins = [one["places"][0] for one in told_blocks]
    for seam in (4 * RATE, 8 * RATE):  # within a block, so that both sides were compared
        assert any(begin < seam < begin + BLOCK for begin in begins)


def test_a_loop_joins_without_a_gap(page: Any) -> None:
    told = _check(page, "looped", "a", DURATION_S, 3.7, 4.5, 4.0)
    assert told["seams"] >= 3
    assert told["wrong"] == 0


def test_the_end_is_told_once_and_leads_back(page: Any) -> None:
    assert _check(page, "toTheEnd", "a", DURATION_S) == {"ended": 1, "state": "stopped", "at": 0}


def test_what_cannot_be_had_is_said(page: Any) -> None:
    told = _check(page, "refused", DURATION_S)
    assert told == {"sentence": "There is no file 'gone.wav'", "state": "stopped"}


def test_muting_and_places_are_heard(page: Any) -> None:
    told = _check(page, "levels", "a", DURATION_S)
    assert all(side["rms"] > 0.1 for side in told["both"])
    assert all(side["rms"] < 0.001 for side in told["silent"])
    left, right = told["left"]
    assert right["rms"] < 0.001 < left["rms"]
