"""The live demos: every control changes the picture, the reader's own layer drives it, answers are judged."""

import html
import json
import re

import ipywidgets as widgets
import keras
import numpy as np
import pytest
from keras import layers, ops

from autograder.authoring.recordings import film
from autograder.checking.notebook import your_turn
from autograder.lessons.reference import lesson_namespace, mistakes, reference, right_answers
from benchmarks.live import reference_answers
from coursekit import live, weights
from coursekit.composites import ORDERS, on_stage
from coursekit.live import garments
from coursekit.live.attend_and_rectify import FILTERS, HEADS
from coursekit.live.bam import DILATION, DILATIONS, taps, who_wins
from coursekit.live.catalogue import DEMOS as RECORDED
from coursekit.live.cbam import CHANGES, SplitNetwork
from coursekit.live.channel_attention import AttendedAutoencoder
from coursekit.live.costs import ASKED_SIDE, CHANNELS, CONVOLUTION, SELF_ATTENTION, cheaper_from, compared
from coursekit.live.eca import (
    SIGNS,
    best_with_signs,
    errors_of_all_weights,
    mixed,
    turned_up,
    weighable_eca,
)
from coursekit.live.layer import nameless, own_layer, own_network, run
from coursekit.live.networks import (
    POCKET_RATIO,
    RATIOS,
    listening_weights,
    opened_rectified,
    split_autoencoder,
    split_bam,
    split_cbam,
    split_lookout,
    split_onlooker,
    split_residual_attention,
    split_soft_mask,
)
from coursekit.live.residual_attention import FACTORS, MODULES, strengths
from coursekit.live.self_attention import KEY_DIM, from_afar, influences, of_each_head, own_attention
from curriculum import messages
from curriculum.paths import weights_folder
from experiments.train_attention import CARD, NETWORKS, RESULTS, with_card
from tests.conftest import sampled

DEMOS = sorted(set(live.__all__) - {"Demo"})
OF_A_LAYER = {
    "cross_channel_interaction": "eca_block",
    "channel_gates": "channel_attention",
    "masked_trunk": "soft_mask",
    "gates_by_class": "channel_attention",
    "receptive_fields": "self_attention",
    "spatial_gates": "spatial_attention",
    "cbam_arrangement": "cbam_channel_attention",
    "bam_branches": "bam_channel_gate",
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


@pytest.mark.slow
@pytest.mark.parametrize("name", sampled(DEMOS, in_ci=list(DEMOS)[::4]))
def test_a_recording_has_pictures_that_differ_and_the_demos_sentences(name, demos):
    demo, (recorded,) = demos[name], [of[getattr(live, name)] for of in RECORDED.values() if getattr(live, name) in of]
    before = {key: control.value for key, control in demo.controls.items()}
    for key, value in recorded.controls.items():
        demo.controls[key].value = value
    control = demo.controls[recorded.moved]
    start = control.value
    recording = film(demo, recorded)
    pictures = [recording.picture(number) for number in range(len(recording.frames))]
    assert 3 <= len(set(pictures)) == len(pictures) <= 10
    assert all(picture[8:12] == b"WEBP" and len(picture) < 100_000 for picture in pictures)
    assert recorded.values[recording.start] == start and recording.control == control.description
    for frame, value in zip(recording.frames, recorded.values, strict=True):
        control.value = value
        assert f">{html.escape(frame.finding)}<" in demo.finding.value and html.escape(frame.alt) == alt(demo)
    assert len({frame.position for frame in recording.frames}) == len({frame.alt for frame in recording.frames})
    for key, value in before.items():
        demo.controls[key].value = value


@pytest.mark.slow
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
        ("spatial_gates", None, "the course's trained"),
        ("spatial_gates", raises, "TypeError: `multiply` expects two maps."),
        ("spatial_gates", pooled, "turns the shape"),
        ("spatial_gates", gates_without_axes, "stops with an error"),
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


def test_a_layer_that_computes_something_else_is_said_to(tensorflow):
    """Of the usual mistakes that take the trained weights, all but those that make no difference with these."""
    trained = weights.load(listening_weights(4))
    notices = {
        name: own_layer(answer, "channel_attention", trained, ratio=4)[1]
        for name, answer in mistakes("channel_attention").items()
    }
    own = messages.say("live.own", exercise="channel_attention")
    at_work = {name for name, notice in notices.items() if notice.startswith(own)}
    told = {name for name in at_work if "check(channel_attention)" in notices[name]}
    assert "sigmoid_missing" in told and len(told) > 5
    # With 16 channels and a ratio of 4 there are 4 units, however they are counted.
    assert at_work - told <= {"relu6_for_relu", "ratio_as_units", "rounded_up", "minimum_forgotten"}


def test_a_right_eca_is_not_said_to_compute_something_else(tensorflow):
    own = messages.say("live.cross_channel_interaction.own")
    notices = [weighable_eca(answer)[2] for answer in (reference("eca_block"), *right_answers("eca_block").values())]
    assert own in notices and not [notice for notice in notices if "computes something else" in notice]


@pytest.mark.parametrize(
    ("exercise", "options"),
    [
        ("cbam_channel_attention", {"ratio": POCKET_RATIO}),
        ("cbam_spatial_attention", {}),
        ("bam_channel_gate", {"ratio": POCKET_RATIO}),
        ("bam_spatial_gate", {"ratio": POCKET_RATIO, "dilation": 2}),
    ],
)
def test_a_right_half_or_branch_gets_the_trained_weights(exercise, options):
    halves = dict(zip(("cbam_channel_attention", "cbam_spatial_attention"), split_cbam()[1:3], strict=True))
    halves |= dict(zip(("bam_channel_gate", "bam_spatial_gate"), split_bam(2)[1:3], strict=True))
    trained = halves[exercise]
    maps = np.random.default_rng(1).uniform(size=(3, *trained.input_shape[1:])).astype("float32")
    for answer in [reference(exercise), *right_answers(exercise).values()]:
        layer, notice = own_layer(nameless(answer), exercise, trained, **options)
        assert notice == messages.say("live.own", exercise=exercise)
        np.testing.assert_allclose(layer(maps), trained(maps), atol=1e-4)


def test_a_wrong_half_or_branch_is_shown_as_it_is(demos):
    """Gates up to 2; scores that are gates already."""
    network = SplitNetwork(
        mistakes("cbam_channel_attention")["sigmoid_before_the_sum"], None, garments.some_of_each(1)[0]
    )
    assert "your own cbam_channel_attention, with trained weights" in network.notice and network.means[0] > 0.6
    demo = live.bam_branches(mistakes("bam_channel_gate")["sigmoid_added"])
    assert "your own bam_channel_gate, with trained weights" in demo.notice.value
    scores = re.search(r"channel scores (.*?);", alt(demo))[1]
    assert "-" not in scores and "-" in re.search(r"channel scores (.*?);", alt(demos["bam_branches"]))[1]


def test_a_wrong_layer_is_shown_as_it_is(demos):
    """Softmax gates sum to 1; a layer that does nothing has gates of 1 and no place for weights."""
    images, _ = garments.some_of_each(1)
    softmax = AttendedAutoencoder(mistakes("channel_attention")["softmax_for_sigmoid"], images)
    assert "trained weights" in softmax.notices[8]
    np.testing.assert_allclose(softmax.gates[8].sum(axis=1), 1, atol=1e-3)
    nothing = AttendedAutoencoder(identity, images)
    assert "do not fit" in nothing.notices[8]
    np.testing.assert_allclose(nothing.gates[8], 1, atol=1e-5)


def test_what_is_not_a_number_does_not_stop_a_demo():
    demo = live.spatial_gates(lambda x, name, kernel_size: x / 0)
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
    front, which, where, back = split_cbam()
    np.testing.assert_allclose(back(where(which(front(images)))), weights.load("pocket-cbam")(images), atol=1e-5)
    front, channel, spatial, back = split_bam(DILATION)
    maps = front(images)
    raised = maps * (1 + ops.sigmoid(channel(maps) + spatial(maps)))
    np.testing.assert_allclose(back(raised), weights.load("pocket-bam")(images), atol=1e-5)


def test_both_halves_in_the_other_order_and_off():
    images, _ = garments.some_of_each(1)
    network = SplitNetwork(None, None, images)
    _, channel, spatial, _ = split_cbam()
    maps = network.maps(images)
    *_, swapped = network.attend(maps, "spatial_first", "both")
    np.testing.assert_allclose(swapped, channel(spatial(maps)), atol=1e-5)
    *_, off = network.attend(maps, "channel_first", "neither")
    np.testing.assert_allclose(off, maps * network.means[0] * network.means[1], rtol=1e-5)


def test_which_change_of_cbam_costs_least_is_what_the_demo_counts(demos):
    demo, right = demos["cbam_arrangement"], {}
    for change, (order, on) in CHANGES.items():
        demo.controls["order"].value, demo.controls["on"].value = order, on
        right[change] = int(re.search(r"Right on (\d+)%", alt(demo))[1])
    demo.controls["order"].value, demo.controls["on"].value = "channel_first", "both"
    (chosen,) = filter(demo.question.is_right, CHANGES)
    assert right[chosen] == max(right.values())


@pytest.mark.parametrize("dilation", DILATIONS)
def test_the_squares_are_what_two_dilated_kernels_read(dilation):
    reach = [7 + step * dilation for step in (-2, -1, 0, 1, 2)]
    expected = np.zeros((14, 14), bool)
    expected[np.ix_(*[[place for place in reach if 0 <= place < 14]] * 2)] = True
    np.testing.assert_array_equal(taps(split_bam(dilation)[2]), expected)


def test_who_wins_has_the_sign_of_the_sum():
    random = np.random.default_rng(0)
    channel, spatial = random.normal(size=(5, 1, 1, 4)), random.normal(size=(5, 6, 6, 1))
    apart, won = who_wins(channel, spatial)
    np.testing.assert_array_equal(apart, np.sign(channel) != np.sign(spatial))
    np.testing.assert_array_equal(won, apart & (np.sign(channel + spatial) == np.sign(spatial)))


def test_the_opened_network_is_what_the_lesson_makes():
    """All that lesson 8's own network works out with the trained weights: scores, hypotheses, gates and masks."""
    images, _ = garments.some_of_each(1)
    whole = lesson_namespace("8-attend-and-rectify")["rectified_network"](HEADS, 10, FILTERS)
    expected = run(weights.load_into(whole, "rectified"), images)
    for found, right in zip(run(opened_rectified(), images), expected, strict=True):
        np.testing.assert_allclose(found, right, atol=1e-4)


@pytest.mark.parametrize("name", ["mask-self-attention", "mask-soft"])
def test_the_second_module_is_cut_out_of_the_lessons_network(name):
    """What goes into its attention and what comes out are those of the network that the lesson builds."""
    images, _ = garments.some_of_each(1)
    lesson, seen = lesson_namespace("9-residual-attention"), []

    def attend(x, trunk):
        if name == "mask-soft":
            seen[:] = [x, lesson["soft_mask"](x)]
            return (1 + seen[1]) * trunk
        seen[:] = [trunk, reference("self_attention")(trunk, HEADS, KEY_DIM)]
        return seen[1]

    whole = weights.load_into(lesson["small_network"](attend), name)
    before, attention = split_soft_mask() if name == "mask-soft" else (None, split_onlooker()[2])
    maps = run(before, images) if before else run(split_onlooker()[1], run(split_onlooker()[0], images))
    for found, right in zip([maps, run(attention, maps)], run(keras.Model(whole.input, seen), images), strict=True):
        np.testing.assert_allclose(found, right, atol=1e-3)


def test_the_trunk_is_that_of_the_lessons_network():
    """What the mask multiplies: two units on the maps that the mask is made of."""
    images, _ = garments.some_of_each(1)
    lesson, seen = lesson_namespace("9-residual-attention"), []

    def attend(x, trunk):
        seen[:] = [trunk]
        return (1 + lesson["soft_mask"](x)) * trunk

    whole = weights.load_into(lesson["small_network"](attend), "mask-soft")
    front, _, trunk = split_residual_attention()
    expected = run(keras.Model(whole.input, seen[0]), images)
    np.testing.assert_allclose(run(trunk, run(front, images)), expected, atol=1e-3)


def test_a_mask_alone_fades_and_one_plus_it_does_not(demos):
    """After n modules with gates of one half, 2 to the power of -n is left, or 1.5 to the power of n."""
    trunk = np.random.default_rng(0).standard_normal((7, 7))
    for rule, base in (("naive", 0.5), ("residual", 1.5)):
        found = strengths(trunk, FACTORS[rule](np.full((7, 7), 0.5)))
        np.testing.assert_allclose(found, base ** np.arange(MODULES + 1))
    assert not strengths(np.zeros((7, 7)), np.ones((7, 7))).any()


def test_a_wrong_mask_is_shown_as_it_is(demos):
    demo = live.masked_trunk(mistakes("soft_mask")["softmax_over_channels"])
    assert "your own soft_mask, with trained" in demo.notice.value
    assert demo.finding.value != demos["masked_trunk"].finding.value


def test_a_convolution_has_no_influence_from_afar():
    maps = np.random.default_rng(0).standard_normal((2, 7, 7, 4)).astype("float32")
    x = keras.Input(maps.shape[1:])
    of_one, of_two = (influences(keras.Model(x, layers.Conv2D(4, size, padding="same")(x)), maps) for size in (3, 5))
    assert of_one[0, 24].reshape(7, 7)[2:5, 2:5].sum() == pytest.approx(of_one[0, 24].sum(), rel=1e-4)
    assert from_afar(of_one) < 1e-4 < 0.3 < from_afar(of_two)


def test_an_influence_is_what_blanking_one_position_changes():
    front, unit, attention = split_onlooker()
    maps = run(unit, run(front, garments.some_of_each(1)[0][:1]))
    found = influences(attention, maps)[0]
    for looks, seen in ((0, 48), (16, 17), (30, 2)):
        blanked = maps.copy()
        blanked[0, seen // 7, seen % 7] = maps[0].mean(axis=(0, 1))
        change = np.abs(run(attention, blanked) - run(attention, maps))[0, looks // 7, looks % 7].sum()
        assert found[looks, seen] == pytest.approx(change, abs=1e-4)


@pytest.mark.parametrize("written", ["keras_on_the_map", "matrix_products", "layer_subclass"])
def test_self_attention_gets_the_trained_weights_however_it_is_written(written):
    """Keras' MultiHeadAttention keeps its kernels in another shape; what is seen, by each head too, is the same."""
    front, unit, trained = split_onlooker()
    maps = run(unit, run(front, garments.some_of_each(1)[0][:2]))
    layer, notice = own_attention(right_answers("self_attention")[written], trained)
    assert notice == messages.say("live.own", exercise="self_attention")
    expected = of_each_head(trained, trained, maps)
    for found, right in zip(of_each_head(layer, trained, maps), expected, strict=True):
        np.testing.assert_allclose(found, right, atol=1e-4)
    assert not np.allclose(expected[1], expected[2], atol=0.01)


def test_wrong_self_attention_is_shown_as_it_is(demos):
    demo = live.receptive_fields(mistakes("self_attention")["softmax_over_queries"])
    assert "your own self_attention, with trained" in demo.notice.value
    assert demo.finding.value != demos["receptive_fields"].finding.value


@pytest.mark.slow  # half a minute: heads are looked at on many images
def test_which_head_stays_on_the_garment_is_what_the_demo_shows(demos):
    """Read from the text of every place of every garment, which has whole percents."""
    demo = demos["masks_and_hypotheses"]
    start = {key: control.value for key, control in demo.controls.items()}
    means = {}
    for head in positions(demo.controls["head"]):
        found = []
        demo.controls["head"].value = head
        for garment in positions(demo.controls["garment"])[::3]:
            demo.controls["garment"].value = garment
            for row in (0, 5, 10, 14):
                demo.controls["row"].value = row
                found.append(int(re.search(r"module 2 with (\d+)%", alt(demo))[1]))
        means[head] = np.mean(found)
    for key, value in start.items():
        demo.controls[key].value = value
    assert demo.question.is_right(max(means, key=means.get))
    assert not demo.question.is_right(min(means, key=means.get))


def test_without_a_right_rectified_network_the_trained_one_is_shown(demos):
    lesson = lesson_namespace("8-attend-and-rectify")
    for build, words in (
        (lambda heads, classes, filters: your_turn("attention_head"), "not written attention_head"),
        (lambda heads, classes, filters: None + 1, "TypeError"),
        (lambda heads, classes, filters: lesson["rectified_network"](heads, classes, (16, 16)), "The checks of its"),
        (lambda heads, classes, filters: lesson["last_layer_network"](), "computes something else"),
    ):
        demo = live.masks_and_hypotheses(build)
        assert words in demo.notice.value.replace("&#x27;", "'")
        assert demo.finding.value == demos["masks_and_hypotheses"].finding.value


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
    assert text == with_card(text, results), "mend it with `python experiments/train_attention.py`"
    assert set(results) == set(NETWORKS)
    for name, found in results.items():
        assert (weights_folder() / f"{name}.npz").stat().st_size == found["bytes"]


def test_ratio_8_was_trained_for_the_autoencoder_that_is_shipped():
    """With an attention trained for another autoencoder the error would be another."""
    of_ratio_8 = json.loads(RESULTS.read_text("utf-8"))[listening_weights(8)]["metric"]
    own = weights.measured("autoencoder-channel")
    low, high = own["interval"]
    assert abs(of_ratio_8 - own["metric"]) < high - low


@pytest.fixture(scope="module")
def stage():
    """Five scenes: what is heard and what is said."""
    images, _ = live.eca.test_images()
    return on_stage(images, 1)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("chosen", [(0, 0, 0), (4, -8, 4), (-3, 0, 8)])
def test_errors_of_all_weights_are_those_of_the_layer(order, chosen, stage):
    heard, said = stage
    layer, kernel, _ = weighable_eca(None)
    kernel.assign(np.reshape(chosen, kernel.shape))
    gated = np.array(layer(heard[..., ORDERS[order]]))
    _, error = turned_up(mixed(gated, ORDERS[order]), said)
    every = errors_of_all_weights(heard, said, ORDERS[order])
    assert every[tuple(np.add(chosen, live.eca.REACH))] == pytest.approx(error, rel=1e-3)


def test_scattered_and_mixed_is_each_speakers_mean(stage):
    heard, _ = stage
    for order in ORDERS.values():
        means = mixed(heard[..., order], order)
        np.testing.assert_allclose(means[..., 2], heard[..., 8:12].mean(axis=-1), rtol=1e-5)


@pytest.mark.parametrize("signs", SIGNS.values())
def test_the_best_weights_with_some_signs_give_what_is_said_of_them(signs, stage, demos):
    """Set by hand in the demo, they give the error, and no other weights with these signs a smaller one."""
    every = errors_of_all_weights(*stage, ORDERS["beside"])
    error, best = best_with_signs(every, signs)
    assert tuple(np.sign(best)) == signs
    fitting = [found for at, found in np.ndenumerate(every) if tuple(np.sign(np.subtract(at, 8))) == signs]
    assert error == min(fitting)
    demo = demos["cross_channel_interaction"]
    for key, weight in zip(("left", "own", "right"), best, strict=True):
        demo.controls[key].value = weight
    assert f"1,000 is {error:.1f}." in demo.finding.value
    for key in ("left", "own", "right"):
        demo.controls[key].value = 0


def test_the_volume_does_not_judge_how_far_gates_are_open(stage):
    heard, said = stage
    loud, quiet = (turned_up(mixed(volume * heard, ORDERS["beside"]), said)[1] for volume in (1, 0.1))
    assert loud == pytest.approx(quiet, rel=1e-4)


def test_a_layer_without_a_place_for_three_weights_is_replaced(demos):
    demo = live.cross_channel_interaction(
        lambda x: x * layers.Dense(16, activation="sigmoid")(ops.mean(x, axis=(1, 2))[:, None, None])
    )
    assert "weights of the shapes (16, 16), (16,)" in demo.notice.value
    assert demo.finding.value == demos["cross_channel_interaction"].finding.value


def test_a_wrong_layer_with_three_weights_is_shown_as_it_is():
    demo = live.cross_channel_interaction(mistakes("eca_block")["softmax_for_sigmoid"])
    assert "your own eca_block" in demo.notice.value and "computes something else" in demo.notice.value
    gates = [float(gate) for gate in re.findall(r"gate (\d\.\d+)", alt(demo))]
    assert len(gates) == 16 and sum(gates) == pytest.approx(1, abs=0.1)


def test_self_attention_costs_less_where_its_formula_says_so():
    """4 NC² for the projections and 2 N²C for scores and values, against 9 NC²."""
    positions = ASKED_SIDE**2
    for channels in CHANNELS:
        found = compared(channels, ASKED_SIDE, "multiply-adds")
        assert found[SELF_ATTENTION] == 4 * positions * channels**2 + 2 * positions**2 * channels
        assert found[CONVOLUTION] == 9 * positions * channels**2
        cheaper = found[SELF_ATTENTION] < found[CONVOLUTION]
        assert cheaper == (channels >= cheaper_from(ASKED_SIDE))


class Scaled(layers.Layer):
    """A gate with a weight of its own class, as a student may write it."""

    def build(self, shape):
        self.scale = self.add_weight(shape=(shape[-1],), name="scale")

    def call(self, x):
        return x * ops.sigmoid(ops.mean(x, axis=(1, 2), keepdims=True) * self.scale)


@pytest.mark.parametrize(
    ("answer", "said", "shown"),
    [
        (stub, "have not written", "–"),
        (lambda x: Scaled()(x), "At work: your own", "64"),
        (lambda x: x * ops.sigmoid(ops.mean(x, axis=(1, 2), keepdims=True)), "At work: your own", "0"),
        (lambda x: layers.Conv2D(3, 1)(x), "turns the shape (14, 14, 64) into (14, 14, 3)", "–"),
        (lambda x: None + 1, "cannot be counted on this map (TypeError", "–"),
    ],
)
def test_the_readers_attention_is_counted_or_left_out(answer, said, shown):
    demo = live.what_it_costs(answer)
    assert said in demo.notice.value
    assert re.findall(r"your my_attention ([\d,]+)", alt(demo)) == ([] if shown == "–" else [shown])


def test_where_multiply_adds_have_no_rule_the_parameters_are_still_shown():
    demo = live.what_it_costs(lambda x: Scaled()(x))
    demo.controls["number"].value = "multiply-adds"
    assert "no rule for the multiply-adds of a Scaled" in demo.notice.value
    assert "your my_attention" not in alt(demo)


def test_a_size_that_a_reader_did_not_think_of_leaves_the_others():
    demo = live.what_it_costs(lambda x: layers.Reshape((14, 14, x.shape[-1]))(x))
    assert "your my_attention" in alt(demo)
    demo.controls["side"].value = 28
    assert "your my_attention" not in alt(demo) and "self-attention" in alt(demo)
    assert "cannot be counted" in demo.notice.value


def test_where_one_value_is_felt_behind_each_block(demos):
    """Coordinate attention: its row and column. SimAM: its channel. GRN: where something is. GC: everywhere alike."""
    content = demos["one_value"]._content
    row, column = 6, 7
    maps, changes = content.changes(2, row, column, 3)
    felt = {name: np.abs(change) > 1e-6 for name, change in changes.items()}
    cross = np.zeros((14, 14), bool)
    cross[row] = cross[:, column] = True
    assert felt["coordinate_attention"].any() and not felt["coordinate_attention"][~cross].any()
    assert felt["simam"][..., 0].any() and not felt["simam"][..., 1].any()
    assert felt["global_response_norm"].any(axis=(0, 1)).all() and not felt["global_response_norm"][maps == 0].any()
    elsewhere = np.ones((14, 14), bool)
    elsewhere[row, column] = False
    assert np.ptp(changes["global_context"][elsewhere], axis=0).max() < 1e-5
    assert np.abs(changes["global_context"][elsewhere]).min() > 1e-6
    assert content.fills_empty_places() == "global_context"


def test_a_wrong_block_is_shown_as_it_is_and_one_that_stops_is_replaced():
    wrong = mistakes("simam")["statistics_over_channels_too"]
    demo = live.one_value(simam=wrong, global_context=raises)
    content = demo._content
    assert [block.is_own for block in content.blocks.values()] == [False, True, False, False]
    _, changes = content.changes(2, 6, 7, 3)
    assert np.abs(changes["simam"][..., 1]).max() > 1e-6  # of the other channel, which SimAM leaves alone
    assert "global_context" in demo.notice.value and "simam" not in demo.notice.value


def test_the_gates_of_a_network_are_those_that_its_layers_give(demos):
    """Read off the layer before each product, and compared with what the demo says."""
    demo = demos["network_gates"]
    content, network = demo._content, weights.load("autoencoder-channel")
    garments = np.stack(content.pictures)[..., np.newaxis] / np.float32(255)
    demo.controls["layer"].value, demo.controls["shown"].value = 1, 3
    layer = network.get_layer("encoder_2_attention_gates")
    gates = keras.Model(network.input, layer.output).predict(garments, verbose=0)
    channel = (gates[3] - gates.mean(axis=0)).argmax()
    share = gates.var(axis=0).mean() / gates.var()
    said = demo.shown.finding
    mean = gates.mean(axis=0)[channel]
    assert f"Channel {channel} opens" in said and f"{gates[3, channel]:.2f} against {mean:.2f}" in said
    assert f"{share:.1%} is between pictures" in said and "Layer 2 of 4" in said


@pytest.mark.parametrize(
    ("count_gates", "words"),
    [
        (lambda network: (0, 0), "finds no gates"),
        (lambda network: 1 / 0, "ZeroDivisionError"),
        (lambda network: your_turn("count_gates"), "not written"),
        (None, "by their shape"),
    ],
)
def test_without_a_right_count_the_gates_are_found_by_their_shape(count_gates, words, demos):
    demo = live.network_gates(count_gates)
    assert words in demo.notice.value
    content, right = demo._content, demos["network_gates"]._content
    assert content.layers == right.layers
    for own, other in zip(content.products, right.products, strict=True):
        np.testing.assert_array_equal(own.gates, other.gates)
