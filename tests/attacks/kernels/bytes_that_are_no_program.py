"""submission
attack: hands in bytes at which decoders and parsers stumble, and a file of 3 MB
1.1 1.2 1.3 1.4 1.5: crashed
2.1 2.2 2.3 2.4 2.5: crashed
says: larger than 64 kB
says: not text in UTF-8
"""


def make(folder, solution):
    (solution / "mapping.py").write_bytes(b"# coding: utf-7\nN = 3\n\xff\xfe\x00" + b"\xed\xa0\x80")
    (solution / "indexing.py").write_bytes(b"N = 3\n" * 500_000)
    return solution
