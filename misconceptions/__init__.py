"""The plausible wrong answers, as runnable code: the autograder reads them for hints, the quizzes for distractors."""

from misconceptions import (  # noqa: F401  (each enters its misconceptions into the bank)
    architectures,
    convolution,
    cost,
    counting,
    dense,
    evaluation,
    features,
    gpu_barriers,
    gpu_memory,
    gpu_threads,
    images,
    learning,
    neurons,
    outlook,
    outputs,
    padding,
    pooling,
    pytorch,
    rates,
    receptive_field,
    shapes,
    sharing,
    slips,
    tracing,
    transformations,
)
from misconceptions.bank import Misconception, about, everything, in_programs

__all__ = ["Misconception", "about", "everything", "in_programs"]
