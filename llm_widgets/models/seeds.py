"""One seed for a model, and from it one for each place in it."""

from __future__ import annotations

MAX_SEED = 2**63 - 1


def derived_seed(seed: int, *place: int) -> int:
    """A seed for one place in the model: layers that are added later leave the others' weights as they were."""
    import numpy as np

    return int(np.random.SeedSequence([seed, *place]).generate_state(1)[0] >> 1)
