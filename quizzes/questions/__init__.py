"""The question bank: a module for each topic of the lecture, in its order."""

TOPICS = (
    "neurons",
    "dense",
    "inputs",
    "sizes",
    "convolution",
    "pooling",
    "shapes",
    "sharing",
    "architectures",
    "receptive_field",
    "hyperparameters",
    "features",
    "transfer",
    "data",
    "failures",
    "cost",
)
