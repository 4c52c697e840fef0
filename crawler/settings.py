"""Scrapy settings of the crawl, each with its reason. `-s NAME=VALUE` overrides any of them."""

BOT_NAME = "gongkai"
SPIDER_MODULES = ["gongkai.crawler.spiders"]
# Spiders come from the registry; a module in crawler/spiders stands in where a site needs code.
SPIDER_LOADER_CLASS = "gongkai.crawler.spiders.loader.SiteLoader"

# Ours.
GONGKAI_SITES = None  # a registry beside the packaged one; None: sites.toml here, if there is one
GONGKAI_SNAPSHOTS = "snapshots"  # where originals are kept
GONGKAI_WARC_BYTES = 1 << 30  # a file that has grown past this is followed by a new one
GONGKAI_PROXY = None  # "http://host:port": the operator's own way out; it resolves the names
# An address or page where a site's operator reaches whoever runs this crawl. Honest crawling needs
# one; it goes into the User-Agent.
GONGKAI_CONTACT = ""
GONGKAI_SAMPLE = 0  # articles to open from each page of a list (a probe's two); 0 for all
GONGKAI_RETRY_WAIT = 2.0  # seconds before the first retry, four times as many before each next one
GONGKAI_RETRY_WAIT_MAX = 300.0  # of our own waits and of what Retry-After may ask for
GONGKAI_CRAWL_DELAY_MAX = 60.0  # of what robots.txt may ask for between two requests
GONGKAI_BLOCK_DELAY = (
    10.0  # between requests after a block page, twice as many after each further one
)
GONGKAI_MAX_BLOCKS = 5  # so many block pages in a row end the crawl: we do not press

# Every night: lists, what is new, what belongs to the running season, what is in doubt. The rest
# takes turns, so that each address is asked for at least once in so many days.
GONGKAI_ROTATION_DAYS = 28
GONGKAI_SEASON = [1, 2, 3, 4]  # months in which annual reports appear and are corrected
GONGKAI_TODAY = ""  # YYYY-MM-DD stands in for today's date in China
GONGKAI_WINDOW = ""  # "22:00-06:00": hours in China in which sites are asked; "" for any
GONGKAI_MAX_PAGES = 0  # of one site in one night; 0 for no budget
# A run that finds fewer reports than this share of the last good one has failed. A site that has
# really shrunk is accepted by one run with -s GONGKAI_SHRINK_LIMIT=0.
GONGKAI_SHRINK_LIMIT = 0.5

# Manners: one request at a time and a pause between two. Each site runs in a process of its own,
# so the number for all is the number for the site, its www and bare hosts together.
CONCURRENT_REQUESTS = 1
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 2.0
AUTOTHROTTLE_ENABLED = True  # slower where the site is slow; never faster than DOWNLOAD_DELAY
AUTOTHROTTLE_START_DELAY = 0.0  # that is: start with DOWNLOAD_DELAY
AUTOTHROTTLE_MAX_DELAY = 60.0
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "gongkai"  # the token a site's robots.txt would name
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9",
    # the codings that the snapshots can undo again without a further library
    "Accept-Encoding": "gzip, deflate",
}

# Bounds. Depth is counted by the spider in steps that matter (paging is none).
DOWNLOAD_TIMEOUT = 60
DOWNLOAD_MAXSIZE = 64 << 20  # a bomb of 1 MB took 2.1 GB with the default of 1 GB
DOWNLOAD_WARNSIZE = 0
CLOSESPIDER_PAGECOUNT = 20_000  # a site that seems endless; the run says so
URLLENGTH_LIMIT = 2_083
# A page that refreshes itself every minute is not a redirect; a shell refreshes at once.
METAREFRESH_MAXDELAY = 5

# Truncated answers are kept, marked WARC-Truncated: half a page is evidence too.
DOWNLOAD_FAIL_ON_DATALOSS = False
# Not Scrapy's default. A site whose certificate cannot be verified says so in the registry.
DOWNLOAD_VERIFY_CERTIFICATES = True

# Every status reaches the spider: a 404 or a block is an outcome with a name, not a missing row.
HTTPERROR_ALLOW_ALL = True
RETRY_TIMES = 3
# 403, 405, 412 and 521 are not here: protections answer with them, and pressing makes it worse.
RETRY_HTTP_CODES = [408, 429, 500, 502, 503, 504, 522, 524]

# Scrapy's own cookie middleware looks up the public suffix list on the network at first use,
# past every guard; ours keeps one jar for the site's own hosts.
COOKIES_ENABLED = False

# Nothing listens while we crawl.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False

# The first of three guards: other schemes have no handler at all.
DOWNLOAD_HANDLERS = {"data": None, "file": None, "ftp": None, "s3": None}
# The second: names that resolve to loopback or private addresses are refused.
TWISTED_DNS_RESOLVER = "gongkai.crawler.components.resolver.PublicResolver"
DOWNLOADER_MIDDLEWARES = {
    # replaced by the guard: `allowed_domains` lets through what is not filtered
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    # above the retries: what fails for a while is no refusal
    "gongkai.crawler.components.post_fallback.PostFallbackMiddleware": 540,
    "gongkai.crawler.components.retry.PatientRetryMiddleware": 550,
    "gongkai.crawler.components.middlewares.CookieMiddleware": 700,
    # before HttpProxyMiddleware at 750, which reads what this one sets
    "gongkai.crawler.components.middlewares.RouteMiddleware": 740,
    # below decompression (590) and caching (900): the entity as it was sent
    "gongkai.crawler.components.middlewares.WarcMiddleware": 950,
    # the third guard, and the last to see a request: whatever made it, it passes here
    "gongkai.crawler.components.middlewares.GuardMiddleware": 990,
}
# what of the links found is followed tonight
SPIDER_MIDDLEWARES = {"gongkai.crawler.components.revisit.RevisitMiddleware": 100}
EXTENSIONS = {
    "gongkai.crawler.components.recorder.Recorder": 100,
    "gongkai.crawler.components.throttle.Throttle": 200,
    "gongkai.crawler.components.throttle.CrawlBudget": 300,
}

LOG_LEVEL = "INFO"
STATS_DUMP = False  # the run's counts are in the index
