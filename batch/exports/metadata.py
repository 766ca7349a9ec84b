"""Read selected entries from a large YAML file without building objects from the rest.

libyaml's events come much faster than PyYAML's objects, in memory that does not grow with the file. All scalars are text:
the id 007 keeps its zeros, and the name No is not false. Tags are ignored. An alias returns the object that its anchor
names, never a copy, so aliases of aliases cannot grow without end.
"""

from collections.abc import Collection, Iterator
from itertools import takewhile
from typing import IO

import yaml

DEEPEST = 100  # levels; libyaml's time grows with their square (yaml/libyaml issue 251)


Value = str | list["Value"] | dict[str, "Value"]


class TooDeep(ValueError):
    """The file is nested more deeply than any that a program writes."""


def entries(stream: IO[bytes], wanted: Collection[str]) -> Iterator[tuple[str, dict[str, Value]]]:
    """Yield the name and the wanted values of each top-level entry, in any document of the stream.

    The colon at the start of Ruby's keys is removed. Raises yaml.YAMLError if it is not YAML, and TooDeep.
    """
    loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
    reader = _Reader(yaml.parse(_Documents(stream), Loader=loader))
    for event in reader.events:
        if isinstance(event, yaml.MappingStartEvent):  # starts a document
            for name in reader.names():
                yield name, reader.some_of(wanted)
        elif isinstance(event, yaml.NodeEvent):
            reader.skip(event)


class _Documents:
    """A stream in which each end of a document also starts the next: libyaml requires that, and Ruby does not write it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream

    def read(self, size: int) -> bytes:
        """Return the next complete lines, about size bytes."""
        return b"".join(b"---\n" if line.rstrip() == b"..." else line for line in self.stream.readlines(size))


class _Reader:
    def __init__(self, events: Iterator[yaml.Event]) -> None:
        self.events = events
        self.anchored: dict[str, Value] = {}

    def names(self, depth: int = 0) -> Iterator[str]:
        """Yield the keys of the mapping that has just started. The caller must read each value before the next key."""
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            name = self.value(event, depth + 1)
            yield name.removeprefix(":") if isinstance(name, str) else ""

    def some_of(self, wanted: Collection[str]) -> dict[str, Value]:
        """Read a mapping and return its wanted entries; none if it is not a mapping."""
        found: dict[str, Value] = {}
        event = next(self.events)
        if not isinstance(event, yaml.MappingStartEvent):
            self.skip(event)
            return found
        for name in self.names():
            if name in wanted:
                found[name] = self.value(next(self.events))
            else:
                self.skip(next(self.events))
        return found

    def value(self, event: yaml.Event, depth: int = 0) -> Value:
        """Read the value that starts with an event."""
        if depth > DEEPEST:
            raise TooDeep(f"more than {DEEPEST} levels")
        if isinstance(event, yaml.AliasEvent):
            return self.anchored.get(event.anchor, "")
        made: Value
        if isinstance(event, yaml.SequenceStartEvent):
            items = takewhile(lambda event: not isinstance(event, yaml.SequenceEndEvent), self.events)
            made = [self.value(item, depth + 1) for item in items]
        elif isinstance(event, yaml.MappingStartEvent):
            made = {name: self.value(next(self.events), depth + 1) for name in self.names(depth)}
        else:
            made = _text(event)
        if event.anchor:
            self.anchored[event.anchor] = made
        return made

    def skip(self, event: yaml.Event) -> None:
        """Skip the value that starts with an event, keeping only text that an alias may refer to."""
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
