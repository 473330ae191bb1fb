"""All words are in one file a language: in a made-up one no English word is left on report, video, page or screen."""

from __future__ import annotations

import io
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console
from typer.testing import CliRunner

from formcheck import texts
from formcheck.api import analyse_pose
from formcheck.app.jobs.progress import STAGES
from formcheck.cli import show
from formcheck.cli.bar import ClipBar
from formcheck.cli.main import app
from formcheck.core.phrases import say
from formcheck.core.spec import ScoreOptions
from formcheck.core.types import Analysis, StopAdvice
from formcheck.errors import FormcheckError
from formcheck.exercises.load import load_catalogue
from formcheck.live.framing import HINTS
from formcheck.live.run import Shot
from formcheck.live.update import nothing
from formcheck.live.wire import to_wire
from formcheck.progress import Progress
from formcheck.report import words
from formcheck.report.digest import titles_of
from formcheck.report.html.build import render_html
from formcheck.report.html.plots import PLOTS
from formcheck.report.overlay import board, plates
from formcheck.report.overlay.painter import Painter
from formcheck.texts.sentences import fields
from tests.other_language import html_texts, left_over, names_in, sentences_in, write_language
from tests.report_factory import make_analysis, make_finding
from tests.synth import Walk, walker
from tests.test_live_page import messages, video


@pytest.fixture()
def other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Everything speaks the made-up language."""
    path = str(write_language(tmp_path / "xx.toml", made_up()))
    monkeypatch.setenv("FORMCHECK_LANG", path)
    return path


def made_up() -> list[str]:
    """Sentences of the reports that are not formcheck's own."""
    return [text for name, analysis in SETS.items() if name not in REAL for text in sentences_in(analysis.report)]


def with_report(analysis: Analysis, **changes: object) -> Analysis:
    return replace(analysis, report=replace(analysis.report, **changes))  # type: ignore[arg-type]


def analyses() -> Iterator[tuple[str, Analysis]]:
    """Sets that between them show every part of a report."""
    full = make_analysis(width=180, height=320, fps=10.0)
    report = full.report
    good = tuple(one for one in report.findings if one.verdict == "good")
    calm = StopAdvice(False, None, None, ("no reason to stop seen",))
    slow = replace(report.video, slow_motion_factor=8.0, variable_frame_rate=True)
    lost = replace(report.tracking, quality="rejected", reasons=())
    pair = tuple(make_finding(side=side, verdict="major", steps=(1,), worst_at_s=2.0) for side in ("left", "right"))
    yield "a set with faults", full
    yield "a good one", with_report(full, findings=good, stop=calm, video=slow, view="front", exercise_source="given")
    yield "nothing judged", with_report(full, findings=(), steps=(), programme=(), score=None, exercise="unknown")
    yield "not usable", with_report(full, tracking=lost, score=None, direction="in_place", exercise="up_and_back")
    yield "both sides", with_report(full, findings=pair, stop=replace(report.stop, step=None), view="oblique")
    for name, (walk, exercise) in REAL.items():
        yield name, analyse_pose(walker(walk)[0], exercise, ScoreOptions(load_kg=40.0, body_mass_kg=80.0))


#: Sets that are scored, and what they are taken for: every sentence of theirs is formcheck's.
REAL = {
    "faults, and the set too long": (Walk(rock_deg=18.0, lean_deg=-14.0, duration_s=9.0), "reverse_sled_pull"),
    "another exercise than was said": (Walk(duration_s=7.0), "forward_sled_push"),
    "standing, not sitting": (Walk(duration_s=7.0, belt=True), "power_sled_backward_push"),
    "from the front": (Walk(duration_s=7.0, yaw_deg=0.0, valgus_m={"left": 0.08}), "backward_walk"),
    "at an angle": (Walk(duration_s=7.0, yaw_deg=60.0), "auto"),
    "slow camera, small athlete": (Walk(duration_s=7.0, fps=18.0, px_per_m=60.0), "backward_walk"),
    "hardly begun": (Walk(duration_s=1.2), "auto"),
}
SETS = dict(analyses())


@pytest.mark.parametrize("name", SETS)
def test_the_report_page_has_no_word_of_its_own(name: str, other: str) -> None:
    analysis = SETS[name]
    page = render_html(analysis, {0: "data:,"}, load_catalogue(), "overlay.mp4")
    assert 'lang="xx"' in page
    assert left_over(html_texts(page), names_in(analysis.report)) == []


def test_every_signal_that_may_be_plotted_has_its_words() -> None:
    for name in PLOTS:
        key = name.replace("_{side}", "")
        assert texts.t(f"plot.{key}") and texts.t(f"plot.{key}_what")


@pytest.mark.parametrize("name", SETS)
def test_the_annotated_video_has_no_word_of_its_own(name: str, other: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for kept in (plates.label, board._status, board.cue_plate, board._stop_plate):
        kept.cache_clear()
    written: list[str] = []
    write = plates.write

    def noted(draw, at, text, *look):  # type: ignore[no-untyped-def]
        written.append(text)
        write(draw, at, text, *look)

    monkeypatch.setattr(plates, "write", noted)
    analysis = SETS[name]
    painter = Painter(analysis, 180, 320)
    canvas = painter.blank()
    for time_s in np.arange(0.0, 10.0, 0.2):
        painter.paint(np.zeros((320, 180, 3), np.uint8), float(time_s), canvas)
    assert any("⟦" in text for text in written)
    # a sentence in several lines is one text
    assert left_over([" ".join(written)], names_in(analysis.report)) == []


@pytest.mark.parametrize("name", SETS)
def test_the_command_lines_summary_has_no_word_of_its_own(name: str, other: str) -> None:
    analysis = SETS[name]
    console = Console(file=io.StringIO(), width=4000)
    result = [(Path("clip.mp4"), analysis.report, Path("out/clip"))]
    show.show_clip(console, Path("clip.mp4"), analysis.report, titles_of(load_catalogue()), Path("out"))
    show.show_clips(console, result, titles_of(load_catalogue()))
    data = [*names_in(analysis.report), "clip.mp4", "out"]
    said = console.file.getvalue()  # type: ignore[attr-defined]
    assert left_over(said.splitlines(), data) == []


def test_the_list_of_exercises_has_no_word_of_its_own(other: str) -> None:
    listed = CliRunner().invoke(app, ["exercises"], env={"COLUMNS": "4000"}).output
    assert listed.count("⟦") > 20 and left_over(listed.splitlines(), load_catalogue().exercises) == []


def test_the_summarys_figures_all_have_a_name(other: str) -> None:
    pose, _ = walker(Walk(duration_s=9.0))
    summary = analyse_pose(pose, "auto").report.summary
    known = {key: 1.0 for key in summary if key != "gait"} | {"distance_m": 1.0, "load_ratio": 0.5, "speed_m_s": 1.0}
    assert left_over((f"{label} {value}" for label, value in words.summary_rows(known)), []) == []


def test_the_live_picture_speaks_the_language_of_the_page_that_began_the_set(tmp_path: Path) -> None:
    with texts.speaking(str(write_language(tmp_path / "xx.toml"))):
        live = video(walk=Walk(rock_deg=16.0, belt=True, duration_s=9, width=640, height=360, px_per_m=150))
    said: list[dict] = []
    pictures = threading.Thread(target=lambda: said.extend(json.loads(live.answer(one)) for one in messages()))
    pictures.start()
    pictures.join(60)
    shown = [text for one in said for text in (one["big"], one["small"], one["hint"], (one["cue"] or {}).get("text"))]
    assert left_over({text for text in shown if text}, []) == []
    assert any(text and "⟦Step " in text for text in shown)
    spoken = {one["cue"]["spoken"]: one["cue"]["lang"] for one in said if one["cue"]}
    assert spoken and left_over(spoken, []) == [] and set(spoken.values()) == {"xx"}


def test_why_a_live_set_should_end_is_told_in_the_files_words(other: str) -> None:
    measure = next(iter(load_catalogue().exercises.values())).measures[0].title
    over = StopAdvice(True, 7.0, 9, (say("past_limit_leg", measure=measure, leg="left"), say("grew", measure=measure)))
    update = nothing(0, 7.0, HINTS["nobody"], None, None)
    told = to_wire(Shot("set", replace(update, stop=over)), (640, 360))["stop"]
    assert told["reasons"].count("⟦") > 2 and left_over([told["mark"], told["reasons"]], []) == []


def test_every_hint_about_the_picture_has_its_words(other: str) -> None:
    assert left_over((hint.text for hint in HINTS.values()), []) == []


def test_a_word_that_is_in_no_file_is_found() -> None:
    """What the tests above would say of one."""
    shown = ["⟦12 ⟦steps⟧⟧, 0:07.8 m/s", "Film it anew", "⟦Cue⟧: knees!", "Films it"]
    assert left_over(shown, ["Film it"]) == ["anew", "knees", "Films it"]


def test_the_progress_bar_has_a_word_for_every_stage(other: str) -> None:
    console = Console(file=io.StringIO(), width=200, force_terminal=True)
    with ClipBar(console, shown=True, clips=1) as bar:
        tell = bar.clip("set.mp4")
        for stage, _ in STAGES:
            tell(Progress(stage, 1.0, 2.0))
            bar._bar.refresh()
    drawn = re.findall(r"set\.mp4: (⟦[\w ]*⟧)", console.file.getvalue())  # type: ignore[attr-defined]
    assert len(set(drawn)) == len(STAGES)


def test_the_page_speaks_the_browsers_language_unless_it_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FORMCHECK_LANG", raising=False)
    monkeypatch.setattr(texts, "languages", lambda: ("de", "en", "fr"))
    monkeypatch.setattr(texts, "_follow", [])
    texts.follow(lambda: "de-CH")
    assert texts.language() == texts.code() == "de"
    with texts.speaking("en"):
        assert texts.language() == "en"
    monkeypatch.setenv("FORMCHECK_LANG", "fr")
    assert texts.language() == "fr"
    monkeypatch.setenv("FORMCHECK_LANG", "tlh")
    assert texts.language() == texts.FALLBACK


def test_what_a_language_lacks_is_shown_in_english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "de.toml"
    path.write_text('[verdict]\nminor = "Kleiner Fehler"\nmajor = ""\n', encoding="utf-8")
    monkeypatch.setenv("FORMCHECK_LANG", str(path))
    assert [words.verdict(one) for one in ("minor", "major", "good")] == ["Kleiner Fehler", "Major fault", "Good"]
    assert texts.section("verdict")["major"] == "Major fault"


@pytest.mark.parametrize("body", [None, "[verdict\n"])
def test_a_file_of_texts_that_cannot_be_read_is_told(body, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "de.toml"
    if body is not None:
        path.write_text(body, encoding="utf-8")
    monkeypatch.setenv("FORMCHECK_LANG", str(path))
    with pytest.raises(FormcheckError, match="expected a file of texts"):
        words.verdict("good")


def test_a_browser_cannot_have_a_file_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FORMCHECK_LANG", raising=False)
    assert texts.choose(str(write_language(tmp_path / "xx.toml"))) == texts.FALLBACK


def test_another_language_may_lack_texts_but_not_invent_them_nor_their_fields() -> None:
    english = texts.table(texts.FALLBACK)
    for language in texts.languages():
        for key, text in texts.table(language).items():
            own = key.removeprefix("sentences.") if key.startswith("sentences.") else english[key]
            assert fields(text) <= fields(own), f"{language}: {key}"
