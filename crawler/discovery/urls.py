"""Addresses: resolved and cleaned, and the key that all forms of one address share."""

from __future__ import annotations

import re
from hashlib import blake2b
from urllib.parse import parse_qsl, quote, unquote, urldefrag, urlencode, urljoin, urlsplit

from gongkai.crawler.discovery.sessions import without_session
from gongkai.crawler.sites.registry import netloc
from gongkai.extract.formats.suffixes import ATTACHMENT_SUFFIXES

DOCUMENT_SUFFIX = re.compile(f"{ATTACHMENT_SUFFIXES}$", re.I)
"""How the path of an attached document ends."""

VIEWER_PARAMETER = re.compile(r"[?&](?:file|url|src|path)=([^&#]+)", re.I)
ESCAPED = re.compile(r"[^!$-&(-;=?-Z_a-z~]++")
"""Characters that are escaped in an address: those that Scrapy escapes too, so that what a page links
to and what was asked for are the same text."""

LOWER_ESCAPE = re.compile(r"%(?:[0-9A-F][a-f]|[a-f][0-9A-Fa-f])")
INDEX_FILE = re.compile(r"/(?:index|default)\.s?html?$", re.I)
BYTES_AS_THEY_ARE = "surrogateescape"
WAP_SUFFIX = re.compile(r"_wap(?=\.s?html?$)", re.I)


def absolute_url(base: str, href: str, encoding: str = "utf-8") -> str:
    """Return an address resolved against the page that it stands on, "" where it is not for a crawl.

    Line breaks, white space around it, the fragment and session ids are removed. Other characters
    than ASCII are escaped as browsers do: in UTF-8 in the path, in the encoding of the page in the
    query. The address of a viewer (`viewer.html?file=a.pdf`) gives the document that it shows.

    >>> absolute_url("http://x.gov.cn/a/", "报告.asp?bm=教育", "gb18030")
    'http://x.gov.cn/a/%E6%8A%A5%E5%91%8A.asp?bm=%BD%CC%D3%FD'
    """
    text = re.sub(r"[\t\r\n]+", "", href).strip().strip("\u3000\u00a0 ")
    if not text or text.startswith(("#", "javascript:", "mailto:", "tel:", "data:")):
        return ""
    text = text.replace("\\/", "/").replace("\\", "/")  # JSON writes \/, and browsers accept \
    try:
        url = urldefrag(urljoin(base, text)).url
        shown = VIEWER_PARAMETER.search(url)
        if shown and is_document_url(unquote(shown[1])):
            url = urldefrag(urljoin(url, unquote(shown[1]))).url
        netloc(url)
    except ValueError:
        return ""
    if urlsplit(url).scheme not in ("http", "https"):
        return ""
    return without_session(escape_url(url, encoding))


def escape_url(url: str, encoding: str = "utf-8") -> str:
    """Return an address in ASCII, as a browser sends it from a page in an encoding.

    What is escaped already stays as it is, valid or not. Characters that the encoding of the page
    does not have are sent as references (`&#25945;`) by browsers, and here.
    """
    head, question, query = url.partition("?")
    if encoding.startswith(("utf-16", "utf-32")):
        encoding = "utf-8"  # by the standard for addresses
    path = head.find("/", head.find("//") + 2)
    host, rest = (head, "") if path < 0 else (head[:path], head[path:])
    return host + _escape(rest, "utf-8", "'") + question + _escape(query, encoding)


def is_document_url(url: str) -> bool:
    """Return whether an address ends like that of a document, or names one to download.

    >>> is_document_url("http://x.gov.cn/P0202501.PDF?download=1")
    True
    >>> is_document_url("http://x.gov.cn/module/download/downfile.jsp?classid=0&filename=25.doc")
    True
    """
    parts = urlsplit(url)
    if DOCUMENT_SUFFIX.search(parts.path.rstrip()):
        return True
    return any(DOCUMENT_SUFFIX.search(value.rstrip()) for _, value in parse_qsl(parts.query))


def is_document_name(text: str) -> bool:
    """Return whether the text of a link is the name of a file: 附件：年度报告.pdf.

    >>> is_document_name("附件1：2024年度报告.docx"), is_document_name("年度报告")
    (True, False)
    """
    return bool(DOCUMENT_SUFFIX.search(text.rstrip("】）)]")))


def canonical_url_key(url: str) -> str:
    """Return the key that all forms of one address share.

    They differ in scheme, www, index.html, the _wap version, and in session parameters and their
    order.

    >>> canonical_url_key("https://www.nxyn.gov.cn:443/zwgk/index.html") == canonical_url_key("http://nxyn.gov.cn/zwgk/")
    True
    """
    url = without_session(escape_url(urldefrag(url).url))
    parts = urlsplit(url)
    host = netloc(url).removeprefix("www.")
    path = LOWER_ESCAPE.sub(lambda escape: escape[0].upper(), parts.path) or "/"
    path = WAP_SUFFIX.sub("", INDEX_FILE.sub("/", path))
    # bytes that are no UTF-8 pass through unchanged: each agency has its own in GBK
    query = sorted(parse_qsl(parts.query, keep_blank_values=True, errors=BYTES_AS_THEY_ARE))
    return f"{host}{path}" + (f"?{urlencode(query, errors=BYTES_AS_THEY_ARE)}" if query else "")


def address_number(url: str) -> int:
    """Return a number that all forms of one address share: 8 bytes of a digest of its key.

    What keeps many addresses in memory keeps these.
    """
    key = canonical_url_key(url).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(key, digest_size=8).digest())


def _escape(text: str, encoding: str, kept: str = "") -> str:
    return ESCAPED.sub(
        lambda run: quote(run[0].encode(encoding, "xmlcharrefreplace"), safe=kept), text
    )
