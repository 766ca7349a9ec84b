"""Quizzes that regenerate: new numbers, same difficulty, keys that are never wrong."""
