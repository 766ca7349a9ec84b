"""Texts that contain something of a submission, made safe for a terminal."""


def escape_control(text: str) -> str:
    """Escape control characters, so that they cannot move the cursor or reverse a line."""
    return "".join(
        character if character.isprintable() or character == "\n" else f"\\x{ord(character):02x}" for character in text
    )
