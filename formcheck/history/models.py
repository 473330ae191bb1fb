"""The tables: Athlete 1-n TrainingSet 1-n CheckRecord. Deleting a parent deletes what is under it."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


def utc_now() -> datetime:
    """Now, in UTC, without a zone (as SQLite stores it)."""
    return datetime.now(timezone.utc).replace(tzinfo=None)


class Base(DeclarativeBase):
    """The tables' common ancestor."""


class Athlete(Base):
    """A person. Height, mass and note are only what somebody typed."""

    __tablename__ = "athletes"
    __table_args__ = (UniqueConstraint("owner", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    height_cm: Mapped[float | None]
    body_mass_kg: Mapped[float | None]
    note: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    sets: Mapped[list[TrainingSet]] = relationship(
        back_populates="athlete", cascade="all, delete-orphan", order_by="TrainingSet.done_at"
    )


class TrainingSet(Base):
    """One scored clip. ``report`` is the whole report.json; ``run`` the ticket of its files, if any."""

    __tablename__ = "sets"

    id: Mapped[int] = mapped_column(primary_key=True)
    athlete_id: Mapped[int] = mapped_column(ForeignKey("athletes.id", ondelete="CASCADE"), index=True)
    done_at: Mapped[datetime] = mapped_column(index=True)
    clip: Mapped[str] = mapped_column(default="")
    exercise: Mapped[str]
    view: Mapped[str] = mapped_column(default="")
    quality: Mapped[str] = mapped_column(default="")
    score: Mapped[float | None]
    steps: Mapped[int | None]
    laps: Mapped[int | None]
    cadence_spm: Mapped[float | None]
    duration_s: Mapped[float | None]
    distance_m: Mapped[float | None]
    load_kg: Mapped[float | None]
    body_mass_kg: Mapped[float | None]
    stop_advised: Mapped[bool] = mapped_column(default=False)
    stop_at_s: Mapped[float | None]
    note: Mapped[str] = mapped_column(default="")
    run: Mapped[str] = mapped_column(default="")
    report: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    athlete: Mapped[Athlete] = relationship(back_populates="sets")
    checks: Mapped[list[CheckRecord]] = relationship(back_populates="set", cascade="all, delete-orphan")

    @property
    def load_ratio(self) -> float | None:
        """Load over body mass; None where either is unknown."""
        return self.load_kg / self.body_mass_kg if self.load_kg is not None and self.body_mass_kg else None


class CheckRecord(Base):
    """What one check said in one set, with its spread within the set (``sd`` over ``n`` steps, if known)."""

    __tablename__ = "checks"

    id: Mapped[int] = mapped_column(primary_key=True)
    set_id: Mapped[int] = mapped_column(ForeignKey("sets.id", ondelete="CASCADE"), index=True)
    check: Mapped[str] = mapped_column("check_id", index=True)
    measure: Mapped[str] = mapped_column(default="")
    side: Mapped[str] = mapped_column(default="")
    verdict: Mapped[str]
    value: Mapped[float | None]
    unit: Mapped[str] = mapped_column(default="")
    score: Mapped[float | None]
    confidence: Mapped[float] = mapped_column(default=0.0)
    good_min: Mapped[float | None]
    good_max: Mapped[float | None]
    sd: Mapped[float | None]
    n: Mapped[int] = mapped_column(default=0)
    set: Mapped[TrainingSet] = relationship(back_populates="checks")
