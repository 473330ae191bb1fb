"""The command line: exit codes, one line for what a user can mend, JSON alone on stdout."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import formcheck
from formcheck import api
from formcheck.cli import main, serve
from formcheck.cli.inputs import find_clips, output_names, seconds
from formcheck.errors import FormcheckError, UnreadableVideoError
from formcheck.report import store
from tests.report_factory import make_analysis, make_clip, make_finding

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    path = tmp_path_factory.mktemp("clips") / "set.mp4"
    return make_clip(path, make_analysis(str(path), width=128, height=224, duration_s=4.0, fps=5.0))


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Runs a command with pose estimation replaced by the made-up analysis: (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    asked: list[dict] = []

    def analyse(path, exercise="auto", **how):
        asked.append({"path": path, "exercise": exercise, **how})
        if not Path(path).exists():
            raise UnreadableVideoError(f"{path}: there is no such file; check the name")
        if Path(path).read_bytes()[:4] == b"oops":
            raise RuntimeError("a bug")
        analysis = make_analysis(str(path), width=128, height=224, duration_s=4.0, fps=5.0)
        if Path(path).stem == "clean":
            analysis = replace(analysis, report=replace(analysis.report, findings=(make_finding(),)))
        return analysis

    monkeypatch.setattr(api, "analyse", analyse)

    def call(*words):
        with pytest.raises(SystemExit) as exit_:
            main.run([str(word) for word in words])
        out = capsys.readouterr()
        return exit_.value.code, out.out, out.err

    call.asked = asked
    return call


def test_a_scored_clip_exits_with_0_and_lays_its_files_in_the_named_folder(run, clip, tmp_path):
    code, out, err = run("score", clip, "--out", tmp_path / "results")
    assert code == 0
    assert {p.name for p in (tmp_path / "results" / "set").iterdir()} == {
        "report.json", "steps.csv", "signals.csv", "overlay.mp4", "report.html",
    }  # fmt: skip
    assert err == ""


def test_the_summary_names_score_fault_cue_stop_and_what_was_not_judged(run, clip):
    _, out, _ = run("score", clip, "--no-overlay")
    text = " ".join(out.split())
    for words in (
        "64 / 100",
        "19.6°",
        "Keep your trunk still",
        "The set should have ended",
        "Not judged",
        "Film from",
    ):
        assert words in text


def test_json_stands_alone_on_stdout_and_is_the_report(run, clip):
    code, out, err = run("score", clip, "--json", "--no-overlay", "--no-html")
    data = json.loads(out)
    store.validate(data)
    assert (code, data["score"]) == (0, 64.0)
    assert "64 / 100" in err


def test_strict_exits_with_1_when_there_are_faults_and_0_when_there_are_none(run, clip, tmp_path):
    clean = tmp_path / "clean.mp4"
    clean.write_bytes(clip.read_bytes())
    flags = ("--strict", "--no-overlay", "--no-html")
    assert run("score", clip, *flags)[0] == 1
    assert run("score", clean, *flags)[0] == 0
    assert run("score", clip, "--no-overlay", "--no-html")[0] == 0


def test_an_unreadable_clip_is_one_line_and_exit_2(run, tmp_path):
    code, out, err = run("score", tmp_path / "none.mp4")
    assert code == 2
    assert out == ""
    assert err.count("\n") == 1
    assert "there is no such file" in err


def test_one_bad_clip_among_many_does_not_stop_the_run(run, clip, tmp_path):
    code, out, err = run("score", tmp_path / "none.mp4", clip, "--no-overlay", "--no-html", "--strict")
    assert code == 2
    assert "set.mp4" in out
    assert "none.mp4" in err
    assert (tmp_path / "formcheck-out" / "set" / "report.json").exists()


def test_a_bug_in_one_clip_does_not_end_a_folder_and_is_named(run, clip, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.mp4").write_bytes(b"oops")
    (folder / "b.mp4").write_bytes(clip.read_bytes())
    code, out, err = run("score", folder, "--no-overlay", "--no-html")
    assert code == 2
    assert "b.mp4" in out
    assert "RuntimeError: a bug" in err


def test_json_of_many_lists_reports_and_failures(run, clip, tmp_path):
    _, out, _ = run("score", clip, tmp_path / "none.mp4", "--json", "--no-overlay", "--no-html")
    data = json.loads(out)
    assert [c["report"]["score"] for c in data["clips"]] == [64.0]
    assert [Path(f["path"]).name for f in data["failures"]] == ["none.mp4"]


def test_json_of_an_unreadable_clip_says_why(run, tmp_path):
    code, out, _ = run("score", tmp_path / "none.mp4", "--json")
    assert code == 2
    assert "no such file" in json.loads(out)["error"]


def test_an_unknown_exercise_gets_the_near_miss_before_any_work(run, clip):
    code, _, err = run("score", clip, "--exercise", "reverse_sled_pul")
    assert code == 2
    assert "did you mean 'reverse_sled_pull'?" in err
    assert run.asked == []


def test_an_exercise_may_be_called_by_another_of_its_names(run, clip):
    run("score", clip, "-e", "Backward sled drag", "--no-overlay", "--no-html")
    assert run.asked[0]["exercise"] == "reverse_sled_pull"


def test_options_reach_the_analysis(run, clip):
    run("score", clip, "--start", "1:05", "--end", "70.5", "--slowmo", "8", "--athlete-height-cm", "181",
        "--load-kg", "40", "--body-mass-kg", "80", "--slope-deg", "5", "--subject", "2", "--model", "lite",
        "--engine", "onnxruntime", "--no-overlay", "--no-html")  # fmt: skip
    asked = run.asked[0]
    assert (asked["start_s"], asked["end_s"], asked["slowmo"]) == (65.0, 70.5, 8.0)
    assert (asked["athlete_height_cm"], asked["load_kg"], asked["body_mass_kg"]) == (181.0, 40.0, 80.0)
    assert (asked["slope_deg"], asked["subject"], asked["model"], asked["engine"]) == (
        5.0,
        "2",
        "lite",
        "onnxruntime",
    )


def test_a_limit_may_be_moved_and_the_last_of_two_counts(run, clip):
    place = "reverse_sled_pull/torso_rock|back-and-forth rocking per stride/good_max"
    as_shown = place.replace("|back", "|Back")  # titles are shown with a capital
    run("score", clip, "--limit", f"{place}=9", "--limit", f"{as_shown}=12.5", "--no-overlay", "--no-html")
    measures = run.asked[0]["catalogue"].exercises["reverse_sled_pull"].measures
    assert next(m for m in measures if m.title == "back-and-forth rocking per stride").band.good_max == 12.5


LIMIT = "reverse_sled_pull/torso_rock|back-and-forth rocking per stride/good_max=12"


@pytest.mark.parametrize(
    "word, told",
    [
        (LIMIT.replace("=12", "=wide"), "expected a limit such as"),
        (LIMIT.replace("=12", "=nan"), "expected a limit such as"),
        (LIMIT.replace("=12", ""), "expected a limit such as"),
        (LIMIT.replace("reverse_sled_pull", "moonwalk"), "no exercise 'moonwalk'; there are: "),
        (LIMIT.replace("back-and-forth rocking", "rocking"), "torso_rock|back-and-forth rocking per stride"),
        (LIMIT.replace("good_max", "best"), "no limit 'best'; there are: good_max"),
    ],
)
def test_a_limit_that_is_none_is_said_so_before_any_work(run, clip, word, told):
    code, out, err = run("score", clip, "--limit", word)
    assert (code, out, err.count("\n"), run.asked) == (2, "", 1, [])
    assert told in err


@pytest.mark.parametrize(
    "words",
    [
        ("--athlete-height-cm", "1.8"),
        ("--load-kg", "-3"),
        ("--start", "soon"),
        ("--nonsense",),
        ("--slope-deg", "x"),
    ],
)
def test_bad_usage_is_one_line_and_exit_2(run, clip, words):
    code, out, err = run("score", clip, *words)
    assert code == 2
    assert err.count("\n") == 1
    assert err.startswith("formcheck: ")


def test_an_interrupt_exits_with_130_and_leaves_nothing_half_written(run, clip, tmp_path, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("formcheck.io.encode.H264Writer.write", interrupted)
    code, _, err = run("score", clip)
    assert code == 130
    assert "no half-written file" in err
    left = {p.name for p in (tmp_path / "formcheck-out" / "set").iterdir()}
    assert left == {"report.json", "steps.csv", "signals.csv"}


def test_a_folder_without_videos_is_one_line(run, tmp_path):
    (tmp_path / "notes.txt").write_text("")
    code, _, err = run("score", tmp_path)
    assert code == 2
    assert "no videos in this folder" in err


def test_a_folder_is_searched_but_formchecks_own_videos_are_not_scored_again(tmp_path):
    made = tmp_path / "out" / "a"
    made.mkdir(parents=True)
    for path in (
        tmp_path / "b.MOV",
        tmp_path / "a.mp4",
        tmp_path / ".hidden.mp4",
        made / "overlay.mp4",
        made / "report.json",
    ):
        path.write_bytes(b"x")
    assert [p.name for p in find_clips([tmp_path])] == ["a.mp4", "b.MOV"]


def test_a_clip_named_twice_is_scored_once(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"x")
    assert len(find_clips([tmp_path / "a.mp4", tmp_path])) == 1


def test_clips_of_one_name_get_folders_of_their_own():
    clips = [Path("x/set.mp4"), Path("y/set.mov"), Path("z/Set.mp4"), Path("set-2.mp4")]
    names = output_names(clips)
    assert names[:2] == ["set", "set-2"]
    assert len({name.lower() for name in names}) == 4


@pytest.mark.parametrize(("text", "wanted"), [("12.5", 12.5), ("1:05", 65.0), ("1:00:01.5", 3601.5), (None, None)])
def test_times_are_seconds_or_what_a_player_shows(text, wanted):
    assert seconds(text) == wanted


@pytest.mark.parametrize("text", ["", "1:xx", "-3", "nan"])
def test_a_time_that_is_none_is_refused(text):
    with pytest.raises(FormcheckError, match="time"):
        seconds(text)


def test_exercises_are_listed_and_told(run):
    code, out, _ = run("exercises")
    assert code == 0
    assert "power_sled_backward_push" in out
    assert (
        "Film" in run("exercises", "reverse_sled_pull")[1]
        or "camera" in run("exercises", "reverse_sled_pull")[1].lower()
    )


def test_a_check_is_explained_and_an_unknown_one_gets_the_near_miss(run):
    assert "toe" in run("explain", "knee_over_toe")[1]
    code, _, err = run("explain", "knee_over_to")
    assert code == 2
    assert "knee_over_toe" in err


def test_models_are_listed(run):
    code, out, _ = run("models")
    assert code == 0
    assert all(name in out for name in ("lite", "full", "heavy"))


def test_version_is_that_of_the_package_and_of_the_project(run):
    assert f"formcheck {formcheck.__version__}" in run("version")[1]
    assert f'version = "{formcheck.__version__}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_the_app_is_started_on_this_machine_alone_and_sends_no_statistics(monkeypatch, tmp_path):
    monkeypatch.setattr(serve, "app_file", lambda: tmp_path / "app.py")
    command = serve.app_command(8501, "127.0.0.1", headless=True)
    assert "--browser.gatherUsageStats=false" in command
    assert "--server.address=127.0.0.1" in command


def test_importing_formcheck_loads_no_engine_and_prints_nothing():
    heavy = "{'cv2', 'mediapipe', 'onnxruntime', 'av', 'numpy', 'typer'}"
    code = f"import sys, formcheck; print({heavy} & set(sys.modules), end='')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout == "set()"


def test_the_public_names_are_there():
    assert formcheck.score is api.score
    assert formcheck.Report.__name__ == "Report"
    with pytest.raises(AttributeError, match="nonsense"):
        formcheck.nonsense  # noqa: B018


@pytest.mark.engine
def test_the_demo_is_scored_from_start_to_end(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "formcheck", "demo", "--json", "--out", str(tmp_path)],
        capture_output=True, text=True, cwd=ROOT, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    data = json.loads(done.stdout)
    assert data["exercise"]["id"] == "reverse_sled_pull"
    assert data["motion"]["direction"] == "backward"
    assert (tmp_path / "demo" / "overlay.mp4").stat().st_size > 10_000
