"""What a view can and cannot judge of an exercise: its checks, grouped by where on the body they are seen.

Which view shows what comes from the exercise's measures. Only the place on a drawing and the few words beside it stand
here; a check without a place of its own is shown by its title at the whole body.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from formcheck.core.spec import Exercise
from formcheck.texts import t
from formcheck.texts.sentences import said

Part = Literal["whole", "head", "trunk", "hands", "hips", "knees", "feet", "steps"]
CheckViews = Mapping[str, frozenset[str]]
#: The order in which a view is proposed.
VIEWS: Final = ("side", "front", "back", "oblique")


@dataclass(frozen=True)
class Aspect:
    """Checks that a few words tell together, and their place; ``key`` names the words among the texts."""

    key: str
    part: Part
    checks: tuple[str, ...]


#: From head to foot, as the labels stand beside the body.
ASPECTS: Final = (
    Aspect("head", "head", ("neck_crane",)),
    Aspect("lean", "trunk", ("torso_upright", "torso_rock", "posture_drift")),
    Aspect("sway", "trunk", ("lateral_sway",)),
    Aspect("hands", "hands", ("hands_steady",)),
    Aspect("hips", "hips", ("pelvis_anchor",)),
    Aspect("depth", "hips", ("depth",)),
    Aspect("twist", "hips", ("hip_twist",)),
    Aspect("knee_over_toe", "knees", ("knee_over_toe",)),
    Aspect("knee_bend", "knees", ("knee_bend",)),
    Aspect("knees_in", "knees", ("knee_valgus", "knee_toe_alignment")),
    Aspect("heel", "feet", ("heel_lift",)),
    Aspect("placement", "feet", ("foot_placement",)),
    Aspect("apart", "feet", ("stance_width",)),
    Aspect("rhythm", "steps", ("step_rhythm",)),
    Aspect("pace", "steps", ("cadence", "slowdown", "sled_stall", "smoothness")),
    Aspect("even", "steps", ("step_spacing", "symmetry")),
    Aspect("start", "whole", ("quiet_start",)),
)


@dataclass(frozen=True)
class Spot:
    """A label at a part of the body; ``film`` is the view that shows it, this one if ``seen``."""

    part: Part
    label: str
    seen: bool
    film: str


def views_of(exercise: Exercise) -> CheckViews:
    """The views in which at least one measure of each of the exercise's checks is judged."""
    checks = dict.fromkeys(measure.check for measure in exercise.measures)
    return {c: frozenset(v for m in exercise.measures if m.check == c for v in m.views) for c in checks}


def of_any(exercises: Iterable[Exercise]) -> CheckViews:
    """The checks of all of them: what a set that holds each of them is judged by."""
    found: dict[str, frozenset[str]] = {}
    for exercise in exercises:
        for check, views in views_of(exercise).items():
            found[check] = found.get(check, frozenset()) | views
    return found


def of_every(exercises: Iterable[Exercise]) -> CheckViews:
    """The checks that each of them has, in the views that do for each: what holds whichever it is."""
    all_views = [views_of(exercise) for exercise in exercises]
    common = [check for check in all_views[0] if all(check in views for views in all_views)]
    return {check: frozenset.intersection(*(views[check] for views in all_views)) for check in common}


def spots(checks: CheckViews, view: str, titles: Mapping[str, str], offered: Sequence[str]) -> tuple[Spot, ...]:
    """What can and cannot be judged from ``view``, from head to foot; ``offered`` are the views to send people to."""
    found: list[Spot] = []
    placed: set[str] = set()
    for aspect in ASPECTS:
        mine = [check for check in aspect.checks if check in checks]
        placed.update(mine)
        states = {(view in checks[check], _film(checks[check], view, offered)) for check in mine}
        if len(states) == 1:
            found.append(Spot(aspect.part, t(f"guide.{aspect.key}"), *states.pop()))
        else:  # some of them are seen and some are not: each by its own name
            found += [_own(check, aspect.part, checks, view, titles, offered) for check in mine]
    rest = [check for check in checks if check not in placed]
    return (*found, *(_own(check, "whole", checks, view, titles, offered) for check in rest))


def _own(
    check: str, part: Part, checks: CheckViews, view: str, titles: Mapping[str, str], offered: Sequence[str]
) -> Spot:
    return Spot(part, said(titles[check]), view in checks[check], _film(checks[check], view, offered))


def _film(views: frozenset[str], view: str, offered: Sequence[str]) -> str:
    """The view to film: this one if it shows the check, else one that is offered, else any that shows it."""
    if view in views:
        return view
    return next(one for one in (*(v for v in VIEWS if v in offered), *VIEWS) if one in views)
