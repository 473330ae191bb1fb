"""Accuracy against exact truth, in one table: ``docs/accuracy.md``.

    python bench/accuracy.py --versus [--write]
    python bench/accuracy.py [--engine onnxruntime|mediapipe] [--model heavy] [--clips GLOB] [--write]
    python bench/accuracy.py --fresh FOLDER [--write]
    python bench/accuracy.py --uncertainty [FOLDER ...]

Poses are estimated once per clip, engine and model, and kept outside the repository (``--cache``). ``--fresh`` is the
blind test, docs/accuracy-fresh.md, on clips that ``python -m fixtures.generator build --half validation --draw 4
--out FOLDER`` draws anew.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.accuracy_lib.clips import default_cache  # noqa: E402
from bench.accuracy_lib.run import run, run_fresh  # noqa: E402
from bench.accuracy_lib.subset import save_subset  # noqa: E402
from bench.accuracy_lib.uncertainty import uncertainties  # noqa: E402
from bench.accuracy_lib.versus import versus  # noqa: E402


def main() -> None:
    """Measure all clips; print the table, and with ``--write`` the page and its pictures."""
    parser = argparse.ArgumentParser(description="Accuracy of formcheck against exact truth.")
    parser.add_argument("--engine", choices=("mediapipe", "onnxruntime"), default="onnxruntime")
    parser.add_argument("--model", choices=("lite", "full", "heavy"), default="heavy")
    parser.add_argument("--clips", default="*", help="only fixtures whose name matches, e.g. 'clean_*'")
    parser.add_argument("--cache", type=Path, default=default_cache(), help="where poses are kept")
    parser.add_argument("--no-real", action="store_true", help="leave the real clips out")
    parser.add_argument("--write", action="store_true", help="write docs/accuracy.md and docs/accuracy/")
    parser.add_argument("--save-poses", action="store_true", help="renew the poses kept with the tests, and stop")
    parser.add_argument("--versus", action="store_true", help="engines and models side by side, and stop")
    parser.add_argument("--fresh", type=Path, help="a folder of clips drawn anew, in place of the shipped ones")
    parser.add_argument("--uncertainty", type=Path, nargs="*", help="what each measure is off, and stop; more clips")
    options = parser.parse_args()
    if options.versus:
        print(versus(options.clips, options.cache, options.write))
        return
    if options.uncertainty is not None:
        print(uncertainties(options.uncertainty, options.engine, options.model, options.cache))
        return
    if options.save_poses:
        for path in save_subset(options.engine, options.model, options.cache):
            print(path, path.stat().st_size)
        return
    if options.fresh is not None:
        print(run_fresh(options.fresh, options.engine, options.model, options.cache, options.write))
        return
    print(run(options.engine, options.model, options.clips, options.cache, not options.no_real, options.write))


if __name__ == "__main__":
    main()
