"""What the templates share: arithmetic by hand, logic, statements to tick."""
