"""No page of the app has a word that is in no language file: each is searched in a made-up language."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from formcheck.api import analyse_pose
from formcheck.app.jobs import batches
from formcheck.app.jobs.store import Job, JobStore
from formcheck.app.parts.common import browser_locale, on_page
from formcheck.app.parts.guide import guides
from formcheck.app.run import POSES, write_run
from formcheck.core.phrases import say
from formcheck.exercises.load import load_catalogue
from formcheck.io import pose_file
from formcheck.report.store import load
from formcheck.texts.sentences import said
from tests.other_language import html_texts, left_over, names_in, page_texts, write_language
from tests.synth import Walk, walker
from tests.test_app_pages import run_page


@pytest.fixture()
def other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Everything speaks the made-up language."""
    path = str(write_language(tmp_path / "xx.toml"))
    monkeypatch.setenv("FORMCHECK_LANG", path)
    return path


@pytest.fixture()
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> JobStore:
    monkeypatch.setenv("FORMCHECK_DATA", str(tmp_path))
    monkeypatch.setenv("FORMCHECK_USERS", "one")
    return JobStore(tmp_path / "runs")


def done_run(
    store: JobStore, rock_deg: float, exercise: str = "reverse_sled_pull", duration_s: float = 9.0, batch: str = ""
) -> str:
    """A set that was uploaded and scored."""
    pose, _ = walker(Walk(rock_deg=rock_deg, lean_deg=-14.0, duration_s=duration_s))
    ticket = batch or store.create(Job("", "set.mp4", exercise))
    write_run(analyse_pose(pose, exercise), replace(store.job(ticket), video=""), store.folder(ticket))
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
    assert left_over(shown, NAMES) == []


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
    data = [*NAMES, *names_in(load(store.out(ticket) / "report.json")), "Ada"]
    batch = batches.begin(store, [(Job("gone.mp4", "set.mp4", "auto"), None)] * 2, "local")
    for duration_s, queued in zip((9.0, 1.2), batches.load(store, batch).runs, strict=True):
        done_run(store, 18.0, duration_s=duration_s, batch=queued)
    saving = run_page("upload", run=ticket)
    next(one for one in saving.text_input if "⟦Name" in one.label).set_value("Ada")
    next(one for one in saving.button if one.label == "⟦Save⟧").click()
    saving.run()
    for page in (saving, run_page("batch", batch=batch), run_page("batch"), run_page("history")):
        assert not page.exception
        assert left_over(page_texts(page), data) == []
    assert any("⟦Trends⟧" in text for text in page_texts(page))
    assert any("⟦ s long: film at least" in text for text in page_texts(run_page("batch", batch=batch)))


def test_neither_a_result_nor_a_comparison_has_a_word_of_its_own(other: str, store: JobStore) -> None:
    tickets = [done_run(store, rock) for rock in (3.0, 18.0)]
    reports = [load(store.out(ticket) / "report.json") for ticket in tickets]
    data = [*NAMES, *(name for report in reports for name in names_in(report))]
    for page in (run_page("upload", run=tickets[1]), run_page("compare", a=tickets[0], b=tickets[1])):
        assert not page.exception
        shown = page_texts(page)
        assert len(shown) > 40
        assert left_over(shown, data) == []


@pytest.mark.parametrize("exercise", ["forward_sled_push", "power_sled_backward_push", "auto"])
def test_a_result_that_is_not_what_was_said_has_no_word_of_its_own(exercise: str, other: str, store: JobStore) -> None:
    ticket = done_run(store, 3.0, exercise)
    page = run_page("upload", run=ticket)
    assert not page.exception
    assert left_over(page_texts(page), [*NAMES, *names_in(load(store.out(ticket) / "report.json"))]) == []


def test_a_warning_offers_the_pages_menu_in_place_of_an_option(other: str) -> None:
    unsure = say("unsure", exercises="reverse_sled_pull", share="42%", choose="choose with --exercise")
    assert on_page(said(unsure)) == (
        "⟦recognised as ⟧⟦Reverse sled pull⟧⟦, but not surely (⟧42%⟦); ⟧⟦choose the exercise under \"Adjust\"⟧"
    )


@pytest.mark.parametrize("exercise", ["auto", "up_and_back", *load_catalogue().exercises])
def test_the_drawn_guide_has_no_word_of_its_own(exercise: str, other: str) -> None:
    for one in guides(exercise, load_catalogue()):
        shown = [text for half in (one.plan, one.picture) for text in (half.words, *html_texts(half.svg))]
        assert shown and left_over(shown, []) == []


def test_outside_a_page_no_browser_is_asked_for_its_language() -> None:
    assert browser_locale() is None
