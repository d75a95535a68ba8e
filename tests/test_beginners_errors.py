"""Errors that beginners meet, raised for real on the installed libraries: each gets a sentence of its own.

Behind each is where it was met in public, as owner/repository#issue, or "course" for what its own readers have done.
"""

import linecache
import textwrap
from dataclasses import replace
from functools import cache

import keras
import numpy as np
import pytest
from keras import layers, ops

from autograder.checking import near_names
from autograder.checking.challenge import Challenge
from autograder.checking.error_kinds import KINDS
from autograder.checking.expected import load_expected
from autograder.checking.explain import explanation
from autograder.checking.judge import Verdict, judge
from autograder.checking.measure import measure
from autograder.checking.measurement import Measurement
from autograder.checking.mistake_matching import match_mistake
from autograder.checking.problems import REFINED
from curriculum import messages
from curriculum.exercises import load

GATE = "class Gate(layers.Layer):\n"
CALL = "    def call(self, x):\n        return x\n"
# The kind, the code of an answer, what the English and the Korean sentence must contain, and where it was met.
# Above a line of dashes stands what is outside of the function.
MET = (
    # A Keras tensor has no numbers yet
    ("tensor_as_bool", "if ops.mean(x) > 0:\n    return x", "ops.where", "ops.where", "tensorflow/tensorflow#35403"),
    ("tensor_as_bool", "return max(0, x)", "ops.maximum(x, 0)", "ops.maximum(x, 0)", "course"),
    ("tensor_iterated", "for row in x:\n    pass\nreturn x", "ops.split", "ops.split", "keras-team/keras#10767"),
    ("tensor_iterated", "a, b = x\nreturn a", "a, b = x", "a, b = x", "keras-team/keras#12487"),
    ("tensor_length", "return layers.Dense(len(x))(x)", "x.shape[-1]", "x.shape[-1]", "AlexanderLutsenko/nobuco#22"),
    ("tensor_as_number", "import math\nreturn x * math.exp(ops.mean(x))", "ops.exp", "ops.exp", "course"),
    ("tensor_as_number", "print(f'{ops.mean(x):.2f}')\nreturn x", "a text to print", "출력할 문자열", "course"),
    ("tensor_as_number", "return [x for _ in range(x)]", "range(…)", "range(…)", "tensorflow/tensorflow#67323"),
    ("tensor_assigned", "x[..., 0] = 0\nreturn x", "ops.where", "마스크", "xuannianz/EfficientDet#143"),
    ("tensor_called", "y = layers.Dense(8)(x)\nreturn y(x)", "layer comes first", "층이 먼저", "diegoalejogm/gans#14"),
    ("tensor_method", "return x * x.mean(axis=(1, 2))", "ops.mean(x, …)", "ops.mean(x, …)", "course"),
    ("tensor_method", "return x.view(-1, 64)", "ops.reshape(x, …)", "ops.reshape(x, …)", "course"),
    ("tensor_method", "return x.permute(0, 3, 1, 2)", "ops.transpose(x, …)", "ops.transpose(x, …)", "course"),
    (
        "tensor_method",
        "return x.transpose(0, 1)",
        "ops.transpose",
        "ops.transpose",
        "AxisCommunications/onnx-to-keras#16",
    ),
    ("tensor_method", "return layers.Dense(x.size(1))(x)", "write x.shape", "x.shape", "course"),
    ("tensor_method", "return x.add_(x)", "x + y", "x + y", "course"),
    ("tensor_attribute", "return x.numpy()", "no numbers yet", "값은 아직 없습니다", "tensorflow/tensorflow#72497"),
    (
        "static_shape",
        "return layers.Dense(x.get_shape()[-1])(x)",
        "x.shape[-1]",
        "x.shape[-1]",
        "voxelmorph/voxelmorph#617",
    ),
    (
        "static_shape",
        "return layers.Dense(x.shape.as_list()[-1])(x)",
        "plain tuple",
        "보통의 튜플",
        "keras-team/keras#4022",
    ),
    (
        "static_shape",
        "return layers.Dense(x.shape[-1].value)(x)",
        ".value",
        ".value",
        "bonlime/keras-deeplab-v3-plus#145",
    ),
    ("static_shape", "return layers.Dense(x._keras_shape[-1])(x)", "x.shape", "x.shape", "titu1994/Keras-ResNeXt#23"),
    ("shape_assigned", "x.shape = (1, 2)\nreturn x", "layers.Reshape", "layers.Reshape", "course"),
    ("numpy_function_of", "return x * np.mean(x, axis=(1, 2))", "ops.mean", "ops.mean", "tensorflow/tensorflow#72497"),
    ("numpy_function", "return np.float32(2) ** x", "keras.ops", "keras.ops", "qiboteam/qiboml#47"),
    (
        "tensorflow_function_of",
        "import tensorflow as tf\n---\nreturn tf.reduce_mean(x, axis=1)",
        "write ops.mean",
        "ops.mean 함수",
        "keras-team/keras#20085",
    ),
    (
        "tensorflow_function",
        "import tensorflow as tf\n---\nf = tf.nn.relu\nreturn f(x)",
        "keras.ops",
        "keras.ops",
        "XuexiongLuoMQ/ComGA#5",
    ),
    (
        "state_in_call",
        GATE
        + "    def call(self, x):\n        return x * self.add_weight(shape=(x.shape[-1],))\n---\nreturn Gate()(x)",
        "in build",
        "build에서",
        "course",
    ),
    # The length of the batch, and other things that are None
    (
        "batch_is_none",
        "g = layers.GlobalAveragePooling2D()(x)\nreturn x * ops.reshape(g, (x.shape[0], 1, 1, 64))",
        "write -1",
        "-1을 쓰세요",
        "kbardool/Keras-frcnn#107",
    ),
    (
        "batch_is_none",
        "return x * ops.broadcast_to(ops.mean(x, (1, 2), keepdims=True), ops.shape(x))",
        "no broadcast_to",
        "broadcast_to",
        "course",
    ),
    ("batch_is_none", "return x + ops.ones(x.shape)", "ops.ones_like", "ops.ones_like", "tensorflow/tensorflow#36991"),
    (
        "batch_is_none",
        "size = x.shape[0] * x.shape[1]\nreturn x",
        "x.shape[0] is None",
        "x.shape[0]은 None",
        "jamesmf/mnistCRNN#2",
    ),
    (
        "batch_is_none",
        "import tensorflow as tf\n"
        + GATE
        + "    def call(self, x):\n        return tf.reshape(x, (x.shape[0], -1))\n---\nreturn Gate()(x)",
        "write -1",
        "-1을 쓰세요",
        "keras-team/keras#18753",
    ),
    (
        "weight_of_unknown_size",
        "return layers.Dense(x.shape[0])(x)",
        "x.shape[-1]",
        "x.shape[-1]",
        "calclavia/DeepJ#68",
    ),
    (
        "weight_of_unknown_size",
        GATE
        + "    def build(self, shape):\n        self.w = self.add_weight(shape=shape)\n"
        + CALL
        + "---\nreturn Gate()(x)",
        "input_shape[-1]",
        "input_shape[-1]",
        "course",
    ),
    (
        "none_used",
        "def pool(x):\n    ops.mean(x)\ny = pool(x)\nreturn x * y",
        "without `return`",
        "`return`이 없는",
        "course",
    ),
    ("none_used", "pooled = None\nreturn pooled[0]", "None", "None", "keras-team/keras#11811"),
    # Layers that are made wrongly, or not called
    (
        "layer_made_of_a_tensor",
        "return layers.BatchNormalization(x)",
        "layers.BatchNormalization(…)(x)",
        "layers.BatchNormalization(…)(x)",
        "course",
    ),
    ("layer_made_of_a_tensor", "return layers.ReLU(x)", "two pairs of brackets", "괄호가 두 쌍", "course"),
    (
        "layer_made_of_a_tensor",
        "g = layers.GlobalAveragePooling2D(x)\nreturn x * g",
        "layers.GlobalAveragePooling2D(…)(x)",
        "layers.GlobalAveragePooling2D",
        "course",
    ),
    ("layer_made_of_a_tensor", "return layers.Dense(x, 4)", "layers.Dense(…)(x)", "layers.Dense(…)(x)", "course"),
    (
        "too_many_values_for_a_layer",
        "return layers.Multiply([x, x])",
        "layers.Multiply()([x, gates])",
        "layers.Multiply()([x, gates])",
        "course",
    ),
    (
        "too_many_values_for_a_layer",
        "return layers.Add(name)([x, x])",
        "layers.Add(name=…)",
        "layers.Add(name=…)",
        "course",
    ),
    (
        "layer_not_called",
        "y = layers.GlobalAveragePooling2D()\nreturn layers.Dense(8)(y)",
        "layers.GlobalAveragePooling2D(…)(x)",
        "호출하지 않았습니다",
        "mrdbourke/tensorflow-deep-learning#672",
    ),
    ("layer_not_called", "return x + layers.Dense(64)", "layers.Dense(…)(x)", "layers.Dense(…)(x)", "course"),
    ("layer_not_called", "return layers.Multiply()([x, layers.Dense(64)])", "never called", "만들기만 하고", "course"),
    (
        "layer_not_called",
        "return keras.Model(x, layers.Dense(8))",
        "layers.Dense(…)(x)",
        "layers.Dense(…)(x)",
        "course",
    ),
    (
        "activation_class",
        "return x * layers.Dense(64, activation=layers.ReLU)(x)",
        'activation="relu"',
        'activation="relu"',
        "course",
    ),
    ("activation_called", "return layers.Dense(8, activation=ops.sigmoid(x))(x)", "without (x)", "(x) 없이", "course"),
    (
        "misspelt_activation",
        "return layers.Dense(8, activation='hardsigmoid')(x)",
        "hard_sigmoid",
        "hard_sigmoid",
        "course",
    ),
    ("misspelt_activation", "return layers.Activation('ReLU')(x)", '"relu"', '"relu"', "keras-team/keras#908"),
    (
        "activation_unknown",
        "return layers.Dense(8, activation='gated')(x)",
        "keras.activations",
        "keras.activations",
        "keras-team/keras#10052",
    ),
    (
        "misspelt_initializer",
        "return layers.Dense(8, kernel_initializer='he_norm')(x)",
        "he_normal",
        "he_normal",
        "course",
    ),
    (
        "initializer_unknown",
        "return layers.Dense(8, kernel_regularizer='weight_decay')(x)",
        "leave this argument out",
        "빼세요",
        "course",
    ),
    (
        "value_where_a_tensor_belongs",
        "return layers.Dense(8)(x, 64)",
        "first pair of brackets",
        "첫 번째 괄호",
        "keras-team/keras#18676",
    ),
    (
        "merge_without_list",
        "return layers.Concatenate()(x, x)",
        "layers.Concatenate()([a, b])",
        "layers.Concatenate()([a, b])",
        "course",
    ),
    ("merge_without_list", "return layers.Multiply()(x)", "one list", "리스트 하나", "course"),
    ("merge_without_list", "return layers.add(x, x)", "layers.Add()([a, b])", "layers.Add()([a, b])", "course"),
    (
        "merge_without_list",
        "return ops.concatenate(x, x)",
        "ops.concatenate([a, b]",
        "ops.concatenate([a, b]",
        "course",
    ),
    ("list_for_two_values", "return ops.multiply([x, x])", "ops.multiply(a, b)", "ops.multiply(a, b)", "course"),
    ("layer_given_list", "return layers.Dense(8)([x, x])", "without square brackets", "대괄호 없이", "course"),
    ("list_in_arithmetic", "return x + (x, x)", "ops.concatenate", "ops.concatenate", "course"),
    (
        "sequential_takes_layers",
        "model = keras.Sequential()\nmodel.add(layers.Dense(8)(x))\nreturn model(x)",
        "not called",
        "호출하지 않은",
        "keras-team/keras#14983",
    ),
    (
        "sequential_takes_layers",
        "return keras.Sequential([layers.Dense(8), layers.ReLU])(x)",
        "layers.ReLU()",
        "layers.ReLU()",
        "course",
    ),
    (
        "functional_add",
        "model = keras.Model(x, x)\nmodel.add(layers.Dense(3))\nreturn model(x)",
        "keras.Sequential",
        "keras.Sequential",
        "keras-team/keras#7338",
    ),
    ("layer_name", "return layers.Dense(64, name='a/b')(x)", "a/b", "a/b", "course"),
    ("layer_name", "return layers.Dense(64, name=3)(x)", 'f"{name}_{number}"', 'f"{name}_{number}"', "course"),
    # Arguments of layers
    ("fractional_units", "return layers.Conv2D(x.shape[-1] / ratio, 1)(x)", "//", "//", "keras-rl/keras-rl#102"),
    (
        "fractional_units",
        "return layers.Dense(x.shape[-1] / 5)(x)",
        "fraction",
        "정수가 아닙니다",
        "tensorflow/tensorflow#48466",
    ),
    ("zero_units", "return layers.Dense(x.shape[-1] // 1000)(x)", "max(1, …)", "max(1, …)", "keras-team/keras#16902"),
    ("zero_units", "return layers.Conv2D(x.shape[-1] // 1000, 1)(x)", "max(1, …)", "max(1, …)", "course"),
    ("units_no_number", "return layers.Dense('relu')(x)", "got relu", "relu 값", "course"),
    ("units_no_number", "return layers.Dense(x.shape)(x)", "x.shape[-1]", "x.shape[-1]", "course"),
    ("strides_are_text", "return layers.Conv2D(8, 3, 'relu')(x)", 'activation="relu"', 'activation="relu"', "course"),
    ("kernel_size_wrong", "return layers.Conv2D(8, 7 / 2)(x)", "3.5", "3.5", "course"),
    ("padding_as_number", "return layers.Conv2D(64, 3, padding=1)(x)", 'padding="same"', 'padding="same"', "course"),
    ("padding_unknown", "return layers.Conv2D(64, 3, padding='same ')(x)", "without spaces", "띄어쓰기 없이", "course"),
    ("padding_unknown", "return layers.MaxPooling2D(padding='zero')(x)", "“zero”", "“zero”", "course"),
    ("rate_outside", "return layers.Dropout(30)(x)", "between 0 and 1", "0과 1 사이", "course"),
    ("groups_do_not_divide", "return layers.Conv2D(10, 3, groups=3)(x)", "groups", "groups", "course"),
    (
        "strides_and_dilation",
        "return layers.Conv2D(8, 3, strides=2, dilation_rate=2)(x)",
        "one of the two",
        "하나만",
        "course",
    ),
    ("map_too_small", "return layers.Conv2D(8, 99)(x)", 'padding="same"', 'padding="same"', "keras-team/keras#12951"),
    ("convolution_rank", "return layers.Conv1D(8, 3)(x)", "Conv1D takes", "Conv1D는", "course"),
    (
        "wrong_rank",
        "return layers.Conv2D(8, 3)(layers.GlobalAveragePooling2D()(x))",
        "four axes",
        "네 개",
        "keras-team/keras#12622",
    ),
    (
        "lambda_shape",
        "from keras import backend as K\n---\nreturn layers.Lambda(lambda t: K.mean(t, [1, 2]))(x)",
        "without Lambda",
        "Lambda 없이",
        "keras-team/keras#21089",
    ),
    ("lambda_without_function", "return layers.Lambda('relu')(x)", "without Lambda", "Lambda 없이", "course"),
    # Arguments of functions
    (
        "torch_arguments",
        "return layers.Conv2D(in_channels=64, out_channels=8, kernel_size=3)(x)",
        "PyTorch",
        "PyTorch",
        "course",
    ),
    ("misspelt_keyword", "return x * ops.mean(x, dim=(1, 2))", "axis=…", "axis=…", "course"),
    (
        "misspelt_keyword",
        "return x * ops.mean(x, axis=1, keepdim=True)",
        "keepdims=…",
        "keepdims=…",
        "amir-abdi/keras_to_tensorflow#120",
    ),
    (
        "misspelt_keyword",
        "return x * ops.mean(x, axis=1, keep_dims=True)",
        "keepdims=…",
        "keepdims=…",
        "tensorflow/tensorflow#29963",
    ),
    ("misspelt_keyword", "return layers.Conv2D(8, 3, stride=2)(x)", "strides=…", "strides=…", "course"),
    ("misspelt_keyword", "return layers.Dense(8, bias=False)(x)", "use_bias=…", "use_bias=…", "course"),
    (
        "misspelt_keyword",
        "return layers.Dense(8, init='uniform')(x)",
        "kernel_initializer=…",
        "kernel_initializer=…",
        "keras-team/keras#2724",
    ),
    (
        "misspelt_keyword",
        "return layers.Convolution2D(8, 3, 3, border_mode='same')(x)",
        "padding=…",
        "padding=…",
        "keras-team/keras#3385",
    ),
    ("misspelt_keyword", "return keras.Model(input=x, output=x)", "inputs=…", "inputs=…", "keras-team/keras#13743"),
    ("keyword", "return layers.Concatenate(mode='concat')([x, x])", "`mode`", "`mode`", "VahidooX/DeepCCA#18"),
    ("call_keyword", "return layers.BatchNormalization()(x, train=True)", "training=…", "training=…", "course"),
    (
        "init_without_kwargs",
        GATE + "    def __init__(self):\n        super().__init__()\n---\nreturn Gate(name=name)(x)",
        "**kwargs",
        "**kwargs",
        "course",
    ),
    ("argument_missing", "return layers.Conv2D(8)(x)", "'kernel_size'", "'kernel_size'", "course"),
    (
        "argument_missing",
        "return layers.Conv2D(8, kernel=3)(x)",
        "Conv2D(filters, kernel_size)",
        "Conv2D(filters, kernel_size)",
        "course",
    ),
    ("argument_missing", "return ops.expand_dims(x)", "'axis'", "'axis'", "course"),
    ("call_argument_missing", "return layers.MultiHeadAttention(2, 4)(x)", "(x, x)", "(x, x)", "course"),
    ("argument_twice", "return layers.Dense(8, units=8)(x)", "`units`", "`units`", "keras-team/keras#13540"),
    ("too_many_arguments", "def gate(x):\n    return x\nreturn gate(x, 8)", "def gate(…)", "def gate(…)", "course"),
    (
        "uneven_split",
        "a, b = ops.split(ops.concatenate([x, x[:, :1]], axis=1), 2, axis=1)\nreturn a",
        "ops.split(y, [height], axis=1)",
        "ops.split(y, [height], axis=1)",
        "houqb/CoordAttention, a TensorFlow port",
    ),
    ("layer_not_called", "return x * layers.Dense(64)", "layers.Dense(…)(x)", "layers.Dense(…)(x)", "course"),
    ("layer_not_called", "return layers.Dense(64).shape", "layers.Dense(…)(x)", "layers.Dense(…)(x)", "course"),
    ("network_for_a_tensor", "return keras.Sequential([layers.ReLU()]) * 2", "network(x)", "network(x)", "course"),
    (
        "weights_downloaded",
        "raise Exception('URL fetch failure on https://a.b/keras-applications/vgg16/w.h5: None')",
        "weights=None",
        "weights=None",
        "course",
    ),
    (
        "activation_on_a_tensor",
        "return keras.activations.hard_swish(x)",
        "layers.Activation",
        "layers.Activation",
        "course",
    ),
    ("uneven_split", "return np.split(np.zeros(5), 2)", "[height]", "[height]", "course"),
    (
        "reshape_without_tuple",
        "return layers.Reshape(1, 1, 64)(x)",
        "layers.Reshape((1, 1, channels))",
        "layers.Reshape((1, 1, channels))",
        "course",
    ),
    (
        "reshape_without_tuple",
        "return layers.Reshape(64)(layers.GlobalAveragePooling2D()(x))",
        "(channels,)",
        "(channels,)",
        "course",
    ),
    ("reshape_without_tuple", "return x.reshape(-1, 64)", "double brackets", "두 겹", "course"),
    # Classes that are layers
    (
        "self_missing",
        GATE + "    def call(x):\n        return x\n---\nreturn Gate()(x)",
        "def call(self, x)",
        "def call(self, x)",
        "course",
    ),
    (
        "self_missing",
        GATE + "    def __init__():\n        super().__init__()\n---\nreturn Gate()(x)",
        "def __init__(self",
        "def __init__(self",
        "course",
    ),
    (
        "super_init_missing",
        GATE + "    def __init__(self):\n        self.dense = layers.Dense(8)\n---\nreturn Gate()(x)",
        "super().__init__()",
        "super().__init__()",
        "jskDr/keraspp#3",
    ),
    (
        "super_with_self",
        GATE + "    def __init__(self):\n        super().__init__(self)\n---\nreturn Gate()(x)",
        "already",
        "이미",
        "GoogleCloudPlatform/asl-ml-immersion#450",
    ),
    (
        "super_without_brackets",
        GATE + "    def __init__(self):\n        super.__init__()\n---\nreturn Gate()(x)",
        "brackets",
        "괄호",
        "course",
    ),
    (
        "call_missing",
        GATE + "    def forward(self, x):\n        return x\n---\nreturn Gate()(x)",
        "def call(self, x)",
        "def call(self, x)",
        "mindee/doctr#43",
    ),
    (
        "add_weight_order",
        GATE
        + "    def build(self, shape):\n        self.w = self.add_weight('w', shape=(shape[-1],))\n"
        + CALL
        + "---\nreturn Gate()(x)",
        'name="w"',
        'name="w"',
        "keras-team/keras#22253",
    ),
    (
        "own_attribute",
        GATE + "    def call(self, x):\n        return self.dense(x)\n---\nreturn Gate()(x)",
        "self.dense = …",
        "self.dense = …",
        "keras-team/keras#2584",
    ),
    # Shapes
    (
        "height_and_width_missing",
        "g = layers.Dense(64)(layers.GlobalAveragePooling2D()(x))\nreturn x * layers.Dense(x.shape[-1])(g)",
        "two axes, height and width",
        "높이와 너비, 두 축",
        "course",
    ),
    (
        "channel_axis_missing",
        "return layers.Multiply()([x, ops.mean(x, axis=-1)])",
        "keepdims=True",
        "keepdims=True",
        "course",
    ),
    (
        "channels_differ",
        "return layers.Add()([x, layers.Dense(7)(x)])",
        "number of channels",
        "채널 수",
        "titu1994/keras-squeeze-excite-network#2",
    ),
    (
        "sizes_differ",
        "return layers.Concatenate()([x, layers.MaxPooling2D()(x)])",
        "strides, a pooling",
        "strides, 풀링",
        "penny4860/tf2-eager-yolo3#10",
    ),
    ("shapes_do_not_fit", "return x * ops.ones((1, 3, 5, 7))", "last axis", "마지막 축부터", "titu1994/Inception-v4#3"),
    ("axis_outside", "return x * ops.mean(x, axis=4)", "no axis 4", "축 4", "course"),
    ("axis_outside_of_layer", "return layers.Concatenate(axis=5)([x, x])", "3 or -1", "3 또는 -1", "course"),
    ("axis_twice", "return x * ops.mean(x, axis=(1, 1), keepdims=True)", "axis=(1, 2)", "axis=(1, 2)", "course"),
    ("transpose_axes", "return ops.transpose(x, (0, 1))", "every axis once", "모든 축", "course"),
    ("permute_counts_without_batch", "return layers.Permute((0, 3, 1, 2))(x)", "(3, 1, 2)", "(3, 1, 2)", "course"),
    ("reshape_two_unknown", "return layers.Reshape((-1, -1, 64))(x)", "-1", "-1", "course"),
    ("matmul_axes", "return ops.matmul(x, x)", "number by number", "원소별로", "course"),
    ("einsum_axes", "return ops.einsum('bhwc,bc->bhw', x, x)", "bhwc", "bhwc", "course"),
    ("cannot_reshape", "return layers.Reshape((1, 1, 64))(x)", "x.shape", "x.shape", "course"),
    ("cannot_reshape", "return ops.reshape(x, (-1, 7, 7, 5))", "number of values", "값의 개수", "course"),
    ("unpacked_shape", "height, width, channels = x.shape\nreturn x", "batch, height", "batch, height", "course"),
    ("unpacked", "first, second = [1, 2, 3]\nreturn x", "2 names", "2개", "course"),
    ("shape_index", "return layers.Dense(x.shape[4])(x)", "x.shape[-1]", "x.shape[-1]", "course"),
    ("too_many_indices", "return x[:, :, :, :, 0]", "np.newaxis", "np.newaxis", "course"),
    ("index_outside", "return [x][3]", "counting starts at 0", "0부터", "course"),
    (
        "duplicate_names",
        "y = layers.Dense(64, name=name)(x)\nreturn layers.Dense(64, name=name)(y)",
        "_conv",
        "_conv",
        "course",
    ),
    (
        "not_connected",
        "return layers.Dense(64)(keras.Input(x.shape[1:]))",
        "beginning with x",
        "x에서 시작해",
        "keras-team/keras#11302",
    ),
    # Types
    (
        "dtypes_differ",
        "import tensorflow as tf\n"
        + GATE
        + "    def call(self, x):\n        return tf.multiply(x, tf.cast(x, 'float64'))\n---\nreturn Gate()(x)",
        "ops.cast",
        "ops.cast",
        "course",
    ),
    ("dtype_unknown", "return ops.cast(x, 'float')", '"float32"', '"float32"', "course"),
    ("text_and_number", "return layers.Dense(64, name=name + 1)(x)", "str(number)", "str(number)", "course"),
    ("text_for_number", "return ops.mean(x, axis='channels')", "axis=-1", "axis=-1", "course"),
    ("tuple_arithmetic", "return x if x.shape <= 3 else -x", "one entry", "하나", "course"),
    ("tuple_method", "sizes = (1, 2)\nsizes.append(3)\nreturn x", "sizes + (64,)", "sizes + (64,)", "course"),
    ("tuple_method", "sizes = (1, 2)\nsizes.reverse()\nreturn x", "sizes[::-1]", "sizes[::-1]", "course"),
    ("tuple_method", "sizes = (1, 2)\nreturn x * sizes.pop(0)", "sizes[1:]", "sizes[1:]", "course"),
    ("tuple_method", "sizes = (1, 2)\nreturn x * sizes.pop()", "sizes[:-1]", "sizes[:-1]", "course"),
    ("tuple_changed", "sizes = (1, 2)\nsizes[0] = 3\nreturn x", "list(…)", "list(…)", "course"),
    ("tuple_changed", "sizes = (1, 2)\ndel sizes[0]\nreturn x", "list(…)", "list(…)", "course"),
    ("tuple_and_list", "sizes = (1, 2)\nsizes += [3]\nreturn x", "do not add up", "더할 수 없습니다", "course"),
    (
        "channels_first",
        "return layers.Conv2D(x.shape[-1], 1, data_format='channels_first')(x)",
        "leave data_format out",
        "data_format을 빼세요",
        "course",
    ),
    (
        "function_called_too_early",
        "def f(x): return x\ndef g(h): return h(x)\nreturn g(f())",
        "alone: f",
        "이름만",
        "course",
    ),
    ("none_used", "sizes = [1, 2].reverse()\nreturn x * sizes[0]", ".reverse()", ".reverse()", "course"),
    ("tuple_arithmetic", "return layers.Dense(x.shape / 8)(x)", "x.shape[-1]", "x.shape[-1]", "course"),
    ("sequence_called", "return layers.Dense(x.shape()[-1])(x)", "x.shape[-1]", "x.shape[-1]", "course"),
    ("sequence_called", "dense = layers.Dense(8),\nreturn dense(x)", "comma", "쉼표", "tensorflow/tensorflow#40020"),
    ("module_called", "return layers(x)", "layers.Dense(8)(x)", "layers.Dense(8)(x)", "keras-team/keras#13227"),
    ("value_called", "return x * ratio(2)", "missing *", "*가 빠졌는지", "course"),
    ("square_brackets", "return layers.Dense(8)[x]", "round ones", "소괄호", "course"),
    (
        "builtin_for_a_value",
        "filters = 8\nreturn layers.Conv2D(filter, 1)(x)",
        "mean filters",
        "filters인가요",
        "course",
    ),
    ("builtin_for_a_value", "inputs = x\nreturn layers.ReLU()(input)", "mean inputs", "inputs인가요", "course"),
    ("zero_division", "return layers.Dense(8 // (ratio - ratio))(x)", "divided by 0", "0으로 나누었습니다", "course"),
    ("key_missing", "return {}['relu']", "'relu'", "'relu'", "course"),
    ("recursion", "return channel_attention(x, name, ratio)", "calls itself", "자기 자신", "course"),
    # Names
    (
        "keras_backend",
        "from keras import backend as K\n---\nreturn x * K.mean(x, axis=[1, 2])",
        "write ops.mean",
        "ops.mean",
        "keras-team/keras#21089",
    ),
    (
        "keras_backend",
        "import tensorflow.keras.backend as K\n---\nreturn x * K.mean(x, axis=[1, 2])",
        "write ops.mean",
        "ops.mean",
        "course",
    ),
    (
        "keras_backend",
        "import tensorflow.keras.backend as K\n---\nreturn K.permute_dimensions(x, (0, 3, 1, 2))",
        "ops.transpose",
        "ops.transpose",
        "course",
    ),
    (
        "keras_backend",
        "from keras import backend as K\n---\nreturn layers.Dense(K.int_shape(x)[-1])(x)",
        "x.shape",
        "x.shape",
        "matterport/Mask_RCNN#993",
    ),
    ("keras_backend", "return x * K.mean(x, axis=[1, 2])", "ops.mean", "ops.mean", "course"),
    (
        "misspelt_name",
        "squeezed = layers.GlobalAveragePooling2D()(x)\nreturn x * sqeezed",
        "mean squeezed",
        "squeezed",
        "course",
    ),
    ("misspelt_name", "return Dense(8)(x)", "layers.Dense", "layers.Dense", "course"),
    ("misspelt_name", "return ops.mean(x, axis=1, keepdims=true)", "True", "True", "course"),
    ("unknown_name", "return x * gates", "'gates'", "'gates'", "course"),
    (
        "name_without_value",
        "if ratio > 100:\n    y = x\nreturn y",
        "before it has a value",
        "값이 정해지기 전에",
        "course",
    ),
    ("text_without_quotes", "return layers.Conv2D(64, 3, padding=same)(x)", '"same"', '"same"', "course"),
    ("not_imported", "return x * math.sqrt(2)", "import math", "import math", "course"),
    ("tensorflow_not_imported", "return tf.nn.relu(x)", "ops.relu(x)", "ops.relu(x)", "course"),
    ("torch_name", "return nn.ReLU()(x)", "layers.Conv2D", "layers.Conv2D", "course"),
    (
        "misspelt_attribute",
        "return layers.Conv2d(8, 3)(x)",
        "layers.Conv2D",
        "layers.Conv2D",
        "tensorflow/tensorflow#16548",
    ),
    ("misspelt_attribute", "return layers.Sigmoid()(x)", 'layers.Activation("sigmoid")', "sigmoid", "course"),
    (
        "misspelt_attribute",
        "return layers.GlobalAvgPool2d()(x)",
        "layers.GlobalAvgPool2D",
        "layers.GlobalAvgPool2D",
        "course",
    ),
    (
        "misspelt_attribute",
        "return layers.GlobalAveragePooling()(x)",
        "GlobalAveragePooling2D",
        "GlobalAveragePooling2D",
        "course",
    ),
    ("misspelt_attribute", "return ops.reduce_mean(x, 1)", "ops.mean", "ops.mean", "course"),
    ("misspelt_attribute", "return ops.hardsigmoid(x)", "ops.hard_sigmoid", "ops.hard_sigmoid", "course"),
    (
        "misspelt_attribute",
        "from keras.layers import Conv2d\nreturn x",
        "layers.Conv2D",
        "layers.Conv2D",
        "KalraA/Halite#1",
    ),
    (
        "module_attribute",
        "import tensorflow as tf\n---\nreturn tf.contrib.layers.flatten(x)",
        "keras.ops",
        "keras.ops",
        "course",
    ),
    (
        "keras_module_moved",
        "from keras.layers.core import Dense\nreturn x",
        "from keras import layers",
        "from keras import layers",
        "azhartalha/Traffic-Survalance-with-Computer-Vision-and-Deep-Learning#10",
    ),
    ("module_not_installed", "import tensorflow_addons\nreturn x", "keras.ops", "keras.ops", "course"),
    (
        "network_instead_of_argument",
        "return keras.applications.VGG16(include_top=False, weights=None, input_shape=(8, 8, 3))(x)",
        "`backbone`",
        "`backbone`",
        "course",
    ),
)
# The same of arrays: answers to `preprocess`.
MET_WITH_ARRAYS = (
    ("changed_in_place", "images /= 255\nreturn images", "images = images / 255", "images = images / 255", "course"),
    ("array_method", "return images.unsqueeze(-1)", "np.newaxis", "np.newaxis", "course"),
    ("array_method", "return images.numpy()", "write array", "array", "course"),
    ("array_attribute", "return images.normalised", "typing mistake", "오타", "course"),
    ("array_as_bool", "if images > 3:\n    return images", "np.where", "np.where", "Sentdex/NNfSiX#142"),
    ("numpy_alias", "return images.astype(np.float) / 255", '"float32"', '"float32"', "course"),
    ("text_without_quotes", "return images.astype(float32)", '"float32"', '"float32"', "course"),
    ("dtype_unknown", "return images.astype('float 32')", '"float32"', '"float32"', "course"),
    ("axis_outside", "return np.expand_dims(images, 7)", "no axis 7", "축 7", "course"),
    ("too_many_indices", "return images[:, :, :, 0]", "np.newaxis", "np.newaxis", "course"),
    ("text_and_number", "return images / '255'", "no quotes", "따옴표를 쓰지 않습니다", "course"),
    ("cannot_reshape", "return images.reshape(60000, 28, 28, 1)", "x.shape", "x.shape", "course"),
)
ALL = [("channel_attention", *met) for met in MET] + [("preprocess", *met) for met in MET_WITH_ARRAYS]


@cache
def verdict(exercise: str, code: str) -> Verdict:
    """The verdict on an answer with this body, written as a notebook has it."""
    outside, _, body = code.rpartition("---\n")
    expected = load_expected(exercise)
    source = f"{outside}\ndef {expected.definition}:\n" + textwrap.indent(body, "    ") + "\n"
    file = f"<cell {hash(source)}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    namespace = {"keras": keras, "layers": layers, "ops": ops, "np": np}
    exec(compile(source, file, "exec"), namespace)
    return judge(load(exercise), measure(namespace[exercise], load(exercise), Challenge()), expected)


@pytest.mark.parametrize(("exercise", "kind", "code", "english", "korean", "source"), ALL)
def test_each_error_gets_its_own_sentence(exercise, kind, code, english, korean, source):
    found = verdict(exercise, code)
    assert found.finding.key == f"problem.{kind}"
    for language, words in (("en", english), ("ko", korean)):
        told = explanation(found, language)
        assert found.mistake or words in "\n".join(told)
        assert 2 <= len(told) <= 5 and "Traceback" not in "\n".join(told)
        assert "show=True" not in "\n".join(told)  # nothing can be drawn


@pytest.mark.parametrize(("exercise", "kind", "code"), [met[:3] for met in ALL])
def test_the_line_is_shown_wherever_the_code_is_on_the_way_to_the_error(exercise, kind, code):
    line = verdict(exercise, code).finding.line
    comes_when_the_network_runs = kind in {
        "activation_class", "axis_twice", "batch_is_none", "cannot_reshape", "channels_first", "duplicate_names",
        "height_and_width_missing", "layer_not_called", "matmul_axes", "not_connected",
    }  # fmt: skip
    assert line in code and (line or comes_when_the_network_runs)


def test_every_kind_was_met():
    by_kind = {kind for _, kind, *_ in ALL}
    further = {"merge_or_self", "import_unknown"}  # always refined to another kind
    assert {kind.name for kind in KINDS} | set(REFINED) <= by_kind | further | {"wrong_size", "input_without_shape"}
    handed_over = {
        "tensor_for_a_function",
        "no_function",
        "class_for_a_function",
        "result_for_a_function",
        "function_not_called",
        "input_without_shape",
        "defined_inside",
    }  # tests/test_handed_over.py has those
    assert set(messages.catalogue("en")["error"]) <= by_kind | handed_over


def test_every_kind_says_what_is_wrong_and_what_to_write():
    for language in messages.LANGUAGES:
        for kind, sentences in messages.catalogue(language)["error"].items():
            assert set(sentences) == {"what", "next"}, kind
            assert "that line" not in sentences["next"] and "그 줄" not in sentences["next"]


def test_at_least_forty_kinds_were_met_in_public():
    assert len({kind for _, kind, *_, source in ALL if source != "course"}) >= 40


SPATIAL = (
    "two = ops.concatenate([{}], axis={})\nreturn inputs * layers.Conv2D(1, 7, padding='same', use_bias=False)(two)"
)
TWICE_AS_WIDE = SPATIAL.format("ops.mean(inputs, -1, keepdims=True), ops.max(inputs, -1, keepdims=True)", 2)
TWICE_AS_HIGH = SPATIAL.format("ops.mean(inputs, -1, keepdims=True), ops.max(inputs, -1, keepdims=True)", 1)


@cache
def measured(exercise: str, code: str) -> Measurement:
    """An answer's first case, measured."""
    namespace = {"keras": keras, "layers": layers, "ops": ops, "np": np}
    definition = load_expected(exercise).definition
    exec(f"def {definition}:\n" + textwrap.indent(code, "    "), namespace)
    first = replace(load(exercise), cases=load(exercise).cases[:1])
    return measure(namespace[exercise], first, Challenge())


@pytest.mark.parametrize(
    ("exercise", "known", "like", "unlike"),
    [
        ("cbam_spatial_attention", TWICE_AS_WIDE, TWICE_AS_WIDE.replace("inputs * ", "1 * inputs * "), TWICE_AS_HIGH),
        ("channel_attention", "return x.mean()", "y = x\nreturn y.mean()", "return x.max()"),
        (
            "channel_attention",
            "return layers.Dense(0)(x)",
            "return layers.Conv2D(0, 1)(x)",
            "return layers.Dense(-1)(x)",
        ),
        ("channel_attention", "return layers.ReLU()", "return layers.ReLU(name='a')", "return keras.Model(x, x)"),
        (
            "channel_attention",
            "return layers.Dense(7, name='a')(x) * x",
            "return layers.Dense(7, name='b')(x) * x",
            "return x * layers.Dense(9, name='b')(x)",
        ),
    ],
)
def test_a_mistake_is_named_only_if_the_error_says_the_same(exercise, known, like, unlike):
    mistakes = {"known": measured(exercise, known)}
    assert match_mistake(measured(exercise, like), mistakes) == "known"
    assert match_mistake(measured(exercise, unlike), mistakes) is None


def test_a_named_mistake_is_not_followed_by_a_general_step():
    found = replace(verdict("channel_attention", "return x"), mistake="returned_unchanged")
    assert "Likely mistake" in explanation(found, "en")[-1]
    assert "Next" in explanation(replace(found, mistake=None), "en")[-1]


def test_who_sees_the_picture_is_not_told_to_draw_it():
    found = verdict("channel_attention", "return x * ops.sigmoid(ops.mean(x, axis=(1, 2), keepdims=True))")
    found = replace(found, mistake=None, finding=replace(found.finding, key="gates.differ"))
    values = {"low": 0, "high": 1, "expected_low": 0, "expected_high": 1}
    found = replace(found, finding=replace(found.finding, values=found.finding.values | values))
    assert "show=True" in explanation(found, "en")[-1]
    assert "show=True" not in explanation(found, "en", drawn=True)[-1]


@pytest.mark.parametrize("is_known", [True, False])
def test_a_message_speaks_of_a_line_only_if_it_shows_one(is_known):
    source = "answer = lambda x, name, ratio=8: [][ratio:].sort(key=3) or (_ for _ in ()).throw(OSError('on purpose'))"
    file = f"<cell {is_known}>"
    if is_known:
        linecache.cache[file] = (len(source), None, [source], file)
    namespace = {}
    exec(compile(source, file, "exec"), namespace)
    exercise, expected = load("channel_attention"), load_expected("channel_attention")
    found = judge(exercise, measure(namespace["answer"], exercise, Challenge()), expected)
    assert found.finding.key == "problem.raised"
    told = "\n".join(explanation(found, "en"))
    assert (f"In your code: {source}" in told) == ("mend that line" in told) == is_known


@pytest.mark.parametrize(
    ("name", "owner", "meant"),
    [
        ("Conv2d", "keras.layers", "layers.Conv2D"),
        ("GlobalAveragePooling", "keras.layers", "layers.GlobalAveragePooling2D"),
        ("sigmoid", "keras.layers", "ops.sigmoid"),
        ("Conv2D", "keras.ops", "layers.Conv2D"),
        ("zzz", "keras.layers", None),
        ("ab", "keras.ops", None),
    ],
)
def test_near_names(name, owner, meant):
    assert near_names.in_modules(name, owner) == meant
