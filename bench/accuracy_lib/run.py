"""Measure every clip, gather the rows, and write the page."""

from __future__ import annotations

import sys
from pathlib import Path

from bench.accuracy_lib import mends, page, page_checks
from bench.accuracy_lib.breaks import groups
from bench.accuracy_lib.checks import Outcome, add_clip
from bench.accuracy_lib.clips import ROOT, cached_pose, find_fixtures
from bench.accuracy_lib.evidence import evidence
from bench.accuracy_lib.real import RealRow, real_rows
from bench.accuracy_lib.rows import HALVES, angle_rows, event_rows
from bench.accuracy_lib.samples import ClipResult, measure

PAGE = ROOT / "docs" / "accuracy.md"
FRESH_PAGE = ROOT / "docs" / "accuracy-fresh.md"
PICTURES = ROOT / "docs" / "accuracy"

PLOTS = (
    "![Knee flexion against truth](accuracy/knee.png)\n\n![Trunk lean against truth](accuracy/lean.png)",
    "![Event errors](accuracy/events.png)",
)
REAL = (
    "## Real people\n\nThe four-camera reference is itself markerless (triangulated from all four views), so these "
    "are cross-checks. Played backward, a walk stands in for backward walking.\n\n"
)

EVIDENCE = (
    "### What the pose gave there\n\n"
    "On the clips above, and on all at an angle. Contacts that one foot has early and the other late all through a "
    "clip read as a limp. Seen from behind at an angle the landmarks' hips swing as wide on a plain walk as on a "
    "twisting one, so `hip_twist` is not judged there; from ahead they swing too little, so its confidence is halved "
    "(`reliability` in `measures.toml`).\n\n"
)
MENDS = (
    "## What each mend brings\n\nThe same clips scored without it and with it. The choice of model is in "
    "[accuracy-engines.md](accuracy-engines.md).\n\n"
)

INTRO = """# Accuracy

Written by `python bench/accuracy.py --write`: do not edit by hand. Engine {engine}, model {model}, version {version};
{clips} rendered clips with exact truth ({development} development, {validation} validation), and real clips below.
Every parameter was fitted on the development half and on further draws of it. The validation half was not fitted to,
but its rows stood beside the others while faults were looked for: it is no blind test. That is in
[accuracy-fresh.md](accuracy-fresh.md).

How to read it: mean absolute error in bold, then bias and 95 % limits of agreement (estimate minus truth). *Raw
landmarks* are the pose model's own, measured by plain formulas without smoothing, repair or correction, and told the
true view and facing; frames that formcheck leaves empty are left out for both. *Perfect pose* is the truth's own joints
scored by formcheck: what is left there is the core's error, not the model's. Published figures and their numbers are
those of the biomechanics reference. The truth is that of rendered bodies: joint centres are the body model's, which
differ from BlazePose's and from an anatomist's by a few degrees in absolute lean, knee flexion and FPPA.
"""


FRESH = """# Accuracy on clips nobody had looked at

Written by `python bench/accuracy.py --fresh FOLDER --write`: do not edit by hand. Engine {engine}, model {model},
version {version}. The column "validation" is here the validation half of the plan drawn anew by
`python -m fixtures.generator build --half validation --draw 4 --out FOLDER`, {validation} clips: the same movements and
planned faults with other bodies, seeds, rooms and camera places. They were scored once, when everything else was done,
and nothing had been changed for them; the figures are those of that time. Afterwards footage came to be rejected at
every fourth stance or swing that cannot be true, and no longer at every fifth: `hidden_shin_right`, which lost all its
steps here, keeps them. Draws 1 to 3 were scored so before; what they showed is mended, and they are blind no longer.
"Development" are the {development} shipped clips of that half. How to read the tables: [accuracy.md](accuracy.md).
"""


def run(engine: str, model: str, pattern: str, cache: Path, with_real: bool, write: bool) -> str:
    """The page as text; written with its pictures if asked."""
    results = []
    for fixture in find_fixtures(pattern):
        results.append(measure(fixture, cached_pose(fixture.video, engine, model, cache)))
    if not results:
        sys.exit(f"no fixture matches '{pattern}'; build them by python -m fixtures.generator")
    real = real_rows(engine, model, cache) if with_real else []
    text = compose(results, real, engine, model)
    if write:
        from bench.accuracy_lib.plots import draw_all

        draw_all(results, PICTURES)
        _put(PAGE, text)
    return text


def run_fresh(folder: Path, engine: str, model: str, cache: Path, write: bool) -> str:
    """The page of a blind test: the shipped development half beside the clips in ``folder``; written if asked."""
    fresh = find_fixtures(folder=folder)
    if not fresh:
        sys.exit(f"{folder}: no clips; draw some by python -m fixtures.generator build --draw 1 --out {folder}")
    known = [fixture for fixture in find_fixtures() if fixture.half == "development"]
    results = [measure(fixture, cached_pose(fixture.video, engine, model, cache)) for fixture in (*known, *fresh)]
    text = compose(results, [], engine, model, FRESH)
    if write:
        _put(FRESH_PAGE, text)
    return text


def _put(page: Path, text: str) -> None:
    partial = page.with_suffix(".part")
    partial.write_text(text, encoding="utf-8")
    partial.replace(page)


def compose(results: list[ClipResult], real: list[RealRow], engine: str, model: str, intro: str = INTRO) -> str:
    """The whole page; pictures and real people only where there are ``real`` rows."""
    by_half = {half: Outcome() for half in HALVES}
    whole = Outcome()
    for result in results:
        for outcome in (by_half[result.fixture.half], whole):
            add_clip(outcome, result.fixture, result.analysis, result.ideal)
    count = {half: sum(r.fixture.half == half for r in results) for half in HALVES}
    info = results[0].pose.engine
    knee, events = (PLOTS[:1], PLOTS[1:]) if real else ((), ())
    parts = [
        intro.format(engine=engine, model=model, version=info.version, clips=len(results), **count),
        "## Angles and distances\n\n" + page.angles(angle_rows(results)),
        *knee,
        "## Contact and lift-off\n\nEvents within 0.15 s of the clip's first or last frame, at the picture's edge, "
        "and behind what hides the foot are neither asked for nor counted.\n\n" + page.events(event_rows(results)),
        *events,
        "## Steps, cadence, rhythm\n\n" + page.steps(results),
        *_on_checks(by_half, whole),
        EVIDENCE + evidence(results, whole),
        "## Left and right legs swapped\n\n" + page.swaps(results),
    ]
    if real:
        parts.append(REAL + page.real(real))
    parts.append(MENDS + mends.table(results))
    return "\n\n".join([*parts, "## Where it breaks\n\n" + page.breaks(groups(results, whole))]) + "\n"


def _on_checks(by_half: dict[str, Outcome], whole: Outcome) -> list[str]:
    return [
        "## Checks\n\nA planned fault counts as found at minor or major; clean and sub-threshold clips must stay "
        "silent.\n"
        "Steps while a fault sets in (1 s) are left out; measures taken once a set have no steps.\n\n"
        + page_checks.checks(by_half, sorted(whole.scores)),
        f"### False findings: {len(whole.false)}\n\n" + page_checks.false_findings(whole.false),
        f"### Planned faults not found: {len(whole.missed)}\n\n" + page_checks.misses(whole.missed),
        f"### Findings in a view that cannot show them: {len(whole.wrong_view)}\n\n"
        + ("\n".join(f"- {line}" for line in whole.wrong_view) or "None."),
    ]
