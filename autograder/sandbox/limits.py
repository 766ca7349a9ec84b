"""What one worker may use."""

from dataclasses import dataclass, field
from hashlib import sha256

from autograder.sandbox import machine
from autograder.sandbox.template import Template, template


@dataclass(frozen=True)
class Harness:
    """A module that runs in a worker for the grader, with or without the student's code: in child/, or an assignment's."""

    name: str
    # Of an assignment's: their paths and contents.
    files: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, source: bytes) -> "Harness":
        """Return an assignment's harness. Its name differs from that of all others, and of its own earlier versions."""
        name = f"harness_{sha256(source).hexdigest()[:12]}"
        return cls(name, ((f"{name}.py", source),))

    @classmethod
    def of_package(cls, sources: dict[str, bytes], module: str) -> "Harness":
        """Return a module of a package, which may import its other modules. sources: by the names of their files."""
        package = f"harness_{sha256(repr(sorted(sources.items())).encode()).hexdigest()[:12]}"
        return cls(f"{package}.{module}", tuple((f"{package}/{file}", source) for file, source in sources.items()))

    @property
    def source(self) -> bytes:
        """The module itself."""
        return dict(self.files)[f"{self.name.replace('.', '/')}.py"]


@dataclass(frozen=True)
class Limits:
    """What one worker may use."""

    call_seconds: float = 10.0  # of processor time, as Meter counts it
    part_seconds: float = 60.0
    memory: int = 1024**3
    scratch: int = 64 * 1024**2  # bytes of its scratch folder
    threads: int = 1  # that libraries use; the student's own threads are bounded by memory
    packages: tuple[str, ...] = ("numpy",)  # what can be imported besides Python's standard library
    harness: Harness | None = None
    stays_home: tuple[
        str, ...
    ] = ()  # files that students were given and do not submit: importing one gets its own sentence

    def template(self) -> Template:
        """Return the warm process from which workers with these limits are started."""
        return template(self.packages, min(self.threads, machine.processors()))
