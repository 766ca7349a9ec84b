"""Pages that need nothing else, from templates: whatever is put into one is escaped, and only its own script runs."""

import json
import os
import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from pkgutil import get_data
from typing import Any

# Characters that turn the direction of the text around them, so that an answer would read as another one; and those that a
# terminal obeys, HTML forbids or UTF-8 cannot write.
TURNING = map(ord, "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
FORBIDDEN = (*range(9), 11, 12, *range(14, 32), *range(127, 160), *range(0xD800, 0xE000))
_PLACE = re.compile("<!--([a-z][^<>]*)-->.*?<!--/\\1-->", re.DOTALL)
NOT_SHOWN = dict.fromkeys((*TURNING, *FORBIDDEN), "\ufffd")


def template(
    package: str, name: str, filters: Mapping[str, Callable] | None = None, not_shown: Mapping[int, str] = NOT_SHOWN
) -> Any:
    """Return a page's template, a file of a package; it may extend another one, by package/name.

    not_shown: characters, and what is shown in their place.
    """
    import jinja2

    environment = _environment(
        loader=jinja2.FunctionLoader(lambda path: text(*path.split("/", 1))),
        bytecode_cache=_compiled(),
        autoescape=True,
        finalize=lambda value: value.translate(not_shown) if type(value) is str else value,
    )
    environment.filters |= filters or {}
    return environment.get_template(f"{package}/{name}")


def filled(template: str, **values: Any) -> str:
    """Return a text that is not a page, such as Markdown, from its template: nothing is escaped."""
    return _environment(autoescape=False).from_string(template).render(values)


def put(page: str, values: Mapping[str, str]) -> str:
    """Return a page with HTML in its places, by their names: what stands between <!--name--> and <!--/name--> goes.

    No text that was escaped makes a place. Of places within each other, the outer one counts.
    """
    return _PLACE.sub(lambda place: values.get(place[1], place[0]), page)


def inlined(style: str, script: str) -> dict[str, Any]:
    """Return a page's own style and script, and the policy that lets this very script run and no other."""
    return {"style": markup(style), "script": markup(script), "policy": markup(policy(script))}


def policy(script: str) -> str:
    """Return the policy of a page, its style and script inlined, that loads nothing and runs no other script."""
    digest = b64encode(sha256(script.encode()).digest()).decode()
    allowed = f"script-src 'sha256-{digest}'; style-src 'unsafe-inline'"
    return f"default-src 'none'; {allowed}; img-src data:; base-uri 'none'; form-action 'none'"


def as_json(data: Any) -> str:
    """Return JSON to stand in a script element of a page, which no text in it can end."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")


def markup(text: str) -> Any:
    """Return HTML that is not to be escaped."""
    from markupsafe import Markup

    return Markup(text)


def text(package: str, name: str) -> str:
    """Return a file of a package as text."""
    return (get_data(package, name) or b"").decode()


def _environment(**options: Any) -> Any:
    import jinja2

    return jinja2.Environment(trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined, **options)


def _compiled() -> Any:
    """Return where compiled templates are kept, as Python keeps its own modules: compiling takes longer than all else here.

    What was compiled before this file changed counts no longer, since what it sets is compiled in.
    """
    import jinja2

    folder = Path(__file__).with_name("__pycache__")
    if not os.access(folder, os.W_OK):
        return None
    return jinja2.FileSystemBytecodeCache(str(folder), f"jinja-{Path(__file__).stat().st_mtime_ns}-%s.cache")
