"""assignment.toml: what an instructor may change of an assignment, read and checked."""

import pkgutil
from dataclasses import dataclass, field, fields
from pathlib import Path

from autograder.sandbox.limits import Limits
from common.errors import UserError
from common.records import build, read_toml

FILE = "assignment.toml"
VISIBLE = "visible"
VISIBILITIES = (VISIBLE, "after_due_date", "after_published", "hidden")


@dataclass(frozen=True)
class Check:
    """A check's points, and whether students run it themselves."""

    points: float
    public: bool = False


@dataclass(frozen=True)
class Bonus:
    """Points on top of all others, for an accuracy that reaches so far."""

    accuracy: float
    points: float


@dataclass(frozen=True)
class Network:
    """What a trained network has to reach, and how much it may cost."""

    test_images: int = 2_000
    no_points_below: float = 0.45
    all_points_from: float = 0.70
    bonus: list[Bonus] = field(default_factory=list)
    worst_class_no_points_below: float = 0.20
    worst_class_all_points_from: float = 0.40
    most_parameters: int = 5_000_000
    most_multiply_adds: int = 500_000_000
    most_weights_mb: float = 25.0
    robustness_images: int = 300


@dataclass(frozen=True)
class PartOptions:
    """What a part's code may use, and what its checks ask of it."""

    allowed: list[str]
    call_seconds: float
    part_seconds: float
    memory_mb: int
    threads: int = 1
    network: Network = field(default_factory=Network)

    def limits(self, harness: str | None) -> Limits:
        """Return the limits of the part's worker. harness: the module that calls the student's code, if one does."""
        return Limits(
            call_seconds=self.call_seconds,
            part_seconds=self.part_seconds,
            memory=self.memory_mb * 1024**2,
            threads=self.threads,
            packages=tuple(self.allowed),
            harness=harness,
        )


@dataclass(frozen=True)
class Late:
    """What being late costs."""

    loss_per_day: float = 0.0
    largest_loss: float = 1.0
    grace_minutes: float = 0.0


@dataclass(frozen=True)
class RateLimit:
    """How many submissions are graded in some hours."""

    submissions: int = 0
    hours: float = 24.0


@dataclass(frozen=True)
class Options:
    """Everything that assignment.toml says."""

    hidden_checks_show: str
    seconds: float
    parts: dict[str, PartOptions]
    checks: dict[str, Check]
    leaderboard: bool = True
    late: Late = field(default_factory=Late)
    rate_limit: RateLimit = field(default_factory=RateLimit)

    def visibility(self, check: str) -> str:
        """Return when students see a check, in Gradescope's words."""
        return VISIBLE if self.checks[check].public else self.hidden_checks_show


def load(assignment: str, file: Path | None = None) -> Options:
    """Return the options of an assignment, its own or those in another file.

    Raises UserError, with the place and what is wrong there.
    """
    try:
        content = file.read_bytes() if file else own(assignment)
    except OSError as error:
        raise UserError(f"{file} cannot be read: {error.strerror}") from None
    return parse(content, str(file or FILE))


def own(assignment: str) -> bytes:
    """Return an assignment's own file."""
    return pkgutil.get_data(f"autograder.checks.{assignment}", FILE) or b""


def parse(content: bytes, name: str) -> Options:
    """Return the options that a file says. name: of the file, for messages."""
    options = build(Options, read_toml(content, name), name)
    try:
        _check(options)
    except _Mistake as error:
        raise UserError(f"{name}: {error}") from None
    return options


class _Mistake(Exception):
    pass


def _check(options: Options) -> None:
    """Raise _Mistake for what has the right type but cannot be meant."""
    if options.hidden_checks_show not in VISIBILITIES:
        raise _Mistake(f"hidden_checks_show must be one of {', '.join(VISIBILITIES)}")
    shares = {"late.loss_per_day": options.late.loss_per_day, "late.largest_loss": options.late.largest_loss}
    positive = {"seconds": options.seconds, "rate_limit.hours": options.rate_limit.hours}
    counts = {"late.grace_minutes": options.late.grace_minutes, "rate_limit.submissions": options.rate_limit.submissions}
    for name, part in options.parts.items():
        of_part = {each.name: getattr(part, each.name) for each in fields(part)}
        positive |= {
            f"parts.{name}.{each}": of_part[each] for each in ("call_seconds", "part_seconds", "memory_mb", "threads")
        }
        network = {f"parts.{name}.network.{each.name}": getattr(part.network, each.name) for each in fields(part.network)}
        shares |= {each: value for each, value in network.items() if each.endswith(("_points_below", "_points_from"))}
        positive |= {each: value for each, value in network.items() if ".most_" in each or each.endswith(".test_images")}
        counts[f"parts.{name}.network.robustness_images"] = part.network.robustness_images
        for position, bonus in enumerate(part.network.bonus, start=1):
            shares[f"parts.{name}.network.bonus number {position}: accuracy"] = bonus.accuracy
            counts[f"parts.{name}.network.bonus number {position}: points"] = bonus.points
        for of in ("", "worst_class_"):
            below, full = f"{of}no_points_below", f"{of}all_points_from"
            if getattr(part.network, below) >= getattr(part.network, full):
                raise _Mistake(f"parts.{name}.network.{below} must be below {full}")
        if "numpy" not in part.allowed:
            raise _Mistake(f"parts.{name}.allowed must name numpy: arrays are handed over with it")
    counts |= {f"checks.{name}.points": check.points for name, check in options.checks.items()}
    bounds = ((shares, 0.0, 1.0, "from 0 to 1"), (positive, 1e-3, 1e12, "more than 0"), (counts, 0.0, 1e9, "0 or more"))
    for values, least, most, meant in bounds:
        for name, value in values.items():
            if not least <= value <= most:  # a NaN is in no bounds
                raise _Mistake(f"{name} must be {meant}, but is {value:g}")
