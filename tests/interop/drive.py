"""Runs the shop of one SDK against a receiver: starts its four services, sends the requests, prints spans sent.

Usage: drive.py COMMAND...     (each service is COMMAND... NAME; settings of the SDK come from the environment)
"""
import os
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request

ORDERS = 16
REFUNDS = 4
LIMIT_SECONDS = 240
# Each after those that it calls.
SERVICES = ["worker", "billing", "orders", "gateway"]


def start(command, service, addresses):
    env = dict(os.environ)
    env.update({f"{name.upper()}_ADDRESS": address for name, address in addresses.items()})
    env["OTEL_SERVICE_NAME"] = service
    env["OTEL_RESOURCE_ATTRIBUTES"] = (
        "service.version=1.2.3,service.namespace=shop,deployment.environment.name=interop"
    )
    process = subprocess.Popen(
        [*command, service], env=env, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )
    said = []
    process.listener = threading.Thread(target=lambda: said.extend(process.stderr), daemon=True)
    process.listener.start()
    process.said = said
    return process


def answer(process, word):
    """The number behind a word on the service's standard output."""
    for line in process.stdout:
        if line.startswith(word + " "):
            return int(line.split()[1])
    process.listener.join()
    sys.exit("a service ended without saying '" + word + "':\n" + "".join(process.said))


def ask(url):
    try:
        with urllib.request.urlopen(url, timeout=60) as reply:
            return reply.status
    except urllib.error.HTTPError as error:
        return error.code


def main(command):
    # Whatever hangs: the services end with this program, as it holds their standard input.
    signal.alarm(LIMIT_SECONDS)
    addresses, running = {}, {}
    for service in SERVICES:
        running[service] = start(command, service, addresses)
        addresses[service] = f"127.0.0.1:{answer(running[service], 'port')}"
    answers = [ask(f"http://{addresses['gateway']}/orders/{n}") for n in range(1, ORDERS + 1)]
    answers += [ask(f"http://{addresses['gateway']}/refund") for _ in range(REFUNDS)]
    sent, said = 0, []
    # The callers first: they have no call under way when the ones they call end.
    for service in reversed(SERVICES):
        process = running[service]
        process.stdin.close()
        sent += answer(process, "sent")
        process.wait(timeout=60)
        process.listener.join()
        said += [f"{service}: {line.rstrip()}" for line in process.said]
    print(f"sent {sent}")
    if answers != [200] * ORDERS + [500] * REFUNDS:
        sys.exit(f"the shop itself does not work: it answered {answers}")
    if said:
        sys.exit("the SDK is not content:\n  " + "\n  ".join(said))


main(sys.argv[1:])
