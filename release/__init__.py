"""From solutions/ to assignments/: what students receive."""
