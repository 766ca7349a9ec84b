"""python -m command_line: convgrade."""

from command_line.main import main

main()
