import numpy as np
import pytest

from tapeloom.core.errors import InputError

torch = pytest.importorskip("torch")

from tapeloom.train.gpt import GPT, PRESETS, GPTConfig, to_gpt_2  # noqa: E402

SMALL = GPTConfig(vocabulary=40, context=32, layers=3, heads=2, width=16)


@pytest.fixture
def model() -> GPT:
    torch.manual_seed(3)
    model = GPT(SMALL).eval()
    for parameter in model.parameters():  # biases and norms too: none may be forgotten
        torch.nn.init.normal_(parameter, std=0.2)
    return model


@pytest.mark.parametrize("name", PRESETS)
def test_a_size_has_as_many_weights_as_it_says(name: str) -> None:
    with torch.device("meta"):
        model = GPT(PRESETS[name])
    assert sum(p.numel() for p in model.parameters()) == PRESETS[name].parameters


def test_the_output_layer_starts_as_if_nothing_was_known() -> None:
    torch.manual_seed(1)
    tokens = torch.randint(0, 512, (4, 64))
    model = GPT(PRESETS["tiny"])
    loss = model.loss(tokens, torch.arange(64).expand(4, 64), tokens.roll(-1, 1)) / tokens.numel()
    assert loss.item() == pytest.approx(np.log(512), abs=0.1)


def test_nothing_is_told_of_the_future(model: GPT) -> None:
    a = torch.randint(0, 40, (1, 20))
    b = a.clone()
    b[0, 12:] = (b[0, 12:] + 7) % 40
    assert torch.allclose(model(a)[0, :12], model(b)[0, :12], atol=1e-5)
    assert not torch.allclose(model(a)[0, 12:], model(b)[0, 12:], atol=1e-2)


def test_targets_of_minus_one_do_not_count(model: GPT) -> None:
    tokens = torch.randint(0, 40, (1, 9))
    positions = torch.arange(8)[None]
    targets = tokens[:, 1:].clone()
    chances = torch.log_softmax(model(tokens[:, :-1]), -1)
    each = -chances.gather(-1, targets[..., None])[0, :, 0]
    targets[0, 3:] = -1
    found = model.loss(tokens[:, :-1], positions, targets)
    assert found.item() == pytest.approx(each[:3].sum().item(), rel=1e-5)


def test_positions_are_those_that_are_given(model: GPT) -> None:
    tokens = torch.randint(0, 40, (1, 5))
    assert torch.equal(model(tokens), model(tokens, torch.arange(5)[None]))
    assert not torch.allclose(model(tokens), model(tokens, torch.arange(5)[None] + 3), atol=1e-3)


def test_a_size_that_cannot_be_is_refused() -> None:
    with pytest.raises(InputError, match="3 heads must divide it"):
        GPTConfig(width=64, heads=3)
    with pytest.raises(InputError, match="at least 1"):
        GPTConfig(layers=0)


@pytest.mark.filterwarnings("ignore")  # what transformers says while it is imported
def test_it_gives_the_logits_of_the_gpt_2_of_transformers(model: GPT) -> None:
    transformers = pytest.importorskip("transformers")
    peer = transformers.GPT2LMHeadModel(
        transformers.GPT2Config(
            vocab_size=40, n_positions=32, n_embd=16, n_layer=3, n_head=2,
            activation_function="gelu_new", attn_pdrop=0.0, embd_pdrop=0.0, resid_pdrop=0.0,
        )
    ).eval()  # fmt: skip
    peer.load_state_dict(to_gpt_2(model.state_dict()), strict=False)
    tokens = torch.from_numpy(np.random.default_rng(1).integers(0, 40, (3, 32)))
    with torch.no_grad():
        ours, theirs = model(tokens), peer(tokens).logits
    assert float(theirs.std()) > 0.1
    assert torch.allclose(ours, theirs, atol=1e-5)
