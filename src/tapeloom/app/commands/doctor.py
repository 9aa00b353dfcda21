"""`tapeloom doctor`: what is installed, what is missing for what, one line each."""

import json
import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib import metadata
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

import tapeloom
from tapeloom import __version__

# Optional parts of tapeloom: what each is for, and the packages that it is made of. One without
# packages is declared for what is to come.
EXTRAS: dict[str, tuple[str, tuple[str, ...]]] = {
    "service": (
        "running as a service",
        (
            "dbos",
            "sqlalchemy",
            "psycopg",
            "fsspec",
            "fastapi",
            "uvicorn",
            "websockets",
            "prometheus-client",
        ),
    ),
    "train": ("training models", ("torch", "accelerate", "pyarrow", "onnx", "lightgbm")),
    "plugins": ("VST3 plug-ins", ("pedalboard",)),
}
CODECS = (("mp3", "libmp3lame"), ("aac", "aac"), ("opus", "libopus"))
FONTS = (
    ("font_fredoka_one", "FredokaOne-Regular.ttf", "cover titles"),
    ("font_manrope", "Manrope-SemiBold.ttf", "cover subtitles"),
)
_LOOP = re.compile(r"^@njit\(.*\)[^\n]*\ndef (\w+)\(", re.MULTILINE)
LEAST_DISK = 2**30  # bytes; half an hour of music with its stems


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the report."""

    name: str
    status: str  # ok, missing (optional), later or failed
    detail: str


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print the lines as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print only what failed.")] = False,
) -> None:
    """Tell what is installed, what is missing for what, and where the caches are."""
    checks = list(examine())
    if as_json:
        typer.echo(json.dumps([asdict(check) for check in checks], ensure_ascii=False, indent=1))
    else:
        colours = {"ok": typer.colors.GREEN, "missing": typer.colors.YELLOW}
        for check in checks:
            if quiet and check.status != "failed":
                continue
            mark = typer.style(f"{check.status:<8}", fg=colours.get(check.status, typer.colors.RED))
            typer.echo(f"{mark}{check.name:<24}{check.detail}")
    if any(check.status == "failed" for check in checks):
        raise typer.Exit(1)


def _check(name: str, passes: bool, detail: str, fault: str) -> Check:
    return Check(name, "ok" if passes else "failed", detail if passes else fault)


def examine() -> Iterator[Check]:
    """Yield every check, in the order in which it is printed."""
    version = platform.python_version()
    fits = sys.version_info >= (3, 11)
    yield _check("Python", fits, version, f"{version}; 3.11 is the least")
    yield Check("tapeloom", "ok", __version__)
    yield from _packages()
    yield from _extras()
    yield from _codecs()
    for package, name, use in FONTS:
        yield _font(package, name, use)
    yield Check("processors", "ok", f"{os.cpu_count() or 1}")
    yield _disk(Path.cwd())
    yield _writable("cache folder", cache_folder(), "nothing is cached")
    yield _numba_cache()
    yield _writable("temporary folder", Path(tempfile.gettempdir()), "")


def cache_folder() -> Path:
    """Return where tapeloom keeps what it can make again: XDG_CACHE_HOME or ~/.cache."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tapeloom"


def _packages() -> Iterator[Check]:
    """Check the packages that tapeloom's own metadata require."""
    try:
        required = metadata.requires("tapeloom") or []
    except metadata.PackageNotFoundError:
        yield Check("packages", "failed", "tapeloom is not installed; run pip install -e .")
        return
    for line in required:
        if "extra ==" in line:
            continue
        name = _name_of(line)
        installed = _version_of(name)
        if installed is None:
            yield Check(name, "failed", f"not installed; run pip install '{line}'")
        else:
            yield Check(name, "ok", installed)


def _extras() -> Iterator[Check]:
    for extra, (use, packages) in EXTRAS.items():
        versions = {name: _version_of(name) for name in packages}
        missing = [name for name, version in versions.items() if version is None]
        if not packages:
            yield Check(f"extra {extra}", "later", f"for {use}: not in this version")
        elif missing:
            detail = f"for {use}: {', '.join(missing)}; pip install 'tapeloom[{extra}]'"
            yield Check(f"extra {extra}", "missing", detail)
        else:
            found = ", ".join(f"{name} {version}" for name, version in versions.items())
            yield Check(f"extra {extra}", "ok", f"for {use}: {found}")


def _codecs() -> Iterator[Check]:
    try:
        from av.codec import codecs_available
    except ImportError as error:
        yield Check("codecs", "failed", f"PyAV cannot be loaded: {error}")
        return
    for name, codec in CODECS:
        yield _check(f"codec {name}", codec in codecs_available, codec, f"PyAV lacks {codec}")


def _font(package: str, name: str, use: str) -> Check:
    try:
        there = (files(package) / "files" / name).is_file()
    except ModuleNotFoundError:
        there = False
    missing = f"not found, for {use}; run pip install {package.replace('_', '-')}"
    return _check(f"font {name.removesuffix('.ttf')}", there, f"for {use}", missing)


def _disk(folder: Path) -> Check:
    free = shutil.disk_usage(folder).free
    detail = f"{free / 2**30:.1f} GiB free in {folder}"
    return _check("disk", free >= LEAST_DISK, detail, f"{detail}; 1 GiB is the least")


def _writable(name: str, folder: Path, note: str) -> Check:
    """Check that files can be made in a folder, or in the nearest one that exists above it."""
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    if os.access(there, os.W_OK | os.X_OK):
        empty = f" (not there yet; {note})" if there != folder and note else ""
        return Check(name, "ok", f"{folder}{empty}")
    return Check(name, "failed", f"{there} is not writable")


def _numba_cache() -> Check:
    """Tell where numba keeps our compiled loops, and how many it has."""
    root = Path(tapeloom.__file__).parent
    given = os.environ.get("NUMBA_CACHE_DIR")
    folder = Path(given) if given else root
    # numba names an index after its module and function.
    compiled = {path.name.split("-")[0] for path in folder.rglob("*.nbi")}
    loops = [
        f"{source.stem}.{name}"
        for source in sorted(root.rglob("*.py"))
        for name in _LOOP.findall(source.read_text("utf-8"))
    ]
    ready = sum(loop in compiled for loop in loops)
    kept = folder if given else root / "dsp" / "__pycache__"
    check = _writable("numba cache", kept, "filled at first use")
    if check.status != "ok":
        way_out = "set NUMBA_CACHE_DIR to a folder that is"
        return Check("numba cache", "failed", f"{check.detail}; {way_out}")
    return Check("numba cache", "ok", f"{ready} of {len(loops)} loops compiled, in {folder}")


def _name_of(requirement: str) -> str:
    end = next((i for i, c in enumerate(requirement) if not (c.isalnum() or c in "-_.")), None)
    return requirement[:end]


def _version_of(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
