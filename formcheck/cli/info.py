"""``exercises``, ``explain``, ``models`` and ``version``: what formcheck knows and has."""

from __future__ import annotations

import platform
from importlib import metadata
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from formcheck.cli.bar import ClipBar
from formcheck.errors import FormcheckError
from formcheck.texts import t
from formcheck.texts.sentences import said

models_app = typer.Typer(help="List, fetch and verify the pose models.", no_args_is_help=False)
Name = Annotated[str | None, typer.Argument(help="lite, full or heavy; all of them if left out.")]


def _plain_table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 3, 0, 0))
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def exercises(
    exercise: Annotated[str | None, typer.Argument(help="Tell of this one: camera, checks, safety.")] = None,
) -> None:
    """List the exercises, or tell of one: what is checked and where to put the camera."""
    from formcheck.api import check_exercise
    from formcheck.exercises.explain import describe
    from formcheck.exercises.load import load_catalogue

    catalogue, console = load_catalogue(), Console(highlight=False)
    if exercise is None:
        table = _plain_table(t("cli.exercise"), t("cli.name"), t("cli.what"))
        for key, spec in catalogue.exercises.items():
            table.add_row(key, escape(said(spec.name)), escape(said(spec.summary)))
        console.print(table)
        return
    key = check_exercise(exercise, catalogue)
    if key not in catalogue.exercises:
        raise FormcheckError(f"'{key}' is a way of choosing; name an exercise: {', '.join(catalogue.exercises)}")
    console.print(Text(str(describe(catalogue.exercises[key], catalogue))))


def explain(
    check: Annotated[str, typer.Argument(help="Check id, e.g. knee_over_toe; or an exercise's id.")],
) -> None:
    """Explain a check: what it measures, its bands in each exercise, and their sources."""
    from formcheck.exercises.explain import describe, explain
    from formcheck.exercises.load import load_catalogue

    catalogue = load_catalogue()
    name = check.strip().lower().replace(" ", "_").replace("-", "_")
    known = catalogue.exercises.get(name)
    text = explain(name, catalogue) if known is None else describe(known, catalogue)
    Console(highlight=False).print(Text(str(text)))


@models_app.callback(invoke_without_command=True)
def models(context: typer.Context) -> None:
    """List the pose models when no command is given."""
    if context.invoked_subcommand is None:
        list_models()


@models_app.command("list")
def list_models() -> None:
    """Which models there are and which lie on this machine."""
    from formcheck import model_store

    table = _plain_table("Model", "State", "Size", "Licence", "Where")
    for model in model_store.list_models():
        name = f"{model.name} (default)" if model.default else model.name
        where = str(model.path) if model.state != "absent" else "fetched at first use"
        table.add_row(name, model.state, f"{model.size_bytes / 1e6:.1f} MB", model.licence, escape(where))
    Console().print(table)


def _chosen(name: str | None) -> tuple[str, ...]:
    from formcheck import model_store

    return (name,) if name else model_store.model_names()


@models_app.command()
def fetch(name: Name = None) -> None:
    """Fetch a model now, by default the usual one, so that scoring needs no network."""
    from formcheck import model_store
    from formcheck.engines.choice import AUTO, choose_model

    console = Console(stderr=True)
    name = name or choose_model(AUTO, "auto")
    with ClipBar(console, shown=console.is_terminal, clips=1) as bar, bar.line(name) as line:
        path = model_store.ensure(name, line)
    Console().print(f"{name}: {escape(str(path))}", soft_wrap=True)


@models_app.command()
def verify(name: Name = None) -> None:
    """Check the files on this machine against the manifest; exit 2 if one is damaged."""
    from formcheck import model_store

    found = [model_store.verify(each) for each in _chosen(name)]
    for model in found:
        Console().print(f"{model.name}: {model.state}", soft_wrap=True)
    damaged = [model.name for model in found if model.state == "damaged"]
    if damaged:
        raise FormcheckError(f"damaged: {', '.join(damaged)}; run formcheck models fetch {damaged[0]}")


def version() -> None:
    """Versions of formcheck and of what it works with."""
    from formcheck import __version__

    typer.echo(f"formcheck {__version__}")
    typer.echo(f"python {platform.python_version()} on {platform.system()} {platform.machine()}")
    for package in ("mediapipe", "onnxruntime", "av", "numpy"):
        try:
            typer.echo(f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            typer.echo(f"{package} not installed")
