"""Texts with something of a submission in them, as a terminal may show them."""


def without_control(text: str) -> str:
    """Show control characters that a submission sent instead of letting them move the cursor or turn a line round."""
    return "".join(
        character if character.isprintable() or character == "\n" else f"\\x{ord(character):02x}" for character in text
    )
