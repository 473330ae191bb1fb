"""The rendered fixtures and their truth: complete, physically sound, and true to their plan."""

import json
from functools import cache
from pathlib import Path

import av
import numpy as np
import pytest

pytest.importorskip("numba", reason="the fixture generator's extra is not installed")

from fixtures.generator.expect import judge, measures_of, verdict  # noqa: E402
from fixtures.generator.plan import CLIPS  # noqa: E402
from fixtures.generator.quantities import Truth  # noqa: E402

VIDEOS = Path(__file__).parents[1] / "fixtures" / "videos"
EVERY = [clip.name for clip in CLIPS]
FAULTY = [clip.name for clip in CLIPS if any(f.verdict != "good" for f in clip.faults)]
QUIET = [clip.name for clip in CLIPS if not any(f.verdict != "good" for f in clip.faults)]
BACKWARD = [clip.name for clip in CLIPS if clip.exercise not in ("forward_sled_push", "deadmill_forward")]
SKATE_M = 0.02


@cache
def data(name: str) -> dict:
    path = VIDEOS / f"{name}.truth.json"
    if not path.exists():
        pytest.skip(f"{path.name} is not built: python -m fixtures.generator build {name}")
    return json.loads(path.read_text(encoding="utf-8"))


def belt_m(truth: Truth) -> np.ndarray:
    return np.array(truth.data.get("belt_mm", np.zeros(len(truth.t))), float) / 1000


def test_every_planned_clip_has_its_video_and_truth_and_they_are_small() -> None:
    total = 0
    for name in EVERY:
        video, truth = VIDEOS / f"{name}.mp4", VIDEOS / f"{name}.truth.json"
        assert video.exists() and truth.exists(), f"{name} is not built"
        assert video.stat().st_size <= 700_000, name
        assert truth.stat().st_size <= 310_000, name
        total += video.stat().st_size + truth.stat().st_size
    assert total <= 30_000_000


def test_every_check_has_a_clear_fault_and_a_near_miss_and_sided_ones_both_sides() -> None:
    from fixtures.generator.expect import _toml

    checks = set(_toml("checks.toml")["check"])
    assert len(checks) == 24
    clear = {f.check for c in CLIPS for f in c.faults if f.verdict != "good"}
    near = {f.check for c in CLIPS for f in c.faults if f.verdict == "good"}
    assert clear == checks
    assert near == checks
    for check in ("knee_over_toe", "knee_valgus", "knee_toe_alignment", "foot_placement", "heel_lift"):
        sides = {f.side for c in CLIPS for f in c.faults if f.check == check and f.verdict != "good"}
        assert sides >= {"left", "right"}, check


@pytest.mark.parametrize("name", EVERY)
def test_the_video_has_the_truths_size_and_timestamps(name: str) -> None:
    d = data(name)
    with av.open(str(VIDEOS / f"{name}.mp4")) as video:
        stream = video.streams.video[0]
        times = np.array([float(f.pts * stream.time_base) for f in video.decode(stream)])
        size = (stream.width, stream.height)
    assert len(times) == len(d["time_s"])
    assert np.max(np.abs(times - times[0] - np.array(d["time_s"]) + d["time_s"][0])) < 2e-4
    upright = (d["camera"]["width"], d["camera"]["height"])
    assert size == (upright if d["rotation_deg"] in (0, 180) else upright[::-1])


@pytest.mark.parametrize("name", FAULTY)
def test_a_planned_fault_is_really_there_and_as_bad_as_planned(name: str) -> None:
    d = data(name)
    bands = {m["id"]: m for m in measures_of(d["laps"][0]["exercise"])}
    for fault in d["faults"]:
        assert fault["magnitude"] is not None, fault["measure"]
        assert verdict(fault["magnitude"], bands[fault["measure"]]) == fault["verdict"], fault


@pytest.mark.parametrize("name", QUIET)
def test_clean_and_near_clips_break_no_band_in_truth(name: str) -> None:
    loud = [(j.measure, j.side, round(j.value, 3)) for j in judge(Truth(data(name))) if j.verdict in ("minor", "major")]
    assert loud == []


@pytest.mark.parametrize("name", EVERY)
def test_a_standing_foot_does_not_skate(name: str) -> None:
    truth = Truth(data(name))
    for step in truth.steps:
        on = truth.window(step, "stance")
        if on.sum() < 4:
            continue
        slips = []
        for part in ("heel", "toe"):
            path = truth.joint(f"{part}_{step.side[0]}")[on, :2].copy()
            path[:, 0] += belt_m(truth)[on]
            middle = path[len(path) // 4 : max(len(path) * 3 // 4, len(path) // 4 + 2)]
            slips.append(float(np.ptp(middle, axis=0).max()))
        assert min(slips) < SKATE_M, (step, slips)


@pytest.mark.parametrize("name", BACKWARD)
def test_backward_steps_land_on_the_toes_or_flat_never_through_the_floor(name: str) -> None:
    truth = Truth(data(name))
    planned_flat = {"knee_over_toe"} & {f["check"] for f in truth.data["faults"]}
    for step in truth.steps:
        if step.lap or step.contact_s > truth.t[-1] - 0.1:
            continue
        at = int(np.argmin(np.abs(truth.t - step.contact_s)))
        pitch = truth.signal(f"foot_pitch_{step.side}_deg")[at]
        assert planned_flat or pitch > 2.0, step
    for part in ("heel_l", "heel_r", "toe_l", "toe_r"):
        point = truth.joint(part)
        ground = truth.slope * (point[:, 0] + belt_m(truth))
        assert (point[:, 2] - ground).min() > -0.02, part


@pytest.mark.parametrize("name", EVERY)
def test_knees_bend_forward_and_bones_keep_their_length(name: str) -> None:
    truth = Truth(data(name))
    for s in "lr":
        hip, knee, ankle = (truth.joint(f"{p}_{s}") for p in ("hip", "knee", "ankle"))
        for a, b in ((hip, knee), (knee, ankle)):
            assert np.ptp(np.linalg.norm(a - b, axis=1)) < 0.004
        share = ((knee - hip) * (ankle - hip)).sum(1) / ((ankle - hip) ** 2).sum(1)
        ahead = (knee - hip - share[:, None] * (ankle - hip))[:, 0]
        assert ahead.min() > -0.01


@pytest.mark.parametrize("name", EVERY)
def test_image_positions_are_the_projection_of_the_world_positions(name: str) -> None:
    truth, camera = Truth(data(name)), data(name)["camera"]
    every = camera["every"] if camera["moves"] else len(truth.t)
    for row, k in enumerate(range(0, len(truth.t), every)):
        local = (truth.world[k] - camera["eye_m"][row]) @ np.array(camera["axes_right_up_forward"][row]).T
        px = camera["focal_px"] * local[:, :2] / local[:, 2:] * (1, -1) + (
            camera["width"] / 2,
            camera["height"] / 2,
        )
        assert np.nanmax(np.abs(px - truth.image[k])) < 1.5


@pytest.mark.parametrize("name", EVERY)
def test_the_view_is_the_way_the_toes_point_in_the_picture(name: str) -> None:
    truth, view = Truth(data(name)), data(name)["view"]
    x = {name: truth.image[:, k, 0] for name, k in truth.index.items()}
    toward_right = np.median([np.nanmedian(x[f"toe_{s}"] - x[f"heel_{s}"]) for s in "lr"])
    if view["name"] == "right_side":
        assert toward_right > 0 and 65 < view["yaw_deg"] < 115
    elif view["name"] == "left_side":
        assert toward_right < 0 and -115 < view["yaw_deg"] < -65
    left = np.nanmedian(x["shoulder_l"] - x["shoulder_r"])
    if view["name"] == "front":
        assert left > 0 and abs(view["yaw_deg"]) <= 25
    elif view["name"] == "back":
        assert left < 0


@pytest.mark.parametrize("name", [n for n in EVERY if not n.startswith("in_and_out")])
def test_the_athlete_stays_in_the_picture(name: str) -> None:
    truth, camera = Truth(data(name)), data(name)["camera"]
    x, y = truth.image[..., 0], truth.image[..., 1]
    inside = (x >= 0) & (x < camera["width"]) & (y >= 0) & (y < camera["height"])
    assert inside.all(axis=1).mean() > 0.97


def test_contacts_alternate_and_each_is_followed_by_its_lift_off() -> None:
    for name in EVERY:
        truth = Truth(data(name))
        for a, b in zip(truth.steps, truth.steps[1:], strict=False):
            assert a.lap != b.lap or a.side != b.side, name
        for step in truth.steps:
            assert not step.off_s <= step.contact_s, name


def test_the_same_seed_rebuilds_the_same_truth() -> None:
    pytest.importorskip("anny", reason="rebuilding needs the fixtures extra")
    from fixtures.generator.build import assemble, frame_times, plan_of, with_expectations
    from fixtures.generator.camera import film_from
    from fixtures.generator.plan import BY_NAME
    from fixtures.generator.truth import truth_of

    clip = BY_NAME["demo"]
    time_s = frame_times(clip)
    motion, body, _, shot = assemble(clip, time_s)
    hip = 0.5 * (motion.posed.joints["hip_l"] + motion.posed.joints["hip_r"])
    again = with_expectations(truth_of(motion, body, film_from(shot, time_s, hip, clip.seed), plan_of(clip)), clip)
    stored = data("demo")
    assert again["contacts"] == stored["contacts"]
    assert np.abs(np.array(again["world_mm"]) - np.array(stored["world_mm"])).max() <= 1


@pytest.mark.parametrize("name", ["near_heel_lift_right", "fault_torso_rock"])
def test_a_clip_drawn_anew_is_another_body_with_the_planned_fault(name: str, tmp_path: Path) -> None:
    from itertools import islice

    from fixtures.generator.redraw import as_planned, redraws

    planned = next(clip for clip in CLIPS if clip.name == name)
    fresh = list(islice(redraws(planned, 1), 3))
    assert all(clip.person != planned.person and clip.faults == planned.faults for clip in fresh)
    assert fresh == list(islice(redraws(planned, 1), 3)), "the same draw gives the same clips"
    assert fresh[0] != next(redraws(planned, 2))
    assert as_planned(VIDEOS / f"{planned.name}.truth.json")
    broken = data(planned.name) | {"faults": [{"measure": "torso_rock.range", "magnitude": 0.0, "verdict": "major"}]}
    (tmp_path / "broken.truth.json").write_text(json.dumps(broken), encoding="utf-8")
    assert not as_planned(tmp_path / "broken.truth.json")
