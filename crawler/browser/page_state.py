"""What is taken from a page in the browser, and the controls that turn the pages of its lists.

Both are expressions that run in a world of their own beside the scripts of the page, which cannot
change what is taken.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256

TAKE_STATE = """
(() => {
  const copy = document.documentElement.cloneNode(true);
  const unread = 'script, style, noscript, template, link, meta[charset], ' +
    'meta[http-equiv="content-type" i], meta[http-equiv="refresh" i]';
  for (const each of [...copy.querySelectorAll(unread)]) each.remove();
  for (const each of copy.querySelectorAll('[data-gongkai-address]')) {
    const link = document.createElement('a');
    link.setAttribute('href', each.getAttribute('data-gongkai-address'));
    link.append(...each.childNodes);
    each.append(link);
    each.removeAttribute('data-gongkai-address');
  }
  const head = copy.querySelector('head') || copy.insertBefore(document.createElement('head'), copy.firstChild);
  const charset = document.createElement('meta');
  charset.setAttribute('charset', 'utf-8');
  head.insertBefore(charset, head.firstChild);
  const html = '<!DOCTYPE html>\\n' + copy.outerHTML;
  const links = [...document.querySelectorAll('a')].map(
    (a) => (a.getAttribute('href') || '') + ' ' + a.textContent.trim());
  const size = new Blob([html]).size;
  return JSON.stringify({html: size > MAX_BYTES ? '' : html, size: size, links: links.join('\\n')});
})()
"""
"""The page without scripts and styles, in UTF-8; its links tell one page of a list from the next.

Where a click leads to another address (`page_doors.py`), a link to it is put in. The address of a `link` element (a style, a feed) leads to no page, therefore those go too.
"""

MEASURE = """
document.readyState + ' ' + document.getElementsByTagName('*').length + ' ' +
  (document.body ? document.body.textContent.length : 0)
"""
"""What changes while a page is being filled."""

CLICK_NEXT = """
((wanted, number) => {
  const WORDS = /^(?:下一?页|下一頁|后一?页|next(?:page)?|点?击?(?:加载|查看|显示)更多)[>»›]{0,3}$/i;
  const SIGNS = /^(?:>|»|›)$/;
  const NAMES = /(?:^|[-_ ])next(?:[-_ ]|$)/i;
  const OFF = /(?:^|[-_ ])(?:disabled?|nolink|no-next|ban|forbid)(?:[-_ ]|$)/i;
  const text = (e) => (e.value && e.tagName === 'INPUT' ? e.value : e.textContent).replace(/\\s+/g, '');
  const isOff = (e) => {
    for (let each = e, up = 0; each && up < 3; each = each.parentElement, up += 1) {
      const name = typeof each.className === 'string' ? each.className : '';
      if (each.disabled || each.getAttribute('aria-disabled') === 'true' || OFF.test(name)) return true;
    }
    return e.getClientRects().length === 0;
  };
  const leads = (e) => {
    const href = (e.closest('a')?.getAttribute('href') || '').trim();
    return href !== '' && !href.startsWith('#') && !/^javascript:/i.test(href);
  };
  const groups = [[], [], [], []];
  for (const e of document.querySelectorAll('a, button, li, span, i, em, div, input[type=button]')) {
    if (e.childElementCount > 3 || isOff(e) || leads(e)) continue;
    const said = text(e);
    const title = (e.getAttribute('title') || e.getAttribute('aria-label') || '').trim();
    const name = typeof e.className === 'string' ? e.className : '';
    if (said.length > 12) continue;
    if (WORDS.test(said)) groups[0].push(e);
    else if (WORDS.test(title) || (NAMES.test(name) && said.length < 3)) groups[1].push(e);
    else if (said === String(number) && isNumberOfPager(e)) groups[2].push(e);
    else if (SIGNS.test(said)) groups[3].push(e);
  }
  function isNumberOfPager(e) {
    const pager = e.closest('ul, ol, nav, p, div:not(:only-child)')?.parentElement || e.parentElement;
    return [...(pager?.querySelectorAll('a, li, span, button, em, b, strong') || [])].some(
      (other) => text(other) === String(number - 1));
  }
  const innermost = groups.flatMap((group) =>
    group.filter((e) => !group.some((other) => other !== e && e.contains(other))));
  const control = innermost[wanted];
  if (!control) return false;
  control.click();
  return true;
})(WANTED, NUMBER)
"""
"""Clicks on a control without an address that turns to the next page of a list.

Words come first, then names of classes, the number of the next page, and signs. The event goes to
the listeners of the page as from a person, wherever the control is on the screen.
"""

CONTROLS_TRIED = 3
"""Controls of one page that are clicked until one changes its links."""


@dataclass(frozen=True, slots=True)
class PageState:
    """A page at one moment: its HTML in UTF-8, and the digest of its links."""

    html: bytes
    links: str


class PageTooLong(Exception):
    """A rendered page is longer than what is parsed."""


def take_state(max_bytes: int) -> str:
    """Return the expression that takes a page of at most so many bytes."""
    return TAKE_STATE.replace("MAX_BYTES", str(max_bytes))


def click_next(wanted: int, number: int) -> str:
    """Return the expression that clicks the control of an order, 0 the first, for a page of a list."""
    return CLICK_NEXT.replace("WANTED", str(wanted)).replace("NUMBER", str(number))


def read_state(taken: object) -> PageState:
    """Return the state of a page from what the expression gives.

    Raises:
        PageTooLong: The page is longer than was asked for.
        ValueError: The page gave something else.
    """
    if not isinstance(taken, str):
        raise ValueError("no text")
    found = json.loads(taken)
    html, links = found["html"], found["links"]
    if not isinstance(html, str) or not isinstance(links, str):
        raise ValueError("no text")
    if not html:
        raise PageTooLong
    digest = sha256(links.encode("utf-8", "replace")).hexdigest()
    return PageState(html.encode("utf-8", "replace"), digest)
