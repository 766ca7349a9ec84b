"""Quizzes in other languages: a catalogue for each, and what makes use of it."""
