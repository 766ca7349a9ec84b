"""Instructors' instructions for a class: rules, tables, points. They stay in force until they are given again."""

REMOVE = "none"  # in place of a table: remove the saved one
