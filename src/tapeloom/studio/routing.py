"""What flows where: the order in which strips are worked out, and what cannot be routed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from tapeloom.core.errors import InputError, nearest
from tapeloom.studio.chain import Chain
from tapeloom.studio.console import Bus, Channel, MixSettings, Setting

MIX_BUS = "the bus"


@dataclass(frozen=True, slots=True)
class Feed:
    """What a strip takes from another one."""

    source: str
    level_db: Setting = 0.0
    pre_fader: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """A strip in its place: whom it sums, and whom it listens to."""

    strip: Channel | Bus
    feeds: tuple[Feed, ...]  # none: a channel, which has its stem
    keys: tuple[str, ...]
    faders_db: tuple[Setting, ...]  # its own, and those of groups that are only faders
    parent: str | None  # the group that sums it; None: it goes to the bus


def check(settings: MixSettings) -> None:
    """Refuse names that are there twice or not at all, and signals that run in a circle."""
    names = [strip.name for strip in settings.strips()]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"two strips are called {name!r}; give each a name of its own")
    groups = [group.name for group in settings.groups]
    returns = [bus.name for bus in settings.returns]
    for strip in settings.strips():
        if strip.group is not None and strip.group not in groups:
            raise InputError(
                f"{strip.name} goes to the group {strip.group!r}, which the mix lacks"
                f"{nearest(strip.group, groups)}"
            )
        for send in strip.sends:
            if send.to not in returns:
                raise InputError(
                    f"{strip.name} sends to {send.to!r}, which is no return of the mix"
                    f"{nearest(send.to, returns)}"
                )
        _check_keys(strip.name, strip.effects, names)
    _check_keys(MIX_BUS, settings.bus, names)
    plan(settings)


def _check_keys(name: str, effects: Chain, names: Sequence[str]) -> None:
    for key in keys_of(effects):
        if key not in names:
            raise InputError(
                f"{name} has a side-chain from {key!r}, which the mix lacks{nearest(key, names)}"
            )


def keys_of(effects: Chain) -> tuple[str, ...]:
    """Return the side-chains that a chain listens to."""
    found = (getattr(effect, "key", None) for effect in effects)
    return tuple(dict.fromkeys(key for key in found if key))


def plan(settings: MixSettings) -> tuple[Node, ...]:
    """Return all strips in an order in which whatever one needs comes before it."""
    only_faders = _only_faders(settings)
    groups = {group.name: group for group in settings.groups}

    def way(strip: Channel | Bus) -> tuple[list[Setting], str | None]:
        """Return the faders up to the next group that sums, and that group."""
        faders, parent, passed = [strip.fader_db], strip.group, {strip.name}
        while parent is not None and parent in only_faders:
            if parent in passed:
                raise _circle([*passed, parent])
            passed.add(parent)
            faders.append(groups[parent].fader_db)
            parent = groups[parent].group
        return faders, parent

    working = [strip for strip in settings.strips() if strip.name not in only_faders]
    feeds: dict[str, list[Feed]] = {strip.name: [] for strip in working}
    ways = {strip.name: way(strip) for strip in settings.strips()}
    for strip in working:
        if (parent := ways[strip.name][1]) is not None:
            feeds[parent].append(Feed(strip.name))
        for send in strip.sends:
            feeds[send.to].append(Feed(strip.name, send.level_db, send.pre_fader))
    _drop_unfed(feeds, {bus.name for bus in (*settings.groups, *settings.returns)})
    working = [strip for strip in working if strip.name in feeds]
    for name, effects in (*((s.name, s.effects) for s in working), (MIX_BUS, settings.bus)):
        for key in keys_of(effects):
            if key not in feeds:
                raise InputError(
                    f"{name} has a side-chain from {key!r}, to which nothing goes; "
                    "route something there or take the side-chain out"
                )
    needs = {
        strip.name: [feed.source for feed in feeds[strip.name]] + list(keys_of(strip.effects))
        for strip in working
    }
    by_name = {strip.name: strip for strip in working}
    return tuple(
        Node(
            by_name[name],
            tuple(feeds[name]),
            keys_of(by_name[name].effects),
            tuple(ways[name][0]),
            ways[name][1],
        )
        for name in _order(needs)
    )


def _drop_unfed(feeds: dict[str, list[Feed]], buses: set[str]) -> None:
    """Leave out groups and returns that nothing goes to, and those that only they go to."""
    while unfed := {name for name in buses & feeds.keys() if not feeds[name]}:
        for name in unfed:
            del feeds[name]
        for name, own in feeds.items():
            feeds[name] = [feed for feed in own if feed.source not in unfed]


def _only_faders(settings: MixSettings) -> set[str]:
    """Return the groups that only move levels: no effects, no sends, no pan, no listeners."""
    heard = {key for strip in settings.strips() for key in keys_of(strip.effects)}
    heard |= set(keys_of(settings.bus))
    return {
        group.name
        for group in settings.groups
        if not group.effects and not group.sends and group.pan == 0.0 and group.name not in heard
    }


def _order(needs: dict[str, list[str]]) -> Iterable[str]:
    try:
        return tuple(TopologicalSorter(needs).static_order())
    except CycleError as error:
        raise _circle(list(reversed(error.args[1]))) from error


def _circle(names: Sequence[str]) -> InputError:
    return InputError(
        f"signals run in a circle: {' needs '.join(names)}; take out one of these routes"
    )
