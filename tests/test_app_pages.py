"""The pages without a browser: they run, say what is missing, and every word they use is in the texts file."""

from __future__ import annotations

import ast
import os
import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import formcheck.app
from formcheck.api import analyse_pose
from formcheck.app.jobs import batches
from formcheck.app.jobs.store import Job, JobStore
from formcheck.app.parts.common import load_report
from formcheck.app.parts.player_data import groups, load_signals, player_data, plot_data
from formcheck.app.parts.reproduce import FLAGS, command_line, python_code
from formcheck.app.parts.result import _signals_and_plot
from formcheck.app.run import ESTIMATE_KEYS, OPTION_KEYS, POSES, rescore, write_run
from formcheck.core.spec import Catalogue, ScoreOptions
from formcheck.core.types import Analysis
from formcheck.exercises.limits import measure_key, movable, read_words, with_limits
from formcheck.exercises.load import load_catalogue
from formcheck.io import pose_file
from formcheck.report import store as report_store
from formcheck.report.digest import titles_of
from formcheck.report.tables import write_signals
from formcheck.texts import FALLBACK, table
from tests.report_factory import make_analysis
from tests.synth import Walk, walker

APP = Path(formcheck.app.__file__).parent
SOURCES = sorted(APP.rglob("*.py"))
PACKAGE = APP.parent


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FORMCHECK_DATA", str(tmp_path))
    monkeypatch.setenv("FORMCHECK_USERS", "one")
    monkeypatch.delenv("FORMCHECK_LANG", raising=False)
    return tmp_path


def run_page(name: str, **query: str) -> AppTest:
    code = f"from formcheck.app.screens import {name}\n{name}.page()\n"
    test = AppTest.from_string(code, default_timeout=60)
    for key, value in query.items():
        test.query_params[key] = value
    return test.run()


@pytest.mark.parametrize("name", ["upload", "live", "batch", "compare", "history"])
def test_every_page_runs_on_a_fresh_install(name: str) -> None:
    page = run_page(name)
    assert not page.exception and page.title[0].value


def test_a_wrong_ticket_is_told_in_one_line() -> None:
    page = run_page("upload", run="no-such-ticket")
    assert [e.value for e in page.error] == [table("en")["common.not_found"]]


def test_a_failed_run_says_why_without_the_servers_folders_and_offers_another_try(own_data: Path) -> None:
    store = JobStore(own_data / "runs")
    upload = own_data / "x"
    upload.write_bytes(b"x")
    ticket = store.create(Job("", "set.mp4"), upload=upload)
    store.update(ticket, status="failed", error=f"{store.job(ticket).video}: is not a video; export it again")
    page = run_page("upload", run=ticket)
    assert page.error[0].value == "set.mp4: is not a video; export it again"
    page.button(key=f"again:{ticket}").click().run()
    assert store.state(ticket).status == "queued"


def test_a_set_of_which_nothing_could_be_judged_shows_its_report(own_data: Path) -> None:
    pose, _ = walker(Walk(duration_s=2.0))
    unseen = replace(pose, landmarks_px=pose.landmarks_px * np.nan, visibility=pose.visibility * 0)
    store = JobStore(own_data / "runs")
    ticket = store.create(Job("", "live.mp4"))
    write_run(analyse_pose(unseen, "auto"), store.job(ticket), store.folder(ticket))
    store.update(ticket, status="done", fraction=1.0)
    page = run_page("upload", run=ticket)
    assert not page.exception and page.tabs
    shown = [line.value for line in page.markdown]
    assert table("en")["page.nothing_judged"] in shown and table("en")["result.nothing"] not in shown


def test_a_report_that_was_written_anew_is_read_anew(tmp_path: Path) -> None:
    report = make_analysis(fps=10.0).report
    for n, score in enumerate((64.0, 12.0)):
        os.utime(report_store.save(replace(report, score=score), tmp_path / "report.json"), (n, n))
        assert load_report(tmp_path).score == score


def test_a_broken_database_address_is_told_on_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORMCHECK_DB", "nonsense")
    page = run_page("history")
    assert not page.exception and "FORMCHECK_DB" in page.error[0].value


def test_an_athlete_is_added_and_deleted_on_the_history_page() -> None:
    page = run_page("history")
    page.text_input[0].set_value("Ada")
    page.button[0].click().run()
    assert page.selectbox(key="history:athlete").options == ["Ada"]
    page.button(key="history:delete").click().run()
    assert not page.selectbox and "Ada" in page.success[0].value


def used_keys() -> set[str]:
    """Every literal first argument of ``t(...)``; f-strings count by their literal beginning, with a star."""
    found = set(re.findall(r"\bt\('([\w.]+)'", (PACKAGE / "report" / "html" / "page.html.j2").read_text("utf-8")))
    for source in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "t" and node.args:
                found |= _keys(node.args[0])
    return found


def _keys(node: ast.expr) -> set[str]:
    if isinstance(node, ast.Constant):
        return {str(node.value)}
    if isinstance(node, ast.IfExp):
        return _keys(node.body) | _keys(node.orelse)
    if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
        return {f"{node.values[0].value}*"}
    return set()


def test_every_text_that_is_asked_for_exists() -> None:
    texts = table(FALLBACK)
    asked = used_keys()
    assert len(asked) > 250
    for key in asked:
        known = any(k.startswith(key[:-1]) for k in texts) if key.endswith("*") else key in texts
        assert known, f"{key} is not in en.toml"


def test_no_page_holds_words_of_its_own() -> None:
    """Labels are the first argument of Streamlit's calls: a literal with a space in it is a text astray."""
    shows = {"title", "write", "info", "error", "warning", "success", "button", "caption", "subheader", "selectbox"}
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in shows and node.args:
                first = node.args[0]
                literal = isinstance(first, ast.Constant) and isinstance(first.value, str) and " " in first.value
                assert not literal, f"{source.name}:{node.lineno}: {ast.unparse(first)}"


def analysis_of(rock_deg: float):  # type: ignore[no-untyped-def]
    pose, _ = walker(Walk(rock_deg=rock_deg, lean_deg=-14.0, duration_s=9.0))
    return pose, rescore(pose, "reverse_sled_pull", ScoreOptions(), load_catalogue())


def test_moving_a_limit_moves_the_verdict_and_leaves_the_catalogue_alone() -> None:
    catalogue = load_catalogue()
    pose, analysis = analysis_of(14.0)
    before = next(f for f in analysis.report.findings if f.check == "torso_rock")
    measure = next(
        m for m in catalogue.exercises["reverse_sled_pull"].measures
        if (m.check, m.title) == (before.check, before.measure)
    )  # fmt: skip
    assert before.verdict != "good" and "good_max" in movable(measure)
    wide = with_limits(catalogue, {"reverse_sled_pull": {measure_key(measure): {"good_max": 40.0}}})
    after = next(
        f for f in rescore(pose, "reverse_sled_pull", ScoreOptions(), wide).report.findings if f.check == "torso_rock"
    )
    assert after.verdict == "good" or after.measure != before.measure
    again = rescore(pose, "reverse_sled_pull", ScoreOptions(), load_catalogue()).report
    assert next(f for f in again.findings if f.check == "torso_rock").verdict == before.verdict


def test_the_player_gets_every_step_each_timed_fault_and_only_seen_curves(tmp_path: Path) -> None:
    _, analysis = analysis_of(18.0)
    path = tmp_path / "signals.csv"
    write_signals(analysis.signals, path)
    signals = load_signals(path)
    catalogue = load_catalogue()
    data = player_data(analysis.report, plot_data(analysis.report, signals, catalogue), titles_of(catalogue), "/x")
    faults = [f for f in analysis.report.findings if f.verdict in ("minor", "major") and f.worst_at_s is not None]
    assert len(data["steps"]) == len(analysis.report.steps) and len(data["faults"]) == len(faults) > 0
    shown = {g.quantity.name for g in groups(analysis.report, signals, catalogue)}
    assert "trunk_lean_deg" in shown and "fppa_{side}_deg" not in shown
    assert data["plot"]["groups"][0]["name"] == "trunk_lean_deg"  # the fault's own curve comes first


def test_reproduce_names_every_option_and_quotes_the_clip() -> None:
    assert set(FLAGS) == {*ESTIMATE_KEYS, *OPTION_KEYS}
    job = Job("/x", "my set.mp4", "backward_walk", options={"load_kg": 20.0, "slowmo": 8.0, "limits": {}})
    assert command_line(job, {}) == (
        "formcheck score 'my set.mp4' --exercise backward_walk --slowmo 8 --load-kg 20 --out formcheck-out"
    )
    compile(python_code(job, {}), "reproduce", "exec")


def test_the_python_to_reproduce_scores_by_the_limits_that_were_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    pose, analysis = analysis_of(14.0)
    found = next(f for f in analysis.report.findings if f.check == "torso_rock")
    limits = {"reverse_sled_pull": {f"torso_rock|{found.measure}": {"good_max": 40.0}}}
    given: list[Catalogue] = []

    def scored(_clip: str, exercise: str, catalogue: Catalogue) -> Analysis:
        return analyse_pose(pose, exercise, catalogue=catalogue)

    def written(analysis: Analysis, _out: str, _clip: str, catalogue: Catalogue) -> None:
        given.append(catalogue)
        assert analysis.report.findings != ()

    monkeypatch.setattr("formcheck.api.analyse", scored)
    monkeypatch.setattr("formcheck.report.write.write_outputs", written)
    for own, verdict in (({}, "minor"), (limits, "good")):
        names: dict[str, Any] = {}
        exec(python_code(Job("/x", "my set.mp4", "reverse_sled_pull"), own), names)
        again = next(f for f in names["analysis"].report.findings if f.check == "torso_rock")
        assert again.verdict == verdict and found.verdict == "minor"
    assert [c.exercises.keys() for c in given] == 2 * [load_catalogue().exercises.keys()]


def own_limits_run(data: Path) -> tuple[JobStore, str]:
    """A run scored by a limit of the user's own: torso rocking is good up to 40 degrees."""
    pose, analysis = analysis_of(14.0)
    found = next(f for f in analysis.report.findings if f.check == "torso_rock")
    limits = {"reverse_sled_pull": {f"torso_rock|{found.measure}": {"good_max": 40.0}}}
    store = JobStore(data / "runs")
    ticket = store.create(Job("", "set.mp4", "reverse_sled_pull", options={"limits": limits}))
    pose_file.save(store.folder(ticket) / POSES, pose)
    scored = rescore(pose, "reverse_sled_pull", ScoreOptions(), with_limits(load_catalogue(), limits))
    write_run(scored, store.job(ticket), store.folder(ticket))
    store.update(ticket, status="done", fraction=1.0)
    return store, ticket


def test_a_report_by_own_limits_says_so_and_can_be_seen_by_formchecks_own(own_data: Path) -> None:
    store, ticket = own_limits_run(own_data)
    page = run_page("upload", run=ticket)
    active = table("en")["adjust.active"]
    assert active in [note.value for note in page.info]
    words = shlex.split(next(code.value for code in page.code if code.value.startswith("formcheck score")))
    moved = [word for before, word in zip(words, words[1:], strict=False) if before == "--limit"]
    assert read_words(moved, load_catalogue()) == store.job(ticket).options["limits"]
    page.button(key=f"reset:{ticket}").click().run()
    assert not page.exception and active not in [note.value for note in page.info]
    assert any("Torso rocking: ● Good → " in line.value for line in page.markdown)


def test_the_plot_draws_the_limits_that_were_moved(own_data: Path) -> None:
    _, analysis = analysis_of(6.0)
    measures = load_catalogue().exercises["reverse_sled_pull"].measures
    upright = next(measure for measure in measures if measure.check == "torso_upright")
    limits = {"reverse_sled_pull": {measure_key(upright): {"good_max": -3.25}}}
    store = JobStore(own_data / "runs")
    ticket = store.create(Job("", "set.mp4", "reverse_sled_pull"))
    write_run(analysis, store.job(ticket), store.folder(ticket))
    for own, end in (({}, upright.band.good_max), (limits, -3.25)):
        _, plot = _signals_and_plot(str(store.out(ticket)), 0.0, "en", own)
        lean = next(group for group in plot["groups"] if group["name"] == "trunk_lean_deg")
        assert end in lean["bands"]


def test_a_batch_tells_what_could_not_be_judged_from_what_had_no_fault(own_data: Path) -> None:
    pose, analysis = analysis_of(2.0)
    unseen = replace(pose, landmarks_px=pose.landmarks_px * np.nan, visibility=pose.visibility * 0)
    store = JobStore(own_data / "runs")
    batch = batches.begin(store, [(Job("", f"{name}.mp4"), None) for name in ("seen", "unseen")], "local")
    for ticket, scored in zip(store.tickets(), (analysis, analyse_pose(unseen, "auto")), strict=True):
        write_run(scored, store.job(ticket), store.folder(ticket))
        store.update(ticket, status="done", fraction=1.0)
    page = run_page("batch", batch=batch)
    seen, other = page.dataframe[0].value.to_dict("records")
    assert seen["main_fault"] == table("en")["batch.no_fault"] and seen["reason"] == ""
    assert other["main_fault"] == table("en")["verdict.not_assessed"] and "no person" in other["reason"]


def test_a_set_with_too_few_checks_for_a_score_says_so_on_its_page_and_in_the_batch(own_data: Path) -> None:
    _, analysis = analysis_of(2.0)
    store = JobStore(own_data / "runs")
    batch = batches.begin(store, [(Job("", "short.mp4"), None)], "local")
    (ticket,) = store.tickets()
    few = replace(analysis, report=replace(analysis.report, score=None))
    write_run(few, store.job(ticket), store.folder(ticket))
    store.update(ticket, status="done", fraction=1.0)
    told = table("en")["result.too_few"]
    assert run_page("batch", batch=batch).dataframe[0].value.to_dict("records")[0]["reason"] == told
    assert any(told in block.proto.body for block in run_page("upload", run=ticket).get("html"))


def test_a_check_that_one_set_alone_was_judged_by_is_told_with_its_side(own_data: Path) -> None:
    _, analysis = analysis_of(2.0)
    report = analysis.report
    fewer = tuple(f for f in report.findings if (f.check, f.side) != ("knee_bend", "left"))
    store, pair = JobStore(own_data / "runs"), {}
    for place, one in (("a", report), ("b", replace(report, findings=fewer))):
        pair[place] = store.create(Job("", f"{place}.mp4"))
        write_run(replace(analysis, report=one), store.job(pair[place]), store.folder(pair[place]))
        store.update(pair[place], status="done", fraction=1.0)
    page = run_page("compare", **pair)
    assert "Judged in A only: Knees bent (left)" in [note.value for note in page.caption]


def test_a_set_without_a_video_offers_no_button_that_would_show_one(own_data: Path) -> None:
    _, analysis = analysis_of(18.0)
    store = JobStore(own_data / "runs")
    tickets = [store.create(Job("", f"{name}.mp4")) for name in "ab"]
    for ticket in tickets:
        write_run(analysis, store.job(ticket), store.folder(ticket))
        store.update(ticket, status="done", fraction=1.0)
    page = run_page("upload", run=tickets[0])
    assert not page.exception and not [one for one in page.button if one.label.startswith("Show ")]
    assert table("en")["result.steps_intro"] not in [note.value for note in page.caption]
    page = run_page("compare", a=tickets[0], b=tickets[1])
    assert not page.exception and any("Not recorded: a.mp4, b.mp4." in note.value for note in page.info)
