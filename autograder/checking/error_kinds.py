"""The errors of Keras, TensorFlow, NumPy and Python that beginners meet: a table of kinds, told by what they say.

Each kind has a sentence of its own name in messages/<language>/error.toml or, if it is older, in finding.toml's
`problem`. tests/test_beginners_errors.py raises every one of them on the installed libraries, and says where it was
met in public.
"""

import re
from typing import NamedTuple


class Kind(NamedTuple):
    """A kind of error: a pattern for "TypeError: its text" and, where that is not enough, one for the student's line.

    Named groups of `text` fill the placeholders of the kind's sentence.
    """

    name: str
    text: str
    line: str = ""


# The first that fits is taken.
KINDS = (
    # The course's names and networks
    Kind("network_instead_of_argument", r"Input size must be at least"),
    Kind("weights_downloaded", r"URL fetch failure on .*keras-applications"),
    # A Keras tensor has no numbers yet
    Kind("state_in_call", r"cannot add new elements of state|create a variable while in a stateless scope"),
    Kind("tensorflow_function", r"KerasTensor cannot be used as input to a TensorFlow function"),
    Kind("merge_without_list", r"KerasTensor cannot be used as a boolean", r"\b(concatenate|stack)\(\s*[^\s\[(]"),
    Kind("tensor_as_number", r"cannot convert it to an? (float|int)\b|format string passed to KerasTensor"),
    Kind("tensor_as_number", r"'KerasTensor' object cannot be interpreted as an int"),
    Kind("shape_assigned", r"`shape` attribute of KerasTensor is immutable"),
    Kind("tensor_as_bool", r"KerasTensor cannot be used as a boolean|[Uu]sing a symbolic .* as a Python `?bool"),
    Kind("tensor_iterated", r"Iterating over a symbolic|[Ii]terating over a `?tf.Tensor|scalar tensor"),
    Kind("tensor_length", r"Tensor' has no len|len is not well defined for a symbolic"),
    Kind("numpy_function", r"KerasTensor.*NumPy|convert a symbolic|__array__"),
    Kind("tensor_assigned", r"Tensor' object does not support item assignment"),
    Kind("tensor_called", r"Tensor' object is not callable"),
    # Shapes as TensorFlow 1 and Keras 2 had them
    Kind("keras_backend", r"module 'keras[\w.]*backend' has no attribute '(?P<name>\w+)'|name 'K' is not defined"),
    Kind(
        "static_shape",
        r"'(?:tuple|KerasTensor|int|NoneType)' object has no attribute "
        r"'(?P<name>get_shape|as_list|dims|ndims|num_elements|value|_keras_shape)'",
    ),
    Kind("tensor_attribute", r"(?:Keras|Symbolic|Eager)Tensor' object has no attribute '(?P<name>\w+)'"),
    # The length of the batch, and other things that are None
    Kind("batch_is_none", r"convert a value \(None\)|None values not supported|convert elements of \(.*None"),
    Kind("batch_is_none", r"'NoneType' and '|and 'NoneType'|'NoneType' object cannot be interpreted", r"\bshape\b"),
    Kind("weight_of_unknown_size", r"initialize variables must be fully-defined|Received: units=None"),
    Kind("none_used", r"'NoneType'|<class 'NoneType'>|Invalid dtype: NoneType"),
    # Layers that are made wrongly, or not called
    Kind("activation_class", r"when calling (Activation|Dense|\w*Conv\w+)\.call\(\).*truth value of an array"),
    Kind("activation_called", r"activation function identifier: <KerasTensor"),
    Kind("activation_unknown", r"interpret activation function identifier: (?P<name>\w+)$"),
    Kind("initializer_unknown", r"(?P<argument>initializer|regularizer|constraint) identifier: (?P<name>\w+)"),
    Kind("layer_not_called", r"(following argument value|convert a value|invalid value).{0,60}<(?P<layer>\w+) name="),
    Kind("value_where_a_tensor_belongs", r"keyword argument: (?P<value>\S+) \(of type <class '(int|float|str|tuple)'>"),
    Kind("uneven_split", r"must be divisible by `indices_or_sections`|not result in an equal division"),
    Kind("reshape_without_tuple", r"Reshape\.__init__\(\) takes 2 positional|\breshape\(\) takes 2 positional"),
    Kind("reshape_without_tuple", r"'int' object is not iterable", r"[Rr]eshape\("),
    Kind("self_missing", r"__init__\(\) takes 0 positional arguments but"),
    Kind("super_with_self", r"\b(Layer|Model|Functional)\.__init__\(\) takes 1 positional argument but", r"super"),
    Kind("too_many_values_for_a_layer", r"(?P<layer>\w+)\.__init__\(\) takes \d+ positional arguments? but"),
    Kind("input_without_shape", r"You must pass a `shape` argument"),
    Kind("merge_without_list", r"(should|must) be called on a list of (at least \d )?inputs"),
    Kind("merge_without_list", r"\b(add|multiply|average|maximum|minimum)\(\) takes 1 positional argument but"),
    Kind("list_for_two_values", r"\b(?P<name>\w+)\(\) missing 1 required positional argument: 'x2'"),
    Kind("layer_given_list", r"expects 1 input\(s\), but it received|Cannot convert '\(\(None.*to a shape"),
    Kind("list_in_arithmetic", r"Invalid dtype: (?P<received>list|tuple)"),
    Kind("sequential_takes_layers", r"instances of `keras.Layer` can be added to a Sequential"),
    Kind("functional_add", r"'Functional' object has no attribute 'add'"),
    Kind("layer_name", r"Argument `name` must be a string .*Received: name=(?P<received>.+?) \(of type"),
    # Arguments of layers
    Kind("fractional_units", r"(units|filters).{0,120}Received: (groups=\d+, )?(units|filters)=\d+\.\d+"),
    Kind("fractional_units", r"invalid dimension '\d+\.\d+' of type '<class 'float'>'"),
    Kind("zero_units", r"(units|filters).{0,120}(strictly positive|Received:? (units|filters)=(0|-\d+)\b)"),
    Kind("units_no_number", r"Received: units=(?P<received>.+?)$"),
    Kind("strides_are_text", r"`strides` argument must be.*strides=(?P<received>[a-z_]+)$"),
    Kind("kernel_size_wrong", r"`kernel_size` argument must be.*kernel_size=(?P<received>\(.*?\)|[^,]+)"),
    Kind("padding_as_number", r"'(int|tuple)' object has no attribute 'lower'"),
    Kind("padding_unknown", r"`padding` (argument )?must be.*Received: (padding=)?(?P<received>.+)$"),
    Kind("rate_outside", r"argument `rate`.*Received: rate=(?P<received>\S+)"),
    Kind("groups_do_not_divide", r"evenly divisible by the number of groups"),
    Kind("strides_and_dilation", r"not supported in conjunction with `dilation_rate"),
    Kind("map_too_small", r"output size would be zero or negative"),
    Kind("convolution_rank", r"Kernel shape must have the same length as input"),
    Kind("channels_first", r"only supports? (the )?NHWC"),
    Kind("lambda_shape", r"infer the shape of the Lambda's output"),
    Kind("lambda_without_function", r"unsupported callable", r"Lambda"),
    # Arguments of functions
    Kind("torch_arguments", r"missing .* required positional|keyword argument", r"\b(in|out)_(channels|features)\s*="),
    Kind("init_without_kwargs", r"__init__\(\) got an unexpected keyword argument '(?P<name>name|dtype|trainable)'"),
    Kind("keyword", r"keyword arguments passed to (?P<function>\w+): \{'(?P<name>\w+)'"),
    Kind("keyword", r"(?P<function>\w+)(?:\.__init__)?\(\) got an unexpected keyword argument '(?P<name>\w+)'"),
    Kind("call_keyword", r"got an unexpected keyword argument '(?P<name>\w+)'"),
    Kind("argument_missing", r"(?P<function>\w+)(?:\.__init__)?\(\) missing .* required .*arguments?: (?P<names>.+)$"),
    Kind("call_argument_missing", r"missing a required argument: '(?P<name>\w+)'"),
    Kind("argument_twice", r"(?P<function>\w+)(?:\.__init__)?\(\) got multiple values for argument '(?P<name>\w+)'"),
    Kind("argument_twice", r"(?P<function>)multiple values for argument '(?P<name>\w+)'"),
    Kind("too_many_arguments", r"(?P<function>\w+)\(\) takes (from )?\d+ .*positional arguments? but"),
    Kind("merge_or_self", r"TypeError: too many positional arguments"),
    # Classes that are layers
    Kind("super_init_missing", r"forgot to call `super\(\)\.__init__\(\)`"),
    Kind("super_without_brackets", r"descriptor '__init__' of 'super' object"),
    Kind("call_missing", r"does not have a `call` method implemented"),
    Kind("add_weight_order", r"Received: add_weight\("),
    # Shapes
    Kind("axis_outside", r"axis (?P<axis>-?\d+) is out of bounds for (an )?array (of|with) dimension (?P<axes>\d+)"),
    Kind("axis_twice", r"duplicate (dimension|value)|repeated axis"),
    Kind("transpose_axes", r"axis must be a list of the same length as the input|axes don't match array"),
    Kind("permute_counts_without_batch", r"Invalid permutation argument `dims` for Permute"),
    Kind("reshape_two_unknown", r"at most one unknown dimension|can only specify one unknown dimension"),
    Kind("matmul_axes", r"Inner dimensions|Matrix size-incompatible|mismatch in its core dimension"),
    Kind("einsum_axes", r"in the subscript does not match|einsum|operand has more dimensions"),
    Kind("cannot_reshape", r"total size of the tensor must be unchanged|cannot reshape array"),
    Kind("cannot_reshape", r"Input to reshape is a tensor with|Cannot reshape a tensor"),
    Kind("wrong_size", r"expected shape=.*found shape=|expected axis .* to have value"),
    Kind("wrong_rank", r"expected (min_)?ndim|is incompatible with the layer"),
    Kind("shapes_do_not_fit", r"[Ii]ncompatible shapes|[Ii]nputs have incompatible|Dimensions must be equal"),
    Kind("shapes_do_not_fit", r"Cannot broadcast|could not be broadcast|matching shapes except for the concat"),
    Kind("shapes_do_not_fit", r"must have (the )?same (shape|number)|must match exactly"),
    Kind("unpacked_shape", r"values to unpack \(expected (?P<wanted>\d+)", r"\bshape\b"),
    Kind("unpacked", r"values to unpack \(expected (?P<wanted>\d+)"),
    Kind("shape_index", r"tuple index out of range", r"\bshape\b"),
    Kind("too_many_indices", r"too many indices for array|slice has to many indices|Too many indices"),
    Kind("axis_outside_of_layer", r"index out of range", r"\baxis\s*="),
    Kind("index_outside", r"index out of range|is out of bounds for axis"),
    # Types
    Kind("changed_in_place", r"Cannot cast ufunc '(?P<name>\w+)' output from"),
    Kind("dtypes_differ", r"was expected to be an? (?P<expected>\w+) tensor but is an? (?P<received>\w+) tensor"),
    Kind("dtypes_differ", r"has type (?P<received>\w+) that does not match type (?P<expected>\w+)"),
    Kind("dtype_unknown", r"Invalid dtype: (?P<received>\w+)|data type '(?P<name>[^']+)' not understood"),
    Kind(
        "text_and_number", r"dtype='string'|can only concatenate str|ufunc '\w+' (not supported|did not contain a loop)"
    ),
    Kind("text_and_number", r"for \S+: '(str' and '(int|float)|(int|float)' and 'str)'"),
    Kind("text_for_number", r"'str' object cannot be interpreted as an integer"),
    Kind("tuple_and_list", r"can only concatenate (tuple|list) \(not \"(tuple|list)\"\)"),
    Kind("tuple_changed", r"'tuple' object (does not support item assignment|doesn't support item deletion)"),
    Kind("tuple_arithmetic", r"instances of '(tuple|list)' and '(int|float)'"),
    Kind("tuple_arithmetic", r"for \S+: '(tuple|list)' and|and '(tuple|list)'|can only concatenate (tuple|list)"),
    Kind("layer_not_called", r"unsupported operand type.* '(?P<layer>[A-Z]\w+)'( and|$)"),
    Kind("layer_not_called", r"unsupported operand type.* and '(?P<layer>[A-Z]\w+)'"),
    Kind("array_as_bool", r"truth value of an array"),
    Kind("sequence_called", r"'(?P<received>tuple|list)' object is not callable"),
    Kind("module_called", r"'module' object is not callable"),
    Kind("value_called", r"'(?P<received>int|float|str)' object is not callable"),
    Kind("square_brackets", r"'(?P<received>\w+)' object is not subscriptable"),
    Kind(
        "builtin_for_a_value",
        r"between instances of '(type|builtin_function_or_method)'|<(built-in function|bound method Kernel\.raw_input)",
        r"\b(filter|input|min|max|sum|len|range)\b(?!\s*[(=])",
    ),
    Kind("zero_division", r"ZeroDivisionError"),
    Kind("key_missing", r"KeyError: (?P<name>.+)"),
    # Names
    Kind("unknown_name", r"name '(?P<name>\w+)' is not defined"),
    Kind("name_without_value", r"cannot access (local|free) variable"),
    Kind("numpy_alias", r"module 'numpy' has no attribute '(?P<name>float|int|bool|object|str)'"),
    Kind("module_attribute", r"module '(?P<owner>[\w.]+)' has no attribute '(?P<name>\w+)'"),
    Kind("import_unknown", r"cannot import name '(?P<name>\w+)' from '(?P<owner>[\w.]+)'"),
    Kind("keras_module_moved", r"No module named '(?P<name>(?:tensorflow\.)?keras\.[\w.]+)'"),
    Kind("module_not_installed", r"No module named '(?P<name>[\w.]+)'"),
    Kind("array_attribute", r"'numpy\.ndarray' object has no attribute '(?P<name>\w+)'"),
    Kind("own_attribute", r"'(?P<owner>\w+)' object has no attribute '(?P<name>\w+)'"),
    Kind("duplicate_names", r'[Nn]ame "(?P<layer>[^"]+)" is (used \d+ times|already the name)'),
    Kind("not_connected", r"not connected|Graph disconnected|inputs not connected to outputs"),
)


def kind_of(text: str, line: str) -> tuple[str, dict[str, str]]:
    """The kind of an error that says `text` ("TypeError: ...") in this line of the student's, and its values."""
    for kind in KINDS:
        if (found := re.search(kind.text, text)) and re.search(kind.line, line):
            return kind.name, {name: value for name, value in found.groupdict().items() if value is not None}
    return "raised", {}
