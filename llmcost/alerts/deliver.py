"""Send what is due, channel by channel, and remember what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby

from llmcost.alerts.addressing import last_sent
from llmcost.alerts.channels.channel import Channel
from llmcost.alerts.channels.message import Message
from llmcost.alerts.deliveries import (
    Waiting,
    give_back,
    is_too_old,
    mark_failed,
    mark_given_up,
    mark_sent,
    part,
    take,
    waiting,
)
from llmcost.alerts.digest import digest_of
from llmcost.alerts.state import Memory


@dataclass(frozen=True)
class Delivered:
    """What came of a channel: how many messages arrived, wait, are given up; why the last did not arrive."""

    channel: str
    sent: int = 0
    waiting: int = 0
    given_up: int = 0
    said: str = ""
    wait: float | None = None


def deliver(memory: Memory, channels: Sequence[Channel], now: datetime) -> list[Delivered]:
    """Send to each channel what is due. `now` is UTC."""
    seconds = now.replace(tzinfo=UTC).timestamp()
    return [deliver_to(memory, channel, seconds) for channel in channels]


def deliver_to(memory: Memory, channel: Channel, now: float) -> Delivered:
    """Send in order until something fails that may succeed later."""
    done, name = Delivered(channel.name), channel.name
    # who keeps open what is not over is sent each end, and not in a digest
    parcels = list(parcels_of(take(memory, name, now, is_digested=not channel.way.keeps_open), channel))
    for number, parcel in enumerate(parcels):
        answer = channel.send(said_in(parcel, channel, memory), now)
        if answer.is_sent:
            mark_sent(memory, name, parcel, now)
            done = replace(done, sent=done.sent + len(parcel))
        elif (answer.is_final and not is_digest(parcel, channel)) or is_too_old(parcel[0], now):
            mark_given_up(memory, name, parcel, now, answer)
            done = replace(done, given_up=done.given_up + len(parcel), said=answer.said)
        else:
            # what one message spoils may be good for the others
            wait = part(memory, name, parcel) if answer.is_final else mark_failed(memory, name, parcel, now, answer)
            give_back(memory, name, [one for later in parcels[number + 1 :] for one in later])
            done = replace(done, said=answer.said, wait=wait)
            break
    if not parcels and channel.way.takes_many:
        done = push_again(memory, channel, now)
    return replace(done, waiting=len(waiting(memory, name)))


def parcels_of(taken: Sequence[Waiting], channel: Channel) -> Iterator[list[Waiting]]:
    """Put together what is sent at once: all, a digest, or a message alone."""
    if channel.way.takes_many:
        if taken:
            yield list(taken)
        return
    for _, together in groupby(taken, key=lambda one: one.digest or one.id):
        yield list(together)


def is_digest(parcel: Sequence[Waiting], channel: Channel) -> bool:
    """Tell whether several messages are sent as one."""
    return len(parcel) > 1 and not channel.way.takes_many


def said_in(parcel: Sequence[Waiting], channel: Channel, memory: Memory) -> list[Message]:
    """Write what is sent; who takes many is sent what is still open, too."""
    messages = [one.message for one in parcel]
    if channel.way.takes_many:
        new = {message["alert"] for message in messages}
        return [*messages, *(message for message in still_open(memory, channel) if message["alert"] not in new)]
    return [digest_of(parcel[0].digest or "", messages)] if is_digest(parcel, channel) else messages


def still_open(memory: Memory, channel: Channel) -> list[Message]:
    """List what a channel was sent of that is not over."""
    return [message for message, sent_at in last_sent(memory, channel) if sent_at is not None]


def push_again(memory: Memory, channel: Channel, now: float) -> Delivered:
    """Tell again what is still open to a channel that would think it over; only a failure is worth a word."""
    messages = still_open(memory, channel) if not waiting(memory, channel.name) else []
    answer = channel.send(messages, now) if messages else None
    return Delivered(channel.name, said="" if answer is None or answer.is_sent else answer.said)
