"""What every package uses, written once. Nothing here knows homework, and importing it costs next to nothing."""
