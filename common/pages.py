"""Self-contained pages from templates: all values are escaped, and only a page's own script runs."""

import json
import os
import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from pkgutil import get_data
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import jinja2
    from markupsafe import Markup

# Characters that reverse the direction of text around them, so that a reply would read as another one; and those that a
# terminal obeys, HTML forbids or UTF-8 cannot encode.
TURNING = map(ord, "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
FORBIDDEN = (*range(9), 11, 12, *range(14, 32), *range(127, 160), *range(0xD800, 0xE000))
_PLACE = re.compile("<!--([a-z][^<>]*)-->.*?<!--/\\1-->", re.DOTALL)
NOT_SHOWN = dict.fromkeys((*TURNING, *FORBIDDEN), "\ufffd")


def template(
    package: str,
    name: str,
    filters: Mapping[str, Callable[..., object]] | None = None,
    not_shown: Mapping[int, str] = NOT_SHOWN,
) -> "jinja2.Template":
    """Return a page's template, a file of a package; it may extend another one, by package/name.

    not_shown: characters, and what is shown in their place.
    """
    environment = _environment(
        autoescape=True, finalize=lambda value: value.translate(not_shown) if type(value) is str else value
    )
    environment.filters |= filters or {}
    return environment.get_template(f"{package}/{name}")


def filled(template: str, **values: object) -> str:
    """Return a text that is not a page, such as Markdown, from its template: nothing is escaped."""
    return _environment(autoescape=False).from_string(template).render(values)


def put(page: str, values: Mapping[str, str]) -> str:
    """Return a page with HTML put into its places, by name: it replaces what is between <!--name--> and <!--/name-->.

    Escaped text cannot make a place. Of nested places, the outer one counts.
    """
    return _PLACE.sub(lambda place: values.get(place[1], place[0]), page)


def inlined(style: str, script: str) -> dict[str, Any]:
    """Return a page's own style and script, and the policy that lets only this script run."""
    return {"style": markup(style), "script": markup(script), "policy": markup(policy(script))}


def policy(script: str) -> str:
    """Return the policy of a page with inline style and script, which loads nothing and runs no other script."""
    digest = b64encode(sha256(script.encode()).digest()).decode()
    allowed = f"script-src 'sha256-{digest}'; style-src 'unsafe-inline'"
    return f"default-src 'none'; {allowed}; img-src data:; base-uri 'none'; form-action 'none'"


def as_json(data: object) -> str:
    """Return JSON for a script element of a page. No text in it can end the element."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")


def markup(text: str) -> "Markup":
    """Return HTML that is not to be escaped."""
    from markupsafe import Markup

    return Markup(text)


def text(package: str, name: str) -> str:
    """Return a file of a package as text."""
    return (get_data(package, name) or b"").decode()


def _environment(autoescape: bool, finalize: Callable[[object], object] | None = None) -> "jinja2.Environment":
    import jinja2

    return jinja2.Environment(
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        autoescape=autoescape,
        finalize=finalize,
        loader=jinja2.FunctionLoader(lambda path: text(*path.split("/", 1))),
        bytecode_cache=_compiled(),
    )


def _compiled() -> "jinja2.BytecodeCache | None":
    """Return where compiled templates are kept, as Python keeps compiled modules: compiling takes longest here.

    Templates compiled before this file changed are ignored, because its settings are compiled in.
    """
    import jinja2

    folder = Path(__file__).with_name("__pycache__")
    if not os.access(folder, os.W_OK):
        return None
    return jinja2.FileSystemBytecodeCache(str(folder), f"jinja-{Path(__file__).stat().st_mtime_ns}-%s.cache")
