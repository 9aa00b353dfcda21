"""`tapeloom serve`: the service, its API and its workers."""

from pathlib import Path
from typing import Annotated

import typer

from tapeloom.core.errors import InputError

MAX_WORKERS = 64


def serve(
    host: Annotated[str, typer.Option(help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen at.")] = 8000,
    data: Annotated[
        Path | None,
        typer.Option(help="The data folder [default: tapeloom-data, TAPELOOM_DATA]."),
    ] = None,
    workers: Annotated[int, typer.Option(help="How many worker processes; 0 for none.")] = 1,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(help="A further name by which browsers reach it; repeatable, * is any."),
    ] = None,
    link: Annotated[bool, typer.Option("--link", help="Print a new one-time link.")] = False,
    only_link: Annotated[
        bool, typer.Option("--only-link", help="Print a new one-time link, and serve nothing.")
    ] = False,
    public_url: Annotated[
        str | None,
        typer.Option(help="Where browsers find it behind a proxy, such as https://tapes.example."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but the link.")] = False,
) -> None:
    """Serve the API and the studio, with workers that make what is ordered."""
    if not 1 <= port <= 65_535:
        raise InputError(f"--port is {port}; it must lie between 1 and 65535")
    if not 0 <= workers <= MAX_WORKERS:
        raise InputError(f"--workers is {workers}; it must lie between 0 and {MAX_WORKERS}")
    from tapeloom.app.api.server import ServeOrder, print_link
    from tapeloom.app.api.server import serve as run

    order = ServeOrder(
        data, host, port, workers, tuple(allow_host or ()), wants_link=link, public_url=public_url
    )
    act = print_link if only_link else run
    act(order, lambda line: None if quiet and "token=" not in line else typer.echo(line, err=True))
