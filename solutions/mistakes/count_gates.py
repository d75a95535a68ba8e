"""The usual wrong answers to `count_gates`. Of such tables nothing is published."""

POOLING = "GlobalAveragePooling2D"


def _between(network, side, scaled=None, once=True):
    """The calls on the way back from a side, until `scaled`; with `once=False` those of two ways twice."""
    found, left = [], [side]
    while left:
        name = left.pop()
        if name != scaled and not (once and name in found):
            found.append(name)
            left += network[name][1]
    return found


def _products(network, both_sides=True):
    """(scaled, side) of every product of two things."""
    for kind, reads, _ in network.values():
        if kind == "Multiply" and len(reads) == 2:
            yield reads
            if both_sides:
                yield reads[::-1]


def _gates(network, both_sides=True):
    """(scaled, side, the calls between) of every gate."""
    for scaled, side in _products(network, both_sides):
        between = _between(network, side, scaled)
        if any(network[name][:2] == (POOLING, (scaled,)) for name in between):
            yield scaled, side, between


def _right(network):
    total = [sum(network[name][2] for name in between) for _, _, between in _gates(network)]
    return len(total), sum(total)


def found_by_name(network):
    """Layers that have "se" in their names, as in Keras' own networks."""
    found = [name for name in network if "se_" in name.replace("dense_", "") or "squeeze_excite" in name]
    return len(found), sum(network[name][2] for name in found)


def every_product(network):
    """Every Multiply is taken for a gate."""
    products = [name for name, call in network.items() if call[0] == "Multiply"]
    return len(products), _right(network)[1]


def products_of_two(network):
    """Every Multiply of two things is taken for a gate, with all that lies between them."""
    gates = parameters = 0
    for scaled, side in _products(network, both_sides=False):
        if network[side][0] == "ReLU":
            scaled, side = side, scaled
        gates += 1
        parameters += sum(network[name][2] for name in _between(network, side, scaled))
    return gates, parameters


def any_pooling(network):
    """It is enough that some pooling lies on the way, of whichever map."""
    gates = parameters = 0
    for scaled, side in _products(network):
        between = _between(network, side, scaled)
        stop = set(_between(network, scaled))
        between = [name for name in between if name not in stop]
        if any(network[name][0] == POOLING for name in between):
            gates += 1
            parameters += sum(network[name][2] for name in between)
    return gates, parameters


def walks_past_the_map(network):
    """Back to the network's input instead of to the map that is scaled."""
    found = [sum(network[name][2] for name in _between(network, side)) for _, side, _ in _gates(network)]
    return len(found), sum(found)


def counted_twice(network):
    """A layer that two ways lead to is counted for each of them."""
    found = [
        sum(network[name][2] for name in _between(network, side, scaled, once=False))
        for scaled, side, _ in _gates(network)
    ]
    return len(found), sum(found)


def gate_always_second(network):
    """The map is taken to be the first input of a product, the gate the second."""
    total = [sum(network[name][2] for name in between) for _, _, between in _gates(network, both_sides=False)]
    return len(total), sum(total)


def last_layer_only(network):
    """Of each gate only the layer right before the product, or the last one that has parameters."""
    found = [next((network[name][2] for name in between if network[name][2]), 0) for _, _, between in _gates(network)]
    return len(found), sum(found)


def poolings_counted(network):
    """Every global average pooling is taken for a gate, that before the classes, too."""
    return sum(call[0] == POOLING for call in network.values()), _right(network)[1]


def dense_layers_only(network):
    """1×1 convolutions are left out."""
    found = [
        sum(network[name][2] for name in between if network[name][0] == "Dense") for _, _, between in _gates(network)
    ]
    return len(found), sum(found)


def layers_counted(network):
    """How many layers the gates have instead of how many parameters."""
    found = [sum(network[name][2] > 0 for name in between) for _, _, between in _gates(network)]
    return len(found), sum(found)


def all_parameters(network):
    """The parameters of the whole network."""
    return _right(network)[0], sum(call[2] for call in network.values())


def exchanged(network):
    """(parameters, gates)."""
    return _right(network)[::-1]


def gates_only(network):
    """One number."""
    return _right(network)[0]
