"""The command `convgrade`."""
