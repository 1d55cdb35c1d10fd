"""A client that shares no code with the broker: Apache Qpid Proton. Prints one line of JSON for each thing it saw.

Use: proton_client.py <amqp url> <queue>
"""

import json
import sys

from proton import Delivery, Message
from proton.utils import BlockingConnection

QUEUE_TIMEOUT = 10




def tell(what, **facts):
    print(json.dumps({"what": what, **facts}), flush=True)


def describe(message):
    return {
        "body": message.body.decode() if isinstance(message.body, bytes) else message.body,
        "subject": message.subject,
        "properties": dict(message.properties or {}),
        "deliveryCount": message.delivery_count,
        "sequenceNumber": message.annotations.get("x-opt-sequence-number"),
    }


def main(url, queue):
    connection = BlockingConnection(url, timeout=QUEUE_TIMEOUT)
    sender = connection.create_sender(queue)
    for body in ["accepted", "released", "rejected"]:
        delivery = sender.send(Message(body=body, subject="from proton", properties={"n": 1, "yes": True}))
        tell("sent", body=body, settled=delivery.settled)

    receiver = connection.create_receiver(queue, credit=3)
    first = receiver.receive(timeout=QUEUE_TIMEOUT)
    tell("received", **describe(first))
    receiver.settle(Delivery.ACCEPTED)
    second = receiver.receive(timeout=QUEUE_TIMEOUT)
    tell("received", **describe(second))
    receiver.settle(Delivery.RELEASED)
    third = receiver.receive(timeout=QUEUE_TIMEOUT)
    tell("received", **describe(third))
    receiver.settle(Delivery.REJECTED)
    receiver.close()

    again = connection.create_receiver(queue, credit=1)
    tell("received", **describe(again.receive(timeout=QUEUE_TIMEOUT)))
    again.settle(Delivery.ACCEPTED)
    again.close()

    letters = connection.create_receiver(queue + "/$DeadLetterQueue", credit=1)
    tell("dead letter", **describe(letters.receive(timeout=QUEUE_TIMEOUT)))
    letters.settle(Delivery.ACCEPTED)
    letters.close()
    connection.close()
    tell("closed")


main(sys.argv[1], sys.argv[2])
