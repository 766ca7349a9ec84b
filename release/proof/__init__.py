"""Prove that an assignment grades as it should: right programs get full marks, wrong ones lose points, nobody is lucky."""
