"""The demo of lesson 13: which gates of a trained network open on which picture."""

import numpy as np

from coursekit.data import CLASS_NAMES
from coursekit.gates import Count, Product, found_gates, from_pictures, one_position, read_products
from coursekit.live.demo import Demo, Shown, choices, steps
from coursekit.live.garments import test_images
from coursekit.live.layer import why_not
from coursekit.live.pictures.network_gates import NetworkGatesFigure, NetworkGatesState
from coursekit.live.question import Question, choose
from coursekit.pretrained import Opened, last_opened, substitute
from curriculum.messages import say

FIRST = "Pullover"  # the garment shown at first
FAR = 0.05  # from the mean over the pictures: a gate that reacts


def some_garments() -> dict[str, np.ndarray]:
    """The first test image of each class, (28, 28) uint8, by the name of the class."""
    images, labels = test_images()
    return {name: images[labels == label][0] for label, name in enumerate(CLASS_NAMES)}


class NetworkGates:
    """What `network_gates` shows."""

    def __init__(self, count_gates: Count | None) -> None:
        opened = last_opened() or substitute(some_garments())
        self.source, self.pictures = opened.source, list(opened.pictures.values())
        self.names = list(opened.pictures)
        read, self._notice = _read(opened, count_gates)
        self.layers, self.products = list(read), list(read.values())
        self.picture = NetworkGatesFigure()
        places = {f"{place + 1} / {len(self.layers)}": place for place in range(len(self.layers))}
        first = self.names.index(FIRST) if FIRST in self.names else 0
        self.controls = {
            "layer": steps("layer_of_gates", list(places.items()), len(self.layers) - 1),
            "shown": choices("picture", {name: place for place, name in enumerate(self.names)}, first),
        }

    def notice(self) -> str:
        """Which network is shown, and who has found its gates."""
        return f"{say(f'live.network_gates.{self.source}')} {self._notice}"

    def show(self, layer: int, shown: int) -> Shown:
        """Show the gates of one layer for one picture."""
        product = self.products[layer]
        means, own = product.gates.mean(axis=0), product.gates[shown]
        channel = int((own - means).argmax())
        order = np.argsort(means, kind="stable")
        self.picture.update(
            NetworkGatesState(
                self.pictures[shown],
                product.maps[shown, ..., channel],
                means[order],
                own[order],
                _place(order, channel),
            )
        )
        values = {"layer": layer + 1, "count": len(self.layers), "name": self.layers[layer]}
        values |= {"picture": self.names[shown], "channels": len(own), "pictures": len(self.names)}
        values |= {"channel": channel, "gate": own[channel], "mean": means[channel]}
        values |= {"share": from_pictures(product.gates), "far": int((np.abs(own - means) > FAR).sum()), "least": FAR}
        return Shown(say("live.network_gates.finding", **values), say("live.network_gates.alt", **values))

    def question(self) -> Question:
        """Which layer's gates depend most on the picture."""
        options = {f"{place + 1}: {name}": place for place, name in enumerate(self.layers)}
        return choose(say("live.network_gates.question"), options, self.most_by_picture, self.why)

    def most_by_picture(self) -> int:
        """The place of the layer of which the largest share of the variance is between pictures."""
        return int(np.argmax([from_pictures(product.gates) for product in self.products]))

    def why(self) -> str:
        """What the answer rests on, in the reader's language."""
        shares = (f"{place + 1}: {from_pictures(product.gates):.1%}" for place, product in enumerate(self.products))
        return say("live.network_gates.why", listed=", ".join(shares))


def _read(opened: Opened, count_gates: Count | None) -> tuple[dict[str, Product], str]:
    """The products of the gates that the reader's function finds, else of those with a single position; and who did."""
    by_shape, notice = one_position(opened.network), say("live.network_gates.by_shape")
    if count_gates:
        try:
            if found := found_gates(opened.network, count_gates):
                return read_products(opened.network, opened.inputs, found), say("live.network_gates.own")
            notice = say("live.network_gates.none_found")
        except (Exception, SystemExit) as error:  # whatever the reader's code raises
            notice = why_not(error, "count_gates", "live.network_gates")
    return read_products(opened.network, opened.inputs, by_shape), notice


def _place(order: np.ndarray, channel: int) -> int:
    """Where a channel stands in an order."""
    return int(np.flatnonzero(order == channel)[0])


def network_gates(count_gates: Count | None = None) -> Demo:
    """The gates of the network that the lesson has opened last, by layer and picture; of the course's own before.

    Args:
        count_gates: called as `count_gates(network)`, the table of a network. Without it, or if it finds none, gates
            are what multiplies a map and has a single position.
    """
    return Demo(NetworkGates(count_gates))
