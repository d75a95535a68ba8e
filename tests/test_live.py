"""The live demos: every control changes the picture, the reader's own layer drives it, answers are judged."""

import json
import re

import ipywidgets as widgets
import keras
import numpy as np
import pytest
from keras import layers, ops

from autograder import messages
from autograder.authoring.reference import lesson_namespace, mistakes, reference, right_answers
from autograder.checking.notebook import your_turn
from benchmarks.live import reference_answers
from benchmarks.train_attention import CARD, NETWORKS, RESULTS, with_card
from coursekit import live, weights
from coursekit.live import garments
from coursekit.live.channels import Listening
from coursekit.live.clutter import FILTERS, HEADS
from coursekit.live.influence import KEY_DIM, from_afar, influences
from coursekit.live.layer import own_layer, own_network, run
from coursekit.live.networks import (
    RATIOS,
    listening_weights,
    opened_rectified,
    split_autoencoder,
    split_lookout,
    split_onlooker,
    split_soft_mask,
)
from coursekit.paths import weights_folder

DEMOS = sorted(set(live.__all__) - {"Demo"})
OF_A_LAYER = {
    "channel_gates": "channel_attention",
    "gates_by_class": "channel_attention",
    "looking_across": "self_attention",
    "where_it_looks": "spatial_attention",
}


@pytest.fixture(scope="module", autouse=True)
def few_images(tensorflow):
    """Twenty squares with stripes in place of the test images: quick, and always there."""
    random = np.random.default_rng(0)
    images = np.zeros((20, 28, 28), np.uint8)
    for image in images:
        top, left = random.integers(2, 12, 2)
        image[top : top + 12, left : left + 12] = random.integers(60, 256, (12, 1))
    with pytest.MonkeyPatch.context() as patch:
        for module in vars(live).values():
            if hasattr(module, "test_images"):
                patch.setattr(module, "test_images", lambda: (images, np.arange(20) % 10))
        yield


@pytest.fixture(scope="module")
def demos() -> dict[str, live.Demo]:
    """Each demo with the reference answer, made once; a test leaves it as it found it."""
    messages.set_language("en")  # this comes before the fixture of every test that sets it
    return {name: getattr(live, name)(*reference_answers(getattr(live, name))) for name in DEMOS}


def alt(demo: live.Demo) -> str:
    (text,) = re.findall(r'<img alt="([^"]+)"', demo.picture.value)
    return text


def positions(control: widgets.ValueWidget) -> list:
    """Every value that a control can take."""
    if isinstance(control, widgets.IntSlider):
        return list(range(control.min, control.max + 1))
    return list(control.options) if isinstance(control.options[0], int) else [value for _, value in control.options]


def identity(x, name, **options):
    return x


def stub(x, name="", **options):
    your_turn("channel_attention")


def raises(x, name, **options):
    raise TypeError("`multiply` expects two maps.\nA second line.")


def pooled(x, name, **options):
    return layers.GlobalAveragePooling2D()(x)


def gates_without_axes(x, name, **options):
    """Runs while there is one image only."""
    return x * ops.mean(x, axis=(1, 2))


@pytest.mark.parametrize("name", DEMOS)
def test_every_control_changes_the_picture_and_its_text(name, demos):
    demo = demos[name]
    if "size" in demo.controls:
        demo.controls["size"].value = 8  # without a cover its place changes nothing
    for key, control in demo.controls.items():
        picture, text, old = demo.picture.value, alt(demo), control.value
        control.value = next(value for value in reversed(positions(control)) if value != old)
        assert demo.picture.value != picture and alt(demo) != text, key
        control.value = old
        assert demo.picture.value == picture, key


@pytest.mark.parametrize("name", DEMOS)
def test_the_picture_is_small_and_fits_a_notebook(name, demos):
    png = demos[name].png()
    assert png.startswith(b"\x89PNG") and len(png) < 100_000
    assert 'width="900"' in demos[name].picture.value


@pytest.mark.parametrize("name", DEMOS)
def test_a_demo_speaks_korean(name):
    messages.set_language("ko")
    demo = getattr(live, name)()
    korean = [demo.notice, demo.finding, *demo.question.children[:1]]
    assert all(re.search("[가-힣]", shown.value) for shown in korean)
    assert re.search("[가-힣]", alt(demo))
    assert any(re.search("[가-힣]", control.description) for control in demo.controls.values())


@pytest.mark.parametrize("name", DEMOS)
def test_the_question_is_judged_by_what_the_demo_shows(name, demos):
    question = demos[name].question
    field = question.field
    verdicts = {}
    for value in [None, *(value for _, value in field.options)]:
        field.value = value
        question.button.click()
        verdicts[value] = question.verdict.value
    right = [value for value, verdict in verdicts.items() if "✓" in verdict]
    wrong = [value for value, verdict in verdicts.items() if "✗" in verdict]
    assert len(right) == 1 and len(wrong) == len(verdicts) - 2
    assert "Choose" in verdicts[None]
    assert question.why() in re.sub(r"&#x27;", "'", verdicts[right[0]])
    field.value = None
    assert question.verdict.value == ""


def test_which_change_costs_least_is_what_the_errors_say(demos):
    """Read from the demo itself: the smallest rise of the mean error that it tells."""
    demo = demos["channel_gates"]
    rises = {}
    for change in positions(demo.controls["change"])[1:]:
        demo.controls["change"].value = change
        rises[change] = int(re.search(r"([+-]\d+)%", demo.finding.value)[1])
    demo.controls["change"].value = "own"
    assert demo.question.is_right(min(rises, key=rises.get))
    assert not demo.question.is_right(max(rises, key=rises.get))


@pytest.mark.parametrize(
    ("name", "function", "words"),
    [
        *((name, stub, "have not written") for name in OF_A_LAYER),
        ("where_it_looks", None, "the course's trained"),
        ("where_it_looks", raises, "TypeError: `multiply` expects two maps."),
        ("where_it_looks", pooled, "turns the shape"),
        ("where_it_looks", gates_without_axes, "stops with an error"),
    ],
)
def test_without_a_layer_that_runs_the_trained_one_is_shown(name, function, words, demos):
    demo = getattr(live, name)(function)
    assert words in demo.notice.value.replace("&#x27;", "'")
    assert "second line" not in demo.notice.value
    for key, control in demo.controls.items():
        demos[name].controls[key].value = control.value
    assert demo.finding.value == demos[name].finding.value


@pytest.mark.parametrize("ratio", RATIOS)
def test_a_right_layer_gets_the_trained_weights_however_it_is_written(ratio, demos):
    trained = weights.load(listening_weights(ratio))
    maps = np.random.default_rng(1).uniform(size=(3, *trained.input_shape[1:])).astype("float32")
    for answer in [reference("channel_attention"), *right_answers("channel_attention").values()]:
        layer, notice = own_layer(answer, "channel_attention", trained, ratio=ratio)
        assert notice == messages.say("live.own", exercise="channel_attention")
        np.testing.assert_allclose(layer(maps), trained(maps), atol=1e-4)


def test_a_wrong_layer_is_shown_as_it_is(demos):
    """Softmax gates sum to 1; a layer that does nothing has gates of 1 and no place for weights."""
    images, _ = garments.some_of_each(1)
    softmax = Listening(mistakes("channel_attention")["softmax_for_sigmoid"], images)
    assert "trained weights" in softmax.notices[8]
    np.testing.assert_allclose(softmax.gates[8].sum(axis=1), 1, atol=1e-3)
    nothing = Listening(identity, images)
    assert "do not fit" in nothing.notices[8]
    np.testing.assert_allclose(nothing.gates[8], 1, atol=1e-5)


def test_what_is_not_a_number_does_not_stop_a_demo():
    demo = live.where_it_looks(lambda x, name, kernel_size: x / 0)
    assert "seen as" in demo.finding.value


def test_the_cut_networks_are_the_whole_ones():
    """Front, trained layer and back in a row give what the network gives that they were cut from."""
    images, _ = garments.some_of_each(1)
    front, back = split_autoencoder()
    whole = weights.load("autoencoder-channel")
    own = keras.Model(whole.get_layer("decoder_2_relu").output, whole.get_layer("decoder_2_up").input)
    np.testing.assert_allclose(back(own(front(images))), whole(images), atol=1e-5)
    front, layer, back = split_lookout(7)
    np.testing.assert_allclose(back(layer(front(images))), weights.load("lookout-kernel-7")(images), atol=1e-5)


def test_the_cut_networks_of_the_last_lessons_are_the_whole_ones():
    images, _ = garments.some_of_each(1)
    front, unit, attention = split_onlooker()
    whole = weights.load("mask-self-attention")
    both = keras.Sequential([front, unit, attention])(images)
    np.testing.assert_allclose(both, run(keras.Model(front.input, attention.output), images), atol=1e-5)
    rest = keras.Model(attention.output, whole.output) if attention.output in whole.outputs else None
    assert rest is None and unit.count_params() < attention.count_params()
    front, mask = split_soft_mask()
    opened = run(mask, run(front, images))
    assert opened.shape == front.output_shape[:0] + (10, 7, 7, 16) and 0 < opened.min() <= opened.max() < 1


@pytest.mark.parametrize(
    ("mistake", "words"),
    [
        (lambda shape, filters: your_turn("autoencoder"), "have not written"),
        ("average_pooling", "computes something else"),
        ("filters_hard_coded", "At work: your own"),  # it computes the same here
        ("latent_not_named", "no layer called latent"),
        (lambda shape, filters: None + 1, "TypeError"),
    ],
)
def test_without_a_network_that_is_right_the_trained_one_is_shown(mistake, words, demos):
    answer = mistakes("autoencoder")[mistake] if isinstance(mistake, str) else mistake
    demo = live.latent_walk(answer)
    assert words in demo.notice.value.replace("&#x27;", "'")
    assert demo.finding.value == demos["latent_walk"].finding.value


def test_a_network_before_training_is_the_readers_own_too():
    lesson = lesson_namespace("1-autoencoder")
    made = []

    def build():
        made.append(lesson["autoencoder"]((28, 28, 1), (16, 32)))
        return made[-1]

    network = own_network(build, "autoencoder", "autoencoder")
    assert network.trained is made[0]
    assert network.untrained() is made[1]
    trained = own_network(None, "autoencoder", "autoencoder")
    assert "the course's trained" in trained.notice
    assert not np.array_equal(trained.untrained().weights[0], trained.trained.weights[0])


def test_the_card_of_the_swapped_attention_is_what_was_measured():
    results = json.loads(RESULTS.read_text("utf-8"))
    text = CARD.read_text("utf-8")
    assert text == with_card(text, results), "mend it with `python benchmarks/train_attention.py`"
    assert set(results) == set(NETWORKS)
    for name, found in results.items():
        assert (weights_folder() / f"{name}.npz").stat().st_size == found["bytes"]


def test_ratio_8_was_trained_for_the_autoencoder_that_is_shipped():
    """With an attention trained for another autoencoder the error would be another."""
    of_ratio_8 = json.loads(RESULTS.read_text("utf-8"))[listening_weights(8)]["metric"]
    own = weights.measured("autoencoder-channel")
    low, high = own["interval"]
    assert abs(of_ratio_8 - own["metric"]) < high - low
