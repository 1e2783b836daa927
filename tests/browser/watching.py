"""What no page may do: complain, break its policy, ask another host, fail."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Request,
    Response,
    WebError,
)

# Told to the console, for what Chromium only counts.
REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`Policy: ${event.violatedDirective} ${event.blockedURI}`));
"""
HARMLESS_SCHEMES = ("data", "blob")
# Chromium tells, and it is no complaint, that it has done as it was told.
DONE = "Clear-Site-Data header on"
# Of a test that has cut the connection itself: no page brings this about.
CUT = "net::ERR_INTERNET_DISCONNECTED"
TOLD_OF_A_CUT = ("htmx:sendError", "htmx:afterRequest")


@dataclass
class Watch:
    """What the pages of a context have done wrong.

    :param origin: where they are from.
    :ivar refused: the addresses of pages that were answered with 4xx, which a form does
        whose fields are wrong. Chromium tells the console about it.
    """

    origin: str
    messages: list[tuple[str, str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)

    def listen_to(self, context: BrowserContext) -> None:
        context.add_init_script(REPORT_VIOLATIONS)
        context.on("console", self.note_message)
        context.on("weberror", self.note_error)
        context.on("request", self.note_request)
        context.on("response", self.note_response)

    def note_message(self, message: ConsoleMessage) -> None:
        self.messages.append((message.text, message.location["url"]))

    def note_error(self, error: WebError) -> None:
        self.faults.append(f"An error of a script: {error.error}")

    def note_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        is_own = f"{parts.scheme}://{parts.netloc}" == self.origin
        if not is_own and parts.scheme not in HARMLESS_SCHEMES:
            self.faults.append(f"A request to another host: {request.url}")

    def note_response(self, response: Response) -> None:
        if response.status >= 500:
            self.faults.append(f"{response.status} for {response.url}")
        elif response.status >= 400 and is_page(response.request):
            self.refused.add(response.url)

    def all_faults(self) -> list[str]:
        """Everything that a test fails for."""
        told = [
            f"The console: {text} ({url})"
            for text, url in self.messages
            if not (
                text.startswith(DONE)
                or self.is_told_of_a_refusal(text, url)
                or self.is_told_of_a_cut(text)
            )
        ]
        return told + self.faults

    def is_told_of_a_refusal(self, text: str, url: str) -> bool:
        if text.startswith("Response Status Error Code 4"):  # of htmx itself
            return bool(self.refused)
        return url in self.refused and text.startswith("Failed to load resource")

    def is_told_of_a_cut(self, text: str) -> bool:
        is_cut = any(CUT in other for other, _url in self.messages)
        return CUT in text or (is_cut and text.startswith(TOLD_OF_A_CUT))


def is_page(request: Request) -> bool:
    """Whether it is for a whole page: by a link, a form, or by htmx."""
    return request.is_navigation_request() or "hx-request" in request.headers
