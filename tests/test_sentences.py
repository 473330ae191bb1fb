"""A sentence of the core or of an exercise file is said in another language: whole, or with the figures it has."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import formcheck
from formcheck import texts
from formcheck.core.phrases import FREE, OR, PHRASES, WORDS, say
from formcheck.exercises.load import load_catalogue
from formcheck.exercises.sentences import sentences_of
from formcheck.texts.sentences import fields, phrases, said, tongue

CATALOGUE = load_catalogue()
MEASURES = tuple(dict.fromkeys(one.title for e in CATALOGUE.exercises.values() for one in e.measures))
FIGURES = st.one_of(
    st.integers(-9, 99999).map(str),
    st.floats(0, 1e4).map("{:.1f}".format),
    st.floats(0, 1).map("{:.0%}".format),
    st.just("nan"),
)


def turned(phrase: str) -> str:
    """A phrase in another language that has the fields in another order."""
    return " ~ ".join(
        [f"<{list(PHRASES.values()).index(phrase)}>", *(f"{{{field}}}" for field in sorted(fields(phrase)))]
    )


def write(path: Path, sentences: dict[str, str]) -> str:
    lines = (f"{json.dumps(english)} = {json.dumps(other)}" for english, other in sentences.items())
    path.write_text("\n".join(["[sentences]", *lines]), encoding="utf-8")
    return str(path)


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A language with a word for everything: another order in phrases, and «marks» about the rest."""
    whole = {text: f"«{text}»" for group in sentences_of(CATALOGUE).values() for text in group}
    whole |= {text: f"«{text}»" for text in phrases()}
    return write(tmp_path_factory.mktemp("words") / "yy.toml", whole | {one: turned(one) for one in PHRASES.values()})


def _value(field: str) -> st.SearchStrategy[tuple[str, str]]:
    """What a field may hold, in English and in the other language."""
    if field in WORDS:
        return st.sampled_from(WORDS[field]).map(lambda word: (word, f"«{word}»"))
    if field == "views":
        some = st.lists(st.sampled_from(WORDS["filmed"]), min_size=1, max_size=3)
        return some.map(lambda views: (OR.join(views), f"«{OR}»".join(f"«{view}»" for view in views)))
    if field == "measure":
        return st.sampled_from(MEASURES).map(lambda title: (title, f"«{title}»"))
    if field == "note":
        note = PHRASES["nobody_in_key_frames"]
        return st.just((note, turned(note)))
    if field in FREE:  # ids are the same in every language
        return st.sampled_from(list(CATALOGUE.exercises)).map(lambda key: (key, key))
    return FIGURES.map(lambda figure: (figure, figure))


@pytest.mark.parametrize("name", PHRASES)
@settings(max_examples=25)
@given(data=st.data())
def test_a_phrase_is_said_with_the_same_figures_and_its_words_translated(name: str, other: str, data) -> None:
    drawn = {field: data.draw(_value(field), label=field) for field in sorted(fields(PHRASES[name]))}
    sentence = say(name, **{field: english for field, (english, _) in drawn.items()})
    with texts.speaking(other):
        assert said(sentence) == turned(PHRASES[name]).format(**{field: own for field, (_, own) in drawn.items()})
    assert said(sentence) == sentence


def test_what_the_exercise_files_say_is_no_phrase_of_the_core(other: str, tmp_path: Path) -> None:
    """With a word for the phrases alone nothing of theirs changes."""
    bare = write(tmp_path / "zz.toml", {one: turned(one) for one in PHRASES.values()})
    with texts.speaking(bare):
        assert [s for group in sentences_of(CATALOGUE).values() for s in group if said(s) != s] == []


def test_a_sentence_that_the_language_lacks_is_said_in_english_by_an_english_voice(tmp_path: Path) -> None:
    path = write(tmp_path / "de.toml", {"Soften your knees": "Knie weich", "the clip is {seconds} s long": "x"})
    with texts.speaking(path):
        assert (said("Soften your knees"), tongue("Soften your knees")) == ("Knie weich", "de")
        unknown = "Keep your trunk still; side or front"
        assert (said(unknown), tongue(unknown)) == (unknown, "en")
        assert said("") == ""


def test_a_translation_with_a_field_that_there_is_not_is_left_out(tmp_path: Path) -> None:
    path = write(tmp_path / "de.toml", {PHRASES["legs_seen"]: "Beine in {shar} des Clips"})
    with texts.speaking(path):
        assert said(say("legs_seen", share="70%")) == say("legs_seen", share="70%")


def _calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call of ``say`` in formcheck, with where it stands."""
    for path in sorted(Path(formcheck.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say":
                yield f"{path.name}:{node.lineno}", node


def _names(node: ast.expr) -> list[str]:
    if isinstance(node, ast.IfExp):
        return [*_names(node.body), *_names(node.orelse)]
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def test_every_phrase_is_said_somewhere_with_the_fields_it_has() -> None:
    used: set[str] = set()
    for where, call in _calls():
        names = _names(call.args[0])
        assert names, f"{where}: the phrase's name is not written there"
        used.update(names)
        for name in names:
            assert {one.arg for one in call.keywords} == fields(PHRASES[name]), f"{where}: {name}"
    assert used == set(PHRASES)


def test_a_field_is_a_figure_or_named() -> None:
    known = {field for phrase in PHRASES.values() for field in fields(phrase)}
    assert {*WORDS, *FREE} <= known
    assert all(re.fullmatch(r"[a-z]+", field) for field in known)


#: Words for who reads the code's own lists: no page shows them.
NOT_SHOWN = ("phrases.py", "vocabulary.py")


def _sentences_in(tree: ast.Module) -> Iterator[str]:
    """Literals of three words and more that are neither a comment nor an error's."""
    passed = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    passed |= {id(part) for node in ast.walk(tree) if isinstance(node, ast.Raise) for part in ast.walk(node)}
    literals = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in passed)
    written = (node.value for node in literals if isinstance(node.value, str) and node.value not in phrases())
    return (text for text in written if re.search(r"[a-z]+ [a-z]+ [a-z]+", text))


def test_the_core_writes_no_sentence_but_by_a_phrase() -> None:
    for path in (Path(formcheck.__file__).parent / "core").rglob("*.py"):
        if path.name not in NOT_SHOWN:
            assert list(_sentences_in(ast.parse(path.read_text(encoding="utf-8")))) == [], path.name
