"""Scrapy's settings. Whatever differs from Scrapy 2.19's default says so, and why."""

from __future__ import annotations

from harvester.config import Config, user_agent

_config = Config.load()

BOT_NAME = "harvester"  # default "scrapybot"
SPIDER_MODULES = ["spiders"]  # default []
NEWSPIDER_MODULE = "spiders"  # default ""

# --- who we are and how we behave ------------------------------------------------------------------------------------

# default "Scrapy/2.19 (+https://scrapy.org)": an honest name, and whom to write to
USER_AGENT = user_agent(_config.contact)
ROBOTSTXT_OBEY = True  # default False
CONCURRENT_REQUESTS = 1  # default 16: one request under way a site, so that the first challenge is the last request
CONCURRENT_REQUESTS_PER_DOMAIN = 1  # default 8: one connection a host
DOWNLOAD_DELAY = 3.0  # default 0: seconds between requests to a host; the fact sheet of a site may ask for more
DOWNLOAD_DELAY_JITTER = 0  # default 0.5: the pace is a floor, and half of it would be under
COOKIES_ENABLED = False  # default True: no session is kept or replayed
REFERRER_POLICY = "no-referrer"  # default "scrapy-default": nothing of a browser is imitated
DEFAULT_REQUEST_HEADERS = {  # default Accept-Language "en"
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9",
}
HTTPPROXY_ENABLED = _config.proxy  # default True: a proxy looks names up itself, past the guard below

# --- limits ------------------------------------------------------------------------------------------------------------

DOWNLOAD_TIMEOUT = _config.timeout  # default 180: dead addresses of these hosts hold a connection for over a minute
DOWNLOAD_MAXSIZE = 64 * 1024 * 1024  # default 1 GiB; fact sheets set less for pages
DOWNLOAD_WARNSIZE = 16 * 1024 * 1024  # default 32 MiB
DOWNLOAD_VERIFY_CERTIFICATES = True  # default False
DOWNLOAD_HANDLERS = {  # default: all on; a link must not open a local file
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
    "http": "harvester.downloading.BoundedDownloadHandler",  # default scrapy's, which reads header lines for ever
    "https": "harvester.downloading.BoundedDownloadHandler",
}
REDIRECT_MAX_TIMES = 5  # default 20
METAREFRESH_ENABLED = False  # default True: a page that sends its visitor on by itself is a challenge more often than not
RETRY_GIVE_UP_LOG_LEVEL = "INFO"  # default "ERROR": it becomes a failure with its cause
RETRY_TIMES = 2  # the default: three requests in all
RETRY_HTTP_CODES = [500, 502, 503, 504, 522, 524, 408]  # default with 429: too many requests is an order to stop, not to repeat
TWISTED_DNS_RESOLVER = "harvester.network.GuardedResolver"  # default scrapy.resolver.CachingThreadedResolver
DNS_TIMEOUT = 20  # default 60
CLOSESPIDER_TIMEOUT = _config.seconds  # the default 0: no limit to a crawl
TELNETCONSOLE_ENABLED = False  # default True: it runs code
REMOTE_CONTROL_ENABLED = False  # default True: it runs code
URLLENGTH_LIMIT = 0  # default 2083: it drops without a word; harvester.middlewares.LONGEST_URL tells

# --- what an answer goes through -------------------------------------------------------------------------------------

DOWNLOADER_MIDDLEWARES = {  # default {}
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,  # ours knows ports, redirects and private addresses
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "harvester.middlewares.BudgetMiddleware": 40,  # before all others: what may not be spent is not even weighed
    "harvester.middlewares.BorderMiddleware": 50,
    "harvester.middlewares.RobotsMiddleware": 100,
    "harvester.middlewares.ConditionalMiddleware": 540,  # engine side of the retries: a 304 is good
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "harvester.middlewares.BoundedCompressionMiddleware": 590,  # where its base stands
    "harvester.middlewares.HealthMiddleware": 560,  # after decompression, before the retries: a challenge is never repeated
    "harvester.middlewares.CarefulRedirectMiddleware": 600,
}
SPIDER_MIDDLEWARES = {"harvester.middlewares.FreshnessMiddleware": 100}  # default {}
EXTENSIONS = {  # default {}
    "harvester.vanished.VanishedDocuments": 0,
    "harvester.stopping.PromptEnd": 0,
    "harvester.monitoring.specimens.SpecimenKeeper": 0,
    "harvester.observing.events.RunLog": 0,
    "harvester.monitoring.measuring.Measuring": 0,
    "harvester.monitoring.running.RunMonitors": 0,
    "scrapy.extensions.corestats.CoreStats": None,  # default on: it trips over a crawl whose store could not be opened
}
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 1_000_000  # default 5,000,000: bytes of pages that wait in memory for the store before no more are fetched
ITEM_PIPELINES = {  # default {}; each serves its own kind of spider
    "harvester.pipelines.StorePipeline": 300,
    "harvester.record_pipeline.RecordPipeline": 300,
}
CONCURRENT_ITEMS = 1  # default 100: one capture after the other reaches the store, in the order it came

# --- the application's own ---------------------------------------------------------------------------------------------

HARVESTER_STORE = _config.store
HARVESTER_ARCHIVE = str(_config.archive)
HARVESTER_KEY = str(_config.key or "")
HARVESTER_PATIENCE = _config.patience
HARVESTER_BASES = dict(_config.bases)
HARVESTER_PACE = _config.pace
HARVESTER_RECHECK = "due"
HARVESTER_DRY_RUN = False
HARVESTER_LOG_FORMAT = _config.log_format
HARVESTER_RULES: dict[str, list[dict[str, str]]] = {}
HARVESTER_LISTS = "all"
HARVESTER_WINDOWS: dict[str, tuple[int, int]] = {}
HARVESTER_MOST_REQUESTS = 0
HARVESTER_MOST_SECONDS = 0.0
HARVESTER_DUE_RUN = None

SPIDERMON_ENABLED = True  # default False: monitors judge every run
SPIDERMON_SPIDER_CLOSE_MONITORS = (  # default (): the run's own cause, then each promise
    "harvester.monitoring.monitors.CauseSuite",
    "harvester.monitoring.monitors.PromiseSuite",
)

LOG_INSTALL_ROOT_HANDLER = True  # the default; the command line turns it off and shows the run itself
LOG_LEVEL = _config.log_level  # default "DEBUG"
LOG_FORMATTER = "harvester.log_privacy.PrivateLogFormatter"  # default scrapy's, which prints items and the words of exceptions
LOG_VERSIONS: list[str] = []  # default: eleven libraries a run
WARN_ON_GENERATOR_RETURN_VALUE = False  # default True: it reads the source of every callback again at every answer
STATS_DUMP = False  # default True: the run's summary says it
