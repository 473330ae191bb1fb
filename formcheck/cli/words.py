"""``formcheck words``: a file for a translator, and what one that is there lacks."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer

from formcheck.core.spec import Catalogue
from formcheck.errors import FormcheckError

Language = Annotated[Path, typer.Argument(help="The file, by the language's name: de.toml.", show_default=False)]
OwnExercises = Annotated[Path | None, typer.Option("--exercises", help="Folder with exercise files of your own.")]


def words(language: Language, exercises: OwnExercises = None) -> None:
    """Write a file with every text in English, to be translated; of one that is there, tell what it lacks."""
    from formcheck.exercises.load import load_catalogue
    from formcheck.report.files import write_text
    from formcheck.texts.translation import blank

    if language.suffix != ".toml":
        raise FormcheckError(f"{language}: expected a language's file; try {language.stem or 'de'}.toml")
    sentences = to_translate(load_catalogue(exercises))
    if language.exists():
        for line in told(str(language), sentences):
            typer.echo(line)
        return
    try:
        write_text(language, blank(sentences))
    except OSError as error:
        raise FormcheckError(
            f"{language}: cannot be written ({error.strerror or error}); choose another place"
        ) from error
    typer.echo(f"{language}: translate what stands to the right of each =, then try it with FORMCHECK_LANG={language}")


def to_translate(catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    """All sentences of core and exercises, by where they stand, each once."""
    from formcheck.exercises.sentences import sentences_of
    from formcheck.texts.sentences import phrases

    core = tuple(dict.fromkeys(phrases()))
    of_files = {place: tuple(x for x in own if x not in core) for place, own in sentences_of(catalogue).items()}
    return {"core": core} | of_files


def told(path: str, sentences: dict[str, tuple[str, ...]]) -> list[str]:
    """What a translation lacks, ready to be put into it; what is of no use; what is wrong."""
    from formcheck.texts.translation import line, state

    found = state(path, sentences)
    out = [f"{path} is there and was left as it is; {found.english} of {found.all} texts are as in English."]
    if found.missing:
        out += ["", f"Missing, shown in English: {len(found.missing)}"]
        for section, own in groupby(found.missing.items(), key=lambda item: item[0].partition(".")[0]):
            out += [f"[{section}]", *(line(key.partition(".")[2], text) for key, text in own)]
    if found.stale:
        out += ["", f"Not in use (any more): {len(found.stale)}", *found.stale]
    if found.wrong:
        out += ["", f"With a {{field}} that the English has not: {len(found.wrong)}", *found.wrong]
    return out
