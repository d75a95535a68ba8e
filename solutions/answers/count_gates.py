"""Right answers to `count_gates`, as different as students write them. Of such tables nothing is published."""

from collections import deque

import numpy as np


def walk_back(network):
    """Back from each side of a product, but never past what the other side is; what was passed is counted once."""

    def passed(name, end, seen):
        if name == end or name in seen:
            return seen
        seen.add(name)
        for read in network[name][1]:
            passed(read, end, seen)
        return seen

    gates, parameters = 0, 0
    for kind, reads, _ in network.values():
        if kind != "Multiply" or len(reads) != 2:
            continue
        for x, side in [(reads[0], reads[1]), (reads[1], reads[0])]:
            between = passed(side, x, set())
            pools = [n for n in between if network[n][0] == "GlobalAveragePooling2D" and network[n][1][0] == x]
            if pools:
                gates += 1
                parameters += sum(network[n][2] for n in between)
    return gates, parameters


def forward_from_the_pooling(network):
    """From each pooling on, until its own map is multiplied; what does not lead there is left out again."""
    gates = parameters = 0
    for pooling, (kind, reads, _) in network.items():
        if kind != "GlobalAveragePooling2D":
            continue
        x = reads[0]
        reached = [pooling]
        for name, (kind, reads, _) in network.items():
            if not set(reads) & set(reached):
                continue
            if kind == "Multiply" and len(reads) == 2 and x in reads:
                gates += 1
                wanted = {read for read in reads if read != x}
                for earlier in reversed(reached):
                    if earlier in wanted:
                        wanted.update(network[earlier][1])
                        parameters += network[earlier][2]
                break
            reached.append(name)
    return gates, parameters


def queue_of_calls(network):
    """A queue, and a dictionary of what each call has cost."""
    found = []
    for call in network.values():
        if call[0] == "Multiply" and len(call[1]) == 2:
            first, second = call[1]
            for scaled, gate in ((first, second), (second, first)):
                queue, costs, pooled = deque([gate]), {}, False
                while queue:
                    name = queue.popleft()
                    if name != scaled and name not in costs:
                        kind, reads, count = network[name]
                        costs[name] = count
                        pooled = pooled or (kind == "GlobalAveragePooling2D" and scaled in reads)
                        queue.extend(reads)
                if pooled:
                    found.append(sum(costs.values()))
    return [len(found), sum(found)]


def reachable_by_matrix(network):
    """A matrix of who reads whom, multiplied by itself until it says who comes from whom."""
    names = list(network)
    place = {name: number for number, name in enumerate(names)}
    comes_from = np.eye(len(names), dtype=bool)
    for name, (_, reads, _) in network.items():
        for read in reads:
            comes_from[place[name]] |= comes_from[place[read]]
    counts = np.array([network[name][2] for name in names])
    totals = []
    for kind, reads, _ in network.values():
        pairs = [reads, reads[::-1]] if kind == "Multiply" and len(reads) == 2 else []
        for x, side in pairs:
            between = comes_from[place[side]] & ~comes_from[place[x]]
            pools = [names[at] for at in np.flatnonzero(between) if "GlobalAverage" in network[names[at]][0]]
            if any(network[pool][1] == (x,) for pool in pools):
                totals.append(counts[between].sum())
    return len(totals), int(sum(totals))


def one_set_of_layers(network):
    """The layers of all gates in one set, which is added up at the end."""

    def way_back(name, stop):
        way = []
        todo = [name]
        while todo:
            current = todo.pop(0)
            if current == stop or current in way:
                continue
            way.append(current)
            todo += network[current][1]
        return way

    gates, used = 0, set()
    for name in network:
        kind, reads, _ = network[name]
        if kind == "Multiply":
            for x in reads:
                for y in reads:
                    way = way_back(y, x) if x != y else []
                    if any(network[w][:2] == ("GlobalAveragePooling2D", (x,)) for w in way):
                        gates += 1
                        used |= set(way)
    return gates, sum(network[name][2] for name in used)
