"""``report.json``: checked against the published schema on every write and every read."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from formcheck.core.types import Report
from formcheck.errors import FormcheckError
from formcheck.report.as_dict import from_dict, to_dict
from formcheck.report.files import write_text

SCHEMA_FILE = "schema-1.json"


@lru_cache(maxsize=1)
def schema() -> dict[str, Any]:
    """The JSON Schema of schema 1."""
    return json.loads(files("formcheck.report").joinpath(SCHEMA_FILE).read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _validator() -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(schema())


def validate(data: Any) -> None:
    """ValueError naming the first field that breaks the schema."""
    error = next(iter(sorted(_validator().iter_errors(data), key=lambda e: len(e.path))), None)
    if error is not None:
        raise ValueError(f"report: {error.json_path}: {error.message}")


def dumps(report: Report) -> str:
    """The report as JSON text; ValueError if it breaks the schema."""
    data = to_dict(report)
    validate(data)
    return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def save(report: Report, path: str | Path) -> Path:
    """Write ``report.json``."""
    path = Path(path)
    write_text(path, dumps(report))
    return path


def load(path: str | Path) -> Report:
    """Read a ``report.json``; FormcheckError if it is missing, damaged or of another schema."""
    path = Path(path)
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        validate(data)
    except OSError as error:
        raise FormcheckError(f"{path}: cannot be read ({error.strerror}); give a report.json") from error
    except ValueError as error:  # JSON, UTF-8 and schema errors are all ValueErrors
        raise FormcheckError(f"{path}: not a formcheck report of schema 1 ({error}); score again") from error
    return from_dict(data)
