"""The result of a training: the history that `train` returned, and what its worker saw meanwhile, which it may forge."""

import math
from dataclasses import dataclass

NAMED = 300  # characters shown of whatever was returned in place of a history


@dataclass(frozen=True)
class Training:
    """What the student's `train` did to the model."""

    history: list[float]
    moved: float  # how far the parameters have moved, as a share of their norm
    stepped: bool  # whether an optimizer has taken a step,
    of_the_model: bool  # on parameters of the model,
    gradients: bool  # with gradients
    dropped_all: bool  # whether a data loader dropped its only batch

    @property
    def steps_in_vain(self) -> bool:
        """Whether the optimizer takes steps that cannot change the model, or none because there are no batches."""
        return not (self.of_the_model and self.gradients) if self.stepped else self.dropped_all

    def why_unmoved(self) -> str:
        """Say why the weights have not changed, as far as the worker could see."""
        if self.dropped_all:
            return "The loader has no batch: drop_last=True drops ten images, which are fewer than a batch."
        if not self.stepped:
            return "No optimizer takes a step. It should take one for each batch, including the last, smaller one."
        if not self.of_the_model:
            return "The optimizer has none of this model's parameters: pass it model.parameters() of train's own model."
        if not self.gradients:
            return "No parameter has a gradient when the optimizer takes a step: call loss.backward() before that."
        return "The optimizer takes steps, but they change nothing: is the learning rate 0?"


def of(reply: object, epochs: int) -> Training | str:
    """Return the training that a worker reports, or what is wrong with its history, as in "but returned None"."""
    match reply:
        case {
            "history": history,
            "moved": float(moved),
            "stepped": bool(stepped),
            "of the model": bool(of_the_model),
            "gradients": bool(gradients),
            "dropped all": bool(dropped_all),
        }:
            wrong = _wrong(history, epochs)
            return wrong or Training(history, moved, stepped, of_the_model, gradients, dropped_all)
    return "returned something unreadable."


def _wrong(history: object, epochs: int) -> str:
    """Say what is wrong with a history; "" if nothing is. The worker describes in words any entry that is not a number."""
    if history == "None":
        return "returned None. Is `return history` missing?"
    if not isinstance(history, list):
        advice = " Its .tolist() is a list." if "of shape" in str(history) else ""
        return f"returned {str(history)[:NAMED]}.{advice}"
    for epoch, loss in enumerate(history, start=1):
        if type(loss) is not float:
            return f"returned a list whose entry for epoch {epoch} is {str(loss)[:NAMED]}."
    if len(history) != epochs:
        losses = "1 loss" if len(history) == 1 else f"{len(history)} losses"
        return f"returned {losses}. Append the mean loss once in each epoch, and return after the last one."
    for epoch, loss in enumerate(history, start=1):
        if not math.isfinite(loss):
            return f"the loss of epoch {epoch} is {loss}: the training diverges; the learning rate may be too large."
    return ""
