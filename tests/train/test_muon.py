"""Muon: its steps are orthogonal, of the size of AdamW's, and lead down."""

import pytest

torch = pytest.importorskip("torch")

from tapeloom.train.muon import RMS, Muon, orthogonal  # noqa: E402


@pytest.mark.parametrize("shape", [(6, 6), (12, 5), (5, 12), (1, 7)])
def test_singular_values_are_driven_near_one_and_directions_stay(shape):
    generator = torch.Generator().manual_seed(1)
    matrix = torch.randn(shape, generator=generator)
    made = orthogonal(matrix)
    assert made.shape == matrix.shape
    values = torch.linalg.svdvals(made)
    assert values.min() > 0.3  # the quintic is chosen for speed
    assert values.max() < 1.3
    u, _, v = torch.linalg.svd(matrix, full_matrices=False)
    inside = u.T @ made @ v.T  # the same singular vectors
    assert torch.allclose(inside, torch.diag(inside.diagonal()), atol=1e-3)


def test_scale_is_nothing_to_it():
    matrix = torch.randn((4, 8), generator=torch.Generator().manual_seed(2))
    assert torch.allclose(orthogonal(matrix), orthogonal(1000 * matrix), atol=1e-4)
    assert orthogonal(torch.zeros(3, 3)).abs().max() == 0


def test_a_step_has_the_size_that_it_is_told():
    weight = torch.nn.Parameter(torch.zeros(32, 32))
    optimiser = Muon([weight], lr=0.1)
    weight.grad = torch.randn(32, 32, generator=torch.Generator().manual_seed(3))
    optimiser.step()
    size = float(weight.detach().pow(2).mean().sqrt())
    assert size == pytest.approx(0.1 * RMS, rel=0.25)


def test_it_finds_a_minimum_and_weights_decay_without_one():
    goal = torch.randn(8, 6, generator=torch.Generator().manual_seed(4))
    weight = torch.nn.Parameter(torch.zeros(8, 6))
    optimiser = Muon([weight], lr=0.05)
    first = float(goal.pow(2).sum())
    for step in range(300):
        optimiser.param_groups[0]["lr"] = 0.05 * (1 - step / 300)
        optimiser.zero_grad()
        (weight - goal).pow(2).sum().backward()
        optimiser.step()
    assert float((weight.detach() - goal).pow(2).sum()) < 0.02 * first
    idle = torch.nn.Parameter(torch.ones(2, 2))
    decaying = Muon([idle], lr=0.1, weight_decay=0.5)
    decaying.step()  # no gradient, no step
    assert torch.equal(idle.detach(), torch.ones(2, 2))
    idle.grad = torch.zeros(2, 2)
    decaying.step()
    assert torch.allclose(idle.detach(), torch.full((2, 2), 0.95))


def test_its_state_can_be_taken_up():
    torch.manual_seed(5)
    grads = [torch.randn(4, 4) for _ in range(4)]

    def run(parts):
        weight = torch.nn.Parameter(torch.eye(4))
        optimiser = Muon([weight], lr=0.1)
        for number, part in enumerate(parts):
            if number:  # as a run that was stopped does
                held = optimiser.state_dict()
                optimiser = Muon([weight], lr=0.1)
                optimiser.load_state_dict(held)
            for grad in part:
                weight.grad = grad.clone()
                optimiser.step()
        return weight.detach()

    assert torch.equal(run([grads]), run([grads[:2], grads[2:]]))
