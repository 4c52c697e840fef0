"""What a page opens by a click alone: entries of menus, tabs and rows of lists without an address.

They are found by their words. Nothing is clicked that would send something in a reader's name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

DOORS = """
  const WORDS = /公开|年报|年度报告|(?:19|20)\\d\\d年?度?$|(?:局|委|办|厅|院|会|处|镇|乡|街道|政府|中心)$/;
  const NEVER = /申请|提交|登录|注册|留言|投诉|信箱|点赞|收藏|分享|打印|关闭|删除|搜索|查询|下载/;
  const ADDRESS = 'a[href]:not([href=""]):not([href^="#"]):not([href^="javascript:" i])';
  const KINDS = 'a, button, li, span, div, td, p, dd, dt, h2, h3, h4, b, em, i';
  const text = (e) => e.textContent.replace(/\\s+/g, '');
  const fits = (e) => {
    const said = text(e);
    return said.length > 1 && said.length <= 60 && WORDS.test(said) && !NEVER.test(said) &&
      !e.closest(ADDRESS) && !e.querySelector(ADDRESS) && e.getClientRects().length > 0;
  };
  const found = new Map();
  const seen = {};
  for (const e of document.querySelectorAll(KINDS)) {
    if (e.children.length > 4 || e.closest('h1') || !fits(e)) continue;
    if ([...e.children].some((child) => child.matches(KINDS) && fits(child))) continue;
    const said = text(e);
    seen[said] = (seen[said] || 0) + 1;
    found.set(said + ' ' + seen[said], e);
  }
"""
"""Elements with words of disclosure and without an address, by their text and its number on the page."""

CLICK_DOOR = """
((tried, known) => {
  DOORS
  const name = known || [...found.keys()].find((each) => !tried.includes(each));
  const door = found.get(name);
  if (!door) return '';
  door.click();
  return name;
})(TRIED, KNOWN)
""".replace("DOORS", DOORS)
"""Clicks on the next of them, and names it. The listener of a row around the words gets the click too."""

MARK_DOORS = """
((addresses) => {
  DOORS
  for (const [name, url] of Object.entries(addresses)) {
    const door = found.get(name);
    if (door) door.setAttribute('data-gongkai-address', url);
  }
})(ADDRESSES)
""".replace("DOORS", DOORS)
"""Notes on elements where a click on them leads; the page that is kept has links there."""

PAGE_ADDRESS = "location.href"
GO_BACK = "history.back()"


def click_door(tried: Sequence[str], known: str = "") -> str:
    """Return the expression that clicks a known door, or the next one that was not tried."""
    return CLICK_DOOR.replace("TRIED", json.dumps(tried)).replace("KNOWN", json.dumps(known))


def mark_doors(addresses: Mapping[str, str]) -> str:
    """Return the expression that notes where doors lead, by their names."""
    return MARK_DOORS.replace("ADDRESSES", json.dumps(addresses))


def is_other_document(before: str, now: str) -> bool:
    """Return whether an address in the browser differs from another in more than what is behind #."""
    is_address = now.startswith(("http://", "https://"))
    return is_address and before.partition("#")[0] != now.partition("#")[0]
