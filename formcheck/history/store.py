"""Reading and writing the history of one owner. Every method opens and ends its own transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, IntegrityError, NoSuchModuleError, OperationalError
from sqlalchemy.orm import Session, selectinload

from formcheck.core.types import Finding, Report
from formcheck.errors import FormcheckError
from formcheck.history.models import Athlete, Base, CheckRecord, TrainingSet, utc_now

Spread = tuple[float | None, int]  # SD within the set and the number of steps it is from


@dataclass(frozen=True)
class SetNote:
    """What the user adds to a set: when it was done, the load, the body mass that day, a note."""

    done_at: datetime | None = None
    load_kg: float | None = None
    body_mass_kg: float | None = None
    distance_m: float | None = None
    note: str = ""


def open_engine(url: str) -> Engine:
    """An engine with the tables made; FormcheckError for a URL or server that does not work."""
    try:
        parsed = make_url(url)
        if parsed.drivername.startswith("sqlite") and parsed.database not in (None, "", ":memory:"):
            Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url)
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _sqlite_pragmas)
        Base.metadata.create_all(engine)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError, OperationalError, OSError) as error:
        reason = str(error).splitlines()[0]
        raise FormcheckError(
            f"history database {_shown(url)}: {reason}; check FORMCHECK_DB (sqlite:///PATH will do)"
        ) from error
    return engine


def _shown(url: str) -> str:
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return repr(url)


def _sqlite_pragmas(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA busy_timeout = 5000")
    cursor.execute("PRAGMA secure_delete = ON")  # what is deleted is gone from the file too
    cursor.close()


class History:
    """The history of ``owner``. Unknown ids raise KeyError, also when they are somebody else's."""

    def __init__(self, engine: Engine, owner: str = "local") -> None:
        self.engine = engine
        self.owner = owner

    @contextmanager
    def _session(self) -> Iterator[Session]:
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    def _athlete(self, session: Session, athlete_id: int) -> Athlete:
        athlete = session.get(Athlete, athlete_id)
        if athlete is None or athlete.owner != self.owner:
            raise KeyError(f"no athlete with id {athlete_id}")
        return athlete

    def _set(self, session: Session, set_id: int) -> TrainingSet:
        found = session.get(TrainingSet, set_id)
        if found is None or found.athlete.owner != self.owner:
            raise KeyError(f"no set with id {set_id}")
        return found

    def athletes(self) -> Sequence[Athlete]:
        """All athletes by name."""
        with self._session() as session:
            query = select(Athlete).where(Athlete.owner == self.owner).order_by(Athlete.name)
            return session.scalars(query).all()

    def add_athlete(
        self, name: str, height_cm: float | None = None, body_mass_kg: float | None = None, note: str = ""
    ) -> int:
        """A new athlete's id; FormcheckError for an empty or taken name."""
        name = " ".join(name.split())
        if not name:
            raise FormcheckError("athlete: the name is empty; type one")
        try:
            with self._session() as session:
                athlete = Athlete(
                    owner=self.owner, name=name, height_cm=height_cm, body_mass_kg=body_mass_kg, note=note
                )
                session.add(athlete)
                session.flush()
                return athlete.id
        except IntegrityError:
            raise FormcheckError(f"athlete: there is a {name!r} already; choose another name") from None

    def update_athlete(self, athlete_id: int, **changes: Any) -> None:
        """Change height_cm, body_mass_kg, note or name."""
        unknown = set(changes) - {"name", "height_cm", "body_mass_kg", "note"}
        if unknown:
            raise ValueError(f"athlete: unknown field {sorted(unknown)[0]!r}")
        with self._session() as session:
            athlete = self._athlete(session, athlete_id)
            for field, value in changes.items():
                setattr(athlete, field, value)

    def add_set(
        self,
        athlete_id: int,
        report: Report,
        report_data: Mapping[str, Any],
        *,
        spreads: Mapping[int, Spread] | None = None,
        note: SetNote | None = None,
        run: str = "",
    ) -> int:
        """Log a scored clip. ``spreads`` gives SD and n by the finding's place in the report."""
        note = note or SetNote()
        with self._session() as session:
            athlete = self._athlete(session, athlete_id)
            row = _set_row(report, report_data, note, run)
            row.body_mass_kg = note.body_mass_kg if note.body_mass_kg is not None else athlete.body_mass_kg
            for place, finding in enumerate(report.findings):
                row.checks.append(_check_row(finding, (spreads or {}).get(place, (None, 0))))
            athlete.sets.append(row)
            session.flush()
            return row.id

    def sets(self, athlete_id: int, exercise: str | None = None) -> Sequence[TrainingSet]:
        """An athlete's sets with their checks, oldest first."""
        with self._session() as session:
            self._athlete(session, athlete_id)
            query = (
                select(TrainingSet)
                .where(TrainingSet.athlete_id == athlete_id)
                .options(selectinload(TrainingSet.checks))
                .order_by(TrainingSet.done_at, TrainingSet.id)
            )
            if exercise:
                query = query.where(TrainingSet.exercise == exercise)
            return session.scalars(query).all()

    def update_set(self, set_id: int, **changes: Any) -> None:
        """Change done_at, load_kg, body_mass_kg, distance_m or note."""
        unknown = set(changes) - {"done_at", "load_kg", "body_mass_kg", "distance_m", "note"}
        if unknown:
            raise ValueError(f"set: unknown field {sorted(unknown)[0]!r}")
        with self._session() as session:
            found = self._set(session, set_id)
            for field, value in changes.items():
                setattr(found, field, value)

    def delete_set(self, set_id: int) -> str:
        """Delete a set; returns the ticket of its run, whose files the caller deletes too."""
        with self._session() as session:
            found = self._set(session, set_id)
            session.delete(found)
            return found.run

    def delete_athlete(self, athlete_id: int) -> list[str]:
        """Delete an athlete and all their sets; returns the tickets of the runs, to delete their files."""
        with self._session() as session:
            athlete = self._athlete(session, athlete_id)
            runs = [row.run for row in athlete.sets if row.run]
            session.delete(athlete)
            return runs


def _set_row(report: Report, data: Mapping[str, Any], note: SetNote, run: str) -> TrainingSet:
    seen = report.summary
    return TrainingSet(
        done_at=note.done_at or utc_now(),
        clip=Path(report.video.path).name,
        exercise=report.exercise,
        view=report.view,
        quality=report.tracking.quality,
        score=report.score,
        steps=len(report.steps),
        laps=len(report.laps),
        cadence_spm=seen.get("cadence_spm"),
        duration_s=seen.get("duration_s") or report.video.duration_s,
        distance_m=note.distance_m if note.distance_m is not None else seen.get("distance_m"),
        load_kg=note.load_kg if note.load_kg is not None else seen.get("load_kg"),
        stop_advised=report.stop.advised,
        stop_at_s=report.stop.at_s,
        note=note.note,
        run=run,
        report=dict(data),
    )


def _check_row(finding: Finding, spread: Spread) -> CheckRecord:
    return CheckRecord(
        check=finding.check,
        measure=finding.measure,
        side=finding.side or "",
        verdict=finding.verdict,
        value=finding.value,
        unit=finding.unit,
        score=finding.score,
        confidence=finding.confidence,
        good_min=finding.limits.get("good_min"),
        good_max=finding.limits.get("good_max"),
        sd=spread[0],
        n=spread[1],
    )
