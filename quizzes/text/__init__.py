"""The texts of questions, converted for each medium."""
