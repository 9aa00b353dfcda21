"""The commands of `tapeloom`, one verb a file; what goes wrong is told in one sentence."""

import os
import sys
from collections.abc import Sequence

import typer

from tapeloom import __version__
from tapeloom.app.commands.analyze import analyze
from tapeloom.app.commands.arrange import arrange
from tapeloom.app.commands.compose import compose
from tapeloom.app.commands.convert import convert
from tapeloom.app.commands.counterpoint import counterpoint
from tapeloom.app.commands.cover import cover
from tapeloom.app.commands.data import data
from tapeloom.app.commands.describe import describe
from tapeloom.app.commands.doctor import doctor
from tapeloom.app.commands.groove import groove
from tapeloom.app.commands.harmonize import harmonize
from tapeloom.app.commands.instruments import instruments
from tapeloom.app.commands.kit import kit
from tapeloom.app.commands.loudness import loudness
from tapeloom.app.commands.make import make
from tapeloom.app.commands.master import master
from tapeloom.app.commands.mix import mix
from tapeloom.app.commands.reharmonize import reharmonize
from tapeloom.app.commands.render import render
from tapeloom.app.commands.serve import serve
from tapeloom.app.commands.thumbnail import thumbnail
from tapeloom.app.commands.train import train
from tapeloom.app.commands.video import video
from tapeloom.app.commands.worker import worker
from tapeloom.core.errors import TapeloomError

app = typer.Typer(
    name="tapeloom",
    help="Make a lo-fi record, ready to release, from a short brief.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command()(make)
app.command()(compose)
app.command()(render)
app.command()(mix)
app.command()(master)
app.command()(instruments)
app.command()(analyze)
app.command()(loudness)
app.command()(reharmonize)
app.command()(harmonize)
app.command()(arrange)
app.command()(groove)
app.command()(convert)
app.command()(describe)
app.command()(cover)
app.command()(thumbnail)
app.command()(kit)
app.command()(counterpoint)
app.command()(video)
app.command()(doctor)
app.command()(serve)
app.command()(worker)
app.add_typer(train)
app.add_typer(data)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(
        False, "--version", callback=_print_version, is_eager=True, help="Print the version."
    ),
) -> None:
    pass


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command; exit with 0, 1 for a failure, 2 for bad use, 130 when interrupted."""
    try:
        app(args=arguments)
    except TapeloomError as error:
        code, message = error.exit_code, str(error)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:
        if os.environ.get("TAPELOOM_DEBUG"):
            raise
        code = 1
        message = (
            f"internal error: {type(error).__name__}: {error}; "
            "TAPELOOM_DEBUG=1 shows where, and we would like to hear of it"
        )
    else:
        return
    typer.echo(f"tapeloom: {message}", err=True)
    sys.exit(code)
