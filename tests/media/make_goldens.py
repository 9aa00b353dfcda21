"""Write goldens.json: each scene as 16 x 9 colours. Look at the pictures before committing it."""

import json
from pathlib import Path

import numpy as np
from PIL import Image

from tapeloom.media.scene_design import SceneDesign, paint_scene
from tapeloom.media.scenes import SCENES
from tapeloom.media.stage import TimeOfDay

if __name__ == "__main__":
    goldens = {}
    for scene in SCENES:
        design = SceneDesign(scene, TimeOfDay.DUSK, seed=11)
        small = paint_scene(design, 192, 108, grain=0.0).resize((16, 9), Image.Resampling.BOX)
        goldens[scene] = np.asarray(small).tolist()
    Path(__file__).with_name("goldens.json").write_text(json.dumps(goldens) + "\n")
