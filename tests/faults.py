"""The faults of the blocks to mend: for each exercise two of them, each as pieces of code and what mends these."""

FAULTS = {
    "residual_block": (
        {
            'padding="same", use_bias=False, name=f"{name}_conv1"': (
                'strides=stride, padding="same", use_bias=False, name=f"{name}_conv1"'
            ),
            'strides=stride, padding="same", use_bias=False, name=f"{name}_conv2"': (
                'padding="same", use_bias=False, name=f"{name}_conv2"'
            ),
        },
        {'layers.ReLU(name=f"{name}_relu2")(branch)': "branch"},
    ),
    "channel_attention": (
        {'_reduce")(x)': '_reduce")(gates)', '_gates")(x)': '_gates")(gates)'},
        {"ops.sigmoid(gates)": "gates"},
    ),
    "spatial_attention": (
        {"Conv2D(x.shape[-1],": "Conv2D(1,"},
        {'layers.BatchNormalization(name=f"{name}_bn")(scores)': "scores"},
    ),
    "eca_block": (
        {"int(abs((np.log2(channels) + b) / gamma))": "int(abs((np.log2(channels) + b) / gamma)) // 2 * 2 + 1"},
        {'padding="same", activation': 'padding="same", use_bias=False, activation'},
    ),
    "cbam_spatial_attention": (
        {'padding="same")': 'padding="same", use_bias=False)'},
        {"[inputs, scores]": "[inputs, ops.sigmoid(scores)]"},
    ),
    "bam_spatial_gate": (
        {"layers.Conv2D(filters, 1)(x)": "layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(filters, 1)(x)))"},
        {"(dilation, 1)": "(dilation, dilation)"},
    ),
    "mask_diversity": ({"mean(others,": "mean(others**2,"}, {"-ops.mean": "ops.mean"}),
    "attention_head": (
        {
            "layers.Reshape((heads, height * width))(scores)": (
                "ops.transpose(layers.Reshape((height * width, heads))(scores), (0, 2, 1))"
            ),
            "(height, width, heads))(masks)": "(height, width, heads))(ops.transpose(masks, (0, 2, 1)))",
        },
        {"axis=0": "axis=-1"},
    ),
    "self_attention": ({"axis=-2": "axis=-1"}, {"/ channels**0.5": "/ key_dim**0.5"}),
    "simam": (
        {"sigmoid(total": "sigmoid(distances"},
        {"ops.maximum(4 * variance, e_lambda)": "(4 * (variance + e_lambda))"},
    ),
    "mobilenet_se": (
        {"max(1, channels // 4)": "round_to_8(channels / 4)"},
        {"(gates + 1) / 2": "(gates + 3) / 6"},
    ),
}
