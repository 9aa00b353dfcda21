"""The folder of a record in the making: resumed, locked, swapped in whole."""

import os
from pathlib import Path

import pytest

from tapeloom.app.workshop import Workshop, final_of, open_workshop, partial_of
from tapeloom.core.errors import InputError, TapeloomError
from tapeloom.core.files import read_json, write_json


class Counter:
    """A step that writes its text and counts how often it ran."""

    def __init__(self, shop: Workshop) -> None:
        self.shop, self.runs = shop, 0

    def run(self, name: str, text: str, reads: tuple[str, ...] = ()) -> object:
        def make():
            self.runs += 1
            path = self.shop.folder / f"{name}.txt"
            path.write_text(text)
            return [path], {"text": text}

        return self.shop.step(name, inputs={"text": text}, reads=reads, make=make)


def test_a_step_runs_once_for_one_input(tmp_path: Path) -> None:
    with open_workshop(tmp_path / "r") as shop:
        counter = Counter(shop)
        assert counter.run("a", "one") == {"text": "one"}
        assert counter.run("a", "one") == {"text": "one"}
        assert counter.runs == 1
        counter.run("a", "two")
        assert counter.runs == 2


def test_a_missing_file_makes_its_step_run_again(tmp_path: Path) -> None:
    with open_workshop(tmp_path / "r") as shop:
        counter = Counter(shop)
        counter.run("a", "one")
        (shop.folder / "a.txt").unlink()
        counter.run("a", "one")
        assert counter.runs == 2


def test_an_edit_is_kept_and_what_reads_it_runs_again(tmp_path: Path) -> None:
    final = tmp_path / "r"
    with open_workshop(final) as shop:
        first = Counter(shop)
        first.run("a", "one")
        first.run("b", "out", reads=("a.txt",))
        shop.finish({})
    (final / "a.txt").write_text("edited")
    with open_workshop(final, base=final) as shop:
        again = Counter(shop)
        assert shop.is_edited("a", "a.txt")
        again.run("a", "one")
        assert (shop.folder / "a.txt").read_text() == "edited"
        again.run("b", "out", reads=("a.txt",))
        assert again.runs == 1
        shop.accept("a", "a.txt")
        assert not shop.is_edited("a", "a.txt")


def test_files_that_a_step_no_longer_writes_are_removed(tmp_path: Path) -> None:
    with open_workshop(tmp_path / "r") as shop:

        def make(*names: str):
            paths = [shop.folder / name for name in names]
            for path in paths:
                path.write_text("x")
            return paths, None

        shop.step("a", inputs={"n": 2}, make=lambda: make("one", "two"))
        shop.step("a", inputs={"n": 1}, make=lambda: make("one"))
        assert (shop.folder / "one").exists()
        assert not (shop.folder / "two").exists()


def test_interrupted_work_is_continued(tmp_path: Path) -> None:
    final = tmp_path / "r"
    with pytest.raises(KeyboardInterrupt), open_workshop(final) as shop:
        Counter(shop).run("a", "one")
        (shop.folder / ".b.1.partial.txt").write_text("half")
        raise KeyboardInterrupt
    assert not final.exists()
    with open_workshop(final) as shop:
        assert not list(shop.folder.glob(".b.*"))
        counter = Counter(shop)
        counter.run("a", "one")
        assert counter.runs == 0
        shop.finish({"title": "x"})
    record = read_json(final / "record.json")
    assert record["title"] == "x"
    assert set(record["checksums"]) == {"a.txt"}
    assert not partial_of(final).exists()


def test_an_interrupted_continuation_goes_on_unless_the_record_changed(tmp_path: Path) -> None:
    final = tmp_path / "r"
    with open_workshop(final) as shop:
        Counter(shop).run("a", "one")
        shop.finish({})
    with pytest.raises(KeyboardInterrupt), open_workshop(final, base=final) as shop:
        Counter(shop).run("b", "two")
        raise KeyboardInterrupt
    with open_workshop(final, base=final) as shop:
        counter = Counter(shop)
        counter.run("b", "two")
        assert counter.runs == 0
    (final / "a.txt").write_text("changed since")
    with open_workshop(final, base=final) as shop:
        assert (shop.folder / "a.txt").read_text() == "changed since"
        counter = Counter(shop)
        counter.run("b", "two")
        assert counter.runs == 1


def test_the_record_stays_whole_while_it_is_continued(tmp_path: Path) -> None:
    final = tmp_path / "r"
    with open_workshop(final) as shop:
        Counter(shop).run("a", "one")
        shop.finish({})
    (final / "notes of mine.txt").write_text("mine")
    with open_workshop(final, base=final) as shop:
        (shop.folder / "a.txt").unlink()
        assert (final / "a.txt").read_text() == "one"
        Counter(shop).run("a", "one")
        shop.finish({})
    assert (final / "notes of mine.txt").read_text() == "mine"


def test_an_existing_record_is_refused_without_force(tmp_path: Path) -> None:
    final = tmp_path / "r"
    final.mkdir()
    with pytest.raises(InputError, match="--force"), open_workshop(final):
        pass
    with open_workshop(final, force=True) as shop:
        Counter(shop).run("a", "one")
        shop.finish({})
    assert (final / "a.txt").exists()


def test_two_makes_of_one_record_do_not_meet(tmp_path: Path) -> None:
    pytest.importorskip("fcntl")
    with (
        open_workshop(tmp_path / "r"),
        pytest.raises(TapeloomError, match="another make"),
        open_workshop(tmp_path / "r"),
    ):
        pass


def test_a_folder_under_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with (
        pytest.raises(InputError, match="cannot be written to"),
        open_workshop(tmp_path / "file" / "r"),
    ):
        pass


def test_a_swap_cut_between_its_renames_is_undone(tmp_path: Path) -> None:
    final = tmp_path / "r"
    old = tmp_path / ".r.old"
    old.mkdir()
    (old / "a.txt").write_text("one")
    with pytest.raises(InputError, match="exists"), open_workshop(final):
        pass
    assert (final / "a.txt").read_text() == "one"
    assert not old.exists()


def test_errors_of_the_system_become_one_sentence(tmp_path: Path) -> None:
    with (
        pytest.raises(TapeloomError, match="No space left on device"),
        open_workshop(tmp_path / "r"),
    ):
        raise OSError(28, os.strerror(28))


def test_hidden_names_lead_back(tmp_path: Path) -> None:
    assert final_of(partial_of(tmp_path / "rain-7")) == tmp_path / "rain-7"


@pytest.mark.parametrize("file", ["../victim.txt", "/victim.txt"])
def test_a_record_cannot_name_files_outside_of_it(tmp_path: Path, file: str) -> None:
    (tmp_path / "victim.txt").write_text("mine")
    final = tmp_path / "r"
    final.mkdir()
    entry = {"fingerprint": "x", "files": {file: "0"}, "value": None}
    write_json(final / "record.json", {"stages": {"loop A": entry}})
    with (
        pytest.raises(InputError, match="lies outside of it"),
        open_workshop(final, base=final),
    ):
        pass
    assert (tmp_path / "victim.txt").read_text() == "mine"


def test_a_damaged_list_of_stages_is_one_sentence(tmp_path: Path) -> None:
    final = tmp_path / "r"
    final.mkdir()
    write_json(final / "record.json", {"stages": {"mix": {"files": 3}}})
    with pytest.raises(InputError, match="is damaged"), open_workshop(final, base=final):
        pass
