"""The piano roll in a real browser, over a real service: edited, re-rolled, undone, made."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tapeloom.app.composing import compose_brief
from tapeloom.core.brief import Brief
from tapeloom.core.score import score_to_json
from tests.web.browser import chromium, skip_without_browser

from .conftest import House

pytestmark = pytest.mark.slow
ALL_THE_REST = "All else is the same to the tick."


@pytest.fixture
def page(house: House) -> Iterator[Any]:
    """A page that is logged in; the test fails by what it says on its console."""
    faults: list[str] = []
    skip_without_browser()
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(60_000)  # numba may have to compile first
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(f"{house.url}/login?token={house.service.keys.make_link()}")
        yield page
    assert not faults


@pytest.fixture
def record(house: House, page: Any) -> str:
    score = score_to_json(compose_brief(Brief(words="rainy night", bars=8, seed=4)))
    owner = page.request.get(f"{house.url}/v1/session").json()["owner"]
    return house.record(owner, {"score.json": json.dumps(score).encode()}, duration_s=25.6)


def draft(page: Any) -> str:
    return str(page.locator(".roll-draft p").first.inner_text())


def chosen(page: Any) -> str:
    return str(page.locator(".roll-status").inner_text())


def told(page: Any) -> list[str]:
    page.wait_for_selector(".roll-told p")
    sentences = page.locator(".roll-told p").all_inner_texts()
    page.evaluate("document.querySelector('.roll-told').replaceChildren()")
    return list(sentences)


def show(page: Any, house: House, record: str) -> Any:
    page.goto(f"{house.url}/#/records/{record}/notes")
    stage = page.get_by_role("application")
    stage.focus()
    return stage


def choose_bars(page: Any, first: int, last: int) -> None:
    page.get_by_label("First bar").fill(str(first))
    page.get_by_label("First bar").press("Tab")
    page.keyboard.type(str(last))
    page.keyboard.press("Tab")


def test_notes_are_edited_bars_rolled_chords_put_and_all_undone(
    house: House, page: Any, record: str
) -> None:
    stage = show(page, house, record)
    begun = draft(page)
    page.keyboard.press(".")
    first = chosen(page)
    page.keyboard.press("ArrowUp")
    assert chosen(page) != first
    page.keyboard.press(".")
    page.keyboard.press("Shift+ArrowRight")
    assert "2 steps" in draft(page)
    choose_bars(page, 3, 6)
    page.get_by_role("button", name="Re-roll these bars").click()
    assert ALL_THE_REST in told(page)
    assert "3 steps" in draft(page)
    page.get_by_label("Chords, a bar each between |").fill("Fmaj7 | Em7 A7 | Dm7 | G7")
    page.get_by_role("button", name="Put these chords").click()
    assert ALL_THE_REST in told(page)
    assert "4 steps" in draft(page)
    page.wait_for_timeout(800)  # until the draft is put away
    page.reload()
    stage.focus()
    assert "4 steps" in draft(page)
    for _ in range(4):
        page.keyboard.press("Control+z")
    assert draft(page) == begun


def test_a_draft_becomes_a_version_with_its_one_change(
    house: House, page: Any, record: str
) -> None:
    show(page, house, record)
    before = page.request.get(f"{house.url}/v1/records/{record}/score").json()
    page.keyboard.press(".")
    page.keyboard.press("Alt+ArrowUp")
    page.get_by_role("button", name="Make this version").click()
    page.wait_for_selector(".roll-progress:not([hidden])")
    listed = page.request.get(f"{house.url}/v1/jobs?state=queued").json()["jobs"]
    job = house.jobs.get(listed[0]["id"], None)
    assert job.payload["base"] == record
    sent = b"".join(house.jobs.store.pieces(job.payload["files"]["score.json"]))
    page.reload()  # a version under way is followed all the same
    page.wait_for_selector(".roll-progress:not([hidden])")
    house.finish(job.id, {"score.json": sent}, title="Louder", duration_s=25.6)
    page.get_by_role("button", name="Keep it").click()
    page.wait_for_url(f"**/records/{job.id}/notes")
    after = page.request.get(f"{house.url}/v1/records/{job.id}/score").json()
    changed = [
        (old, new)
        for was, now in zip(before["parts"], after["parts"], strict=True)
        for old, new in zip(was["notes"], now["notes"], strict=True)
        if old != new
    ]
    assert [(new[3] - old[3], new[:3] == old[:3]) for old, new in changed] == [(4, True)]
    show(page, house, record)
    assert "as it was made" in draft(page)
