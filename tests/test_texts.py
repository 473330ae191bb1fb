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

from formcheck import texts
from formcheck.api import analyse_pose
from formcheck.app.jobs import batches
from formcheck.app.jobs.store import Job, JobStore
from formcheck.app.run import POSES, write_run
from formcheck.cli import show
from formcheck.core.types import Analysis, StopAdvice
from formcheck.errors import FormcheckError
from formcheck.exercises.load import load_catalogue
from formcheck.io import pose_file
from formcheck.live.framing import HINTS
from formcheck.report import words
from formcheck.report.digest import titles_of
from formcheck.report.html.build import render_html
from formcheck.report.html.plots import PLOTS
from formcheck.report.overlay import board, plates
from formcheck.report.overlay.painter import Painter
from formcheck.report.store import load
from tests.other_language import html_texts, left_over, of_exercises, of_report, page_texts, write_language
from tests.report_factory import make_analysis, make_finding
from tests.synth import Walk, walker
from tests.test_app_pages import run_page
from tests.test_live_page import messages, video


@pytest.fixture()
def other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Everything speaks the made-up language."""
    path = str(write_language(tmp_path / "xx.toml"))
    monkeypatch.setenv("FORMCHECK_LANG", path)
    return path


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


SETS = dict(analyses())


@pytest.mark.parametrize("name", SETS)
def test_the_report_page_has_no_word_of_its_own(name: str, other: str) -> None:
    analysis = SETS[name]
    page = render_html(analysis, {0: "data:,"}, load_catalogue(), "overlay.mp4")
    assert 'lang="xx"' in page
    assert left_over(html_texts(page), [*of_exercises(), *of_report(analysis.report)]) == []


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
    assert left_over([" ".join(written)], [*of_exercises(), *of_report(analysis.report)]) == []


@pytest.mark.parametrize("name", SETS)
def test_the_command_lines_summary_has_no_word_of_its_own(name: str, other: str) -> None:
    analysis = SETS[name]
    console = Console(file=io.StringIO(), width=4000)
    result = [(Path("clip.mp4"), analysis.report, Path("out/clip"))]
    show.show_clip(console, Path("clip.mp4"), analysis.report, titles_of(load_catalogue()), Path("out"))
    show.show_clips(console, result, titles_of(load_catalogue()))
    data = [*of_exercises(), *of_report(analysis.report), "clip.mp4"]
    said = console.file.getvalue()  # type: ignore[attr-defined]
    assert left_over(said.splitlines(), data) == []


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
    assert left_over({text for text in shown if text}, of_exercises()) == []
    assert any(text and "⟦Step " in text for text in shown)


def test_every_hint_about_the_picture_has_its_words(other: str) -> None:
    assert left_over((hint.text for hint in HINTS.values()), []) == []


@pytest.fixture()
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> JobStore:
    monkeypatch.setenv("FORMCHECK_DATA", str(tmp_path))
    monkeypatch.setenv("FORMCHECK_USERS", "one")
    return JobStore(tmp_path / "runs")


def done_run(store: JobStore, rock_deg: float) -> str:
    """A set that was uploaded and scored."""
    pose, _ = walker(Walk(rock_deg=rock_deg, lean_deg=-14.0, duration_s=9.0))
    ticket = store.create(Job("", "set.mp4", "reverse_sled_pull"))
    write_run(analyse_pose(pose, "reverse_sled_pull"), store.job(ticket), store.folder(ticket))
    (store.out(ticket) / "overlay.mp4").write_bytes(b"not played here")
    pose_file.save(store.folder(ticket) / POSES, pose)
    store.update(ticket, status="done", fraction=1.0)
    return ticket


#: Choices that are names, not words: the pose models; and the clip's.
NAMES = ["heavy", "full", "lite", "set.mp4", "mp4, mov, mkv, webm or avi"]


@pytest.mark.parametrize("name", ["upload", "live", "batch", "compare", "history"])
def test_no_page_of_the_app_has_a_word_of_its_own(name: str, other: str, store: JobStore) -> None:
    page = run_page(name)
    assert not page.exception
    shown = page_texts(page)
    assert len(shown) >= 3
    assert left_over(shown, [*of_exercises(), *NAMES]) == []


@pytest.mark.parametrize("status", ["queued", "running", "failed", "cancelled"])
def test_a_run_that_gave_no_result_is_told_in_the_files_words(status: str, other: str, store: JobStore) -> None:
    upload = store.root.parent / "x"
    upload.write_bytes(b"x")
    ticket = store.create(Job("", "set.mp4"), upload=upload)
    store.update(ticket, status=status, stage="pose", eta_s=75.0, error="interrupted:" if status == "failed" else "")
    page = run_page("upload", run=ticket)
    assert not page.exception
    assert left_over(page_texts(page), NAMES) == []


def test_a_batch_and_a_history_have_no_word_of_their_own(other: str, store: JobStore) -> None:
    ticket = done_run(store, 18.0)
    data = [*of_exercises(), *NAMES, *of_report(load(store.out(ticket) / "report.json")), "Ada"]
    batch = batches.begin(store, [(Job("gone.mp4", "set.mp4", "auto"), None)], "local")
    (queued,) = batches.load(store, batch).runs
    store.folder(queued).joinpath("out").mkdir(exist_ok=True)
    for name in ("report.json", "report.html"):
        (store.out(queued) / name).write_bytes((store.out(ticket) / name).read_bytes())
    store.update(queued, status="done", fraction=1.0)
    saving = run_page("upload", run=ticket)
    next(one for one in saving.text_input if one.label == "⟦Name⟧").set_value("Ada")
    next(one for one in saving.button if one.label == "⟦Save⟧").click()
    saving.run()
    for page in (saving, run_page("batch", batch=batch), run_page("batch"), run_page("history")):
        assert not page.exception
        assert left_over(page_texts(page), data) == []
    assert any("⟦Trends⟧" in text for text in page_texts(page))


def test_neither_a_result_nor_a_comparison_has_a_word_of_its_own(other: str, store: JobStore) -> None:
    tickets = [done_run(store, rock) for rock in (3.0, 18.0)]
    reports = [load(store.out(ticket) / "report.json") for ticket in tickets]
    data = [*of_exercises(), *NAMES, *(text for report in reports for text in of_report(report))]
    for page in (run_page("upload", run=tickets[1]), run_page("compare", a=tickets[0], b=tickets[1])):
        assert not page.exception
        shown = page_texts(page)
        assert len(shown) > 40
        assert left_over(shown, data) == []


def test_a_word_that_is_in_no_file_is_found() -> None:
    """What the tests above would say of one."""
    shown = ["⟦12 ⟦steps⟧⟧, 0:07.8 m/s", "Film it anew", "⟦Cue⟧: knees!", "Films it"]
    assert left_over(shown, ["Film it"]) == ["anew", "knees", "Films it"]


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
            assert fields(text) <= fields(english[key]), f"{language}: {key}"


def fields(text: str) -> set[str]:
    return set(re.findall(r"{(\w*)}", text))
