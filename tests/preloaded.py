"""What every process of a test that crawls or calls the program imports and reads into its caches sooner or later.

Nothing may run here but what is pure: the normalizers, once over the documents of a replica site.
"""

from __future__ import annotations

from importlib import import_module

from harvester.replica.content import load_documents
from normalizers.agencies.gazetteer import gazetteer
from normalizers.intake import intake
from normalizers.records import Hints

SITES = ("anhui", "jiangsu", "national", "shanghai", "suzhou_sip", "zhejiang")
MODULES = (
    "harvester.cli.main",
    "harvester.cli.checking",
    "harvester.cli.crawling",
    "harvester.crawl",
    "harvester.log_privacy",
    "harvester.pipelines",
    "harvester.record_pipeline",
    "harvester.vanished",
    "harvester.stopping",
    "harvester.monitoring.measuring",
    "harvester.monitoring.monitors",
    "harvester.monitoring.running",
    "harvester.monitoring.specimens",
    "harvester.observing.events",
    "harvester.scheduling.embedded",
    "harvester.cli.scheduling",
    "harvester.middlewares",
    "harvester.downloading",
    "harvester.network",
    "scrapy.core.engine",
    "scrapy.core.scheduler",
    "scrapy.downloadermiddlewares.cookies",
    "scrapy.downloadermiddlewares.httpcache",
    "scrapy.downloadermiddlewares.httpproxy",
    "scrapy.downloadermiddlewares.offsite",
    "scrapy.dupefilters",
    "scrapy.extensions.feedexport",
    "scrapy.extensions.logstats",
    "scrapy.extensions.memusage",
    "scrapy.extensions.remote_control",
    "scrapy.extensions.telnet",
    "scrapy.extensions.throttle",
    "scrapy.logformatter",
    "scrapy.pqueues",
    "scrapy.spidermiddlewares.metacopy",
    "scrapy.spidermiddlewares.start",
    "scrapy.squeues",
    "scrapy.statscollectors",
    "spidermon.contrib.scrapy.extensions",
    "storage.migrating",
    "tldextract",
    "twisted.internet.asyncioreactor",
    "time_machine",
    "apscheduler.triggers.cron",
    "spiders.description",
    "spiders.record_description",
    *(f"spiders.{name}" for name in SITES),
)
WRITTEN = 5
"""How many documents of the site are written ones: a page with tasks, a docx, a PDF, a page in damaged script."""


def read_once() -> None:
    """Read a document of each kind, for the sake of the tables that the normalizers keep once they were read."""
    for document in load_documents("zhejiang")[:WRITTEN]:
        intake(f"<html><body>{document.body_html}</body></html>".encode(), Hints(media_type="text/html", title=document.title))
        for name, media_type, data in document.attachments:
            intake(data, Hints(media_type=media_type, file_name=name, title=document.title))


for _name in MODULES:
    import_module(_name)
gazetteer()
read_once()
