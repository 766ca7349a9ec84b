"""assignment.toml: the parts of an assignment, and what an instructor may change of them, read and checked."""

from dataclasses import MISSING, asdict, dataclass, field, fields, is_dataclass, replace
from typing import Any, get_args, get_origin, get_type_hints

from autograder.sandbox.limits import Harness, Limits
from autograder.verdicts import UserError

FILE = "assignment.toml"
VISIBLE = "visible"
VISIBILITIES = (VISIBLE, "after_due_date", "after_published", "hidden")


@dataclass(frozen=True)
class CheckConfig:
    """A check's points, and whether students run it themselves."""

    points: float
    public: bool = False


@dataclass(frozen=True)
class PartConfig:
    """A part: the file that students write, what its code may use, and what its checks ask of it."""

    file: str
    title: str
    allowed: list[str]
    call_seconds: float
    part_seconds: float
    memory_mb: int
    threads: int = 1
    settings: Any = None  # of the kind that the part's checks declare

    def plain(self) -> "PartConfig":
        """Return it with its settings as assignment.toml says them."""
        return replace(self, settings=asdict(self.settings)) if is_dataclass(type(self.settings)) else self

    def limits(self, harness: Harness | None = None) -> Limits:
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
class Config:
    """Everything that assignment.toml says."""

    title: str
    hidden_checks_show: str
    seconds: float
    parts: dict[str, PartConfig]
    checks: dict[str, CheckConfig]
    leaderboard: bool = False
    data_sets: list[str] = field(default_factory=list)
    leave_out: list[str] = field(default_factory=list)
    late: Late = field(default_factory=Late)
    rate_limit: RateLimit = field(default_factory=RateLimit)

    def visibility(self, check: str) -> str:
        """Return when students see a check, in Gradescope's words."""
        return VISIBLE if self.checks[check].public else self.hidden_checks_show


def parse(content: bytes, name: str) -> Config:
    """Return what a file says; raises UserError with the place and what is wrong there. name: of the file, for messages."""
    try:
        config = _build(Config, tables(content), "")
        _check(config)
    except (ValueError, _Mistake) as error:  # TOML's and UTF-8's own errors are ValueErrors
        raise UserError(f"{name}: {error}") from None
    return config


def with_settings(config: Config, kinds: dict[str, type | None], name: str) -> Config:
    """Return the config with each part's settings turned into the kind that its checks declare, if they declare one.

    kinds: by the names of the parts. name: of the file, for messages. Raises UserError for settings that do not fit.
    """
    parts = {}
    try:
        for part, kind in kinds.items():
            said = config.parts[part].settings
            if kind is None and said is not None:
                raise _Mistake(f"parts.{part}.settings: the checks of this part have no settings")
            built = _build(kind, {} if said is None else said, f"parts.{part}.settings.") if kind else None
            parts[part] = replace(config.parts[part], settings=built)
    except (ValueError, _Mistake) as error:
        raise UserError(f"{name}: {error}") from None
    return replace(config, parts=parts)


def tables(content: bytes) -> dict[str, Any]:
    """Return what a TOML file holds; raises ValueError for what is none."""
    try:
        import tomllib
    except ImportError:  # Python 3.10
        import tomli as tomllib  # type: ignore[no-redef]
    return tomllib.loads(content.decode())


class _Mistake(Exception):
    pass


def _build(kind: Any, value: Any, where: str) -> Any:
    """Turn what TOML holds into a dataclass or a plain type, or raise _Mistake."""
    if kind is Any:
        return value
    if get_origin(kind) is dict:
        _require(isinstance(value, dict), where, "a table", value)
        return {name: _build(get_args(kind)[1], each, f"{where}{name}.") for name, each in value.items()}
    if get_origin(kind) is list:
        _require(isinstance(value, list), where, "a list", value)
        return [_build(get_args(kind)[0], each, where) for each in value]
    if kind is float:
        _require(type(value) in (int, float), where, "a number", value)
        return float(value)
    if kind in (int, bool, str):
        names = {int: "a whole number", bool: "true or false", str: "a text"}
        _require(type(value) is kind, where, names[kind], value)
        return value
    _require(isinstance(value, dict), where, "a table", value)
    types = get_type_hints(kind)
    if unknown := sorted(set(value) - set(types)):
        raise _Mistake(f"unknown option {where}{unknown[0]}; expected one of {', '.join(types)}")
    required = [each.name for each in fields(kind) if each.default is MISSING and each.default_factory is MISSING]
    if missing := [name for name in required if name not in value]:
        raise _Mistake(f"{where}{missing[0]} is missing")
    built = {name: _build(types[name], each, f"{where}{name}.") for name, each in value.items()}
    try:
        return kind(**built)
    except ValueError as error:  # of the dataclass's own, about values that cannot be meant
        raise _Mistake(f"{where}{error}") from None


def _require(holds: bool, where: str, wanted: str, value: Any) -> None:
    if not holds:
        raise _Mistake(f"{where.removesuffix('.') or 'the file'} must be {wanted}, but is {value!r}")


def _check(config: Config) -> None:
    """Raise _Mistake for what has the right type but cannot be meant."""
    if config.hidden_checks_show not in VISIBILITIES:
        raise _Mistake(f"hidden_checks_show must be one of {', '.join(VISIBILITIES)}")
    if not config.parts:
        raise _Mistake("parts is empty: an assignment has at least one part")
    shares = {"late.loss_per_day": config.late.loss_per_day, "late.largest_loss": config.late.largest_loss}
    positive = {"seconds": config.seconds}
    counts = {"late.grace_minutes": config.late.grace_minutes, "rate_limit.submissions": config.rate_limit.submissions}
    for name, part in config.parts.items():
        if not name.isidentifier():
            raise _Mistake(f"parts.{name} must be named like a module of Python: letters, digits and underscores")
        if not part.file.endswith(".py") or not part.file.removesuffix(".py").isidentifier():
            raise _Mistake(
                f"parts.{name}.file must be the name of a Python module, such as {name}.py, but is {part.file!r}"
            )
        limits = ("call_seconds", "part_seconds", "memory_mb", "threads")
        positive |= {f"parts.{name}.{each}": getattr(part, each) for each in limits}
        if "numpy" not in part.allowed:
            raise _Mistake(f"parts.{name}.allowed must name numpy: arrays are handed over with it")
    counts |= {f"checks.{name}.points": check.points for name, check in config.checks.items()}
    require_bounds({"rate_limit.hours": config.rate_limit.hours}, 1e-3, 1e5, "more than 0, and at most 100,000")
    require_bounds(shares, 0.0, 1.0, "from 0 to 1")
    require_bounds(positive, 1e-3, 1e9, "more than 0, and at most a billion")
    require_bounds(counts, 0.0, 1e9, "0 or more")


def require_bounds(values: dict[str, float], least: float, most: float, meant: str) -> None:
    """Raise ValueError for the first number that lies outside of its bounds. meant: the bounds, in words."""
    for name, value in values.items():
        if not least <= value <= most:  # a NaN is in no bounds
            raise ValueError(f"{name} must be {meant}, but is {value:g}")
