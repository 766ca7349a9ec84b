"""Start a worker of each part while the image is built, so that an image that cannot grade is never made."""

from importlib.metadata import PackageNotFoundError, version

from autograder.sandbox.replies import Returned
from autograder.sandbox.worker import Sandbox
from gradescope import places
from gradescope.run import assignment


def main() -> None:
    """Say which layers of the sandbox hold here; raise RuntimeError if a worker cannot run."""
    assigned = assignment(places.here())
    with Sandbox() as sandbox:
        file = sandbox.submission / "ready.py"
        file.write_text("def answer(): return 42\n")
        for name, part in assigned.config.parts.items():
            reply = sandbox.worker(file, part.limits(assigned.harnesses.get(name))).call("answer")
            if not (isinstance(reply, Returned) and reply.result == 42):
                raise RuntimeError(f"a worker for {part.file} cannot run: {reply}")
            print(f"ready for {part.file}")
        for name, reason in sandbox.missing_layers.items():
            print(f"no layer {name!r} here: {reason}")
    for package in assigned.helpers:
        try:
            version(package)
        except PackageNotFoundError:
            print(f"without {package}: what is checked with it is left out")


if __name__ == "__main__":
    main()
