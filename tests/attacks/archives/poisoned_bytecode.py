"""submission
attack: what is read is wrong; right is only the compiled file that Python would load instead, without a look at the source
2.2 2.4 2.5: wrong
"""
import importlib.util
import py_compile


def make(folder, solution):
    source = solution / "pooling.py"
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    for compiled in (importlib.util.cache_from_source(str(source)), f"{source}c"):
        py_compile.compile(str(source), compiled, invalidation_mode=mode)
    source.write_text(source.read_text().replace("np.median", "np.mean"))
    return solution
