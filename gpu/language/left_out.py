"""What the language leaves out: how it is called, what Numba makes of it in a kernel, and what to write instead.

What Numba makes of it is what numba-cuda 0.30.4 does; words between quotation marks are its own.
"""

import ast

_LIST = (
    'Numba has none in kernels ("NRT required but not enabled"). Keep a few numbers of a thread in '
    "cuda.local.array(SIZE, float32), and constants in a tuple."
)
_DICT = 'Numba has none in kernels ("No implementation of function"). Use an array, with a number for each key.'
_SET = "Numba has none in kernels (\"object has no attribute 'build_set'\"). Use an array."
_TEXT = "Kernels compute with numbers; infinity is math.inf, NaN is math.nan. Begin a comment with #."
_COMPLEX = "Numba compiles it, but kernels here compute with real numbers."
_GENERATOR = "Numba cannot compile it in a kernel. Write results to an array."
_WITH = "Numba cannot compile it in a kernel."
_IMPORT = 'Numba cannot compile it ("Use of unsupported opcode (IMPORT_NAME)"). Import at the top of the file.'
_NO_ARRAYS = "Numba cannot make arrays in a kernel. Use cuda.local.array(SIZE, float32), and set each element."
_SUM, _PRODUCTS, _INDEX = "Add up in a loop.", "Add up products in a loop.", "Loop over the index: for i in range(n)."
_WITHIN_BLOCK = "Within a block, use cuda.syncthreads()."
_VOTE = "Use cuda.syncthreads() and an array in shared memory."
_HALF = "16 bits hold only three digits. Compute in float32."
_FOR_CPU = "It compiles for the CPU. Write @cuda.jit."

# By the kind of a node, or the type of a constant: what it is called, and what the student reads.
LEFT_OUT: dict[type, tuple[str, str]] = {
    # Containers
    ast.List: ("a list", _LIST),
    ast.Dict: ("a dict", _DICT),
    ast.Set: ("a set", _SET),
    ast.ListComp: (
        "a list comprehension",
        "Numba cannot compile it in a kernel (\"Unknown attribute 'append'\"). Write a loop.",
    ),
    ast.SetComp: (
        "a set comprehension",
        "Numba cannot compile it in a kernel (\"Unknown attribute 'add'\"). Write a loop.",
    ),
    ast.DictComp: (
        "a dict comprehension",
        "Numba cannot compile it in a kernel (\"Unknown attribute '__setitem__'\"). Write a loop.",
    ),
    ast.GeneratorExp: ("a generator", 'Numba cannot compile it ("yield in a closure is unsupported"). Write a loop.'),
    ast.Slice: ("a slice", "Numba compiles it, but here each line works on single elements. Index them in a loop."),
    ast.Starred: ("a star", 'Numba cannot unpack with it ("Use of unsupported opcode (UNPACK_EX)"). Name each value.'),
    # Constants
    str: ("a text", _TEXT),
    bytes: ("a bytes literal", _TEXT),
    ast.JoinedStr: ("an f-string", 'Numba cannot write texts on a GPU ("No implementation of function").'),
    complex: ("a complex number", _COMPLEX),
    type(None): ("None", "Numba compiles it, but it is not a number."),
    type(...): ("...", "Write `pass` for an empty body, and write out every index of an element."),
    # Functions
    ast.Lambda: ("a lambda", "Numba compiles it, but functions here have names. Write `def` under @cuda.jit(device=True)."),
    ast.FunctionDef: (
        "a function within a function",
        "Numba compiles it, but functions here cannot be nested. Move it out, under @cuda.jit(device=True).",
    ),
    ast.AsyncFunctionDef: ("an async function", "Threads of a GPU run side by side anyway. Write `def`."),
    ast.ClassDef: ("a class", 'Numba cannot compile it ("Use of unsupported opcode (LOAD_BUILD_CLASS)"). Write functions.'),
    ast.Yield: ("yield", _GENERATOR),
    ast.YieldFrom: ("yield", _GENERATOR),
    ast.Await: ("await", "Threads of a block wait for each other at cuda.syncthreads()."),
    # Statements
    ast.Try: (
        "try",
        "Numba cannot compile it in a kernel. A GPU raises no exceptions: check an index with `if` before you use it.",
    ),
    ast.With: ("with", _WITH),
    ast.AsyncWith: ("with", _WITH),
    ast.AsyncFor: ("async for", "Write `for`."),
    ast.Raise: ("raise", "Numba compiles it, but a GPU carries on as if nothing had happened. End a thread with `return`."),
    ast.Assert: (
        "assert",
        "Numba compiles it, but a GPU carries on as if nothing had happened. Test results in the notebook.",
    ),
    ast.Global: (
        "global",
        'Numba cannot compile it ("Use of unsupported opcode (STORE_GLOBAL)"). Write results to an array.',
    ),
    ast.Nonlocal: ("nonlocal", "Write results to an array."),
    ast.Delete: ("del", 'Numba cannot compile it ("Illegal IR, del found"). Variables end with their function.'),
    ast.Match: ("match", "Numba compiles it, but use `if` and `elif` here."),
    ast.Import: ("an import in a function", _IMPORT),
    ast.ImportFrom: ("an import in a function", _IMPORT),
    ast.AnnAssign: ("an annotation", "Numba works out types by itself. A cast, such as float32(0), sets one."),
    ast.NamedExpr: (":=", "Assign on a line of its own."),
    # Operators
    ast.MatMult: ("@", f'Numba cannot multiply matrices in a kernel ("required for linear algebra"). {_PRODUCTS}'),
    ast.Is: ("is", "Numba compiles it, but numbers are compared with ==."),
    ast.IsNot: ("is not", "Numba compiles it, but numbers are compared with !=."),
    ast.In: ("in", "Numba compiles it, but use == and `or` here."),
    ast.NotIn: ("not in", "Numba compiles it, but use != and `and` here."),
}

# Python's own functions.
OF_PYTHON: dict[str, str] = {
    "print": "Numba compiles it, but thousands of threads would print at once. Write what you want to see to an array.",
    "sum": _SUM,
    "pow": "Write x ** y.",
    "divmod": "Write a // b and a % b.",
    "enumerate": _INDEX,
    "zip": _INDEX,
    "map": "Write a loop.",
    "filter": "Write a loop.",
    "reversed": "Count down: for i in range(n - 1, -1, -1).",
    "sorted": "Numba cannot sort in a kernel. Compare numbers one by one.",
    "any": 'Numba does not know it in a kernel ("Untyped global name"). Write a loop.',
    "all": 'Numba does not know it in a kernel ("Untyped global name"). Write a loop.',
    "list": _LIST,
    "dict": _DICT,
    "set": _SET,
    "tuple": "Write the values in brackets: (a, b).",
    "str": _TEXT,
    "complex": _COMPLEX,
    "type": "Name the type, such as float32.",
    "isinstance": "Name the type, such as float32.",
}

# Members of modules.
OF_MODULES: dict[str, dict[str, str]] = {
    "cuda": {
        "threadfence": f"Blocks cannot wait for each other here. {_WITHIN_BLOCK}",
        "threadfence_block": _WITHIN_BLOCK,
        "threadfence_system": _WITHIN_BLOCK,
        "synchronize": f"It is for the host, to wait for kernels. {_WITHIN_BLOCK}",
        "syncthreads_count": _VOTE,
        "syncthreads_and": _VOTE,
        "syncthreads_or": _VOTE,
        "cg": "A barrier for the whole grid is the end of the kernel: launch a second one.",
        "to_device": "It is for the host, to copy arrays. Use it in the notebook.",
        "device_array": "It is for the host, to make arrays. In a kernel, use cuda.shared.array or cuda.local.array.",
        "const": "Pass the array as an argument, or write a constant outside the kernel.",
        "jit": "Write it above a function: @cuda.jit.",
    },
    "cuda.atomic": {
        "cas": "Use cuda.atomic.add, sub, max or min.",
        "compare_and_swap": "Use cuda.atomic.add, sub, max or min.",
    },
    "numpy": {
        **dict.fromkeys(("zeros", "ones", "empty", "full", "array"), _NO_ARRAYS),
        **dict.fromkeys(("sum", "mean"), _SUM),
        **dict.fromkeys(("dot", "matmul"), _PRODUCTS),
        **dict.fromkeys(("arange", "ndindex"), _INDEX),
        "max": "Write a loop; max(a, b) is the larger of two.",
        "min": "Write a loop; min(a, b) is the smaller of two.",
        "maximum": "Write max(a, b).",
        "minimum": "Write min(a, b).",
        "abs": "Write abs(x).",
        "absolute": "Write abs(x).",
        "where": "Write a if condition else b.",
        "clip": "Write min(max(x, least), most).",
        "add": "Write a + b.",
        "subtract": "Write a - b.",
        "multiply": "Write a * b.",
        "divide": "Write a / b.",
        "float16": _HALF,
    },
    "math": {"prod": "Multiply in a loop.", "fsum": _SUM},
    "numba": {
        **dict.fromkeys(("jit", "njit", "vectorize"), _FOR_CPU),
        "prange": "On a GPU, each thread has its own i.",
        "float16": _HALF,
    },
}

# Members of arrays.
OF_ARRAYS: dict[str, str] = {
    **dict.fromkeys(("sum", "mean"), _SUM),
    **dict.fromkeys(("max", "min"), "Write a loop."),
    **dict.fromkeys(("reshape", "flat"), "Compute the index."),
    **dict.fromkeys(("copy", "astype"), "Numba cannot make arrays in a kernel. Cast each element: float32(x)."),
    "T": "Swap the indices.",
    "fill": "Set each element.",
    "append": _LIST,
}
