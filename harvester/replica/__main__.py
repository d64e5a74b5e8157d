"""``python -m harvester.replica``: serve the replica sites and print their bases as JSON."""

from __future__ import annotations

import argparse

from harvester.replica.faults import Fault
from harvester.replica.server import every_site, serve


def main() -> None:
    """Read the arguments and serve until a signal."""
    parser = argparse.ArgumentParser(prog="python -m harvester.replica", description=__doc__)
    parser.add_argument("site", nargs="*", choices=[[], *every_site()], help="sites to serve; all when none is named")
    parser.add_argument("--port-base", type=int, default=0, help="first port; 0 takes any free ones")
    parser.add_argument("--fault", default="", help="a fault as NAME[:SITE][@REACH]")
    parser.add_argument("--delay", type=float, default=5.0, help="seconds of the fault slow")
    given = parser.parse_args()
    try:
        Fault.parse(given.fault)
    except ValueError as error:
        parser.error(str(error))
    serve(given.site or None, fault=given.fault, port_base=given.port_base, delay=given.delay)


if __name__ == "__main__":
    main()
