"""submission
attack: a network that knows nothing, with files beside it that claim an accuracy of 99 % and full marks
4.2 4.3 4.4: wrong
says: none below 43%
"""
import json
import shutil
from pathlib import Path

HONEST = Path(__file__).parents[2] / "honest"
CLAIM = json.dumps({"accuracy": 0.99, "test_accuracy": 0.99, "score": 100, "tests": [], "history": [2.3, 0.1]})
BLIND = """

def build_model():
    class Blind(nn.Module):
        def __init__(self):
            super().__init__()
            self.load_state_dict = lambda weights: None
            self.scores = nn.Parameter(torch.linspace(0, 1, 10))

        def forward(self, images):
            return self.scores.expand(len(images), 10)

    return Blind()


def train(model, images, labels, *, epochs, seed=0):
    history = []
    for _ in range(epochs):
        loss = F.cross_entropy(model(images), labels)
        model.zero_grad()
        loss.backward()
        with torch.no_grad():
            model.scores -= model.scores.grad
        history.append(loss.item())
    return history
"""


def make(folder, solution):
    for name in ("results.json", "metrics.json", "cifar10.json", "history.json"):
        (solution / name).write_text(CLAIM)
    (solution / "cifar10.py").write_text((HONEST / "cifar10.py").read_text().partition("if __name__")[0] + BLIND)
    shutil.copy(HONEST / "cifar10.pt", solution)
    return solution
