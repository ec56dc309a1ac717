"""The pages a person sees: plain forms that work without JavaScript."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from starlette.responses import HTMLResponse

from tests.servers.microsoft.identity.errors import Refused

STYLE = (
    "body{font:16px/1.5 sans-serif;margin:3rem auto;max-width:28rem;padding:0 1rem}"
    "label,input,button{display:block;margin:.5rem 0}button{padding:.5rem 1.5rem}"
)

EXPLAINED = {
    "openid": "Sign you in",
    "profile": "View your basic profile",
    "email": "View your e-mail address",
    "offline_access": "Maintain access to data you have given it access to",
    "User.Read": "Sign you in and read your profile",
    "Calendars.ReadBasic": "Read the basic details of your calendars",
    "Calendars.Read": "Read your calendars",
    "Calendars.ReadWrite": "Have full access to your calendars",
    "MailboxSettings.Read": "Read your mailbox settings",
    "Mail.Send": "Send mail as you",
}


def sign_in(action: str, context: str, hint: str, problem: str = "") -> HTMLResponse:
    """Ask who it is."""
    return _page(
        "Sign in",
        _paragraph(problem, "alert")
        + _form(
            action,
            {"ctx": context},
            f'<label for="login">E-mail</label><input id="login" name="login" type="email" value="{escape(hint)}">'
            '<label for="passwd">Password</label><input id="passwd" name="passwd" type="password">'
            '<button name="answer" value="accept">Sign in</button><button name="answer" value="cancel">Cancel</button>',
        ),
    )


def consent(action: str, context: str, application: str, scopes: Iterable[str], *, for_everybody: bool) -> HTMLResponse:
    """Ask whether an application may have these scopes."""
    whom = " for your organization" if for_everybody else ""
    wanted = "".join(f"<li>{escape(EXPLAINED.get(scope, scope))} ({escape(scope)})</li>" for scope in sorted(scopes))
    return _page(
        f"Permissions requested{whom}",
        f"<p>{escape(application)} would like to:</p><ul>{wanted}</ul>"
        + _form(
            action,
            {"ctx": context},
            '<button name="answer" value="accept">Accept</button><button name="answer" value="cancel">Cancel</button>',
        ),
    )


def need_admin(action: str, context: str, application: str, refused: str) -> HTMLResponse:
    """Say that only an administrator can consent, and offer the way back."""
    return _page(
        "Need admin approval",
        f"<p>{escape(application)} needs permission to access resources in your organization that only an admin can"
        f" grant.</p>{_paragraph(refused)}"
        + _form(
            action,
            {"ctx": context},
            '<button name="answer" value="cancel">Return to the application without granting consent</button>',
        ),
    )


def failure(refused: Refused, description: str) -> HTMLResponse:
    """Show an error that must not be sent to an address which may not be the application's."""
    return _page("Sorry, but we are having trouble signing you in", _paragraph(description), refused.kind.status)


def posting(action: str, fields: Mapping[str, str]) -> HTMLResponse:
    """Send the answer as a form (``response_mode=form_post``)."""
    return _page("Continue", _form(action, fields, "<button>Continue</button>"))


def _paragraph(text: str, role: str = "") -> str:
    named = f' role="{role}"' if role else ""
    return f"<p{named}>{escape(text)}</p>" if text else ""


def _form(action: str, hidden: Mapping[str, str], inner: str) -> str:
    kept = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in hidden.items()
    )
    return f'<form method="post" action="{escape(action)}">{kept}{inner}</form>'


def _page(title: str, inner: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>"
        f"<body><main><h1>{escape(title)}</h1>{inner}</main></body></html>",
        status,
        headers={"Cache-Control": "no-store", "X-Frame-Options": "DENY"},
    )
