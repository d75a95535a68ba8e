"""The comparison of attention blocks: that it is fair, that it can be resumed, and what is made of its runs."""

from dataclasses import replace
from functools import partial

import keras
import numpy as np
import pytest
from click.testing import CliRunner

from autograder.lessons.reference import reference
from coursekit import baselines
from coursekit.models.catalogue import abstract_model
from coursekit.models.cost import cost
from coursekit.results import load_results
from curriculum import paths
from experiments import comparison, gates, recipe, settings
from experiments.comparison import Pictures, Trainer
from experiments.networks import BLOCKS, CONTROL_OF, PLAIN, SE, Network, build, initial_weights, other_starts
from experiments.recipe import Experiment, Recipe, Sweep, table
from experiments.settings import Setting, garments

SHAPE = (28, 28, 1)
TINY = Recipe(images=96, epochs=2, batch=32, warm_up=2)
RNG = np.random.default_rng(0)
DATA = ((RNG.integers(0, 256, (96, 28, 28), np.uint8), np.arange(96) % 10),) * 2


@pytest.fixture
def sweep(tmp_path, monkeypatch, tensorflow):
    """An experiment on made-up images: its results and checkpoints go to a folder of the test's own."""
    for module in (recipe, paths, comparison):
        for name, value in {
            "results_folder": lambda: tmp_path,
            "load_fashion_mnist": lambda: DATA,
            "refuse_stand_in": lambda: None,
            "CHECKPOINTS": tmp_path / "checkpoints",
        }.items():
            if hasattr(module, name):
                monkeypatch.setattr(module, name, value)
    monkeypatch.setattr("coursekit.results.refuse_stand_in", lambda: None)
    monkeypatch.setattr("coursekit.results.results_folder", lambda: tmp_path)
    monkeypatch.setattr(recipe, "TEST_BATCH", 48)
    monkeypatch.setattr(comparison, "STEP_ROUNDS", 1)
    networks = {"plain": Network(), "SE": Network(SE), "plain, as long": Network(epochs=None)}
    monkeypatch.setitem(recipe.EXPERIMENTS, "blocks", Experiment(networks, Setting(garments), TINY))
    return partial(Sweep, "blocks", "command", 1)


def trained(sweep: Sweep, name: str = "SE") -> tuple[recipe.Run, dict[str, np.ndarray]]:
    trainer = Trainer(sweep, name)
    run = trainer.train(0, Pictures.of(sweep.experiment.prepared(sweep.data, 0)))
    return run, {path: weight.numpy() for path, weight in trainer.weights.items()}


@pytest.mark.slow
def test_a_training_that_was_interrupted_ends_as_if_it_had_not_been(sweep, monkeypatch):
    whole, weights = trained(sweep())
    sweep().checkpoint("SE", 0).unlink()

    accuracy, done = Trainer.accuracy, []

    def interrupted(self, pictures):
        done.append(1)
        if len(done) == 2:  # the second epoch is trained, and not kept
            raise KeyboardInterrupt
        return accuracy(self, pictures)

    monkeypatch.setattr(Trainer, "accuracy", interrupted)
    with pytest.raises(KeyboardInterrupt):
        trained(sweep())
    again, resumed = trained(sweep())
    assert len(done) == 3  # one epoch more, not two
    assert (again.history, again.test_history) == (pytest.approx(whole.history), whole.test_history)
    assert len(again.history) == 2 and again.metric == again.test_history[-1]
    for path, value in weights.items():
        np.testing.assert_allclose(resumed[path], value, atol=1e-6, err_msg=path)


@pytest.mark.slow
def test_the_command_goes_on_with_the_run_it_stopped_in(sweep, monkeypatch):
    trained_runs, train = [], Trainer.train

    def counted(self, seed, pictures):
        trained_runs.append(self.name)
        if len(trained_runs) == 2:
            raise KeyboardInterrupt
        return train(self, seed, pictures)

    monkeypatch.setattr(Trainer, "train", counted)
    assert CliRunner().invoke(comparison.main, ["blocks", "--seeds", "1"]).exit_code == 1
    finished = CliRunner().invoke(comparison.main, ["blocks", "--seeds", "1"], catch_exceptions=False)
    assert finished.exit_code == 0
    assert trained_runs == ["plain", "SE", "SE", "plain, as long"]
    content = load_results("comparison-blocks")
    assert [(run.name, run.seed, len(run.test_history) >= 2) for run in content["runs"]] == [
        (name, 0, True) for name in ("plain", "SE", "plain, as long")
    ]
    assert content["baselines"]["nearest neighbour"] == [1]  # what is tested on is what was learnt
    assert set(content["steps"]) == {"plain", "SE"} and content["recipe"]["images"] == 96
    assert content["versions"]["keras"] == keras.__version__
    report = CliRunner().invoke(comparison.main, ["blocks", "--report"]).output
    assert "| SE | 80,582 |" in report and "| nearest neighbour |" in report
    monkeypatch.setitem(recipe.EXPERIMENTS, "blocks", replace(recipe.EXPERIMENTS["blocks"], recipe=Recipe()))
    refused = CliRunner().invoke(comparison.main, ["blocks"])
    assert refused.exit_code == 2 and "has runs by another recipe" in refused.output


def test_what_is_not_tested_after_every_epoch_is_tested_after_the_last(sweep, monkeypatch):
    rarely = replace(recipe.EXPERIMENTS["blocks"], recipe=replace(TINY, epochs=5, tests=2))
    monkeypatch.setitem(recipe.EXPERIMENTS, "blocks", rarely)
    run, _ = trained(sweep())
    assert (len(run.history), len(run.test_history)) == (5, 3) and run.metric == run.test_history[-1]


def test_an_experiment_can_begin_beside_the_results_of_another(sweep, monkeypatch):
    """The steps are kept before anything is trained; then its own plain network has no run yet."""
    whole = sweep()
    whole.keep(trained(whole, "plain")[0])
    monkeypatch.setitem(recipe.EXPERIMENTS, "longer", recipe.EXPERIMENTS["blocks"])
    Sweep("longer", "command", 1).keep(steps={})
    assert load_results("comparison-longer")["networks"] == []


def test_a_checkpoint_of_another_recipe_is_refused(sweep, monkeypatch):
    trained(sweep())
    other = replace(recipe.EXPERIMENTS["blocks"], recipe=replace(TINY, rate=0.2))
    monkeypatch.setitem(recipe.EXPERIMENTS, "blocks", other)
    with pytest.raises(recipe.click.UsageError, match="a training by another recipe"):
        trained(sweep())


def test_the_plain_network_is_trained_as_long_as_the_slowest_block(sweep):
    found = sweep()
    found.facts["steps"] = {"plain": {"milliseconds": 10}, "SE": {"milliseconds": 11}, "BAM": {"milliseconds": 16}}
    assert (found.recipe("plain").epochs, found.recipe("plain, as long").epochs) == (2, 3)
    del found.facts["steps"]
    with pytest.raises(recipe.click.UsageError, match="measure the steps first"):
        found.recipe("plain, as long")


@pytest.mark.slow
@pytest.mark.parametrize("name", [*BLOCKS, *other_starts()])
def test_what_networks_share_starts_alike(name, tensorflow):
    """All weights of the plain network, but for what a wider last stage touches."""
    network = (BLOCKS | other_starts())[name]
    plain = initial_weights(build(BLOCKS["plain"], SHAPE), BLOCKS["plain"], 3)
    values = initial_weights(build(network, SHAPE), network, 3)
    same = [path for path in plain if plain[path].shape == values[path].shape]
    assert len(same) == len(plain) if "wide" not in name else len(same) >= 30
    for path in same:
        np.testing.assert_array_equal(plain[path], values[path], err_msg=path)
    assert not np.array_equal(
        plain["conv1_conv/kernel"], initial_weights(build(network, SHAPE), network, 4)["conv1_conv/kernel"]
    )


def test_a_network_that_was_trained_starts_anew_with_the_next_seed(tensorflow):
    """One network is used for all seeds: nothing of the seed before may be left in it, normalisation included."""
    model = build(BLOCKS["CBAM"], SHAPE)
    fresh = initial_weights(model, BLOCKS["CBAM"], 1)
    assert not fresh["conv2_1_attention_spatial_bn/gamma"].any() and (fresh["conv1_bn/gamma"] == 1).all()
    for weight in model.weights:
        weight.assign(np.full(weight.shape, 0.3))
    again = initial_weights(model, BLOCKS["CBAM"], 1)
    assert fresh.keys() == again.keys() == {weight.path for weight in model.weights}
    for path in fresh:
        np.testing.assert_array_equal(again[path], fresh[path], err_msg=path)


def test_kernels_are_drawn_as_keras_draws_them(tensorflow):
    model = build(BLOCKS["SE"], SHAPE)
    values = initial_weights(model, BLOCKS["SE"], 0)
    for path in ("conv4_1_2_conv/kernel", "classes/kernel"):  # he_normal, glorot_uniform
        (kernel,) = [weight.numpy() for weight in model.weights if weight.path == path]
        assert values[path].std() == pytest.approx(kernel.std(), rel=0.1)
        assert np.abs(values[path]).max() == pytest.approx(np.abs(kernel).max(), rel=0.02)


def parameters(network: Network) -> int:
    return cost(abstract_model(partial(build, network, SHAPE))).trainable


def test_the_plain_network_has_its_known_size():
    costs = cost(abstract_model(partial(build, BLOCKS["plain"], SHAPE)))
    assert (costs.trainable, costs.total) == (77_754, 78_426)


@pytest.mark.parametrize("name", CONTROL_OF)
def test_a_wider_network_has_as_many_parameters_as_the_block_adds(name):
    """No other width of the last stage comes nearer, and the rest is less than one per cent."""
    wanted, wide = parameters(BLOCKS[name]), BLOCKS[CONTROL_OF[name]]
    widths = [(*wide.filters[:2], wide.filters[2] + more) for more in (-1, 0, 1)]
    below, here, above = (abs(parameters(Network(filters=filters)) - wanted) for filters in widths)
    assert here <= min(below, above) and here < 0.01 * wanted


def test_every_bottleneck_has_four_hidden_units(tensorflow):
    for name in ("SE", "CBAM", "BAM", "channel + spatial"):
        model = build(BLOCKS[name], SHAPE)
        widths = [weight.shape[-1] for weight in model.weights if weight.path.endswith("_reduce/bias")]
        assert widths and min(widths) == 4


def test_the_tutorials_channel_attention_is_se(tensorflow):
    """So one network is both; and its spatial attention is lesson 4's own answer."""
    image = keras.Input((4, 4, 16))
    models = [keras.Model(image, block(image, "a")) for block in (SE, partial(reference("channel_attention"), ratio=4))]
    models[1].set_weights(models[0].get_weights())
    x = RNG.normal(size=(2, 4, 4, 16)).astype("float32")
    np.testing.assert_allclose(models[0](x), models[1](x), rtol=1e-6)
    assert parameters(BLOCKS["spatial"]) - parameters(BLOCKS["plain"]) == sum(49 * c + 1 for c in (16, 32, 64))


@pytest.mark.parametrize("name", other_starts())
def test_gates_start_as_they_are_said_to(name, tensorflow):
    block, start = name.split(", ")
    network = other_starts()[name]
    model = build(network, SHAPE)
    for path, value in initial_weights(model, network, 0).items():
        next(weight for weight in model.weights if weight.path == path).assign(value)
    places = [layer for layer in model.layers if layer.name.endswith("_attention_times")]
    x = np.random.default_rng(1).random((4, *SHAPE)).astype("float32")
    if start == "open":
        gates = [layer.output for layer in model.layers if layer.name.endswith("_gates")]
        means = [float(np.mean(value)) for value in keras.Model(model.input, gates)(x)]
        assert means == pytest.approx([0.88] * len(gates), abs=0.08)
        return
    inputs = [place.name.removesuffix("_attention_times") for place in places]
    before = ["_out" if block == "BAM" else "_2_bn"] * len(inputs)
    sources = [
        model.get_layer(f"{stem}{'_1' if block == 'BAM' else ''}{end}").output
        for stem, end in zip(inputs, before, strict=True)
    ]
    ratios = []
    for place, source in zip(places, sources, strict=True):
        given, taken = (np.array(value) for value in keras.Model(model.input, [place.output, source])(x))
        if start == "identity":
            np.testing.assert_allclose(given, taken, rtol=1e-5, atol=1e-6)
        ratios.append(np.linalg.norm(given) / np.linalg.norm(taken))
    assert ratios == pytest.approx([1] * len(ratios), abs=0.4)


def test_a_start_that_belongs_to_no_weight_is_refused(tensorflow):
    network = Network(SE, starts={"_gate/bias": 1.0})
    with pytest.raises(ValueError, match=r"starts: expected endings .*_gate/bias"):
        initial_weights(build(network, SHAPE), network, 0)


def test_batches_and_rates_are_the_recipes():
    made = Recipe()
    order, flips = made.batches(1, 2)
    assert order.shape == flips.shape == (468, 128) and len(set(order.ravel())) == 468 * 128
    assert 0.49 < flips.mean() < 0.51 and not replace(made, flips=False).batches(1, 2)[1].any()
    np.testing.assert_array_equal(order, made.batches(1, 2)[0])
    assert not np.array_equal(order, made.batches(1, 3)[0]) and not np.array_equal(order, made.batches(2, 2)[0])
    rates = np.concatenate([made.rates(epoch) for epoch in range(made.epochs)])
    assert rates[0] == pytest.approx(0.1 / 200) and rates.max() == rates[200] == pytest.approx(0.1)
    assert np.all(np.diff(rates[:200]) > 0) and np.all(np.diff(rates[200:]) <= 0) and rates[-1] < 1e-6


def test_settings_show_what_they_say():
    (images, _), (test_images, _) = settings.framed(DATA, 0)
    assert images.shape == (96, 28, 28, 1) and images.dtype == np.uint8
    assert not np.array_equal(images, test_images)
    for picture, garment in zip(images[..., 0], DATA[0][0], strict=True):
        quarters = picture.reshape(2, 14, 2, 14).transpose(0, 2, 1, 3).reshape(4, 14, 14)
        framed = [
            quarter for quarter in quarters if (quarter[[0, -1]] == 255).all() and (quarter[:, [0, -1]] == 255).all()
        ]
        assert len(framed) == 1
        np.testing.assert_array_equal(framed[0][1:-1, 1:-1], garment[::2, ::2][1:-1, 1:-1])

    (images, _), _ = settings.channels(DATA, 0)
    clean = (images == DATA[0][0][..., np.newaxis]).all(axis=(1, 2)).sum(axis=1)
    assert images.shape == (96, 28, 28, 8) and (clean == 4).all()
    np.testing.assert_array_equal(images.sum(axis=(1, 2), dtype=int).std(axis=1), 0)

    many = ((np.repeat(DATA[0][0], 20, axis=0), np.repeat(DATA[0][1], 20)), DATA[1])
    one, other = settings.few(many, 0)[0][0], settings.few(many, 1)[0][0]
    assert len(one) == 1_000 and not np.array_equal(one, other)
    assert settings.clutter(DATA, 0)[0][0].shape == (96, 28, 28, 1)
    for experiment in recipe.EXPERIMENTS.values():
        assert "Prediction:" in experiment.setting.make.__doc__ and "Against it:" in experiment.setting.make.__doc__


def test_baselines_learn_what_can_be_learnt():
    labels = np.arange(200) % 10
    images = np.zeros((200, 4, 4, 1), np.uint8)
    images.reshape(200, 16)[np.arange(200), labels] = 200
    assert baselines.linear_accuracy((images, labels), (images, labels)) == 1
    assert baselines.nearest_neighbour_accuracy((images[:20], labels[:20]), (images, labels)) == 1
    assert baselines.nearest_neighbour_accuracy((images[:5], labels[:5]), (images, labels)) == 0.5


def test_differences_are_welchs_unless_seeds_have_pictures_of_their_own(sweep):
    found = sweep()
    values, others = [0.92, 0.93, 0.94], [0.91, 0.92, 0.93]
    assert found.difference(values, others)["kind"] == "welch"
    found.experiment = replace(found.experiment, setting=Setting(garments, drawn=True))
    pairs = found.difference(values, others)
    assert pairs["kind"] == "paired" and pairs["low"] == pytest.approx(0.01) == pairs["high"]
    assert pairs["correlation"] == pytest.approx(1)


def test_every_network_of_an_experiment_is_told_apart_in_the_table():
    row = {
        "parameters": 1000,
        "multiply_adds": 2_500_000,
        "epochs": 8,
        "seeds": 2,
        "mean": 0.92,
        "interval": [0.91, 0.93],
    }
    against = {"mean": 0.001, "low": -0.002, "high": 0.004, "correlation": 0.25}
    lines = table(
        {"networks": [{"name": "SE", **row, "to_plain": against}], "baselines": {"linear": [0.8, 0.9]}}
    ).splitlines()
    assert lines[2] == "| SE | 1,000 | 2.50 | 8 | 2 | 92.00 (91.00 to 93.00) | +0.10 (-0.20 to +0.40) | +0.25 |"
    assert lines[3] == "| linear | – | – | – | – | 85.00 | – | – |"
    assert len({line.count("|") for line in lines}) == 1
    assert PLAIN["plain"] == BLOCKS["plain"]


def test_gates_are_changed_for_as_long_as_it_takes(tensorflow):
    model = build(BLOCKS["CBAM"], SHAPE)
    x, labels = DATA[0][0][..., np.newaxis], DATA[0][1]
    names = [layer.name for layer in gates.gate_layers(model)]
    assert names == [f"conv{stage}_1_attention_{kind}_gates" for stage in (2, 3, 4) for kind in ("channel", "spatial")]
    before = model(x[:4] / np.float32(255)).numpy()
    found = gates.measure(model, x, labels)
    np.testing.assert_array_equal(model(x[:4] / np.float32(255)).numpy(), before)
    assert len(found["accuracy"]) == 5 + 2 * 6 and [row["name"] for row in found["layers"]] == names
    assert found["layers"][1]["spread"] == 0 and found["layers"][1]["mean"] == 0.5  # spatial gates start like that
    (layer,) = [layer for layer in model.layers if layer.name == names[0]]
    watched = keras.Model(model.input, [layer.output, model.get_layer("conv2_1_attention_channel_scale").output])
    own, _ = watched(x[:4] / np.float32(255))
    with gates.changed({layer: lambda values: keras.ops.roll(values, 1, axis=0)}):
        swapped, _ = watched(x[:4] / np.float32(255))
    np.testing.assert_array_equal(swapped.numpy(), np.roll(own.numpy(), 1, axis=0))


@pytest.mark.parametrize("name", gates.NETWORKS)
def test_every_block_has_gates_that_can_be_changed(name, tensorflow):
    layers = gates.gate_layers(build(BLOCKS[name], SHAPE))
    assert len(layers) == {"BAM": 2, "CBAM": 6, "channel + spatial": 6}.get(name, 3)
    assert all(layer.activation is keras.activations.sigmoid for layer in layers)


def test_spread_tells_classes_from_images():
    values, labels = np.array([[0.2], [0.2], [0.6], [0.6]]), np.array([3, 3, 7, 7])
    assert gates.spread("a", values, labels) == pytest.approx(
        {"name": "a", "mean": 0.4, "spread": 0.2, "classes": 0.2, "images": 0}
    )
    assert gates.spread("a", values, labels[[0, 2, 0, 2]])["images"] == pytest.approx(0.2)
