"""Texts on the screen: what Markdown we know, and that everything else, HTML before all, stays text."""

import pytest
from playwright.async_api import expect

from tests.browser.chat import Customers
from tests.browser.running import Crossdesk

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180), pytest.mark.asyncio(loop_scope="session")]

RENDER = """async text => {
  const { markup } = await import('/webchat/static/markup.js');
  const whole = document.createElement('div');
  whole.append(markup(text));
  for (const link of whole.querySelectorAll('a')) {
    const { rel, target } = link;
    if (rel !== 'noopener noreferrer' || target !== '_blank') throw new Error(link);
    link.removeAttribute('rel');
    link.removeAttribute('target');
  }
  return whole.innerHTML;
}"""

NODES = """async texts => {
  const { markup } = await import('/webchat/static/markup.js');
  return texts.map(text => {
    const whole = document.createElement('div');
    whole.append(markup(text));
    const attributes = node => Array.from(node.attributes, each => `${each.name}=${each.value}`);
    return Array.from(whole.querySelectorAll('*'), node => [node.tagName, attributes(node)]);
  });
}"""

SLOWEST = """async texts => {
  const { markup } = await import('/webchat/static/markup.js');
  return Math.max(...texts.map(text => {
    const since = performance.now();
    markup(text);
    return performance.now() - since;
  }));
}"""

KNOWN = {
    "plain": "<p>plain</p>",
    "one\ntwo\n\nthree": "<p>one<br>two</p><p>three</p>",
    "a **bold** and *slanted* and __bold__ and _slanted_ word": (
        "<p>a <strong>bold</strong> and <em>slanted</em> "
        "and <strong>bold</strong> and <em>slanted</em> word</p>"
    ),
    "**a *b* c**": "<p><strong>a <em>b</em> c</strong></p>",
    "snake_case_name and 2 * 3 * 4 and **open": "<p>snake_case_name and 2 * 3 * 4 and **open</p>",
    r"\*not\* slanted": "<p>*not* slanted</p>",
    "**订单号**：123": "<p><strong>订单号</strong>：123</p>",
    "- one\n- *two*": "<ul><li>one</li><li><em>two</em></li></ul>",
    "To do:\n1. one\n2. two\nthen": "<p>To do:</p><ol><li>one</li><li>two</li></ol><p>then</p>",
    "3) three": '<ol start="3"><li>three</li></ol>',
    "[here](https://example.org/a_b_c)": '<p><a href="https://example.org/a_b_c">here</a></p>',
    "[**here**](mailto:a@example.org)": '<p><a href="mailto:a@example.org"><strong>here</strong></a></p>',
    "see http://example.org/a_b_c.": '<p>see <a href="http://example.org/a_b_c">http://example.org/a_b_c</a>.</p>',
    "见https://example.org/a。谢谢": '<p>见<a href="https://example.org/a">https://example.org/a</a>。谢谢</p>',
    "or help@example.org!": '<p>or <a href="mailto:help@example.org">help@example.org</a>!</p>',
    "# no heading, `no code`, > no quote": "<p># no heading, `no code`, &gt; no quote</p>",
    "![no](https://example.org/image.png)": '<p>!<a href="https://example.org/image.png">no</a></p>',
}

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[press](javascript:alert(1))",
    "[press](JaVaScRiPt:alert(1))",
    "[press](\tjava\nscript:alert(1))",
    "[press](data:text/html,<script>alert(1)</script>)",
    "[press](vbscript:x)",
    "[press](file:///etc/passwd)",
    "[press](//example.org)",
    "[press](/relative)",
    '[x](https://example.org/" onmouseover="alert(1))',
    "**<b onclick=alert(1)>x</b>**",
    "- <svg onload=alert(1)>",
    "&lt;script&gt;",
)
TAGS = {"P", "BR", "EM", "STRONG", "UL", "OL", "LI", "A"}


async def test_the_markdown_we_know(customers: Customers, desk: Crossdesk) -> None:
    chat = await (await customers.come()).visit(desk.origin)
    assert {text: await chat.frame.evaluate(RENDER, text) for text in KNOWN} == KNOWN


async def test_hostile_texts_stay_text(customers: Customers, desk: Crossdesk) -> None:
    chat = await (await customers.come()).visit(desk.origin)
    for text, nodes in zip(HOSTILE, await chat.frame.evaluate(NODES, list(HOSTILE)), strict=True):
        assert {tag for tag, _ in nodes} <= TAGS, text
        for tag, attributes in nodes:
            assert tag == "A" or not attributes, text
            for each in attributes:
                assert each.startswith(("href=https://example.org/", "rel=noopener", "target=_blank")), text


async def test_long_and_tangled_texts_take_no_time(customers: Customers, desk: Crossdesk) -> None:
    chat = await (await customers.come()).visit(desk.origin)
    texts = [
        piece * (4000 // len(piece))
        for piece in ("*", "_", "**a", "[", "[a](", "*a_", "h", "http://", "a@", "- ", "a.b@c.", "\\", "[*_")
    ]
    assert await chat.frame.evaluate(SLOWEST, texts) < 1000


async def test_a_script_that_a_customer_sends_is_shown_to_him_as_he_wrote_it(
    customers: Customers, desk: Crossdesk
) -> None:
    chat = await (await customers.come()).visit(desk.origin)
    text = "<script>document.title = 'taken'</script> **as written** <img src=x onerror=alert(1)>"
    await chat.ask(text)
    await expect(chat.said("own")).to_have_text(text)
    await expect(chat.said("own").locator("*")).to_have_count(0)
    assert await chat.frame.evaluate("document.title") == "Support"
