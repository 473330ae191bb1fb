"""Live in a browser, measured: ``python -m bench.live_page [CLIP]`` plays the clip as Chromium's camera.

Prints frames processed a second, how long after its step each cue was on the screen, and how far the picture with the
overlay is behind the camera's own: whenever the camera has a new picture, the numbers in it and in the one on show are
compared. Needs the extra e2e and Debian's chromium; run it on an otherwise idle machine.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from formcheck.io.video import probe
from tests.e2e.browser import ROOT
from tests.e2e.camera_film import make_film
from tests.e2e.live_run import figures, film_s, live_set


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(prog="python -m bench.live_page", description=__doc__)
    parser.add_argument("clip", type=Path, nargs="?", default=ROOT / "fixtures" / "videos" / "demo.mp4")
    parser.add_argument("--shots", type=Path, default=None, help="folder for screenshots")
    parser.add_argument("--record", action="store_true", help="keep a video of the set, as the page's switch does")
    parser.add_argument("--size", default="960x540", help="of the camera's pictures, 16:9; 960x540 unless told")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        width, height = (int(side) for side in args.size.split("x"))
        film = make_film(args.clip, Path(folder) / "film.mjpeg", size=(width, height))
        seen = live_set(film, Path(folder), film_s(probe(args.clip).duration_s), args.shots, args.record)
    print(f"steps {seen.steps}; said {seen.said}; {seen.stop or 'no stop'}")
    print(figures(seen))


if __name__ == "__main__":
    main()
