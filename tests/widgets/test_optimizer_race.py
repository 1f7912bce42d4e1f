"""The race: its paths are those of torch.optim in float64, and what the page gets is what was computed."""

from __future__ import annotations

import doctest
import math

import numpy as np
import pytest
import torch
import traitlets

from llm_widgets.foundations import SURFACES, descend
from llm_widgets.widgets import OptimizerRace, _race, optimizer_race

NAMES = ("sgd", "momentum", "adam")


def torchs(race, name):
    """The path of PyTorch's optimizer from the same start, by the surface's gradients and the same noise."""
    theta = torch.tensor(race.start, dtype=torch.float64, requires_grad=True)
    optimizer = {
        "sgd": lambda: torch.optim.SGD([theta], lr=race.sgd_rate),
        "momentum": lambda: torch.optim.SGD([theta], lr=race.momentum_rate, momentum=race.momentum),
        "adam": lambda: torch.optim.Adam([theta], lr=race.adam_rate, betas=(race.beta_1, race.beta_2)),
    }[name]()
    shaken = race.noise * np.random.default_rng(race.seed).standard_normal((race.steps, 2))
    points = [theta.detach().numpy().copy()]
    for noise in shaken:
        theta.grad = torch.tensor(SURFACES[race.surface].gradient(points[-1]) + noise)
        optimizer.step()
        points.append(theta.detach().numpy().copy())
    return np.stack(points)


def test_examples_give_what_they_say():
    assert doctest.testmod(optimizer_race).failed == 0


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("noise", [0.0, 0.3])
def test_paths_are_pytorchs(surface, noise):
    race = OptimizerRace(surface, steps=60, noise=noise, seed=5)
    for name, racer in race.paths.items():
        n = len(racer.points)
        np.testing.assert_allclose(racer.points, torchs(race, name)[:n], rtol=1e-8, atol=1e-10)
        assert n == 61 or surface == "saddle"


def test_without_noise_a_path_is_a_descent():
    race = OptimizerRace("himmelblau", steps=80)
    settings = {name: getattr(race, name) for name in optimizer_race._OF_OPTIMIZERS}
    for name, optimizer in _race.optimizers(settings).items():
        path = descend(SURFACES["himmelblau"], optimizer, race.start, 80)
        np.testing.assert_array_equal(race.paths[name].points, path.points)
        np.testing.assert_array_equal(race.paths[name].heights, path.heights)


def test_the_numbers_of_each_rule_give_the_next_point():
    race = OptimizerRace("ravine", steps=40)
    racers = race._found["racers"]
    for at in range(40):
        now = {name: {key: np.array(value) for key, value in racers[name].items()} for name in NAMES}
        sgd, heavy, adam = (now[name] for name in NAMES)
        close = {"rtol": 1e-5, "atol": 1e-6}  # the page gets seven digits
        np.testing.assert_allclose(sgd["points"][at] - 0.03 * sgd["gradients"][at], sgd["points"][at + 1], **close)
        velocity = 0.9 * heavy["velocity"][at] + heavy["gradients"][at]
        np.testing.assert_allclose(velocity, heavy["velocity"][at + 1], rtol=1e-4, atol=1e-4)
        np.testing.assert_allclose(heavy["points"][at] - 0.01 * velocity, heavy["points"][at + 1], **close)
        ratio = adam["m_hat"][at + 1] / (np.sqrt(adam["v_hat"][at + 1]) + 1e-8)
        np.testing.assert_allclose(adam["points"][at] - 0.1 * ratio, adam["points"][at + 1], **close)


@pytest.mark.parametrize("surface", [name for name in SURFACES if SURFACES[name].minima])
def test_who_has_arrived_stays(surface):
    race = OptimizerRace(surface, steps=500)
    (left, right), (low, high) = SURFACES[surface].domain
    radius = 0.02 * min(right - left, high - low)
    assert any(racer.arrived is not None for racer in race.paths.values())
    for racer in race.paths.values():
        apart = np.linalg.norm(racer.points[:, None] - np.array(SURFACES[surface].minima), axis=-1).min(-1)
        if racer.arrived is None:
            assert apart[-1] >= radius
        else:
            assert (apart[racer.arrived :] < radius).all()
            assert racer.arrived == 0 or apart[racer.arrived - 1] >= radius


def test_the_saddle_is_left_except_on_its_ridge():
    race = OptimizerRace("saddle")
    arrived = {name: racer.arrived for name, racer in race.paths.items()}
    assert arrived["adam"] < arrived["momentum"] < arrived["sgd"], "Adam's step does not depend on the slope's size"
    race.start = [1.0, 0.0]
    assert [racer.arrived for racer in race.paths.values()] == [None] * 3


def test_too_large_a_rate_diverges_and_ends_there():
    # On ½·50·y² a step of η multiplies y by 1 − 50·η: above 2/50 it grows.
    for rate, diverges in ((0.039, False), (0.041, True), (0.06, True), (1e6, True)):
        racer = OptimizerRace("ravine", steps=300, sgd_rate=rate).paths["sgd"]
        grows = abs(racer.points[-1][1]) > abs(racer.points[0][1])
        assert (racer.diverged, grows) == (diverges, rate > 0.04), rate
        assert np.isfinite(racer.points).all()
    assert OptimizerRace("rosenbrock", sgd_rate=1e6).paths["sgd"].diverged


def test_the_map_is_the_surface():
    race = OptimizerRace("beale")
    heights = np.frombuffer(race._heights, "<f4").reshape(_race.GRID, _race.GRID)
    (left, right), (low, high) = SURFACES["beale"].domain
    assert heights[0, -1] == pytest.approx(float(SURFACES["beale"]([right, low])), rel=1e-6)
    assert heights[-1, 0] == pytest.approx(float(SURFACES["beale"]([left, high])), rel=1e-6)
    levels = race._found["levels"]
    assert levels == sorted(set(levels))
    assert len(levels) > 8
    for surface in SURFACES:
        assert OptimizerRace(surface, steps=1)._found["levels"]


def test_a_new_surface_brings_its_own_start_and_rates_unless_they_are_given():
    race = OptimizerRace("ravine", step=20)
    race.change(surface="rosenbrock")
    assert (race.start, race.sgd_rate, race.step) == ([-1.2, 1.0], 0.002, 0)
    assert race.steps == 500
    race.surface = "bowl"
    assert (race.start, race.sgd_rate) == ([-1.5, 1.2], 0.1)
    race.change(surface="ravine", start=[1.0, 1.0], sgd_rate=0.02)
    assert (race.start, race.sgd_rate, race.adam_rate) == ([1.0, 1.0], 0.02, 0.1)
    given = OptimizerRace("bowl", start=(0.5, 0.5), sgd_rate=0.3)
    assert (given.start, given.sgd_rate, given.momentum_rate) == ([0.5, 0.5], 0.3, 0.05)


def test_a_step_moves_the_place_and_computes_nothing(monkeypatch):
    race = OptimizerRace()
    found = race._found
    monkeypatch.setattr(optimizer_race, "race", lambda *_: pytest.fail("it raced again"))
    race.change(step=7)
    assert race._found is found
    assert race.step == 7


def test_fewer_steps_pull_the_place_back():
    race = OptimizerRace(steps=100, step=90)
    race.change(steps=50)
    assert (race.step, len(race._found["racers"]["sgd"]["points"])) == (50, 51)


def test_what_cannot_be_is_refused_and_changes_nothing():
    race = OptimizerRace(steps=20)
    for odd in (
        {"surface": "moon"},
        {"start": [1.0]},
        {"start": [math.nan, 0.0]},
        {"start": [1e9, 0.0]},
        {"steps": 0},
        {"steps": 501},
        {"step": 21},
        {"step": -1},
        {"sgd_rate": 0.0},
        {"adam_rate": math.inf},
        {"momentum": 1.0},
        {"beta_2": -0.1},
        {"noise": -1.0},
        {"seed": -1},
        {"momentum": "much"},
    ):
        with pytest.raises((ValueError, traitlets.TraitError)):
            race.change(**odd)
        assert (race.surface, race.start, race.steps, race.step, race.sgd_rate, race.momentum) == (
            "ravine", [-1.8, 0.6], 20, 0, 0.03, 0.9,
        ), odd  # fmt: skip
    with pytest.raises(ValueError, match="Received: surface='moon'"):
        OptimizerRace("moon")
    with pytest.raises(TypeError, match="did you mean “sgd_rate”"):
        OptimizerRace(sgd_rat=1)
