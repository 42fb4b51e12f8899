"""A customer in front of a shop's page: what he sees of the chat, and what he does with it."""

import asyncio
import re
from dataclasses import dataclass, field

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Error, Frame, Locator, Page, expect

LAUNCHER = re.compile(
    "Chat with support|Chat mit dem Support|Chat de atención al cliente|Chat du service client"
    "|Чат с поддержкой|サポートとチャット|고객 상담 채팅|联系客服|聯絡客服"
)
INSECURE = "support.test"
"""A name that Chromium is told to find on this machine, but does not trust as it trusts `localhost`."""
PATIENCE = 15_000
"""Milliseconds until something that should come at once has not come."""
BREAK = re.compile("WebSocket connection to|ERR_CONNECTION|ERR_INTERNET_DISCONNECTED")
"""What a browser writes on its console when a server or a network goes away."""

expect.set_options(timeout=PATIENCE)


async def becomes(place: Page | Frame, script: str, wanted: object) -> None:
    """Wait until a script in a page gives this; Playwright's own way would need `unsafe-eval`."""
    found = None
    for _ in range(PATIENCE // 50):
        found = await place.evaluate(script)
        if found == wanted:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{script} gave {found!r} to the end, expected {wanted!r}")


@dataclass
class Chat:
    """A tab with a shop's page, and the chat in it."""

    page: Page
    excused: re.Pattern[str] | None = None
    """Faults on the console that the test brings about on purpose."""
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._console)
        self.page.on("pageerror", self._error)

    # ---- the shop's page

    @property
    def launcher(self) -> Locator:
        """The round button."""
        return self.page.get_by_role("button", name=LAUNCHER)

    async def visit(self, address: str) -> "Chat":
        """Go to a page and open the chat."""
        await self.page.goto(address)
        await self.launcher.click()
        await self.online()
        return self

    # ---- the panel

    def find(self, selector: str) -> Locator:
        """Something in the panel."""
        return self.page.frame_locator("iframe").locator(selector)

    @property
    def frame(self) -> Frame:
        """The panel's own page."""
        return next(frame for frame in self.page.frames if "/webchat/frame" in frame.url)

    @property
    def text(self) -> Locator:
        """The field."""
        return self.find("textarea")

    def button(self, name: str | re.Pattern[str]) -> Locator:
        """A button of the panel by what it says."""
        return self.page.frame_locator("iframe").get_by_role("button", name=name)

    def said(self, author: str) -> Locator:
        """Bubbles of own, bot, agent."""
        return self.find(f"li.{author} .bubble")

    async def online(self) -> None:
        """Wait until the panel is connected."""
        await expect(self.find("body")).to_have_attribute("data-link", "online")

    async def say(self, text: str) -> None:
        """Write it and press Enter."""
        await self.text.fill(text)
        await self.text.press("Enter")

    async def ask(self, text: str) -> str:
        """Say it, wait for the bot's next message, give that."""
        before = await self.said("bot").count()
        await self.say(text)
        await expect(self.said("bot")).to_have_count(before + 1)
        return await self.said("bot").last.inner_text()

    async def settled(self) -> None:
        """Wait until everything written is confirmed by the server."""
        await expect(self.find("li[data-waiting]")).to_have_count(0)

    async def seqs(self) -> list[int]:
        """The numbers of the events on the screen, in the order of the screen."""
        found = await self.find("li[data-seq]").evaluate_all(
            "nodes => nodes.map(node => Number(node.dataset.seq))"
        )
        return [int(each) for each in found]

    async def overflow(self) -> int:
        """By how many pixels the panel is wider than its window."""
        return int(await self.frame.evaluate("document.documentElement.scrollWidth - innerWidth"))

    # ---- faults

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self._note(message.text)

    def _error(self, error: Error) -> None:
        self._note(f"uncaught: {error}")

    def _note(self, fault: str) -> None:
        if not (self.excused and self.excused.search(fault)):
            self.faults.append(fault)


@dataclass
class Customers:
    """People with a browser of their own each; whatever goes wrong on a page of theirs fails the test."""

    browser: Browser
    chats: list[Chat] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    async def come(
        self, *, excused: re.Pattern[str] | None = None, width: int = 1100, height: int = 820, **more: str
    ) -> Chat:
        """Somebody new; `more` are settings of a Playwright context, such as `locale` or `color_scheme`."""
        context = await self.browser.new_context(viewport={"width": width, "height": height}, **more)  # type: ignore[arg-type]
        self.contexts.append(context)
        return await self.tab(context, excused=excused)

    async def tab(self, context: BrowserContext, *, excused: re.Pattern[str] | None = None) -> Chat:
        """One more tab of somebody."""
        chat = Chat(await context.new_page(), excused)
        self.chats.append(chat)
        return chat

    async def leave(self) -> None:
        """Close all, and fail if a page has complained."""
        for context in self.contexts:
            await context.close()
        faults = [fault for chat in self.chats for fault in chat.faults]
        assert not faults, "\n".join(faults)
