"""What every process of a test that crawls or calls the program imports sooner or later.

Here nothing may run but what reads the program's own data.
"""

from __future__ import annotations

from importlib import import_module

from normalizers.agencies.gazetteer import gazetteer

MODULES = (
    "harvester.cli.main",
    "harvester.cli.crawling",
    "harvester.crawl",
    "harvester.pipelines",
    "harvester.record_pipeline",
    "harvester.vanished",
    "harvester.stopping",
    "harvester.middlewares",
    "harvester.downloading",
    "harvester.network",
    "scrapy.core.engine",
    "scrapy.core.scheduler",
    "scrapy.extensions.logstats",
    "twisted.internet.asyncioreactor",
    "scrapy.extensions.remote_control",
    "time_machine",
)

for _name in MODULES:
    import_module(_name)

gazetteer()
"""Read into its cache."""
