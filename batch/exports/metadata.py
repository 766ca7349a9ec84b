"""What is needed of a large file of YAML, without making objects of the rest.

libyaml gives events much faster than PyYAML makes objects of them, and in memory that does not grow with the file. All
scalars are text: an id 007 keeps its zeros, the name No is no falsehood. Tags mean nothing. An alias gives the very object
that its anchor names, and never a copy, so that aliases of aliases cannot grow without end.
"""

from collections.abc import Collection, Iterator
from typing import IO, Any

import yaml

DEEPEST = 100  # levels; libyaml's time grows with their square (yaml/libyaml issue 251)


class TooDeep(yaml.YAMLError):
    """No program writes what was wanted here as deep as this."""


def entries(stream: IO[bytes], wanted: Collection[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the name of each entry at the top, in any document of the stream, and what is wanted of it.

    A colon at the start of a key, as Ruby's symbols have it, is left out. Raises yaml.YAMLError at what is no YAML.
    """
    loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
    reader = _Reader(yaml.parse(_Documents(stream), Loader=loader))
    for event in reader.events:
        if isinstance(event, yaml.MappingStartEvent):  # begins a document
            for name in reader.names():
                yield name, reader.some_of(wanted)
        elif isinstance(event, yaml.NodeEvent):
            reader.pass_over(event)


class _Documents:
    """A stream in which a new document begins wherever one ends: Ruby does not say so, and libyaml wants to hear it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream

    def read(self, size: int) -> bytes:
        """Return the next whole lines, about so many bytes."""
        return b"".join(b"---\n" if line.rstrip() == b"..." else line for line in self.stream.readlines(size))


class _Reader:
    def __init__(self, events: Iterator[Any]) -> None:
        self.events = events
        self.anchored: dict[str, Any] = {}

    def names(self, depth: int = 0) -> Iterator[str]:
        """Give the keys of the mapping that has just begun. Each value is to be taken before the next key."""
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            name = self.value(event, depth + 1)
            yield name.removeprefix(":") if isinstance(name, str) else ""

    def some_of(self, wanted: Collection[str]) -> dict[str, Any]:
        """Take a mapping, and return its wanted entries; nothing of what is no mapping."""
        found: dict[str, Any] = {}
        event = next(self.events)
        if not isinstance(event, yaml.MappingStartEvent):
            self.pass_over(event)
            return found
        for name in self.names():
            if name in wanted:
                found[name] = self.value(next(self.events))
            else:
                self.pass_over(next(self.events))
        return found

    def value(self, event: Any, depth: int = 0) -> Any:
        """Take the value that begins with an event: text, a list, or a dictionary."""
        if depth > DEEPEST:
            raise TooDeep(f"more than {DEEPEST} levels")
        if isinstance(event, yaml.AliasEvent):
            return self.anchored.get(event.anchor, "")
        made: Any
        if isinstance(event, yaml.SequenceStartEvent):
            made = []
            while not isinstance(item := next(self.events), yaml.SequenceEndEvent):
                made.append(self.value(item, depth + 1))
        elif isinstance(event, yaml.MappingStartEvent):
            made = {}
            for name in self.names(depth):
                made[name] = self.value(next(self.events), depth + 1)
        else:
            made = _text(event)
        if event.anchor:
            self.anchored[event.anchor] = made
        return made

    def pass_over(self, event: Any) -> None:
        """Take the value that begins with an event, and keep nothing of it but texts that an alias may name."""
        depth = 0
        while True:
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > DEEPEST:
                    raise TooDeep(f"more than {DEEPEST} levels")
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            elif isinstance(event, yaml.ScalarEvent) and event.anchor:
                self.anchored[event.anchor] = _text(event)
            if not depth:
                return
            event = next(self.events)


def _text(event: yaml.ScalarEvent) -> str:
    is_nothing = event.implicit[0] and event.value in ("~", "null", "Null", "NULL")
    return "" if is_nothing else event.value
