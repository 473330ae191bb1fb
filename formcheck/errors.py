"""Errors a user can mend. Each message is one line: what is wrong, and what to do."""

from __future__ import annotations


class FormcheckError(ValueError):
    """Bad usage or unreadable input; the command line prints it as one line and exits with 2."""


class UnreadableVideoError(FormcheckError):
    """The file cannot be read as a video: missing, empty, audio only, truncated or something else."""


class ModelError(FormcheckError):
    """A pose model is missing, damaged or cannot be fetched."""


class ExerciseFileError(FormcheckError):
    """An exercise file is wrong; the message names file, check and key."""
