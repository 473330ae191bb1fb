"""Chooses the subject and follows it in a single pass over the file, for engines that read the file themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from formcheck.core.types import SubjectInfo
from formcheck.engines.base import Anywhere, FramePose, Guide
from formcheck.engines.onnx_engine import OnnxEngine, Survey
from formcheck.engines.people import link
from formcheck.engines.subject import Choice, SubjectGuide, choose, guide_to

Followed = tuple[SubjectInfo, Guide, list[float], Iterable[FramePose | None]]


def follow_subject(
    engine: OnnxEngine,
    path: str | Path,
    gap_s: float,
    wish: str,
    size: tuple[int, int],
    limits: tuple[float | None, float | None, float | None],
    told: Callable[[int], None] | None = None,
    workers: int | None = None,
) -> Followed:
    """The subject by ``wish``, the guide to it, and its times and poses.

    ``size`` is the picture's (width, height), ``limits`` start and end on the player's clock and the slow-motion
    factor. The file is read a second time only where the first pass followed somebody else for part of it.
    """
    survey = engine.survey_clip(path, gap_s, *limits, workers=workers, told=told)
    choice = choose(link(survey.samples, gap_s), wish, *size)
    guide = guide_to(choice, gap_s)
    if _is_followed(choice, guide, survey):
        return choice.info, guide, survey.times_s, survey.poses
    times_s, found = engine.track_clip(path, guide, *limits, workers=workers, told=told)
    poses = (None if pose is None or guide.rejects(pose) else pose for pose in found)  # made as they are asked for
    return choice.info, guide, times_s, poses


def _is_followed(choice: Choice, guide: SubjectGuide | Anywhere, survey: Survey) -> bool:
    """Whether the survey's poses are the subject's, as far as key frames tell."""
    if choice.person is None or not choice.others:
        return True
    seen_s = set(choice.person.times_s.tolist())
    keys_s = {seen[0].time_s for seen in survey.samples if seen}
    at_keys = [(t, pose) for t, pose in zip(survey.times_s, survey.poses, strict=True) if t in keys_s]
    return all(
        (pose is not None and guide.confirms(pose)) if time_s in seen_s else pose is None for time_s, pose in at_keys
    )
