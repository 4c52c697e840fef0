"""Addresses: resolved and cleaned, and the key that all forms of one address share."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urldefrag, urlencode, urljoin, urlsplit

from gongkai.crawler.sites.registry import netloc
from gongkai.extract.formats.suffixes import ATTACHMENT_SUFFIXES

DOCUMENT_SUFFIX = re.compile(f"{ATTACHMENT_SUFFIXES}$", re.I)
"""How the path of an attached document ends."""

VIEWER_PARAMETER = re.compile(r"[?&](?:file|url|src|path)=([^&#]+)", re.I)
SESSION_IN_PATH = re.compile(r";jsessionid=[^/?#]*", re.I)
SESSION_PARAMETERS = {"jsessionid", "phpsessid", "sessionid", "_t", "timestamp", "rand"}
SESSION_VALUE = re.compile(r"[0-9a-zA-Z]{16,}")
"""A `sid` of this form names a session; a short one is the number of a site."""

INDEX_FILE = re.compile(r"/(?:index|default)\.s?html?$", re.I)
WAP_SUFFIX = re.compile(r"_wap(?=\.s?html?$)", re.I)


def absolute_url(base: str, href: str) -> str:
    """Return an address resolved against the page that it stands on, "" where it is not for a crawl.

    Line breaks, white space around it and the fragment are removed. The address of a viewer
    (`viewer.html?file=a.pdf`) gives the document that it shows.
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
    return url if urlsplit(url).scheme in ("http", "https") else ""


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
    parts = urlsplit(url)
    host = netloc(url).removeprefix("www.")
    path = SESSION_IN_PATH.sub("", parts.path) or "/"
    path = WAP_SUFFIX.sub("", INDEX_FILE.sub("/", path))
    query = sorted(
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name.lower() not in SESSION_PARAMETERS
        and not (name.lower() == "sid" and SESSION_VALUE.fullmatch(value))
    )
    return f"{host}{path}" + (f"?{urlencode(query)}" if query else "")
