"""The studio as people use it: a record made, heard, edited, mastered again and taken away."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from tests.web.browser import DESK, LAPTOP, PHONE, Server, chromium, free_port, skip_without_browser

pytestmark = pytest.mark.slow
LONG_MS = 180_000  # for what a worker makes on a busy machine
PAGES = ("", "records", "compare", "jobs", "batch", "settings")
TABS = ("listen", "notes", "mix", "master", "picture", "release")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    skip_without_browser()
    started = Server(tmp_path_factory.mktemp("studio") / "data", free_port())
    yield started
    started.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    skip_without_browser()
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def state(server: Server, browser: Any) -> Any:
    """A browser that is logged in."""
    context = browser.new_context()
    context.new_page().goto(server.link)
    kept = context.storage_state()
    context.close()
    return kept


@pytest.fixture
def faults() -> list[str]:
    """What went wrong in the page: errors, and what its policy forbade."""
    return []


@pytest.fixture
def page(server: Server, browser: Any, state: Any, faults: list[str]) -> Iterator[Any]:
    """A page of the studio; what goes wrong in it fails the test."""
    context = browser.new_context(
        viewport={"width": LAPTOP[0], "height": LAPTOP[1]}, storage_state=state,
        base_url=server.base, accept_downloads=True,
    )  # fmt: skip
    shown = context.new_page()
    shown.on("pageerror", lambda error: faults.append(str(error)))
    shown.on("console", lambda line: faults.append(line.text) if "Policy" in line.text else None)
    yield shown
    context.close()
    assert not faults


@pytest.fixture(scope="module")
def record(server: Server, browser: Any, state: Any) -> str:
    """Make a record of some 20 seconds from the page; return its id."""
    context = browser.new_context(storage_state=state, base_url=server.base)
    page = context.new_page()
    page.goto("/")
    page.get_by_label("What should it sound like?").fill("rainy night, peaceful")
    page.get_by_text("Knobs").click()
    page.get_by_label("Tempo").fill("100")
    page.get_by_label("Length", exact=False).first.fill("8")
    page.get_by_label("Unit of the length").select_option("bars")
    page.get_by_label("Seed", exact=False).first.fill("7")
    page.get_by_role("button", name="Make", exact=True).click()
    page.get_by_role("article").filter(has_text="at work").first.wait_for(timeout=30_000)
    link = page.get_by_role("link", name="Open the record")
    link.wait_for(timeout=LONG_MS)
    made = str(link.get_attribute("href")).rpartition("/")[2]
    context.close()
    return made


def player(page: Any, run: str) -> Any:
    """Return what a function of the page's player returns."""
    module = "const { player } = await import('/player.js')"
    return page.evaluate(f"async () => {{ {module}; return ({run})(player); }}")


def made_version(page: Any, old: str) -> dict[str, Any]:
    """Return the record that was made of another last."""
    versions = page.request.get(f"/v1/records/{old}").json()["versions"]
    found: dict[str, Any] = page.request.get(f"/v1/records/{versions[0]}").json()
    return found


def notes_of(page: Any, record: str, role: str) -> list[list[int]]:
    score = page.request.get(f"/v1/records/{record}/score").json()
    return next(part["notes"] for part in score["parts"] if part["role"] == role)


def test_a_record_plays_and_its_clock_goes_on(page: Any, record: str) -> None:
    page.goto(f"/#/records/{record}")
    page.get_by_role("button", name="Play", exact=True).first.click()
    page.wait_for_function("document.querySelector('#deck')?.hidden === false")
    page.wait_for_timeout(1500)
    before = player(page, "(p) => [p.context.currentTime, p.time_s, p.state]")
    page.wait_for_timeout(2000)
    after = player(page, "(p) => [p.context.currentTime, p.time_s, p.levels()[0].rms]")
    assert before[2] == "playing"
    assert after[0] - before[0] == pytest.approx(2, abs=0.7)
    assert after[1] - before[1] == pytest.approx(after[0] - before[0], abs=0.3)
    assert after[2] > 0.001  # it sounds


def test_two_notes_edited_and_four_bars_of_the_melody_anew(page: Any, record: str) -> None:
    page.goto(f"/#/records/{record}/notes")
    roll = page.get_by_label("Piano roll, melody")
    roll.wait_for(timeout=20_000)
    before = notes_of(page, record, "melody")
    roll.focus()
    for _ in range(2):
        page.keyboard.press(".")
        page.keyboard.press("Shift+ArrowUp")  # an octave
    page.get_by_label("First bar").fill("5")
    page.get_by_label("Last bar").fill("8")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Re-roll these bars").click()
    page.get_by_text("All else is the same to the tick.").wait_for(timeout=60_000)
    page.get_by_role("button", name="Make this version").click()
    page.get_by_role("radio", name="Before").wait_for(timeout=LONG_MS)
    page.get_by_role("button", name="Keep it").click()
    page.wait_for_url(lambda url: record not in url, timeout=LONG_MS)
    made = made_version(page, record)
    after = notes_of(page, made["id"], "melody")
    half = 4 * 4 * 10080
    kept = [note for note in before if note[0] < half]
    heard = [note for note in after if note[0] < half]
    moved = [(old, new) for old, new in zip(kept, heard, strict=True) if old != new]
    assert [new[2] - old[2] for old, new in moved] == [12, 12]
    assert [n for n in before if n[0] >= half] != [n for n in after if n[0] >= half]
    for role in ("bass", "drums"):
        assert notes_of(page, made["id"], role) == notes_of(page, record, role)


def test_an_edit_can_be_taken_back_and_comes_again_after_a_reload(page: Any, record: str) -> None:
    page.goto(f"/#/records/{record}/notes")
    roll = page.get_by_label("Piano roll, melody")
    roll.wait_for(timeout=20_000)
    roll.focus()
    undo = page.get_by_role("button", name="Undo", exact=True).first
    assert undo.is_disabled()
    page.keyboard.press(".")
    page.keyboard.press("ArrowUp")
    assert undo.is_enabled()
    page.wait_for_timeout(1500)  # the draft is kept soon, not at once
    page.reload()
    roll.wait_for(timeout=20_000)
    undo = page.get_by_role("button", name="Undo", exact=True).first
    assert undo.is_enabled()
    roll.focus()
    page.keyboard.press("Control+z")
    assert undo.is_disabled()


def test_a_fader_moved_by_key_is_taken_back_and_put_again(page: Any, record: str) -> None:
    page.goto(f"/#/records/{record}/mix")
    fader = page.get_by_label("Fader of").first
    fader.wait_for(timeout=20_000)
    first = fader.input_value()
    undo = page.get_by_role("button", name="Undo", exact=True)
    assert undo.is_disabled()
    fader.press("ArrowUp")
    moved = fader.input_value()
    assert float(moved) == float(first) + 0.5
    page.keyboard.press("Control+z")
    assert fader.input_value() == first
    assert undo.is_disabled()
    page.keyboard.press("Control+Shift+z")
    assert fader.input_value() == moved
    undo.click()
    assert fader.input_value() == first


def test_a_master_made_again_is_heard_beside_the_old_one(page: Any, record: str) -> None:
    page.goto(f"/#/records/{record}/master")
    page.get_by_label("Headed for").wait_for(timeout=20_000)
    choice = page.get_by_label("Headed for")
    names = choice.evaluate("(list) => [...list.options].map((one) => one.value)")
    first = choice.input_value()
    choice.select_option(next(name for name in names if "broadcast" in name))
    page.get_by_role("button", name="Undo", exact=True).click()
    assert choice.input_value() == first
    page.get_by_role("button", name="Redo", exact=True).click()
    assert "broadcast" in choice.input_value()
    page.get_by_role("button", name="Master again").click()
    page.get_by_role("heading", name="The new version").wait_for(timeout=LONG_MS)
    page.get_by_role("radio", name="After").click()
    page.wait_for_timeout(1200)
    tracks = player(page, "(p) => p.tracks.map((t) => [t.record, t.muted, t.offset_db])")
    made = made_version(page, record)
    old = page.request.get(f"/v1/records/{record}").json()
    change = made["integrated_lufs"] - old["integrated_lufs"]
    assert change < -5  # broadcast is quieter than streaming
    assert {one[0] for one in tracks} == {record, made["id"]}
    assert [one[0] for one in tracks if not one[1]] == [made["id"]]
    offsets = {one[0]: one[2] for one in tracks}
    assert offsets[record] - offsets[made["id"]] == pytest.approx(change, abs=0.1)


def test_the_kit_is_made_and_fetched(page: Any, record: str, tmp_path: Path) -> None:
    page.goto(f"/#/records/{record}/release")
    page.get_by_role("button", name="Make the kit").click()
    link = page.get_by_role("link", name="Download the kit")
    link.wait_for(timeout=LONG_MS)
    with page.expect_download() as coming:
        link.click()
    coming.value.save_as(tmp_path / "kit.zip")
    with ZipFile(BytesIO((tmp_path / "kit.zip").read_bytes())) as kit:
        assert kit.testzip() is None
        names = kit.namelist()
    assert any(name.endswith("spotify/spec.json") for name in names)
    assert any(name.endswith("credits.txt") for name in names)


def test_a_comparison_is_stored(page: Any, record: str) -> None:
    made = made_version(page, record)
    page.goto(f"/#/compare?a={record}&b={made['id']}")
    stored = page.request.get("/v1/preferences").json()["preferences"]
    page.get_by_role("button", name="A is better").first.click()
    page.wait_for_timeout(1000)
    now = page.request.get("/v1/preferences").json()["preferences"]
    assert len(now) == len(stored) + 1
    assert {now[0]["a"]["id"], now[0]["b"]["id"]} == {record, made["id"]}


def test_the_truth_is_shown_within_two_seconds(page: Any, server: Server, browser: Any,
                                               state: Any) -> None:  # fmt: skip
    """A browser closed in the middle, a worker killed, a job cancelled by somebody else."""
    order = {"words": "slow river", "bars": 64, "seed": 3}
    told = {"X-Tapeloom": "1", "Origin": server.base}
    job = page.request.post("/v1/make", data=order, headers=told).json()["id"]
    page.goto(f"/#/jobs/{job}")
    working(page).wait_for(timeout=60_000)
    page.close()

    context = browser.new_context(storage_state=state, base_url=server.base)
    again = context.new_page()
    again.goto("/#/jobs")
    working(again).wait_for(timeout=2000)

    for child in workers_of(server):
        os.kill(child, signal.SIGKILL)
    working(again).wait_for(timeout=60_000)  # another takes it over

    assert again.request.post(f"/v1/jobs/{job}/cancel", headers=told, data={}).ok
    working(again, "cancelled").wait_for(timeout=2000)
    context.close()


def working(page: Any, state: str = "at work") -> Any:
    """Find where a page says how a job stands."""
    return page.locator("main .state").get_by_text(state, exact=True).first


def workers_of(server: Server) -> list[int]:
    listed = subprocess.run(
        ["pgrep", "-f", "worker --data", "-g", str(server.process.pid)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = [int(line) for line in listed.stdout.split()]
    assert found
    return found


@pytest.mark.parametrize("size", [PHONE, LAPTOP, DESK], ids=lambda size: str(size[0]))
def test_every_page_fits_and_axe_finds_nothing_serious(
    page: Any, record: str, size: tuple[int, int], request: pytest.FixtureRequest,
    faults: list[str],
) -> None:  # fmt: skip
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    folder = Path(os.environ.get("TAPELOOM_SCREENSHOTS", request.config.rootpath / "build/studio"))
    folder.mkdir(parents=True, exist_ok=True)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    found: dict[str, list[str]] = {}
    for address in (*PAGES, *(f"records/{record}/{tab}" for tab in TABS)):
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.goto(f"/#/{address}")
            page.get_by_role("heading", level=1).first.wait_for(timeout=20_000)
            page.wait_for_timeout(1200)
            name = address.replace(f"records/{record}", "record").replace("/", "-") or "make"
            page.screenshot(path=folder / f"{name}-{size[0]}-{scheme}.png", caret="initial")
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, f"{address} is {wide} px wider than the window"
            assert not faults, address
            serious = [
                f"{one['id']}: {one['nodes'][0]['html'][:100]}"
                for one in axe.run(page).response["violations"]
                if one["impact"] in ("serious", "critical")
            ]
            faults.clear()  # axe styles what it measures, which the policy forbids
            if serious:
                found[f"{address} {scheme}"] = serious
    assert not found


def test_the_studio_goes_on_while_the_service_is_away(
    browser: Any, tmp_path: Path
) -> None:  # fmt: skip
    skip_without_browser()
    port = free_port()
    service = Server(tmp_path / "data", port, workers=0)
    context = browser.new_context(base_url=service.base)
    page = context.new_page()
    page.goto(service.link)
    page.wait_for_function("navigator.serviceWorker.ready.then(() => true)")
    page.goto("/#/records")
    page.reload()
    page.get_by_role("heading", level=1).wait_for()
    service.stop()
    page.reload()
    page.get_by_role("heading", level=1).wait_for(timeout=10_000)
    page.get_by_text("The service is away").wait_for(timeout=10_000)
    page.goto("/#/")
    page.get_by_label("What should it sound like?").fill("kept for later")
    page.get_by_role("button", name="Make", exact=True).click()
    page.get_by_text("Sent once the service is back").wait_for(timeout=10_000)
    again = Server(tmp_path / "data", port, workers=0)
    began = time.monotonic()
    page.get_by_text("kept for later").first.wait_for(timeout=30_000)
    jobs: list[dict[str, Any]] = []
    while not jobs and time.monotonic() - began < 30:
        page.wait_for_timeout(500)
        jobs = page.request.get("/v1/jobs").json()["jobs"]
    assert [job["payload"]["words"] for job in jobs] == ["kept for later"]
    context.close()
    again.stop()
