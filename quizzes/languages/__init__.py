"""Quizzes in other languages: a catalogue for each, and the translation."""
