"""report.html: one offline file, summary first, nothing invented."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from formcheck.core.types import Frame, VideoInfo
from formcheck.report.html.bands import band_svg, stretches
from formcheck.report.html.build import render_html
from formcheck.report.html.plots import make_axis, make_plots
from formcheck.report.html.stills import body_box, make_stills
from formcheck.texts import t
from tests.report_factory import make_analysis, make_finding

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def analysis():
    return make_analysis(width=180, height=320, duration_s=10.0, fps=10.0)


@pytest.fixture(scope="module")
def page(analysis):
    return render_html(analysis, {0: "data:image/jpeg;base64,AAAA"}, overlay_name="overlay.mp4")


def test_the_summary_stands_before_the_findings_and_the_plots(page):
    order = (
        "1 major fault and 1 minor fault",
        "It should have ended at",
        "What matters most",
        "Everything that was checked",
        "What could not be judged",
        "The movement over time",
        "Against what the articles",
        "The footage",
    )
    places = [page.index(words) for words in order]
    assert places == sorted(places)


def test_the_page_names_no_address_and_forbids_loading(page):
    assert not re.findall(r"""(?:src|href)=["'](?!data:|#|overlay\.mp4)""", page)
    assert "://" not in page
    assert "default-src 'none'" in page


def test_every_finding_shows_value_band_and_source(page, analysis):
    for finding in analysis.report.findings:
        assert finding.reason in page
        if finding.verdict != "not_assessed":
            assert finding.measure in page
    assert page.count('class="band"') == 5 + 2  # judged findings, and the two faults' cards


def test_the_still_is_shown_for_the_fault_it_proves(page):
    assert page.count('src="data:image/jpeg') == 1


def test_how_to_film_what_was_not_judged_is_told(page):
    assert "Film from the front, camera at knee height" in page


def test_both_articles_are_shown_where_they_disagree(page):
    assert "about half body weight in all" in page
    assert "(0.32)" in page


def test_a_plain_safety_line_stands_on_every_page(page):
    assert "not medical advice" in page


def test_words_from_outside_cannot_become_markup(analysis):
    evil = "<script>alert(1)</script>"
    report = replace(
        analysis.report,
        video=replace(analysis.report.video, path=f"{evil}.mp4"),
        findings=(make_finding(verdict="major", cue=evil, why=evil, worst_at_s=1.0),),
    )
    assert evil not in render_html(replace(analysis, report=report))


def test_a_clip_in_which_nothing_could_be_judged_still_has_a_page(analysis):
    bare = replace(
        analysis.report,
        findings=(),
        steps=(),
        laps=(),
        programme=(),
        summary={},
        warnings=(),
        score=None,
        yaw_deg=None,
    )
    page = render_html(replace(analysis, report=bare))
    assert "Nothing could be judged" in page
    assert "no score" in page


def test_a_good_set_is_told_what_went_well(analysis):
    page = render_html(replace(analysis, report=replace(analysis.report, findings=(make_finding(),))))
    assert "What went well" in page
    assert "No faults in 1 check" in page


def test_a_band_is_cut_at_its_limits_from_minor_through_good_to_major():
    limits = {"good_min": 10.0, "good_max": None, "minor_min": 5.0, "minor_max": None}
    assert stretches(limits, 0.0, 20.0) == [(0.0, 5.0, "major"), (5.0, 10.0, "minor"), (10.0, 20.0, "good")]


@pytest.mark.parametrize("changes", [{"value": None}, {"limits": {}}, {"value": float("nan")}])
def test_no_band_is_drawn_without_value_or_limit(changes):
    assert band_svg(make_finding(**changes)) == ""


def test_plots_with_faults_come_first_and_gaps_break_the_line(analysis):
    plots = make_plots(analysis)
    assert [bool(plot.faults) for plot in plots] == sorted((bool(p.faults) for p in plots), reverse=True)
    lean = next(plot for plot in plots if plot.name == "trunk_lean_deg")
    assert lean.lines[0].path.count("M") == 2
    assert None in lean.lines[0].values


def test_a_signal_that_was_not_measured_has_no_plot(analysis):
    assert "fppa_deg" not in [plot.name for plot in make_plots(analysis)]


def test_long_clips_are_drawn_with_no_more_points_than_the_page_has_pixels():
    long = make_analysis(width=180, height=320, duration_s=400.0, fps=10.0)
    assert len(make_axis(long).time_s) <= 1500


def test_everything_on_the_time_axis_lies_inside_the_plot(analysis):
    axis = make_axis(analysis)
    edges = [x for spans in axis.stance.values() for left, width in spans for x in (left, left + width)]
    assert all(0 <= x <= 100 + 1e-9 for x in edges + [x for x, _ in axis.ticks])


def test_a_still_is_the_athlete_with_the_fault_drawn(analysis):
    fault = analysis.report.findings[0]
    frame = Frame(0, fault.worst_at_s, np.full((320, 180, 3), 90, np.uint8))
    stills = make_stills(analysis, [fault, make_finding()], {fault.worst_at_s: frame})
    assert list(stills) == [0]
    assert stills[0].startswith("data:image/jpeg;base64,")


@pytest.mark.parametrize("size", [(180, 320), (320, 180), (64, 64)])
def test_the_cut_out_stays_in_the_picture(size, analysis):
    width, height = size
    left, top, right, bottom = body_box(analysis.landmarks_px[0], width, height)
    assert 0 <= left < right <= width
    assert 0 <= top < bottom <= height


def test_without_landmarks_the_still_is_the_whole_picture():
    assert body_box(np.full((33, 2), np.nan), 640, 480) == (0, 0, 640, 480)


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (apt-get install chromium)")
@pytest.mark.parametrize("width", [390, 1200])
def test_in_a_browser_the_page_fits_loads_nothing_and_has_no_error(page, width, tmp_path: Path):
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    path = tmp_path / "report.html"
    path.write_text(page, encoding="utf-8")
    errors: list[str] = []
    with playwright.sync_playwright() as p:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": width, "height": 800})
        tab.on("pageerror", lambda error: errors.append(str(error)))
        asked: list[str] = []
        tab.on("request", lambda request: asked.append(request.url))
        tab.goto(path.as_uri())
        tab.locator(".plot .area").first.hover()
        readout = tab.locator(".plot .readout").first.inner_text()
        overflow = tab.evaluate("document.documentElement.scrollWidth") - width
        browser.close()
    assert errors == []
    assert overflow <= 0
    assert re.match(r"\d:\d\d\.\d", readout)
    assert all(url.startswith(("file:", "data:")) for url in asked)


def test_a_report_of_no_frames_has_a_page(analysis):
    empty = make_analysis(width=180, height=320, duration_s=0.2, fps=10.0)
    one = replace(empty, report=replace(analysis.report, video=VideoInfo("clip.mp4", 180, 320), steps=()))
    assert "<html" in render_html(one)


def test_score_and_confidence_are_explained_on_hover(page):
    assert f"<title>{t('result.score_help')}</title>" in page
    assert f'title="{t("result.confidence_help")}"' in page
