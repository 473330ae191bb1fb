"""Every sentence that a report brings along, in one place: what the core, the engines and the readers of files say.

``say`` fills one in. Who shows a report may say the same in another language (``formcheck.texts.sentences``), finding
the sentence again by its words. So a ``{field}`` is a figure unless it is named here: one of ``WORDS``, each
translated by itself, or one of ``FREE``, which is any other sentence, or an exercise's id.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

#: How a clip is filmed, by the view's name.
FILMED: Final[Mapping[str, str]] = MappingProxyType({
    "side": "from the side", "left_side": "from the left side", "right_side": "from the right side",
    "front": "from the front", "back": "from the back", "oblique": "at an angle",
})  # fmt: skip
#: Fields that are one of a few words.
WORDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({
    "way": ("backward", "forward"),
    "leg": ("left", "right"),
    "kind": ("side", "front", "back", "oblique"),
    "filmed": tuple(FILMED.values()),
    "choose": ("choose with --exercise", "choose one with --exercise", "choose with --subject"),
})  # fmt: skip

#: Fields that may hold anything; ``views`` are some of ``WORDS["filmed"]``, joined by ``OR``.
FREE: Final = ("exercise", "exercises", "measure", "note", "views")

#: What stands between the parts of a list.
OR: Final = " or "
COMMA: Final = ", "

PHRASES: Final[Mapping[str, str]] = MappingProxyType({
    # The footage: why it is poor or not usable.
    "no_person": "no person with visible legs was found: film the whole body, feet included",
    "legs_seldom": "the legs were seen in only {share} of the clip: keep the whole body in the picture",
    "clip_short": "the clip is {seconds} s long: film at least a few strides",
    "legs_seen": "the legs were seen in {share} of the clip",
    "lost_once": "the athlete was lost once: nothing is judged there",
    "lost_often": "the athlete was lost {times} times: nothing is judged there",
    "slow_camera": "{fps} frames a second is slow for steps: film at 60 if the camera can",
    "small": "the athlete is small in the picture: come closer or zoom in",
    "dim": "the legs are hard to see: more light, closer-fitting clothes, nothing in front of them",
    "dark": "the picture is dark: film in more light, in clothes and shoes that stand out from the floor",
    "feet_lost": "the feet could not be followed well enough to find the steps ({times} of {all} stances and swings"
    " last impossibly long or short): film in more light, with legs and shoes that stand out from the floor",
    "feet_odd": "the feet were lost at times ({times} of {all} stances and swings last impossibly long or short):"
    " the steps about them may be off",
    # The file, and whom it shows.
    "cut_short": "the file is cut short: {there} of {declared} pictures are there; the rest is not scored",
    "damaged": "the file is damaged: {missing} of {expected} pictures cannot be decoded and are left out",
    "minutes_kept": "only the first {minutes} minutes are judged",
    "nobody_in_key_frames": "nobody was found in the key frames; the first person tracked is scored",
    "people_seen": "{people} people were seen; number {number} from the left is scored"
    " (mostly at {place} of the width); {choose}",
    "other_body": "{frames} frames in which the track was on another body are left out",
    "note_and_other_body": "{note}; {frames} frames in which the track was on another body are left out",
    # Which exercise it is.
    "no_exercise": "this does not look like any of the exercises formcheck knows; {choose}",
    "unsure": "recognised as {exercises}, but not surely ({share}); {choose}",
    "other_way": "you asked for {exercise}, but the athlete walks {way}",
    "laps_other_way": "{laps} of {all} laps go the other way and are not judged as {exercise}",
    "sits_low": "you asked for {exercise}, but the athlete sits low",
    "stands": "you asked for {exercise}, but the athlete stands",
    "on_belt": "you asked for {exercise}, but the athlete stays on the spot, as on a belt",
    "over_ground": "you asked for {exercise}, but the athlete travels over the ground",
    "no_steps": "no steps were found",
    # Why a check was not judged, and how to film it.
    "no_lap": "no lap of this exercise was seen",
    "wrong_view": "must be filmed {views}; this clip is filmed {filmed}",
    "from_behind": "needs the athlete's front toward the camera; this clip shows the back",
    "turned": "the camera is {off} degrees off the {kind} view; this needs {most} or less",
    "few_frames": "needs {needed} frames a second, the clip has {fps}",
    "film_faster": "Film at {needed} frames a second or more.",
    "few_steps": "only {steps} steps could be measured, {needed} are needed",
    "film_more_steps": "Film more steps, the whole body in the picture.",
    "no_start": "the clip does not show the moment before the first step",
    "some_steps": "only {steps} of {all} steps could be measured",
    "too_few_to_compare": "too few steps to compare ({steps} seen)",
    "parts_unseen": "the body parts it needs were not seen well enough",
    # When the set should have ended.
    "no_stop": "no reason to stop seen",
    "stop_not_judged": "stop signs could not be judged from this clip",
    "past_limit": "{measure} went past its limit",
    "past_limit_leg": "{measure} ({leg}) went past its limit",
    "grew": "{measure} grew against your own first strides",
    "grew_leg": "{measure} ({leg}) grew against your own first strides",
    # What the clip shows of the programme.
    "not_known": "not known from this clip",
    "distance": "{metres} m ({feet} ft)",
    "of_body_mass": "{ratio} of body mass",
    "pulls_a_push": "{pulls} pulls for each push",
})  # fmt: skip


def say(name: str, **values: str | int) -> str:
    """The sentence of that name, its fields filled in; numbers come written as they are to be read."""
    return PHRASES[name].format(**values)
