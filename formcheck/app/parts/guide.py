"""Where to put the phone and what it can and cannot judge from there, drawn and told, one tab a view.

Two drawings: the lane from above (``guide_plan``) and the picture the phone should see (``guide_picture``). Their
words for screen readers say the same.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from formcheck.api import UP_AND_BACK
from formcheck.app.parts.common import catalogue
from formcheck.app.parts.guide_picture import picture_svg
from formcheck.app.parts.guide_plan import plan_of, plan_of_any, plan_up_and_back
from formcheck.app.parts.guide_sees import CheckViews, Spot, of_any, of_every, spots, views_of
from formcheck.core.spec import Catalogue, Posture
from formcheck.texts import t
from formcheck.texts.sentences import said

#: What a set of pushing up and pulling back is made of.
UP, BACK = "forward_sled_push", "reverse_sled_pull"


@dataclass(frozen=True)
class Drawing:
    """An SVG, and the same in words."""

    svg: str
    words: str


@dataclass(frozen=True)
class Guide:
    """What is drawn for one view, and what is written below it."""

    view: str
    plan: Drawing
    picture: Drawing
    told: str


def guide(exercise: str, title: str = "upload.guide") -> None:
    """The guide for an exercise, for "up_and_back", or for one that is to be recognised."""
    st.subheader(t(title), anchor=False)
    if exercise not in catalogue().exercises:
        st.write(t("guide.up_and_back" if exercise == UP_AND_BACK else "guide.any"))
    drawn = guides(exercise, catalogue())
    for tab, one in zip(st.tabs([t(f"upload.guide_{one.view}") for one in drawn]), drawn, strict=True):
        with tab:
            halves = _figure(one.plan, t("upload.guide_plan")), _figure(one.picture, t("upload.guide_picture"))
            st.html(f'<div class="fc-guide">{"".join(halves)}</div>')
            st.write(said(one.told))


def _figure(drawing: Drawing, caption: str) -> str:
    """A drawing as HTML; as an image, since Streamlit takes SVG out of what it shows."""
    code = base64.b64encode(drawing.svg.encode()).decode()
    image = f'<img src="data:image/svg+xml;base64,{code}" alt="{escape(drawing.words)}">'
    return f"<figure>{image}<figcaption>{escape(caption)}</figcaption></figure>"


def guides(exercise: str, known: Catalogue) -> list[Guide]:
    """One for each view, the first one first."""
    spec = known.exercises.get(exercise)
    if spec is not None:
        return [_guide(spec.id, view, views_of(spec), spec.posture, tuple(spec.camera), known) for view in spec.camera]
    views = ("side", "front")
    if exercise == UP_AND_BACK:
        checks = of_any(known.exercises[one] for one in (UP, BACK))
        return [_guide(exercise, view, checks, "standing", views, known) for view in views]
    return [_guide("", view, of_every(known.exercises.values()), None, views, known) for view in views]


def _guide(
    exercise: str, view: str, checks: CheckViews, posture: Posture | None, offered: Sequence[str], known: Catalogue
) -> Guide:
    seen = spots(checks, view, known.check_titles, offered)
    name = t(f"upload.guide_{view}")
    said = sees_words(name, seen)
    picture = Drawing(picture_svg(posture, view, seen, said), said)
    spec = known.exercises.get(exercise)
    if spec is not None:
        alt = t("upload.guide_alt", view=name, travel=t(f"upload.travel_{spec.direction}"))
        return Guide(view, Drawing(plan_of(spec, view, alt), alt), picture, spec.camera[view])
    both_ways = exercise == UP_AND_BACK
    alt = t("guide.up_and_back_alt" if both_ways else "guide.any_alt", view=name)
    plan = plan_up_and_back(view, alt) if both_ways else plan_of_any(view, alt)
    return Guide(view, Drawing(plan, alt), picture, known.film_hints[view])


def sees_words(view: str, seen: Sequence[Spot]) -> str:
    """The drawing in words, for who cannot see it."""
    yes = ", ".join(spot.label for spot in seen if spot.seen)
    no = ", ".join(f"{spot.label} ({t(f'guide.film_{spot.film}')})" for spot in seen if not spot.seen)
    said = t("guide.alt", view=view, seen=yes or t("guide.nothing"))
    return f"{said} {t('guide.alt_no', unseen=no)}" if no else said
