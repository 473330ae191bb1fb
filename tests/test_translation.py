"""``formcheck words`` gives a translator the whole of the texts in one file, and tells what a translation lacks."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from formcheck import texts
from formcheck.cli.main import app
from formcheck.cli.words import to_translate
from formcheck.exercises.load import load_catalogue
from formcheck.texts.sentences import said

CUE = "Push your knee out over your toes."


def words(path: Path) -> str:
    result = CliRunner().invoke(app, ["words", str(path)])
    assert result.exit_code == 0, result.output
    return result.output


def test_the_file_has_every_text_and_sentence_in_english(tmp_path: Path) -> None:
    path = tmp_path / "de.toml"
    words(path)
    sentences = [one for told in to_translate(load_catalogue()).values() for one in told]
    whole = texts.table(texts.FALLBACK) | {f"sentences.{one}": one for one in sentences}
    assert texts.table(str(path)) == whole
    assert CUE in sentences and "the legs were seen in {share} of the clip" in sentences


def test_an_untouched_file_speaks_english_and_lacks_nothing(tmp_path: Path) -> None:
    path = tmp_path / "de.toml"
    words(path)
    before = path.read_bytes()
    told = words(path)
    assert path.read_bytes() == before
    n = len(texts.table(str(path)))
    assert told.splitlines() == [f"{path} is there and was left as it is; {n} of {n} texts are as in English."]
    with texts.speaking(str(path)):
        assert said("the legs were seen in 7% of the clip") == "the legs were seen in 7% of the clip"


def test_what_a_translation_lacks_or_has_too_much_is_told(tmp_path: Path) -> None:
    path = tmp_path / "de.toml"
    words(path)
    body = path.read_text(encoding="utf-8").replace(f'"{CUE}" = "{CUE}"\n', "")
    body = body.replace('major = "Major fault"', 'major = "Schwerer Fehler"')
    body = body.replace('= "the legs were seen in {share} of the clip"', '= "Beine in {anteil} des Clips"')
    path.write_text(body + '"Gone since" = "Weg"\n', encoding="utf-8")
    other = path.rename(tmp_path / "fr.toml")
    told = words(other).splitlines()
    n = len(texts.table(texts.FALLBACK)) + sum(map(len, to_translate(load_catalogue()).values()))
    assert told[0].endswith(f"{n - 3} of {n} texts are as in English.")
    assert told[2:5] == ["Missing, shown in English: 1", "[sentences]", f'"{CUE}" = "{CUE}"']
    assert told[6:8] == ["Not in use (any more): 1", "sentences.Gone since"]
    assert told[9:] == [
        "With a {field} that the English has not: 1",
        "sentences.the legs were seen in {share} of the clip",
    ]


@pytest.mark.parametrize("name", ["de", "no/such/folder/de.toml"])
def test_a_file_that_cannot_be_is_told_in_one_line(name: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["words", str(tmp_path / name)])
    assert result.exit_code != 0 and "try de.toml" in str(result.exception) or "another place" in str(result.exception)
