"""What a coach reads in the app: words of the trade are explained, nothing is a puzzle, nothing is counted twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from formcheck.api import analyse_pose
from formcheck.app.jobs.store import Job, JobStore
from formcheck.app.parts.common import explained, on_page
from formcheck.app.run import POSES, write_run
from formcheck.history.store import History, open_engine
from formcheck.io import pose_file
from formcheck.texts import section, table
from tests.synth import Walk, walker
from tests.test_app_pages import run_page

EN = table("en")


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> JobStore:
    monkeypatch.setenv("FORMCHECK_DATA", str(tmp_path))
    monkeypatch.setenv("FORMCHECK_USERS", "one")
    monkeypatch.delenv("FORMCHECK_LANG", raising=False)
    return JobStore(tmp_path / "runs")


def done_run(store: JobStore, scored_as: str = "reverse_sled_pull") -> str:
    """A set that was uploaded and scored."""
    pose, _ = walker(Walk(rock_deg=18.0, lean_deg=-14.0, duration_s=9.0))
    ticket = store.create(Job("", "set.mp4"))
    write_run(analyse_pose(pose, scored_as), store.job(ticket), store.folder(ticket))
    (store.out(ticket) / "overlay.mp4").write_bytes(b"not played here")
    pose_file.save(store.folder(ticket) / POSES, pose)
    store.update(ticket, status="done", fraction=1.0)
    return ticket


def html_of(page: AppTest) -> str:
    return "\n".join(str(one.proto.body) for one in page.get("html"))


def test_a_result_whose_ticket_has_two_underscores_in_a_row_is_shown(
    store: JobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = "a__b-" + "c" * 17
    monkeypatch.setattr("formcheck.app.jobs.store.new_ticket", lambda: ticket)
    page = run_page("upload", run=done_run(store))
    assert not page.exception and page.tabs


def test_words_of_the_trade_are_explained_once_each_and_nothing_else() -> None:
    said = explained("heel at its lowest in mid-drive per stride <b>")
    assert said.count("fc-tip") == 2 and "&lt;b&gt;" in said
    assert EN["glossary.mid_drive"].split(": ", 1)[1] in said
    assert explained("a full overstride") == "a full overstride"


def test_every_glossary_entry_is_a_word_and_its_explanation() -> None:
    entries = section("glossary").values()
    assert len(entries) > 5 and all(len(one.split(": ", 1)) == 2 for one in entries)


def test_score_footage_and_confidence_are_explained_where_they_stand(store: JobStore) -> None:
    shown = html_of(run_page("upload", run=done_run(store)))
    for key in ("result.score_help", "result.footage_help", "result.confidence_help"):
        assert f'data-tip="{EN[key]}"' in shown, key


def test_how_many_checks_the_score_knows_nothing_of_stands_beside_it(store: JobStore) -> None:
    assert "could not be judged: see &quot;Not judged&quot; below" in html_of(run_page("upload", run=done_run(store)))


def test_a_warning_names_the_exercise_and_the_pages_own_menu() -> None:
    said = on_page("recognised as reverse_sled_pull, but not surely (42%); choose with --exercise")
    assert said.startswith("Recognised as Reverse sled pull") and "--" not in said and "Adjust" in said


def test_a_recent_video_is_listed_by_what_it_was_recognised_as_and_its_score(store: JobStore) -> None:
    done_run(store)
    shown = html_of(run_page("upload"))
    assert "Reverse sled pull · Score" in shown and EN["common.auto"] not in shown


def test_a_recent_video_whose_report_is_lost_does_not_take_the_page_with_it(store: JobStore) -> None:
    (store.out(done_run(store)) / "report.json").unlink()
    page = run_page("upload")
    assert not page.exception and EN["status.failed"] in html_of(page)


def save_set(store: JobStore, ticket: str, name: str) -> AppTest:
    page = run_page("upload", run=ticket)
    field = next(one for one in page.text_input if one.label == EN["save.name"])
    field.set_value(name)
    return next(one for one in page.button if one.label == EN["save.go"]).click().run()


def test_a_set_saved_again_takes_the_place_of_what_was_saved_before(store: JobStore, tmp_path: Path) -> None:
    ticket = done_run(store)
    assert save_set(store, ticket, "Ada").success[0].value == EN["save.saved"].format(name="Ada")
    assert save_set(store, ticket, "Bea").success[0].value == EN["save.replaced"].format(name="Bea")
    log = History(open_engine(f"sqlite:///{tmp_path / 'history.sqlite3'}"))
    assert {a.name: len(log.sets(a.id)) for a in log.athletes()} == {"Ada": 0, "Bea": 1}
    assert store.knows(ticket)


def test_the_report_of_a_live_set_is_there_after_a_reload_and_for_a_wrong_address_a_line(store: JobStore) -> None:
    page = run_page("live", run=done_run(store))
    assert not page.exception and page.tabs
    assert [one.value for one in run_page("live", run="gone").error] == [EN["common.not_found"]]


def test_by_default_the_newest_set_is_compared_with_the_one_of_its_exercise_before_it(store: JobStore) -> None:
    older = done_run(store)
    done_run(store, scored_as="backward_walk")
    newer = done_run(store)
    page = run_page("compare")
    assert (page.selectbox(key="compare:a").value, page.selectbox(key="compare:b").value) == (older, newer)
    assert not page.warning


def test_a_set_without_a_report_is_not_offered_for_comparison(store: JobStore) -> None:
    done_run(store)
    (store.out(done_run(store)) / "report.json").unlink()
    page = run_page("compare")
    assert not page.exception and [one.value for one in page.info] == [EN["compare.need_two"]]


def test_details_stand_one_above_the_other_beside_the_camera(store: JobStore) -> None:
    """Four in a third of the page would be too narrow to read."""
    page = run_page("live")
    assert [one.weight for one in page.columns if len(one.number_input) == 1] == [1.0] * 4
