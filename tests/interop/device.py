"""What a person does with the code that a device shows (RFC 8628 3.3)."""

from tests.servers.web_client import Page, WebClient


def connect(browser: WebClient, address: str, user_code: str, button: str = "connect") -> Page:
    """Enter the code at `address` in a browser where somebody is signed in, and press the button."""
    page = browser.submit(browser.get(address), user_code=user_code)
    if page.path == "/sign-in/consent":
        page = browser.submit(page, ("do", "allow"))
    assert user_code in page.words(), f"{page.url} {page.status} {page.words()}"
    return browser.submit(page, ("do", button))
