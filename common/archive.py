"""Pack files into a zip, with the same bytes on every machine."""

import io
import zipfile
from collections.abc import Collection, Mapping

RUNS, READS = 0o755, 0o644


def archive(content: Mapping[str, bytes], runnable: Collection[str] = ()) -> bytes:
    """Return a zip of files by their names. runnable: those that can be run.

    It is not compressed, since deflate's output differs between machines.
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as zipped:
        for name in sorted(content):
            member = zipfile.ZipInfo(name)  # dated 1980
            member.external_attr = (0o100000 | (RUNS if name in runnable else READS)) << 16
            member.create_system = 3  # the same on Windows and elsewhere
            zipped.writestr(member, content[name])
    return stream.getvalue()
