"""Usual wrong answers to `coordinate_attention`, each under the name by which a check recognises it."""

from keras import layers, ops


def _rows(x):
    """What is in each row, (batch, height, 1, channels)."""
    return ops.mean(x, axis=2, keepdims=True)


def _columns(x):
    """What is in each column, turned to stand like rows, (batch, width, 1, channels)."""
    return ops.transpose(ops.mean(x, axis=1, keepdims=True), (0, 2, 1, 3))


def _across(strip):
    """A standing strip laid across, (batch, 1, length, channels), or the other way."""
    return ops.transpose(strip, (0, 2, 1, 3))


def _hidden(strips, units, activation=ops.hard_swish, bias=True, normalise=None):
    """The layers that both strips share, right unless the arguments say otherwise."""
    hidden = layers.Conv2D(units, 1, use_bias=bias)(strips)
    return activation((normalise or layers.BatchNormalization())(hidden))


def _units(x, ratio):
    return max(8, x.shape[-1] // ratio)


def _halves(x, ratio, **options):
    """Both strips behind the shared layers, the second one laid across."""
    hidden = _hidden(ops.concatenate([_rows(x), _columns(x)], axis=1), _units(x, ratio), **options)
    return hidden[:, : x.shape[1]], _across(hidden[:, x.shape[1] :])


def _gates(x, rows, columns, gate=ops.sigmoid, bias=True):
    """Two convolutions, a gate each."""
    return [gate(layers.Conv2D(x.shape[-1], 1, use_bias=bias)(strip)) for strip in (rows, columns)]


def _applied(x, rows, columns, **options):
    row_gates, column_gates = _gates(x, rows, columns, **options)
    return x * row_gates * column_gates


def axes_swapped(x, ratio=32):
    """The mean over the height stands where the rows' gates are made, and the other way round."""
    hidden = _hidden(ops.concatenate([_columns(x), _rows(x)], axis=1), _units(x, ratio))
    return _applied(x, hidden[:, : x.shape[2]], _across(hidden[:, x.shape[2] :]))


def not_laid_back(x, ratio=32):
    """The columns' gates still stand like those of rows."""
    rows, columns = _halves(x, ratio)
    return _applied(x, rows, _across(columns))


def split_in_halves(x, ratio=32):
    """The strip is cut in the middle, which is between rows and columns only where there are as many of both.

    Source: https://github.com/northBeggar/Plug-and-Play (05-CA/tensorflow/CoordAttention.py)
    """
    hidden = _hidden(ops.concatenate([_rows(x), _columns(x)], axis=1), _units(x, ratio))
    half = hidden.shape[1] // 2
    return _applied(x, hidden[:, :half], _across(hidden[:, half:]))


def at_least_one_unit(x, ratio=32):
    """A least of one unit, as in squeeze-and-excitation, instead of eight."""
    hidden = _hidden(ops.concatenate([_rows(x), _columns(x)], axis=1), max(1, x.shape[-1] // ratio))
    return _applied(x, hidden[:, : x.shape[1]], _across(hidden[:, x.shape[1] :]))


def first_layers_not_shared(x, ratio=32):
    """Each strip has a first convolution and a normalisation of its own."""
    rows, columns = (_hidden(strip, _units(x, ratio)) for strip in (_rows(x), _across(_columns(x))))
    return _applied(x, rows, columns)


def first_layers_not_shared__as_asked(x, ratio=32):
    """The same, as somebody asks whether it might not do.

    Source: https://github.com/houqb/CoordAttention/issues/12
    """
    units = _units(x, ratio)
    rows = ops.hard_swish(layers.BatchNormalization()(layers.Conv2D(units, 1)(_rows(x))))
    columns = ops.hard_swish(layers.BatchNormalization()(layers.Conv2D(units, 1)(_across(_columns(x)))))
    return _applied(x, rows, columns)


def last_layer_shared(x, ratio=32):
    """One convolution makes the gates of rows and of columns."""
    rows, columns = _halves(x, ratio)
    convolution = layers.Conv2D(x.shape[-1], 1, activation="sigmoid")
    return x * convolution(rows) * convolution(columns)


def gates_added(x, ratio=32):
    """The sum of both gates instead of their product."""
    row_gates, column_gates = _gates(x, *_halves(x, ratio))
    return x * (row_gates + column_gates)


def one_sigmoid(x, ratio=32):
    """The scores of both are added before a single sigmoid.

    Source: https://github.com/huggingface/pytorch-image-models (timm/layers/coord_attn.py)
    """
    row_scores, column_scores = _gates(x, *_halves(x, ratio), gate=lambda scores: scores)
    return x * ops.sigmoid(row_scores + column_scores)


def sigmoid_of_the_product(x, ratio=32):
    """A third sigmoid around the product of the gates."""
    row_gates, column_gates = _gates(x, *_halves(x, ratio))
    return x * ops.sigmoid(row_gates * column_gates)


def sigmoid_missing(x, ratio=32):
    """The scores multiply x as they are."""
    return _applied(x, *_halves(x, ratio), gate=lambda scores: scores)


def hard_sigmoid(x, ratio=32):
    """Hard sigmoids make the gates, too."""
    return _applied(x, *_halves(x, ratio), gate=ops.hard_sigmoid)


def softmax_over_positions(x, ratio=32):
    """Rows compete for a sum of 1, and columns do."""
    rows, columns = _halves(x, ratio)
    row_scores, column_scores = _gates(x, rows, columns, gate=lambda scores: scores)
    return x * ops.softmax(row_scores, axis=1) * ops.softmax(column_scores, axis=2)


def relu_for_hard_swish(x, ratio=32):
    """ReLU where hard swish is asked for."""
    return _applied(x, *_halves(x, ratio, activation=ops.relu))


def swish_for_hard_swish(x, ratio=32):
    """Swish, which the authors' page calls SiLU, where their code has hard swish.

    Source: https://github.com/houqb/CoordAttention (README.md, "Some tips")
    """
    return _applied(x, *_halves(x, ratio, activation=ops.silu))


def hard_sigmoid_for_hard_swish(x, ratio=32):
    """Hard sigmoid, without the factor x that makes a hard swish of it."""
    return _applied(x, *_halves(x, ratio, activation=ops.hard_sigmoid))


def activation_missing(x, ratio=32):
    """Nothing between the normalisation and the last convolutions."""
    return _applied(x, *_halves(x, ratio, activation=lambda hidden: hidden))


def normalisation_missing(x, ratio=32):
    """No batch normalisation."""
    return _applied(x, *_halves(x, ratio, normalise=lambda hidden: hidden))


def epsilon_of_pytorch(x, ratio=32):
    """The batch normalisation has PyTorch's epsilon.

    Source: https://github.com/houqb/CoordAttention (coordatt.py)
    """
    return _applied(x, *_halves(x, ratio, normalise=layers.BatchNormalization(epsilon=1e-5)))


def bias_left_out(x, ratio=32):
    """No convolution has a bias.

    Source: https://github.com/huggingface/pytorch-image-models (timm/layers/coord_attn.py)
    """
    return _applied(x, *_halves(x, ratio, bias=False), bias=False)


def first_bias_left_out(x, ratio=32):
    """No bias before the batch normalisation, as usual; the authors have one.

    Source: https://github.com/northBeggar/Plug-and-Play (05-CA/tensorflow/CoordAttention.py)
    """
    return _applied(x, *_halves(x, ratio, bias=False))


def x_added(x, ratio=32):
    """x is added to the result.

    Source: https://github.com/huggingface/pytorch-image-models (timm/layers/coord_attn.py)
    """
    return x + _applied(x, *_halves(x, ratio))


def gates_returned(x, ratio=32):
    """The product of the gates instead of x times it."""
    row_gates, column_gates = _gates(x, *_halves(x, ratio))
    return row_gates * column_gates


def maximum_for_mean(x, ratio=32):
    """The largest value of each row and column instead of their mean.

    Source: https://github.com/mohamedac29/S2-FPN/issues/5
    """
    strips = [ops.max(x, axis=2, keepdims=True), _across(ops.max(x, axis=1, keepdims=True))]
    hidden = _hidden(ops.concatenate(strips, axis=1), _units(x, ratio))
    return _applied(x, hidden[:, : x.shape[1]], _across(hidden[:, x.shape[1] :]))


def sum_for_mean(x, ratio=32):
    """Sums instead of means."""
    strips = [ops.sum(x, axis=2, keepdims=True), _across(ops.sum(x, axis=1, keepdims=True))]
    hidden = _hidden(ops.concatenate(strips, axis=1), _units(x, ratio))
    return _applied(x, hidden[:, : x.shape[1]], _across(hidden[:, x.shape[1] :]))


def rows_alone(x, ratio=32):
    """Gates for rows and none for columns."""
    hidden = _hidden(_rows(x), _units(x, ratio))
    return x * layers.Conv2D(x.shape[-1], 1, activation="sigmoid")(hidden)


def squeeze_and_excitation(x, ratio=32):
    """One gate for each channel, published under the same two letters, CA.

    Source: https://github.com/rinbarpen/RbpXNet (models/utils/CAModule.py)
    """
    hidden = layers.Dense(_units(x, ratio), activation="relu")(ops.mean(x, axis=(1, 2), keepdims=True))
    return x * layers.Dense(x.shape[-1], activation="sigmoid")(hidden)


def ratio_is_the_width(x, ratio=32):
    """As many units as `ratio` says."""
    hidden = _hidden(ops.concatenate([_rows(x), _columns(x)], axis=1), max(8, ratio))
    return _applied(x, hidden[:, : x.shape[1]], _across(hidden[:, x.shape[1] :]))


def ratio_ignored(x, ratio=32):
    """32 is written where `ratio` has to stand."""
    hidden = _hidden(ops.concatenate([_rows(x), _columns(x)], axis=1), max(8, x.shape[-1] // 32))
    return _applied(x, hidden[:, : x.shape[1]], _across(hidden[:, x.shape[1] :]))
