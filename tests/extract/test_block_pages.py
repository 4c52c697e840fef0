"""Block pages and maintenance pages, and ordinary pages that resemble them."""

from __future__ import annotations

import pytest

from gongkai.extract.classify import block_signature

JSL = "<script>document.cookie=('_')+('_')+('j')+('s')+('l')+('_')+('c')+('l')+('e')+'arance=1|0';location.href=location.pathname</script>"
RELOAD = "<html><script>function f(){document.cookie='k='+1;window.location.reload();}setTimeout('f()',10);</script></html>"
CONTENT = "<p>县政府网站将于周六进行系统升级，届时暂停服务，请提前办理有关事项，给您带来不便，敬请谅解。</p>"


@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
@pytest.mark.parametrize(
    ("html", "name"),
    [
        ("<h1>405</h1><p>您的访问请求已被电信云堤拦截</p>", "云堤"),
        ("<p>由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。</p>", "WAF"),
        (JSL, "加速乐"),
        (RELOAD, "script stub"),
        ("<html><body>系统维护，暂停服务</body></html>", "系统维护"),
        ("<title>公告</title><h2>网站正在维护升级，给您带来不便敬请谅解</h2>", "系统维护"),
    ],
)
def test_a_block_page_is_known(html: str, name: str, charset: str) -> None:
    assert block_signature(html.encode(charset)) == name


@pytest.mark.parametrize(
    "html",
    [
        "<script>document.cookie='lang=zh';location.href='/zh/index.html'</script>",
        "<script>document.write('<a href=\"/xxgk/\">信息公开</a>')</script>",
        '<html><script src="a.js"></script><iframe src="rows.html"></iframe></html>',
        f"<h1>关于网站系统维护的公告</h1>{CONTENT * 10}",
        "<p>做好县政府网站的管理工作。</p>",
    ],
)
def test_an_ordinary_page_is_none(html: str) -> None:
    assert block_signature(html.encode()) == ""
