"""Turn a master into the stub that students fill in.

A master marks what students must write:

    # BEGIN SOLUTION
    ...
    # END SOLUTION

Inside a function the marked lines become `raise NotImplementedError`; at the top level of a file they vanish.
"""

BEGIN, END = "# BEGIN SOLUTION", "# END SOLUTION"


def stub(master: str) -> str:
    """Return the stub of a master's text; raises ValueError if markers do not pair up."""
    lines: list[str] = []
    begun = 0
    for position, line in enumerate(master.splitlines(), start=1):
        mark = line.strip()
        if mark == BEGIN:
            if begun:
                raise ValueError(f"line {position}: {BEGIN}, but the one in line {begun} has not ended")
            begun = position
            indent = line[: len(line) - len(line.lstrip())]
            if indent:
                lines.append(f"{indent}raise NotImplementedError")
        elif mark == END:
            if not begun:
                raise ValueError(f"line {position}: {END} without {BEGIN}")
            begun = 0
        elif BEGIN in line or END in line:
            raise ValueError(f"line {position}: a marker must have its own line")
        elif not begun:
            lines.append(line)
    if begun:
        raise ValueError(f"line {begun}: {BEGIN} never ends")
    return _at_most_two_blank_lines(lines)


def _at_most_two_blank_lines(lines: list[str]) -> str:
    text = "\n".join(lines).rstrip() + "\n"
    while "\n\n\n\n" in text:
        text = text.replace("\n\n\n\n", "\n\n\n")
    return text
