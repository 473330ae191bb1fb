"""The history keeps what was logged, answers to its owner only, and forgets when told."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from formcheck.core.spec import ProgrammeRule
from formcheck.core.types import Report
from formcheck.errors import FormcheckError
from formcheck.history.exchange import export_history, import_history
from formcheck.history.programme import against, figures
from formcheck.history.store import History, SetNote, open_engine
from formcheck.history.trends import trends
from formcheck.report.as_dict import to_dict
from tests.report_factory import make_analysis, make_finding

DAY = datetime(2026, 3, 2, 17, 30)


@pytest.fixture()
def history(tmp_path: Path) -> History:
    return History(open_engine(f"sqlite:///{tmp_path / 'deep' / 'history.sqlite3'}"))


def report_with(value: float = 0.1, **changes: object) -> Report:
    report = make_analysis(duration_s=5.0).report
    return replace(report, findings=(make_finding(value=value),), **changes)  # type: ignore[arg-type]


def log(history: History, athlete: int, value: float, day: int, **note: float) -> int:
    report = report_with(value)
    return history.add_set(
        athlete, report, to_dict(report), spreads={0: (0.06, 9)}, run=f"ticket-{day}",
        note=SetNote(done_at=DAY + timedelta(days=day), **note),
    )  # fmt: skip


def test_what_was_logged_is_there_after_the_database_is_opened_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'history.sqlite3'}"
    first = History(open_engine(url))
    log(first, first.add_athlete("Ada", body_mass_kg=80.0), 0.1, 0, load_kg=40.0)
    first.engine.dispose()
    again = History(open_engine(url))
    (ada,) = again.athletes()
    (one,) = again.sets(ada.id)
    assert (ada.name, one.load_ratio, one.checks[0].value, one.checks[0].n) == ("Ada", 0.5, 0.1, 9)
    assert one.report["exercise"]["id"] == "reverse_sled_pull"


def test_another_owner_sees_and_touches_nothing(history: History) -> None:
    ada = history.add_athlete("Ada")
    one = log(history, ada, 0.1, 0)
    other = History(history.engine, owner="someone else")
    assert list(other.athletes()) == []
    for attempt in (
        lambda: other.sets(ada),
        lambda: other.delete_athlete(ada),
        lambda: other.delete_set(one),
        lambda: other.update_set(one, note="x"),
        lambda: other.update_athlete(ada, note="x"),
    ):
        with pytest.raises(KeyError):
            attempt()
    assert len(history.sets(ada)) == 1
    assert json.loads(export_history(other))["athletes"] == []


def test_deleting_an_athlete_leaves_no_row_and_names_the_files(history: History) -> None:
    ada, bea = history.add_athlete("Ada"), history.add_athlete("Bea")
    log(history, ada, 0.1, 0)
    log(history, ada, 0.2, 1)
    log(history, bea, 0.3, 2)
    assert history.delete_athlete(ada) == ["ticket-0", "ticket-1"]
    with history.engine.connect() as connection:
        left = [connection.scalar(text(f"select count(*) from {t}")) for t in ("athletes", "sets", "checks")]
    assert left == [1, 1, 1]


def test_a_taken_or_empty_name_is_refused_in_one_line(history: History) -> None:
    history.add_athlete("Ada  Lovelace")
    for name in (" Ada Lovelace ", "   "):
        with pytest.raises(FormcheckError) as wrong:
            history.add_athlete(name)
        assert "\n" not in str(wrong.value)


def test_a_bad_database_url_says_what_to_check() -> None:
    for url in ("nonsense", "nosuch://host/db", "sqlite:////proc/nowhere/x.sqlite3"):
        with pytest.raises(FormcheckError, match="FORMCHECK_DB"):
            open_engine(url)


def test_a_password_in_the_url_is_not_shown() -> None:
    with pytest.raises(FormcheckError) as wrong:
        open_engine("nosuch://user:secret@host/db")
    assert "secret" not in str(wrong.value)


def test_export_then_import_gives_the_same_history_and_twice_adds_nothing(history: History, tmp_path: Path) -> None:
    ada = history.add_athlete("Ada", height_cm=171.0, note="left knee")
    log(history, ada, 0.1, 0, load_kg=30.0)
    log(history, ada, 0.2, 3)
    exported = export_history(history)
    fresh = History(open_engine(f"sqlite:///{tmp_path / 'fresh.sqlite3'}"))
    assert import_history(fresh, exported) == (1, 2)
    assert json.loads(export_history(fresh)) == json.loads(exported)
    assert import_history(fresh, exported) == (0, 0)


@pytest.mark.parametrize(
    "text_in",
    [
        "not json",
        "[]",
        '{"format": "formcheck-history", "version": 9, "athletes": []}',
        '{"format": "formcheck-history", "version": 1, "athletes": [{"name": ""}]}',
        '{"format": "formcheck-history", "version": 1, "athletes": [{"name": "A", "sets": [{"exercise": "x"}]}]}',
        '{"format": "formcheck-history", "version": 1, "athletes": '
        '[{"name": "A", "sets": [{"exercise": "x", "done_at": "yesterday"}]}]}',
    ],
)
def test_a_damaged_import_adds_nothing_and_says_so(history: History, text_in: str) -> None:
    with pytest.raises(FormcheckError, match="history import"):
        import_history(history, text_in)
    assert list(history.athletes()) == []


def test_a_trend_within_step_noise_is_no_change_and_one_beyond_it_is(history: History) -> None:
    ada = history.add_athlete("Ada")
    for day, value in enumerate((0.10, 0.12, 0.08, 0.11)):
        log(history, ada, value, day)
    (steady,) = trends(history.sets(ada))
    assert steady.baseline == pytest.approx(0.10)
    assert steady.band == pytest.approx(1.96 * 2**0.5 * 0.06 / 3)
    assert steady.changed is False
    log(history, ada, 0.30, 9)
    (moved,) = trends(history.sets(ada))
    assert moved.changed is True and moved.change == pytest.approx(0.20)


def test_one_set_alone_is_no_trend(history: History) -> None:
    ada = history.add_athlete("Ada")
    log(history, ada, 0.1, 0)
    (only,) = trends(history.sets(ada))
    assert only.change is None and only.changed is None


def test_three_days_a_week_for_four_weeks_is_three_sessions_a_week(history: History) -> None:
    ada = history.add_athlete("Ada")
    for week in range(4):
        for day in (0, 2, 4):
            log(history, ada, 0.1, 7 * week + day)
            log(history, ada, 0.1, 7 * week + day)  # two sets a day are one session
    found = figures(history.sets(ada), now=DAY + timedelta(days=27))
    assert found.sessions_per_week == pytest.approx(3.0)
    assert found.last is not None and found.last.sets == 2


def test_programme_lines_show_what_was_logged_and_stay_empty_where_nothing_was(history: History) -> None:
    ada = history.add_athlete("Ada", body_mass_kg=80.0)
    log(history, ada, 0.1, 0, load_kg=20.0, distance_m=15.0)
    log(history, ada, 0.1, 7, load_kg=25.0)
    found = figures(history.sets(ada), now=DAY + timedelta(days=7))
    rules = [
        ProgrammeRule("Load", "load_ratio", "about half body mass", "1", (64,)),
        ProgrammeRule("load", "", "increase gradually", "2", (85,)),
        ProgrammeRule("Lane", "distance_m", "30 to 60 ft", "1", (68,)),
        ProgrammeRule("Surface", "", "grass", "2", (93,)),
    ]
    assert [line.seen for line in against(found, rules)] == [
        "0.31 of body mass",
        "+25 % on the week before",
        "",
        "",
    ]
