"""``formcheck app``: starts the Streamlit front end on this machine, with Streamlit's usage statistics off."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from formcheck.errors import FormcheckError


def app_file() -> Path:
    """``app.py``: at the root of a checkout, or packed with the data."""
    package = Path(__file__).resolve().parent.parent
    for place in (package.parent / "app.py", package / "data" / "app.py"):
        if place.is_file():
            return place
    raise FormcheckError("app.py is not part of this installation; run formcheck from a checkout")


def app_command(port: int, address: str, headless: bool) -> list[str]:
    """The command line that runs the app."""
    return [
        sys.executable, "-m", "streamlit", "run", str(app_file()),
        "--browser.gatherUsageStats=false", f"--server.address={address}", f"--server.port={port}",
        f"--server.headless={str(headless).lower()}",
    ]  # fmt: skip


def app(
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8501,
    address: Annotated[
        str, typer.Option(help="Address to listen on; the default is this machine alone.")
    ] = "127.0.0.1",
    headless: Annotated[bool, typer.Option("--headless", help="Do not open a browser window.")] = False,
) -> None:
    """Open formcheck in the browser: upload, live, batch, compare, history."""
    raise typer.Exit(subprocess.call(app_command(port, address, headless)))
