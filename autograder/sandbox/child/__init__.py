"""What runs in the worker process, next to student code. It uses only Python's standard library, NumPy and PyTorch."""
