"""Scrapy settings of the crawl, each with its reason. `-s NAME=VALUE` overrides any of them.

What belongs to components that are not loaded cannot be set: see `UNUSED_SETTINGS` in `settings_check`.
"""

from scrapy.settings import default_settings as _scrapy

from gongkai.logs import LOG_DATEFORMAT as LOG_DATEFORMAT
from gongkai.logs import LOG_FORMAT as LOG_FORMAT

BOT_NAME = "gongkai"
SPIDER_MODULES = ["gongkai.crawler.spiders"]
# Spiders are made from the registry; a module in crawler/spiders replaces one that needs code.
SPIDER_LOADER_CLASS = "gongkai.crawler.spiders.loader.SiteLoader"

# Settings of our own.
GONGKAI_SITES = None  # a registry besides the packaged one; None: ./sites.toml, if it exists
GONGKAI_SNAPSHOTS = "snapshots"  # where originals are kept
GONGKAI_LOCKS = (
    ""  # folder with the locks of hosts; empty: that of the originals. For probes beside a night
)
GONGKAI_WARC_BYTES = 1 << 30  # a file that has grown beyond this is followed by a new one
GONGKAI_PROXY = None  # "http://host:port" of a proxy, which also resolves the names
# An address or a page where the operators of a site can reach those of this crawl. It becomes part
# of the User-Agent, as good practice asks.
GONGKAI_CONTACT = ""
GONGKAI_FOREIGN_HOSTS = ""  # set by the program: hosts of the other sites of the registry
GONGKAI_FOLDER_IN_ORDER = False  # set by the program, which looked through the originals itself
GONGKAI_FIND_HOSTS = False  # a probe: look at a page of other official hosts with disclosure
GONGKAI_SAMPLE = 0  # articles to open from each page of a list (a probe opens two); 0 for all
GONGKAI_RETRY_WAIT = (
    2.0  # seconds before the first retry; each further one waits four times as long
)
GONGKAI_RETRY_WAIT_MAX = 300.0  # limit of our own waits; a Retry-After may ask for longer ones
GONGKAI_CRAWL_DELAY_MAX = 60.0  # a robots.txt that asks for longer pauses means "not tonight"
GONGKAI_BLOCK_DELAY = (
    10.0  # between requests after a block page, twice as many after each further one
)
GONGKAI_MAX_BLOCKS = 5  # so many block pages in a row end the crawl

# Lists, new articles, and those of the current season or in doubt are asked for every night. The
# others take turns, so that each address is asked for at least once in so many days.
GONGKAI_ROTATION_DAYS = 28
GONGKAI_SEASON = [1, 2, 3, 4]  # months in which annual reports appear and are corrected
GONGKAI_TODAY = ""  # YYYY-MM-DD replaces today's date in China
GONGKAI_WINDOW = ""  # "22:00-06:00": hours in China in which sites are asked; "" for any
GONGKAI_MAX_PAGES = 0  # limit for one site in one night; 0 for none
GONGKAI_MAX_MINUTES = 240.0  # for one site in one night; 0 for no limit
# The wall around each portal: a site that only refuses or fails is left alone until the next night.
GONGKAI_MAX_REFUSALS = 30  # answers 429, 503, 403 … in a row, retries included; 0 for no limit
GONGKAI_MAX_ERRORS = 20  # pages in a row that could not be fetched; 0 for no limit
GONGKAI_MAX_PAUSE_MINUTES = 30.0  # of waiting before retries, without a good answer between
GONGKAI_RETRY_AFTER_MAX = 900.0  # seconds; a Retry-After beyond it means "not tonight"
GONGKAI_STOP_SECONDS = 5.0  # a crawl that is stopped waits so long for the answer on its way
GONGKAI_CRAWL_MEMORY_MB = 2048  # address space of the process of a crawl; 0 for no limit
# A run that finds fewer reports than this share of the last good one has failed. A site that has
# really shrunk is accepted by one run with -s GONGKAI_SHRINK_LIMIT=0.
GONGKAI_SHRINK_LIMIT = 0.5

# The wall around each page: what it is and where it leads is found out in a process of its own. A page
# that takes more is hostile: it is kept, counted, and not analysed again while its bytes are the same.
GONGKAI_PAGE_SECONDS = 5.0  # of processor time; an ordinary page takes some hundredths
GONGKAI_PAGE_WALL_SECONDS = 120.0  # of the clock, where the machine is busy; then tried again
GONGKAI_PAGE_MEMORY_MB = 1024  # address space of that process
GONGKAI_PAGE_MAX_BYTES = 4 << 20  # longer pages are kept and not parsed; documents are not limited
GONGKAI_MAX_HOSTILE = 20  # so many hostile pages end the crawl
GONGKAI_RETRY_HOSTILE = False  # True: analyse hostile pages again, after an update or a new limit
GONGKAI_MAX_ADDRESSES = 200_000  # of one site in one night; further ones are counted, not followed

# Images and style sheets of report articles, so that these can be shown as they looked. They are asked
# for last, from the site's own hosts, once; again where the article has changed.
GONGKAI_PARTS = 200  # of one site in one night; 0 for none at all
GONGKAI_PART_BYTES = 2 << 20  # of a larger one only the beginning is kept
GONGKAI_PARTS_BYTES = 50 << 20  # of all of one site in one night

# Web archives, for `gongkai backfill`. The waits are those that each of them asks for.
GONGKAI_COMMONCRAWL_INDEX = "https://index.commoncrawl.org"
GONGKAI_COMMONCRAWL_DATA = "https://data.commoncrawl.org"
GONGKAI_WAYBACK = "https://web.archive.org"
GONGKAI_WEBARCHIVE_PACE = 1.0  # 2.0: wait twice as long between requests

# A browser as the last resort, for sites whose entry says render = true (extra [browser]). Chromium has
# no network of its own: what a page asks for is fetched by the crawl, under all rules of this file.
GONGKAI_BROWSER = ""  # path of Chromium; "" for the one on the PATH. No browser is ever downloaded
GONGKAI_BROWSER_SANDBOX = True  # False where Chromium cannot isolate itself, as for root
GONGKAI_BROWSER_MEMORY_MB = 2048  # of all its processes; a page that takes more is hostile
GONGKAI_RENDER_SECONDS = 20.0  # of processor time for one page and all pages of its list
GONGKAI_RENDER_WALL_SECONDS = 120.0  # of the clock, without waiting for answers
GONGKAI_RENDER_QUIET_SECONDS = 0.5  # a page that asks for nothing so long is complete
GONGKAI_RENDER_REQUESTS = 200  # of one page and all pages of its list
GONGKAI_RENDER_CLICKS = 60  # pages of a list that has no addresses for them
GONGKAI_RENDER_DOORS = 100  # clicks on one page on what has words of disclosure and no address
GONGKAI_RENDER_PAGES = 2_000  # for one site in one night; a run that needs more has failed

# One request at a time, and a pause between two. Each site has its own process, so that the numbers
# hold for the site with all its hosts together.
CONCURRENT_REQUESTS = 1
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 2.0
DOWNLOAD_DELAY_JITTER = 0.0  # Scrapy's 0.5 would shorten every second pause, to half at the worst
AUTOTHROTTLE_ENABLED = True  # slower where the site is slow, never faster than DOWNLOAD_DELAY
AUTOTHROTTLE_START_DELAY = 0.0  # 0: start with DOWNLOAD_DELAY
AUTOTHROTTLE_MAX_DELAY = 60.0
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "gongkai"  # the name in a site's robots.txt
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9",
    # the codings that can be undone without a further library
    "Accept-Encoding": "gzip, deflate",
}

# Limits. The spider limits depth itself, and does not count the pages of a list as steps.
DOWNLOAD_TIMEOUT = 60
DOWNLOAD_MAXSIZE = 64 << 20  # with the default of 1 GB, a bomb of 1 MB took 2.1 GB of memory
DOWNLOAD_WARNSIZE = 0
CLOSESPIDER_PAGECOUNT = 20_000  # ends the crawl of a site that seems endless
URLLENGTH_LIMIT = 2_083
# A page that refreshes itself every minute is not a redirect; one that redirects does so at once.
METAREFRESH_MAXDELAY = 5
# A door of cookies takes two or three; half of Scrapy's default, since a loop is met on every page.
REDIRECT_MAX_TIMES = 10
# Scrapy's drops a redirect back to an address that was asked for without its cookie.
DUPEFILTER_CLASS = "gongkai.crawler.components.redirects.DoorFilter"

# Truncated answers are kept and marked WARC-Truncated: they are evidence too.
DOWNLOAD_FAIL_ON_DATALOSS = False
# Not Scrapy's default. The registry names sites with certificates that cannot be verified.
DOWNLOAD_VERIFY_CERTIFICATES = True

# Every status reaches the spider, which gives a 404 or a block its outcome.
HTTPERROR_ALLOW_ALL = True
RETRY_TIMES = 3
# 403, 405, 412 and 521 are not here: protections answer with them, and a retry makes it worse.
RETRY_HTTP_CODES = [408, 429, 500, 502, 503, 504, 522, 524]

# Scrapy's cookie middleware fetches the public suffix list when it is first used, without passing
# the guards. Ours keeps one jar for the site's own hosts.
COOKIES_ENABLED = False

# A crawl opens no port.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False

# What is switched off above, and what is of no use here, is not loaded either: with the libraries
# behind it that takes a quarter of a second. Scrapy loads also what EXTENSIONS sets to None.
_unused = {
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware",
    "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware",
    "scrapy.extensions.feedexport.FeedExporter",
    "scrapy.extensions.memdebug.MemoryDebugger",
    "scrapy.extensions.remote_control.RemoteControl",
    "scrapy.extensions.telnet.TelnetConsole",
}
DOWNLOADER_MIDDLEWARES_BASE = {
    name: order
    for name, order in _scrapy.DOWNLOADER_MIDDLEWARES_BASE.items()
    if name not in _unused
}
EXTENSIONS_BASE = {
    name: order for name, order in _scrapy.EXTENSIONS_BASE.items() if name not in _unused
}

# The first of three guards: other schemes have no handler.
DOWNLOAD_HANDLERS = {
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
    # answers with header lines that browsers tolerate
    "http": "gongkai.crawler.network.tolerant_http.TolerantHandler",
    "https": "gongkai.crawler.network.tolerant_http.TolerantHandler",
}
# The second guard refuses names that resolve to loopback or private addresses.
TWISTED_DNS_RESOLVER = "gongkai.crawler.network.resolver.PublicResolver"
DOWNLOADER_MIDDLEWARES = {
    # replaced by GuardMiddleware: `allowed_domains` lets requests with dont_filter pass
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    # replaced by RobotsMiddleware: Scrapy's takes a robots.txt that fails for one that allows all
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "gongkai.crawler.components.robots.RobotsMiddleware": 100,
    # replaced by PageRefreshMiddleware: a page that refreshes itself is a page
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "gongkai.crawler.components.redirects.PageRefreshMiddleware": 580,
    # replaced by UnpackMiddleware, which stops at the size of a page while it unpacks
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "gongkai.crawler.components.unpacking.UnpackMiddleware": 590,
    # above the retries: a temporary fault does not mean that GET is refused
    "gongkai.crawler.components.post_fallback.PostFallbackMiddleware": 540,
    "gongkai.crawler.components.retry.PatientRetryMiddleware": 550,
    # below robots.txt (100), above what waits and retries
    "gongkai.crawler.components.list_ledger.EndedListMiddleware": 500,
    "gongkai.crawler.components.middlewares.CookieMiddleware": 700,
    # before HttpProxyMiddleware at 750, which reads what this one sets
    "gongkai.crawler.components.middlewares.RouteMiddleware": 740,
    # below unpacking (590) and caching (900): the body as it was sent
    "gongkai.crawler.components.middlewares.WarcMiddleware": 950,
    # the third guard, and the last to see each request, whatever has created it
    "gongkai.crawler.components.middlewares.GuardMiddleware": 990,
}
# decides which of the links found are followed tonight
SPIDER_MIDDLEWARES = {"gongkai.crawler.components.revisit.RevisitMiddleware": 100}
EXTENSIONS = {
    "gongkai.crawler.components.recorder.Recorder": 100,
    "gongkai.crawler.components.site_hosts.SiteHosts": 120,
    "gongkai.crawler.components.analysis_wall.AnalysisWall": 150,
    "gongkai.crawler.components.list_ledger.ListLedger": 155,
    "gongkai.crawler.components.renderer.Renderer": 157,
    "gongkai.crawler.components.patience.Patience": 160,
    "gongkai.crawler.components.throttle.Throttle": 200,
    "gongkai.crawler.components.throttle.CrawlBudget": 300,
}

LOG_LEVEL = "INFO"
STATS_DUMP = False  # the run's counts are in the index
