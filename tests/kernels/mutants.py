"""Kernels with one mistake in them: a test that lets one pass would let the mistake pass, too."""

from pathlib import Path
from types import ModuleType

BARRIER = "cuda.syncthreads()"


def mutant(path: Path, change: int | tuple[str, str] | None) -> ModuleType:
    """Return the module at path, with the barrier of this number taken away or with one text for another."""
    source = path.read_text(encoding="utf-8")
    if isinstance(change, int):
        parts = source.split(BARRIER)
        source = BARRIER.join(parts[: change + 1]) + "pass" + BARRIER.join(["", *parts[change + 1 :]])[len(BARRIER) :]
    elif change:
        before, after = change
        assert source.count(before) >= 1, f"{path.name} has no {before!r}"
        source = source.replace(before, after)
    module = ModuleType(f"{path.stem}_mutant")
    exec(compile(source, str(path), "exec"), vars(module))
    return module
