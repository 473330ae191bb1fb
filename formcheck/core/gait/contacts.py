"""Contacts of both feet made one ordered list: alternate feet, no doubles, each with its lift-off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from formcheck.core.gait.events import FootEvents, foot_events
from formcheck.core.gait.foot_course import MIN_STRIDE_S, FootCourse, Usual, foot_course, usual_of
from formcheck.core.gait.frontal import frontal_events
from formcheck.core.gait.tracks import Track
from formcheck.core.skeleton import SIDES, Side
from formcheck.core.types import Array, Bools

#: Two contacts of one foot closer than this share of the median stride are one.
SAME_CONTACT_SHARE: Final = 0.6
#: ... unless the other foot landed between them: then it is the cadence that went up, and less than this is a double.
QUICK_STEP_SHARE: Final = 0.4
#: A swing that has this share of its time in common with the other foot's and goes less far, by this, is none: even a
#: sprinter's feet are in the air together for little more, and then both go all the way.
PHANTOM_TIME: Final = 0.6
PHANTOM_WAY: Final = 0.85
SAME_SWING: Final = 0.75  # of the time of either: one movement given to both feet, and the longer way is the real one


@dataclass(frozen=True)
class Contact:
    """One foot on the ground: from ``contact_s`` to ``off_s`` (NaN if not seen)."""

    side: Side
    contact_s: float
    off_s: float


def find_contacts(tracks: list[Track]) -> list[list[Contact]]:
    """Each track's contacts in time order.

    A stretch may show no whole swing of a foot; what one is like is then told by the other foot, or by the tracks with
    the same gait.
    """
    courses = [_courses(track) for track in tracks]
    usual = [usual_of(own) for own in courses]
    gaits = {track.gait for track in tracks}
    anywhere = {
        gait: usual_of([one for own, track in zip(courses, tracks, strict=True) if track.gait == gait for one in own])
        for gait in gaits
    }
    return [
        _contacts(track, own, mine or anywhere[track.gait])
        for track, own, mine in zip(tracks, courses, usual, strict=True)
    ]


def _courses(track: Track) -> list[FootCourse]:
    """Both feet's courses; none where the picture does not show the feet fore and aft."""
    if not track.sagittal:
        return []
    return [foot_course(track.time_s, track.ankle[k], track.foot[k], track.gait) for k in (0, 1)]


def _contacts(track: Track, courses: list[FootCourse], usual: Usual) -> list[Contact]:
    if courses:
        events = without_phantoms(track, [foot_events(course, usual) for course in courses])
    else:
        events = [_seen_head_on(track, k) for k in (0, 1)]
    found: list[Contact] = []
    for k, side in enumerate(SIDES):
        found.extend(_pair(side, without_doubles(events[k], events[1 - k].contact_s)))
    return sorted(found, key=lambda c: c.contact_s)


def _seen_head_on(track: Track, k: int) -> FootEvents:
    """Events of one foot from front or back."""
    toe, heel = track.toe[k], track.foot[k]
    backward = track.gait == "backward"
    lands, leaves = (toe, heel) if backward else (heel, toe)
    away = backward == (track.view == "front")
    view: Literal["front", "back"] = "front" if track.view == "front" else "back"
    lead = track.busy[k] - track.busy[1 - k]
    return frontal_events(track.time_s, lead, lands, leaves, view, "off" if away else "contact")


def without_phantoms(track: Track, events: list[FootEvents]) -> list[FootEvents]:
    """Both feet's events without those of a foot that the pose model moves along as the other one passes it."""
    swings = [_swings(e) for e in events]
    every = np.concatenate(swings)
    usual_s = float(np.nanmedian(every[:, 1] - every[:, 0])) if np.isfinite(every).all(axis=1).any() else 0.0
    ways = []
    for k, own in enumerate(swings):
        own[:, 0] = np.where(np.isfinite(own[:, 0]), own[:, 0], own[:, 1] - usual_s)
        start, stop = (np.interp(own[:, j], track.time_s, track.foot[k]) for j in (0, 1))
        ways.append(np.abs(stop - start))
    out = []
    for k, own in enumerate(swings):
        phantom = _phantoms(own, ways[k], swings[1 - k], ways[1 - k])
        off_s = events[k].off_s[~np.isin(events[k].off_s, own[phantom, 0])]
        out.append(FootEvents(own[~phantom, 1], off_s))
    return out


def _phantoms(own: Array, way: Array, other: Array, its_way: Array) -> Bools:
    """(S,) which of a foot's swings (S, 2) are none, beside the other foot's: those that end about when they do."""
    if not len(other):
        return np.zeros(len(own), dtype=bool)
    after = np.searchsorted(other[:, 1], own[:, 1])
    near = np.clip(after[:, None] + np.array([-1, 0, 1]), 0, len(other) - 1)
    begin, end = other[near, 0], other[near, 1]
    common = np.minimum(own[:, 1:], end) - np.maximum(own[:, :1], begin)
    lasts, less = np.diff(own, axis=1), way[:, None]
    within = (common >= PHANTOM_TIME * lasts) & (less < PHANTOM_WAY * its_way[near])
    same = (common >= SAME_SWING * (lasts + (end - begin) - common)) & (less < its_way[near])
    return np.asarray((within | same).any(axis=1))


def _swings(events: FootEvents) -> Array:
    """(S, 2) each contact with the lift-off before it, NaN where there is none since the foot's last contact."""
    swings = []
    last = -np.inf
    for contact in events.contact_s:
        before = events.off_s[(events.off_s > last) & (events.off_s < contact)]
        swings.append((float(before[-1]) if before.size else float("nan"), float(contact)))
        last = contact
    return np.array(swings).reshape(-1, 2)


def without_doubles(events: FootEvents, other_s: Array) -> FootEvents:
    """One foot's events without doubles; ``other_s`` are the other foot's contacts."""
    contact = events.contact_s
    if contact.size < 2:
        return events
    stride = max(float(np.median(np.diff(contact))), MIN_STRIDE_S)
    kept = [float(contact[0])]
    for at in contact[1:].tolist():
        between = bool(((other_s > kept[-1]) & (other_s < at)).any())
        if at - kept[-1] >= (QUICK_STEP_SHARE if between else SAME_CONTACT_SHARE) * stride:
            kept.append(at)
    return FootEvents(np.array(kept), events.off_s)


def _pair(side: Side, events: FootEvents) -> list[Contact]:
    """Each contact with the first lift-off before the same foot's next contact."""
    out: list[Contact] = []
    starts = events.contact_s.tolist()
    for i, start in enumerate(starts):
        end = starts[i + 1] if i + 1 < len(starts) else np.inf
        later = events.off_s[(events.off_s > start) & (events.off_s < end)]
        out.append(Contact(side, start, float(later[0]) if later.size else float("nan")))
    return out
