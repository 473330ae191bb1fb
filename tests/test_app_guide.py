"""The capture guide: where to put the phone, and what it can and cannot judge from there, drawn from the exercises."""

from __future__ import annotations

import re
import xml.etree.ElementTree as tree
from dataclasses import replace

import pytest

from formcheck.app.parts.guide import Guide, guides
from formcheck.app.parts.guide_picture import picture_svg
from formcheck.app.parts.guide_sees import ASPECTS, of_any, of_every, spots, views_of
from formcheck.core.spec import Catalogue, Exercise
from formcheck.exercises.load import load_catalogue
from formcheck.texts import t
from tests.test_app_pages import run_page

KNOWN = load_catalogue()
ASKED = ("auto", "up_and_back", *KNOWN.exercises)
SVG = "{http://www.w3.org/2000/svg}"


def of_view(asked: str, view: str, known: Catalogue = KNOWN) -> Guide:
    return next(one for one in guides(asked, known) if one.view == view)


def labels(svg: str, side: str) -> str:
    """The words left ("yes") or right ("no") of the frame, in one piece."""
    anchor = "end" if side == "yes" else "start"
    return " ".join(
        one.text or "" for one in tree.fromstring(svg).iter(f"{SVG}text") if one.get("text-anchor") == anchor
    )


def signs(svg: str, side: str) -> int:
    """How many places on the body bear the sign; the heading's own is not counted."""
    return sum(one.get("class") == side for one in tree.fromstring(svg).iter(f"{SVG}g")) - 1


def with_measures(exercise: Exercise, *more: tuple[str, tuple[str, ...]]) -> Catalogue:
    """The catalogue in which the exercise has these (check, views) and nothing else."""
    first = exercise.measures[0]
    made = replace(exercise, measures=tuple(replace(first, check=check, views=views) for check, views in more))
    titles = {check: f"Made up {check}" for check, _ in more} | dict(KNOWN.check_titles)
    return replace(KNOWN, exercises={**KNOWN.exercises, exercise.id: made}, check_titles=titles)


@pytest.mark.parametrize("asked", ASKED)
def test_every_choice_has_two_drawings_for_each_of_its_views_that_say_what_they_show(asked: str) -> None:
    drawn = guides(asked, KNOWN)
    spec = KNOWN.exercises.get(asked)
    assert [one.view for one in drawn] == (list(spec.camera) if spec else ["side", "front"])
    for one in drawn:
        for drawing in (one.plan, one.picture):
            assert tree.fromstring(drawing.svg).get("aria-label") == drawing.words
        assert one.told


@pytest.mark.parametrize("asked", ASKED)
def test_every_label_lies_within_the_drawing_and_none_on_another(asked: str) -> None:
    for one in guides(asked, KNOWN):
        root = tree.fromstring(one.picture.svg)
        height = float(root.get("viewBox", "").split()[3])
        for anchor in ("end", "start"):
            rows = sorted(float(x.get("y", "")) for x in root.iter(f"{SVG}text") if x.get("text-anchor") == anchor)
            assert rows[0] > 0 and rows[-1] <= height
            assert min(b - a for a, b in zip(rows, rows[1:], strict=False)) > 12


def test_what_a_view_judges_has_a_tick_and_what_it_does_not_a_cross_under_the_view_that_does() -> None:
    side, front = (of_view("reverse_sled_pull", view).picture for view in ("side", "front"))
    assert "Knee over toe" in labels(side.svg, "yes") and "Knees caving in" in labels(side.svg, "no")
    assert "Knee over toe" in labels(front.svg, "no") and "Knees caving in" in labels(front.svg, "yes")
    assert re.search("film the front .*Knees caving in", labels(side.svg, "no"))
    assert re.search("film the side .*Knee over toe", labels(front.svg, "no"))
    assert re.search(r"can be judged: .*Knee over toe.* cannot: .*Knees caving in \(film the front\)", side.words)


def test_a_check_moves_to_the_other_side_when_its_measure_needs_another_view() -> None:
    walk = KNOWN.exercises["backward_walk"]
    from_side = with_measures(walk, ("heel_lift", ("side",)), ("knee_bend", ("side",)))
    from_front = with_measures(walk, ("heel_lift", ("front",)), ("knee_bend", ("side",)))
    seen, unseen = (of_view(walk.id, "side", known).picture.svg for known in (from_side, from_front))
    assert "Heel down" in labels(seen, "yes") and (signs(seen, "yes"), signs(seen, "no")) == (2, -1)
    assert "Heel down" in labels(unseen, "no") and (signs(unseen, "yes"), signs(unseen, "no")) == (1, 1)


def test_a_check_without_a_place_of_its_own_is_drawn_by_its_title() -> None:
    made = with_measures(KNOWN.exercises["backward_walk"], ("breathing", ("front",)), ("heel_lift", ("side",)))
    assert "Made up breathing" in labels(of_view("backward_walk", "front", made).picture.svg, "yes")
    assert "Made up breathing" in labels(of_view("backward_walk", "side", made).picture.svg, "no")


def test_checks_told_together_of_which_a_view_shows_some_are_told_one_by_one() -> None:
    both = {"knee_valgus": frozenset({"front"}), "knee_toe_alignment": frozenset({"front", "side"})}
    titles = {"knee_valgus": "Angle", "knee_toe_alignment": "Line"}
    told = spots(both, "side", titles, ("side", "front"))
    assert {(one.label, one.seen, one.film) for one in told} == {("Angle", False, "front"), ("Line", True, "side")}
    assert [one.label for one in spots(both, "front", titles, ("side", "front"))] == [t("guide.knees_in")]


def test_people_are_sent_to_a_view_that_the_exercise_offers_where_one_shows_it() -> None:
    twist = {"hip_twist": frozenset({"oblique", "back"})}
    assert [spots(twist, "side", {}, offered)[0].film for offered in (("side", "oblique"), ("side", "back"))] == [
        "oblique", "back",
    ]  # fmt: skip


def test_every_check_of_the_catalogue_has_a_place_on_the_body() -> None:
    assert {check for aspect in ASPECTS for check in aspect.checks} == set(KNOWN.check_titles)


def test_for_an_exercise_not_known_yet_only_what_all_share_is_drawn_beside_nobody_in_particular() -> None:
    shared = of_every(KNOWN.exercises.values())
    assert shared and all(set(shared) <= set(views_of(one)) for one in KNOWN.exercises.values())
    assert not {"knee_over_toe", "depth"} & set(shared)
    for view in ("side", "front"):
        drawn = of_view("auto", view)
        told = spots(shared, view, KNOWN.check_titles, ("side", "front"))
        assert drawn.picture.svg == picture_svg(None, view, told, drawn.picture.words)
        assert drawn.picture.svg != picture_svg("standing", view, told, drawn.picture.words)
        assert ">1<" in drawn.plan.svg and ">2<" in drawn.plan.svg and "Sled" not in drawn.plan.words


def test_up_and_back_shows_both_ways_and_what_either_way_is_judged_by() -> None:
    drawn = of_view("up_and_back", "side")
    assert t("guide.up") in drawn.plan.svg and t("guide.back") in drawn.plan.svg
    ways = [KNOWN.exercises[one] for one in ("forward_sled_push", "reverse_sled_pull")]
    assert set(of_any(ways)) == {measure.check for way in ways for measure in way.measures}
    assert "Knee over toe" in labels(drawn.picture.svg, "yes")


def test_words_from_files_cannot_break_the_drawing() -> None:
    told = spots({"x": frozenset({"side"})}, "side", {"x": 'a <b> & "c"'}, ("side",))
    svg = picture_svg("seated", "side", told, 'a <label> & "more"')
    assert tree.fromstring(svg).get("aria-label") == 'a <label> & "more"' and 'a <b> & "c"' in labels(svg, "yes")


@pytest.mark.parametrize("page", ["upload", "live"])
def test_the_pages_show_the_guide_with_its_words(page: str) -> None:
    shown = "\n".join(str(one.proto.body) for one in run_page(page).get("html"))
    for view in ("side", "front"):
        drawn = of_view("auto", view)
        assert f'alt="{drawn.picture.words}"' in shown and f'alt="{drawn.plan.words}"' in shown
