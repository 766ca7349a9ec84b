"""Compare what a poll acknowledged to phones with what it has on its disk."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.poll.phones import Phone
from polls.journal import Journal


@dataclass(frozen=True)
class Found:
    """What happened to the answers that phones sent."""

    acknowledged: int
    lost: int  # acknowledged, but not on the disk, or another answer counts
    doubled: int  # on the disk, but never sent; or counted twice


def audit(journal: Journal, phones: Sequence[Phone], counted: Sequence[int]) -> Found:
    """Compare. counted: how many answers the teacher's page counted in each round, from 1."""
    on_disk = {(one.round, one.person, one.change): dict(one.given) for one in journal.answers()}
    journal.close()
    sent = {(one.round, phone.key, one.change): one for phone in phones for one in phone.sent}
    acknowledged = {name: one for name, one in sent.items() if one.kept}
    lost = sum(on_disk.get(name) != one.given or one.kept < one.change for name, one in acknowledged.items())
    doubled = len(set(on_disk) - set(sent))
    for round, count in enumerate(counted, 1):
        doubled += max(0, count - len({person for number, person, _ in sent if number == round}))
        lost += max(0, len({person for number, person, _ in acknowledged if number == round}) - count)
    return Found(len(acknowledged), lost, doubled)
