"""Hashes that know a picture again; contact sheets; versions that differ."""

import io
from itertools import combinations

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from tapeloom.core.errors import InputError, TapeloomError
from tapeloom.media.contact_sheet import contact_sheet
from tapeloom.media.likeness import HASH_BITS, hash_distance, picture_hash
from tapeloom.media.picture_file import encoded, save_picture
from tapeloom.media.scene_design import SceneDesign, paint_scene
from tapeloom.media.scenes import SCENES
from tapeloom.media.thumbnail_config import ThumbnailConfig
from tapeloom.media.variants import vary


def test_a_picture_is_known_again_after_scaling_coding_and_brightening():
    picture = paint_scene(SceneDesign("city", seed=3), 320, 180)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=40)
    own = picture_hash(picture)
    assert 0 <= own < 2**HASH_BITS
    for other in (picture.resize((168, 94)), Image.open(buffer),
                  ImageEnhance.Brightness(picture).enhance(1.1)):  # fmt: skip
        assert hash_distance(own, picture_hash(other)) <= 6


def test_other_scenes_are_other_pictures():
    hashes = [picture_hash(paint_scene(SceneDesign(s, seed=3), 160, 90)) for s in SCENES]
    assert min(hash_distance(a, b) for a, b in combinations(hashes, 2)) > 10


def test_a_flat_picture_has_no_bits():
    assert picture_hash(Image.new("RGB", (64, 64), (90, 120, 30))) == 0


def test_a_contact_sheet_shows_every_picture_in_order():
    pictures = [Image.new("RGB", (160, 90), (40 * i, 0, 0)) for i in range(1, 6)]
    page = contact_sheet(
        pictures, ["a", "b", "c", "a very long name " * 9, "e"], columns=2, tile=80
    )
    pixels = np.asarray(page)
    assert page.width == 2 * 88 + 8
    centres = [pixels[8 + 22 + i // 2 * (45 + 32), 8 + 40 + i % 2 * 88, 0] for i in range(5)]
    assert centres == [40, 80, 120, 160, 200]
    with pytest.raises(InputError, match="not 0 with 0"):
        contact_sheet([], [])


def test_versions_differ_and_say_in_what():
    config = ThumbnailConfig("Rain", seed=4)
    versions = vary(config, 9, np.random.default_rng(2))
    assert versions[0].config == config
    assert len({(v.config.style, v.config.scene, v.config.color_grading) for v in versions}) == 9
    assert len({v.config.style for v in versions}) == 6
    assert len({v.config.color_grading for v in versions}) == 9  # none, and eight
    for version in versions[1:]:
        assert version.differs
        for name in ("style", "scene", "color_grading", "side"):
            changed = getattr(version.config, name) != getattr(config, name)
            assert changed == (name in version.differs)
    assert versions == vary(config, 9, np.random.default_rng(2))


def test_what_is_kept_is_the_same_in_all_versions():
    config = ThumbnailConfig("Rain", scene="cafe")
    kept = ("scene", "style", "color_grading", "side")
    versions = vary(config, 3, np.random.default_rng(2), kept=kept)
    assert {v.config.scene for v in versions} == {"cafe"}
    assert [v.differs for v in versions] == [(), ("seed",), ("seed",)]
    with pytest.raises(InputError, match="variants are 25; there may be 1 to 24"):
        vary(config, 25, np.random.default_rng(2))


def test_files_end_as_they_must_and_fit_or_fail_whole(tmp_path):
    picture = Image.effect_noise((320, 180), 90).convert("RGB")
    with pytest.raises(InputError, match=r"a\.webp ends in '\.webp'; it must end in \.png or"):
        save_picture(picture, tmp_path / "a.webp")
    for suffix in (".png", ".jpg"):
        full = len(encoded(picture, suffix))
        assert len(encoded(picture, suffix, max_bytes=full - 1)) < full
        with pytest.raises(TapeloomError, match="at most 500"):
            encoded(picture, suffix, max_bytes=500)
    with pytest.raises(TapeloomError, match="cannot be written"):
        save_picture(picture, tmp_path / "none" / "a.png")
    assert list(tmp_path.iterdir()) == []
