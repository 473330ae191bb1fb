"""The ``formcheck`` command: its sub-commands, and how errors become one line and an exit code."""

from __future__ import annotations

import signal
import sys
from types import FrameType
from typing import NoReturn

import typer

from formcheck.cli.info import exercises, explain, models_app, version
from formcheck.cli.live import live
from formcheck.cli.score import BAD_INPUT, demo, score
from formcheck.cli.serve import app as serve
from formcheck.cli.words import words
from formcheck.errors import FormcheckError

INTERRUPTED = 130  # as shells have it

app = typer.Typer(
    name="formcheck",
    help="Checks form in backward sled work and reverse walking from a video. Nothing leaves this machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (score, demo, live, exercises, explain, words, version):
    app.command()(command)
app.command("app")(serve)
app.add_typer(models_app, name="models")


def _terminated(signum: int, frame: FrameType | None) -> NoReturn:
    """A polite end of the process unwinds like Ctrl-C, so that temporary files go."""
    raise KeyboardInterrupt


def run(arguments: list[str] | None = None) -> NoReturn:
    """Entry point: one line on stderr and exit 2 for what a user can mend, 130 for an interrupt."""
    signal.signal(signal.SIGTERM, _terminated)
    try:
        code = app(arguments, standalone_mode=False)
    except FormcheckError as error:
        _say(str(error))
        sys.exit(BAD_INPUT)
    except KeyboardInterrupt:
        code = INTERRUPTED
    except Exception as error:
        code = _usage_error(error)
    if code == INTERRUPTED:  # also what the parser makes of an interrupt
        _say("stopped; no half-written file is left")
    sys.exit(code if isinstance(code, int) else 0)


def _say(text: str) -> None:
    sys.stderr.write(f"formcheck: {text}\n")


def _usage_error(error: Exception) -> int:
    """Exit code of a usage error that the parser found, shown as one line; other errors go on."""
    message = getattr(error, "format_message", None)
    if message is None:
        raise error
    if text := message().rstrip("."):  # empty where the help has been shown already
        _say(f"{text}; see formcheck --help")
    return BAD_INPUT


if __name__ == "__main__":
    run()
