"""The usual wrong answers to `eca_kernel_size`."""


def _odd(size):
    """The last step as asked for."""
    return size if size % 2 else size + 1


def even_left_even(channels, b=1, gamma=2):
    """The last step is missing: even sizes stay even.

    Source: https://github.com/BangguWu/ECANet/issues/12
    """
    return int(abs((math.log2(channels) + b) / gamma))


def odd_made_even(channels, b=1, gamma=2):
    """The condition the wrong way round, as a comment in the Chinese tutorial says it."""
    size = int(abs((math.log2(channels) + b) / gamma))
    return size + 1 if size % 2 else size


def even_rounded_down(channels, b=1, gamma=2):
    """An even size becomes the next smaller odd number, and 0 becomes 1.

    Source: https://github.com/BangguWu/ECANet/issues/12
    """
    size = int(abs((math.log2(channels) + b) / gamma))
    return size if size % 2 else max(1, size - 1)


def ties_rounded_down(channels, b=1, gamma=2):
    """The nearest odd number, the smaller one where two are equally near."""
    size = abs((math.log2(channels) + b) / gamma)
    return max(1, 2 * math.ceil(size / 2) - 1)


def ties_rounded_down__without_the_absolute_value(channels, b=1, gamma=2):
    """The nearest odd number, of t as it is; 1 if t is negative."""
    return max(1, 2 * math.ceil((math.log2(channels) + b) / gamma / 2) - 1)


def ties_to_every_second(channels, b=1, gamma=2):
    """Python's `round`, which makes a half even: of the ties at t = 2, 4 and 6 only the second one goes up."""
    return max(1, 2 * round((abs((math.log2(channels) + b) / gamma) - 1) / 2) + 1)


def ties_to_every_second__without_the_absolute_value(channels, b=1, gamma=2):
    """The same, of t as it is."""
    return 2 * round(((math.log2(channels) + b) / gamma - 1) / 2) + 1


def rounded_before(channels, b=1, gamma=2):
    """Rounds to the nearest integer before the number is made odd."""
    return _odd(round(abs((math.log2(channels) + b) / gamma)))


def rounded_up_before(channels, b=1, gamma=2):
    """Rounds up before the number is made odd."""
    return _odd(math.ceil(abs((math.log2(channels) + b) / gamma)))


def one_always_added(channels, b=1, gamma=2):
    """Adds 1 to odd and even sizes alike."""
    return int(abs((math.log2(channels) + b) / gamma)) + 1


def not_an_integer(channels, b=1, gamma=2):
    """The right number, as a float; the formula's value without `int` is one, too."""
    return float(_odd(int(abs((math.log2(channels) + b) / gamma))))


def natural_logarithm(channels, b=1, gamma=2):
    """`math.log` without a base."""
    return _odd(int(abs((math.log(channels) + b) / gamma)))


def decimal_logarithm(channels, b=1, gamma=2):
    """`math.log10`."""
    return _odd(int(abs((math.log10(channels) + b) / gamma)))


def no_logarithm(channels, b=1, gamma=2):
    """The number of channels itself."""
    return _odd(int(abs((channels + b) / gamma)))


def b_not_divided(channels, b=1, gamma=2):
    """Only the logarithm is divided: brackets missing."""
    return _odd(int(abs(math.log2(channels) / gamma + b)))


def b_forgotten(channels, b=1, gamma=2):
    """Nothing added to the logarithm."""
    return _odd(int(abs(math.log2(channels) / gamma)))


def gamma_forgotten(channels, b=1, gamma=2):
    """Not divided by gamma."""
    return _odd(int(abs(math.log2(channels) + b)))


def gamma_multiplied(channels, b=1, gamma=2):
    """Multiplied by gamma instead of divided."""
    return _odd(int(abs((math.log2(channels) + b) * gamma)))


def constants_swapped(channels, b=1, gamma=2):
    """`b` and `gamma` in each other's place."""
    return _odd(int(abs((math.log2(channels) + gamma) / b)))


def constants_written_down(channels, b=1, gamma=2):
    """Always b = 1 and gamma = 2."""
    return _odd(int(abs((math.log2(channels) + 1) / 2)))


def absolute_value_forgotten(channels, b=1, gamma=2):
    """No absolute value."""
    return _odd(int((math.log2(channels) + b) / gamma))


def at_least_three(channels, b=1, gamma=2):
    """timm's rule: never below 3."""
    return max(3, _odd(int(abs((math.log2(channels) + b) / gamma))))


def always_three(channels, b=1, gamma=2):
    """What the authors' released layer has by default.

    Source: https://github.com/BangguWu/ECANet/issues/17
    """
    return 3


def printed_not_returned(channels, b=1, gamma=2):
    """Computes the size and returns nothing."""
    size = int(abs((math.log2(channels) + b) / gamma))
    size = size if size % 2 else size + 1
