"""All outputs of one clip, in a folder of its own."""

import pytest

from formcheck.errors import FormcheckError
from formcheck.report.write import write_outputs
from tests.report_factory import make_analysis, make_clip

ALL = {"report.json", "steps.csv", "signals.csv", "overlay.mp4", "report.html"}


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    path = tmp_path_factory.mktemp("clip") / "my clip.mp4"
    analysis = make_analysis(str(path), width=128, height=224, duration_s=10.0, fps=5.0)
    return analysis, make_clip(path, analysis)


def _names(folder):
    return {item.name for item in folder.iterdir()}


def test_the_five_files_lie_in_a_folder_named_after_the_clip(clip, tmp_path):
    analysis, path = clip
    paths = write_outputs(analysis, tmp_path, path)
    assert paths.folder == tmp_path / "my clip"
    assert _names(paths.folder) == ALL


def test_the_page_shows_a_still_for_each_fault_caught_while_drawing(clip, tmp_path):
    analysis, path = clip
    page = write_outputs(analysis, tmp_path, path).report_html
    assert page is not None
    assert page.read_text(encoding="utf-8").count('src="data:image/jpeg') == 2


def test_without_the_overlay_the_stills_are_still_there(clip, tmp_path):
    analysis, path = clip
    paths = write_outputs(analysis, tmp_path, path, overlay=False)
    assert paths.overlay_mp4 is None
    assert paths.report_html is not None
    assert paths.report_html.read_text(encoding="utf-8").count('src="data:image/jpeg') == 2


def test_files_of_an_earlier_run_do_not_outlive_it(clip, tmp_path):
    analysis, path = clip
    folder = write_outputs(analysis, tmp_path, path).folder
    write_outputs(analysis, tmp_path, path, overlay=False, html=False)
    assert _names(folder) == {"report.json", "steps.csv", "signals.csv"}


def test_a_clip_that_is_gone_costs_only_the_pictures(clip, tmp_path):
    analysis, _ = clip
    paths = write_outputs(analysis, tmp_path, tmp_path / "gone.mp4", overlay=False)
    assert paths.report_html is not None
    assert "data:image/jpeg" not in paths.report_html.read_text(encoding="utf-8")


def test_an_output_folder_that_is_a_file_is_one_line(clip, tmp_path):
    analysis, path = clip
    (tmp_path / "out").write_text("")
    with pytest.raises(FormcheckError, match="--out"):
        write_outputs(analysis, tmp_path / "out", path)
