"""Read and check assignment.toml: the parts of an assignment and their settings."""

import re
import sys
from dataclasses import asdict, dataclass, field, is_dataclass, replace
from typing import Any

from autograder.sandbox.limits import Harness, Limits
from common.errors import UserError
from common.records import build, read_toml

FILE = "assignment.toml"
TAKEN = ("checks.py", "harness.py", "reference.py", "wrong.py")  # names that an assignment's folder needs for others
PACKAGE = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")
ON_COLAB = re.compile(r"https://colab\.research\.google\.com/[^\s()<>\"]+(?<!\.ipynb)")
VISIBLE, HIDDEN = "visible", "hidden"
VISIBILITIES = (VISIBLE, "after_due_date", "after_published", HIDDEN)
AT_ONCE, ON_REQUEST = "at once", "on request"


@dataclass(frozen=True)
class CheckConfig:
    """A check's points, and whether students can run it themselves."""

    points: float
    public: bool = False


@dataclass(frozen=True)
class PartConfig:
    """A part: the file that students write, the limits of its code, and the settings of its checks."""

    file: str
    title: str
    allowed: list[str]
    call_seconds: float
    part_seconds: float
    memory_mb: int
    threads: int = 1
    topics: list[str] = field(default_factory=list)  # topics of quiz questions that practise for this part
    settings: Any = None  # a table of values; once checked, the Settings that the part's checks declare

    @property
    def module(self) -> str:
        """The name under which Python imports the file."""
        return self.file.removesuffix(".py")

    def plain(self) -> "PartConfig":
        """Return the part with its settings as assignment.toml has them."""
        return replace(self, settings=asdict(self.settings)) if is_dataclass(type(self.settings)) else self

    def limits(self, harness: Harness | None = None, stays_home: tuple[str, ...] = ()) -> Limits:
        """Return the limits of the part's worker.

        harness: the module that calls the student's code, if there is one. stays_home: files that students do not submit.
        """
        return Limits(
            call_seconds=self.call_seconds,
            part_seconds=self.part_seconds,
            memory=self.memory_mb * 1024**2,
            threads=self.threads,
            packages=tuple(self.allowed),
            harness=harness,
            stays_home=stays_home,
        )


@dataclass(frozen=True)
class Late:
    """The late penalty, in shares of the points."""

    loss_per_day: float = 0.0
    largest_loss: float = 1.0
    grace_minutes: float = 0.0


@dataclass(frozen=True)
class RateLimit:
    """How many submissions are graded in a number of hours; 0 for all."""

    submissions: int = 0
    hours: float = 24.0


@dataclass(frozen=True)
class Config:
    """Everything that assignment.toml says."""

    title: str
    hidden_checks_show: str
    seconds: float
    parts: dict[str, PartConfig]
    checks: dict[str, CheckConfig]
    hints: str = AT_ONCE
    leaderboard: bool = False
    data_sets: list[str] = field(default_factory=list)
    leave_out: list[str] = field(default_factory=list)
    late: Late = field(default_factory=Late)
    rate_limit: RateLimit = field(default_factory=RateLimit)
    colab: str = ""  # the folder in which Colab finds the handout's notebooks

    def visibility(self, check: str) -> str:
        """Return when students see a check, as Gradescope calls it."""
        return VISIBLE if self.checks[check].public else self.hidden_checks_show

    def hints_at_once(self, check: str) -> bool:
        """Return whether a check's failure shows its hints at once; nobody can ask for those of a hidden check."""
        return self.hints == AT_ONCE or not self.checks[check].public


def parse(content: bytes, name: str) -> Config:
    """Parse the file; raises UserError that says what is wrong and where. name: of the file, for messages."""
    config = build(Config, read_toml(content, name), name)
    try:
        _check(config)
    except ValueError as error:
        raise UserError(f"{name}: {error}") from None
    return config


def with_settings(config: Config, kinds: dict[str, type | None], name: str) -> Config:
    """Return the config with each part's settings as the dataclass that its checks declare, if they declare one.

    kinds: these dataclasses, by part. name: of the file, for messages. Raises UserError for settings that do not fit.
    """
    parts = {}
    for part, kind in kinds.items():
        said = config.parts[part].settings
        if kind is None and said is not None:
            raise UserError(f"{name}: parts.{part}.settings: the checks of this part have no settings")
        settings = build(kind, {} if said is None else said, name, "parts", part, "settings") if kind else None
        parts[part] = replace(config.parts[part], settings=settings)
    return replace(config, parts=parts)


def _check(config: Config) -> None:
    """Raise ValueError for values of the right type that make no sense."""
    if config.hidden_checks_show not in VISIBILITIES:
        raise ValueError(f"hidden_checks_show must be one of {', '.join(VISIBILITIES)}")
    if config.hints not in (AT_ONCE, ON_REQUEST):
        raise ValueError(f"hints must be {AT_ONCE!r} or {ON_REQUEST!r}, but is {config.hints!r}")
    if not config.parts:
        raise ValueError("parts is empty: an assignment has at least one part")
    if config.colab and not ON_COLAB.fullmatch(config.colab):
        raise ValueError(
            "colab must be the address at which Colab opens the folder of the notebooks, such as "
            f"https://colab.research.google.com/github/USER/REPO/blob/main/FOLDER, but is {config.colab!r}"
        )
    shares = {"late.loss_per_day": config.late.loss_per_day, "late.largest_loss": config.late.largest_loss}
    positive = {"seconds": config.seconds}
    counts = {"late.grace_minutes": config.late.grace_minutes, "rate_limit.submissions": config.rate_limit.submissions}
    for name, part in config.parts.items():
        if not name.isidentifier():
            raise ValueError(f"parts.{name} must be a name for a Python module: letters, digits and underscores")
        if not part.file.endswith(".py") or not part.module.isidentifier():
            raise ValueError(
                f"parts.{name}.file must be the name of a Python module, such as {name}.py, but is {part.file!r}"
            )
        limits = ("call_seconds", "part_seconds", "memory_mb", "threads")
        positive |= {f"parts.{name}.{each}": getattr(part, each) for each in limits}
        if part.file in TAKEN or part.module in {*sys.stdlib_module_names, *part.allowed}:
            raise ValueError(f"parts.{name}.file must not be {part.file}, which would hide another module")
        if unfit := [package for package in part.allowed if not PACKAGE.fullmatch(package)]:
            raise ValueError(f"parts.{name}.allowed: {unfit[0]!r} is not a package name, as in `pip install NAME`")
        if "numpy" not in part.allowed:
            raise ValueError(f"parts.{name}.allowed must include numpy, which passes arrays")
    counts |= {f"checks.{name}.points": check.points for name, check in config.checks.items()}
    require_bounds({"rate_limit.hours": config.rate_limit.hours}, 1e-3, 1e5, "more than 0, and at most 100,000")
    require_bounds(shares, 0.0, 1.0, "from 0 to 1")
    require_bounds(positive, 1e-3, 1e9, "more than 0, and at most a billion")
    require_bounds(counts, 0.0, 1e9, "0 or more")


def require_bounds(values: dict[str, float], least: float, most: float, meant: str) -> None:
    """Raise ValueError for the first value outside its bounds. meant: the bounds, in words."""
    for name, value in values.items():
        if not least <= value <= most:  # also for NaN
            raise ValueError(f"{name} must be {meant}, but is {value:g}")
