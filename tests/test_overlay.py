"""The annotated video: it shows what the report says, when it says so, and plays in a browser."""

from dataclasses import replace

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formcheck.core.skeleton import SKELETON
from formcheck.core.types import Analysis, Frame, StopAdvice, readonly
from formcheck.io.orientation import Upright
from formcheck.io.video import DecodedPicture
from formcheck.report.overlay import plates, timeline
from formcheck.report.overlay.board import status_words
from formcheck.report.overlay.figure import fault_colours
from formcheck.report.overlay.painter import Painter, fitted
from formcheck.report.overlay.parts import JOINTS, joints_of
from formcheck.report.overlay.scene import make_scene
from formcheck.report.overlay.video import Keeper, rgb_of, thinned, write_overlay
from formcheck.report.style import VERDICT_LOOK, rgb
from tests.report_factory import make_analysis, make_clip, make_finding

GREY = 90


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    return make_analysis(width=360, height=640, duration_s=10.0, fps=15.0)


@pytest.fixture(scope="module")
def painter(analysis) -> Painter:
    return Painter(analysis, 360, 640)


def _paint(painter: Painter, time_s: float) -> np.ndarray:
    canvas = painter.blank()
    painter.paint(np.full((640, 360, 3), GREY, np.uint8), time_s, canvas)
    return canvas


def _shows(picture: np.ndarray, colour: str, at: np.ndarray, reach: int = 14) -> bool:
    x, y = (int(v) for v in at)
    patch = picture[max(y - reach, 0) : y + reach, max(x - reach, 0) : x + reach].astype(int)
    return bool((np.abs(patch - rgb(colour)).sum(axis=2) < 30).any())


def _with(analysis: Analysis, **changes) -> Analysis:
    return replace(analysis, report=replace(analysis.report, **changes))


def test_a_major_fault_is_marked_in_its_colour_on_its_joint_while_it_happens(analysis, painter):
    i = painter.index_of(7.0)
    at = painter.xy(i)[SKELETON["shoulder_l"]]
    assert _shows(_paint(painter, 7.0), VERDICT_LOOK["major"].fill, at)


def test_before_the_fault_the_same_joint_is_unmarked(painter):
    i = painter.index_of(2.0)
    at = painter.xy(i)[SKELETON["shoulder_l"]]
    assert not _shows(_paint(painter, 2.0), VERDICT_LOOK["major"].fill, at)


def test_only_the_near_one_of_a_pair_is_marked_in_a_side_view(analysis):
    rock = replace(analysis.report.findings[0], check="step_rhythm")
    scene_painter = Painter(_with(analysis, findings=(rock,)), 360, 640)
    i = scene_painter.index_of(7.0)
    picture = _paint(scene_painter, 7.0)
    assert _shows(picture, VERDICT_LOOK["major"].fill, scene_painter.xy(i)[SKELETON["ankle_l"]])
    assert not _shows(picture, VERDICT_LOOK["major"].fill, scene_painter.xy(i)[SKELETON["ankle_r"]])


def test_where_the_athlete_is_not_seen_the_picture_is_left_alone(painter):
    picture = _paint(painter, 3.1)
    middle = picture[220:400, 60:300]
    assert (middle == GREY).all()


def test_the_frame_that_is_drawn_on_is_not_the_callers(painter):
    frame = np.full((640, 360, 3), GREY, np.uint8)
    painter.paint(frame, 1.0, painter.blank())
    assert (frame == GREY).all()


def test_the_timeline_lies_under_the_picture_and_hides_nothing(painter):
    assert painter.size[1] == 640 + painter.strip.height
    assert painter.size[0] % 2 == painter.size[1] % 2 == 0


def test_the_cue_stays_on_between_two_faulty_steps_but_the_mark_does_not(analysis):
    finding = make_finding(verdict="minor", steps=(0, 1), side="left")
    steps = tuple(replace(s, off_s=s.contact_s + 0.2) for s in analysis.report.steps)
    scene = make_scene(_with(analysis, findings=(finding,), steps=steps))
    between = int(np.searchsorted(scene.time_s, 1.0))  # steps at 0.6 to 0.8 and 1.2 to 1.4
    assert scene.cued[between] == (finding,)
    assert scene.active[between] == ()


def test_a_fault_of_no_single_step_is_shown_about_its_worst_moment(analysis):
    finding = make_finding(check="quiet_start", verdict="minor", side=None, worst_at_s=5.0)
    scene = make_scene(_with(analysis, findings=(finding,)))
    shown = scene.time_s[[bool(frame) for frame in scene.active]]
    assert shown[0] == pytest.approx(4.5, abs=0.1)
    assert shown[-1] == pytest.approx(5.5, abs=0.1)


def test_good_and_unjudged_findings_mark_nothing(analysis):
    quiet = tuple(f for f in analysis.report.findings if f.verdict in ("good", "not_assessed"))
    assert not any(make_scene(_with(analysis, findings=quiet)).active)


def test_the_near_foot_goes_through_contact_drive_and_swing(analysis):
    scene = make_scene(analysis)
    one_stride = [p for t, p in zip(scene.time_s, scene.phase, strict=True) if 0.6 <= t < 1.8]
    assert [p for p, q in zip(one_stride, ["", *one_stride], strict=False) if p != q] == [
        "contact",
        "drive",
        "swing",
    ]


def test_the_near_side_follows_the_lap(analysis):
    lap = analysis.report.laps[0]
    laps = (replace(lap, end_s=5.0), replace(lap, index=1, view="right_side", start_s=5.0))
    scene = make_scene(_with(analysis, laps=laps))
    assert scene.near[int(np.searchsorted(scene.time_s, 2.0))] == "left"
    assert scene.near[int(np.searchsorted(scene.time_s, 8.0))] == "right"


def test_steps_are_counted_as_they_are_made(analysis):
    scene = make_scene(analysis)
    assert status_words(scene, int(np.searchsorted(scene.time_s, 0.3)))[0] == "Step 0 of 15"
    assert status_words(scene, len(scene.time_s) - 1)[0] == "Step 15 of 15"


def test_a_clip_that_is_not_judged_says_so_and_not_that_nobody_stepped(analysis):
    for quality, words in (("rejected", "Not judged"), ("accepted", "No steps seen")):
        tracking = replace(analysis.report.tracking, quality=quality)
        bare = replace(analysis, report=replace(analysis.report, steps=(), findings=(), tracking=tracking))
        assert status_words(make_scene(bare), 0)[0] == words


def test_every_check_has_a_place_on_the_body_and_an_unknown_one_too():
    for check in [*JOINTS, "a_check_of_tomorrow"]:
        assert joints_of(check, "left")
        assert len(joints_of(check, "both")) == 2 * len(joints_of(check, "left"))


def test_a_joint_with_two_faults_shows_the_worse():
    faults = (make_finding(check="torso_rock", verdict="major"), make_finding(check="depth", verdict="minor"))
    assert fault_colours(faults)[SKELETON["hip_l"]] == "major"
    assert fault_colours(faults)[SKELETON["knee_l"]] == "minor"


@settings(max_examples=30, deadline=None)
@given(at_s=st.floats(0.0, 9.9), stop_s=st.floats(0.0, 9.9))
def test_the_clock_never_covers_the_word_stop_and_stays_in_the_frame(at_s, stop_s):
    short = make_analysis(width=64, height=64, duration_s=10.0, fps=2.0)
    stop = StopAdvice(True, stop_s, 1, ("why",))
    strip = timeline.make_strip(make_scene(_with(short, stop=stop)), 720, 34.0)
    width = plates.label("0:00.0", 21).size[0]
    left = timeline._clock_left(strip, round(strip.x(at_s)), width, 720)
    assert strip.stop_box is not None
    assert left + width <= strip.stop_box[0] or left >= strip.stop_box[1]
    assert 0 <= left <= 720 - width


@given(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255))
def test_laying_a_plate_mixes_by_its_alpha(under, over, alpha):
    frame = np.full((2, 2, 3), under, np.uint8)
    picture = np.full((2, 2, 4), over, np.uint8)
    picture[:, :, 3] = alpha
    plates.lay(frame, plates.prepare(picture), 0, 0)
    expected = under + (over - under) * alpha / 255
    np.testing.assert_allclose(frame, expected, atol=2.0)


def test_a_plate_half_outside_the_frame_is_cut_off():
    frame = np.zeros((10, 10, 3), np.uint8)
    plates.lay(frame, plates.prepare(np.full((6, 6, 4), 255, np.uint8)), 7, -3)
    assert frame[:3, 7:].min() == 255
    assert frame[3:].max() == 0


def test_long_cues_are_broken_into_lines_that_fit():
    lines = plates.wrap("Keep your torso still and let the legs do the work", 34, 300)
    assert len(lines) > 1
    assert all(plates.text_width(line, 34) <= 300 for line in lines)


@pytest.mark.parametrize(
    ("size", "wanted"), [((720, 1280), (720, 1280)), ((3840, 2160), (1280, 720)), ((101, 51), (100, 52))]
)
def test_pictures_are_fitted_to_even_sizes_of_at_most_1280(size, wanted):
    assert fitted(*size) == wanted


def test_high_frame_rates_are_thinned_to_sixty():
    frames = [Frame(i, i / 240, np.zeros((1, 1, 3), np.uint8)) for i in range(240)]
    assert len(list(thinned(frames))) == 60


def test_sixty_frames_with_rounded_times_are_all_kept():
    frames = [Frame(i, round(i / 60, 3), np.zeros((1, 1, 3), np.uint8)) for i in range(60)]
    assert len(list(thinned(frames))) == 60


def test_the_keeper_keeps_the_frame_of_each_moment():
    keeper = Keeper([0.5, 0.2])
    picture = av.VideoFrame.from_ndarray(np.full((8, 16, 3), 7, np.uint8), format="rgb24")
    for i in range(10):
        keeper.see(DecodedPicture(i, i / 10, i / 10, picture, Upright(16, 8, rotation_deg=90)))
    assert {moment: frame.index for moment, frame in keeper.kept.items()} == {0.2: 2, 0.5: 5}
    assert keeper.kept[0.2].rgb.shape == (16, 8, 3)


@pytest.mark.parametrize("rotation_deg", [0, 90, 180, 270])
def test_a_turned_picture_is_scaled_upright(rotation_deg):
    picture = av.VideoFrame.from_ndarray(np.full((20, 40, 3), 7, np.uint8), format="rgb24")
    decoded = DecodedPicture(0, 0.0, 0.0, picture, Upright(40, 20, rotation_deg))
    assert rgb_of(decoded, (10, 6)).shape == (6, 10, 3)


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    analysis = make_analysis(str(path), width=128, height=224, duration_s=4.0, fps=10.0)
    return analysis, make_clip(path, analysis)


def test_the_video_is_h264_in_yuv420p_with_its_index_first_and_every_frame(clip, tmp_path):
    analysis, path = clip
    out = write_overlay(analysis, path, tmp_path / "overlay.mp4")
    with av.open(str(out)) as container:
        stream = container.streams.video[0]
        times = [frame.time for frame in container.decode(stream)]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
    assert len(times) == 40
    np.testing.assert_allclose(np.diff(times), 0.1, atol=1e-3)
    head = out.read_bytes()
    assert head.index(b"moov") < head.index(b"mdat")


def test_progress_is_told_and_an_interrupt_leaves_no_file(clip, tmp_path):
    analysis, path = clip
    told = []

    def stop_half_way(progress):
        told.append(progress)
        if len(told) == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_overlay(analysis, path, tmp_path / "overlay.mp4", progress=stop_half_way)
    assert told[0].stage == "overlay"
    assert list(tmp_path.iterdir()) == []


def test_a_clip_cut_by_start_and_end_is_drawn_from_its_own_start(clip, tmp_path):
    analysis, path = clip
    part = slice(10, 30)
    signals = replace(
        analysis.signals,
        time_s=readonly(analysis.signals.time_s[part]),
        columns={name: readonly(values[part]) for name, values in analysis.signals.columns.items()},
    )
    cut = replace(
        analysis,
        signals=signals,
        landmarks_px=analysis.landmarks_px[part],
        visibility=analysis.visibility[part],
    )
    out = write_overlay(cut, path, tmp_path / "overlay.mp4")
    with av.open(str(out)) as container:
        times = [frame.time for frame in container.decode(video=0)]
    assert len(times) == 20
    assert times[0] == pytest.approx(0.0, abs=1e-3)


def test_letters_the_bundled_face_lacks_are_written_without_their_accents() -> None:
    assert plates.plain("Größe: −3° · Ångström, łódź … café") == "Grosse: -3° · Angstrom, lodz ... cafe"
    font = plates.font(20)
    lacks = bytes(font.getmask("\uffff"))
    assert all(bytes(font.getmask(letter)) != lacks for letter in set(plates.plain("äöüßéèçñåøæł°·±")))
