"""docs/coverage.md accounts for all 116 statements, claims nothing untrue, and is not stale."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from formcheck.core.spec import Catalogue
from formcheck.errors import ExerciseFileError
from formcheck.exercises.coverage import checks_page, coverage_page, write_pages
from formcheck.exercises.load import load_catalogue, shared_table
from formcheck.exercises.statements import load_statements, problems

DOCS = Path(__file__).parents[1] / "docs"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def table_without(number: int) -> dict[str, Any]:
    table = shared_table("statements.toml")
    return {**table, "statement": [s for s in table["statement"] if s["number"] != number]}


def test_every_statement_has_its_row(catalogue: Catalogue) -> None:
    rows = [line for line in coverage_page(catalogue).splitlines() if line.startswith("| ")]
    numbers = [int(row.split("|")[1]) for row in rows if row.split("|")[1].strip().isdigit()]
    assert numbers == list(range(1, 117))


def test_a_missing_statement_is_refused_and_named(catalogue: Catalogue) -> None:
    with pytest.raises(ExerciseFileError, match="57"):
        load_statements(catalogue, table_without(57))


def test_a_statement_not_measured_needs_a_reason(catalogue: Catalogue) -> None:
    table = shared_table("statements.toml")
    bare = [{k: v for k, v in s.items() if k != "reason"} for s in table["statement"]]
    with pytest.raises(ExerciseFileError, match="statement 2: .*reason"):
        load_statements(catalogue, {**table, "statement": bare})


def test_nothing_is_said_to_be_measured_that_no_check_or_shown_rule_cites(catalogue: Catalogue) -> None:
    assert problems(catalogue, load_statements(catalogue)) == []


def test_a_claim_without_a_check_behind_it_is_found(catalogue: Catalogue) -> None:
    push = catalogue.exercises["power_sled_backward_push"]
    less = replace(push, measures=tuple(m for m in push.measures if m.check != "quiet_start"))
    poorer = replace(catalogue, exercises={**catalogue.exercises, push.id: less})
    found = problems(poorer, load_statements(poorer))
    assert any(line.startswith("statement 8 ") for line in found)
    with pytest.raises(ExerciseFileError, match="statement 8 "):
        coverage_page(poorer)


def test_a_measured_statement_is_cited_in_every_exercise_it_is_about(catalogue: Catalogue) -> None:
    for statement in load_statements(catalogue):
        if statement.served != "measured":
            continue
        for key in statement.exercises:
            exercise = catalogue.exercises[key]
            cites = {n for m in exercise.measures for n in m.statements}
            cites |= {n for rule in exercise.programme for n in rule.statements}
            assert statement.number in cites, f"{key} does not cite statement {statement.number}"


@pytest.mark.parametrize(("name", "page"), [("coverage.md", coverage_page), ("checks.md", checks_page)])
def test_the_pages_are_not_stale(catalogue: Catalogue, name: str, page: Any) -> None:
    written = (DOCS / name).read_text("utf-8")
    assert written == page(catalogue), f"docs/{name} is stale; run python -m formcheck.exercises.coverage"


def test_writing_leaves_the_two_pages_and_nothing_else(tmp_path: Path) -> None:
    write_pages(tmp_path)
    assert sorted(item.name for item in tmp_path.iterdir()) == ["checks.md", "coverage.md"]
