"""The question bank: a module for each topic of the lecture, in its order."""

TOPICS = (
    "neurons",
    "dense",
    "inputs",
    "sizes",
    "convolution",
    "padding",
    "pooling",
    "shapes",
    "sharing",
    "architectures",
    "receptive_field",
    "hyperparameters",
    "pytorch",
    "training_code",
    "features",
    "transformations",
    "transfer",
    "data",
    "failures",
    "cost",
)
