"""The simulator as a process: `python -m integrations.stripe.simulator --port 12111 --data FILE --webhook-url URL`.

The key and the signing secret come from the environment (STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRETS), where no list of
processes shows them.
"""

from __future__ import annotations

import argparse
import os
import signal
import threading
from pathlib import Path

from integrations.stripe import addresses
from integrations.stripe.simulator.engine import Simulator
from integrations.stripe.simulator.server import serve


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m integrations.stripe.simulator")
    parser.add_argument("--port", type=int, default=12111)
    parser.add_argument("--data", type=Path, help="a file to remember in; none: until the end of the process")
    parser.add_argument("--webhook-url", help="where to tell of events; none: nowhere")
    options = parser.parse_args()
    key, secrets = os.environ.get("STRIPE_SECRET_KEY", ""), os.environ.get("STRIPE_WEBHOOK_SECRETS", "")
    if not addresses.is_simulators(key) or not secrets:
        parser.error(
            "STRIPE_SECRET_KEY must be a key of the simulator's (sk_simulator_…), beside STRIPE_WEBHOOK_SECRETS"
        )
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    simulator = Simulator(key=key, secret=secrets.partition(",")[0], data=options.data)
    with serve(simulator, port=options.port, webhook_url=options.webhook_url) as base:
        print(f"Stripe's simulator is at {base}", flush=True)
        stopped.wait()
    simulator.close()


if __name__ == "__main__":
    main()
