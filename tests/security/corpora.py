"""Hostile text of our own making: what tries to run a script (S-14), and what tries to be noticed (S-16).

The script vectors are generated: payloads times the contexts in which a careless page would print them. Each calls
`hit()`, which the browser tests define to report itself; each remote vector asks a name that leads into the trap.
"""

import base64
import itertools

CALL = "hit(1)"
REMOTE = "tracker.example"
ENTITY_CALL = "".join(f"&#{ord(letter)};" for letter in CALL)
HEX_CALL = "".join(f"&#x{ord(letter):x};" for letter in CALL)

HANDLERS = (
    ("img src=x", "onerror"),
    ("img src=x", "onload"),
    ("svg", "onload"),
    ("body", "onload"),
    ("body", "onpageshow"),
    ("iframe src=about:blank", "onload"),
    ("video src=x", "onerror"),
    ("video><source src=x", "onerror"),
    ("audio src=x", "onerror"),
    ("object data=x", "onerror"),
    ("embed src=x", "onload"),
    ("input autofocus", "onfocus"),
    ("textarea autofocus", "onfocus"),
    ("select autofocus", "onfocus"),
    ("button autofocus", "onfocus"),
    ("a href=# autofocus", "onfocus"),
    ("details open", "ontoggle"),
    ("marquee", "onstart"),
    ("div style=animation-name:x", "onanimationstart"),
    ("p contenteditable autofocus", "onfocus"),
    ("frameset", "onload"),
    ("link rel=stylesheet href=x", "onerror"),
    ("style", "onload"),
    ("math><mi href=x", "onclick"),
    ("table background=x", "onload"),
    ("svg><image href=x", "onerror"),
    ("svg><animate attributeName=x dur=1s", "onbegin"),
    ("svg><set attributeName=x dur=1s", "onbegin"),
    ("div popover id=p", "onbeforetoggle"),
    ("custom-element tabindex=0 autofocus", "onfocus"),
)
WRITINGS = (
    "<{tag} {handler}={call}>",
    '<{tag} {handler}="{call}">',
    "<{TAG} {HANDLER}='{call}'>",
    "<{slashed}/{handler}={entities}>",
    "<{tag}\n{handler}\t=\n`{call}`>",
)
SCHEMES = (
    "javascript:" + CALL,
    "JaVaScRiPt:" + CALL,
    "java\tscript:" + CALL,
    "java\nscript:" + CALL,
    "\x01javascript:" + CALL,
    " javascript:" + CALL,
    "javascript&colon;" + CALL,
    "&#106;avascript:" + CALL,
    "&#x0000006A;avascript:" + CALL,
    "javascript:" + ENTITY_CALL,
    "java\u200bscript:" + CALL,
    "vbscript:" + CALL,
    "data:text/html,<script>" + CALL + "</script>",
    "data:text/html;base64," + base64.b64encode(f"<script>{CALL}</script>".encode()).decode(),
    "data:image/svg+xml,<svg onload=" + CALL + ">",
    "javascript://registry.example.org/%0a" + CALL,
    "view-source:javascript:" + CALL,
    "blob:null/" + CALL,
)
PLACES = (
    '<a href="{}">read on</a>',
    '<form action="{}"><button>go</button></form>',
    '<iframe src="{}"></iframe>',
    '<svg><a xlink:href="{}"><text y=9>read on</text></a></svg>',
    '<button formaction="{}" form=f>go</button>',
    '<meta http-equiv=refresh content="0;url={}">',
)
SCRIPTS = (
    f"<script>{CALL}</script>",
    f"<script src=data:text/javascript,{CALL}></script>",
    f"<SCRIPT/x>{CALL}</SCRIPT>",
    f"<scr<script>ipt>{CALL}</script>",
    f"<script\x00>{CALL}</script>",
    f"<script>{CALL}//",
    f"<<script>{CALL}//<</script>",
    f"<script type=module>{CALL}</script>",
    f"<script nonce=guess>{CALL}</script>",
    f"<svg><script>{CALL}</script></svg>",
    f"<svg><script>{ENTITY_CALL}</script></svg>",
    f"<math><script>{CALL}</script></math>",
    f'<iframe srcdoc="<script>parent.{CALL}</script>"></iframe>',
    f'<object data="data:text/html,<script>parent.{CALL}</script>"></object>',
    f"<template><script>{CALL}</script></template>",
    f"<noscript><p title='</noscript><script>{CALL}</script>'></noscript>",
    f'<base href="javascript:{CALL}//"><a href=x>x</a>',
)
INNER = f"<img src=x onerror={CALL}>"
HIDDEN = INNER.replace("<", "&lt;").replace(">", "&gt;")
RAW_TEXT = (
    "style",
    "title",
    "textarea",
    "xmp",
    "noembed",
    "noframes",
    "noscript",
    "iframe",
    "plaintext",
    "listing",
    "script",
)
MUTATIONS = (
    f'<math><mtext><table><mglyph><style><!--</style><img title="--&gt;{HIDDEN}">',
    f'<svg></p><style><a id="</style>{INNER}">',
    f"<form><math><mtext></form><form><mglyph><style></math>{INNER}",
    f"<math><annotation-xml encoding=text/html><style>{INNER}</style></annotation-xml></math>",
    f"<svg><foreignObject><style>{INNER}</style></foreignObject></svg>",
    f"<svg><desc><style>{INNER}</style></desc></svg>",
    f"<select><style>{INNER}</style></select>",
    f"<select><template shadowrootmode=open>{INNER}</template></select>",
    f"<table><td><svg><style><{'/td>'}{INNER}</style></svg>",
    f"<!--><img src=x onerror={CALL}>-->",
    f"<!--!>{INNER}-->",
    f"<!-- --!>{INNER}-->",
    f"<![CDATA[<img src=x]]>{INNER}]]>",
    f"<?xml version='1.0'?>{INNER}",
    f"<!DOCTYPE x [<!ENTITY y '{HIDDEN}'>]>&y;",
    f"<svg><![CDATA[{INNER}]]></svg>",
    f"<p title='</p>{INNER}'>",
    f'<a title="&quot;&gt;{HIDDEN}">x</a>',
    f'<img alt="`>{INNER}">',
    f"<a href='x\" onmouseover=\"{CALL}'>x</a>",
    f"<div\u2028onclick={CALL}>x</div>",
    f"<img src='x\x00' onerror={CALL}>",
    f"</{'b' * 200}><img src=x onerror={CALL}>",
    f"<p>{'<b>' * 150}{INNER}",
    f"<x onclick={CALL} tabindex=1 autofocus onfocus={CALL}>x</x>",
    "<a id=location href='javascript:" + CALL + "'></a><form id=document><input name=body></form>",
    "<img name=getElementById><form name=cookie><input id=htmx>",
    f"<div hx-get=/ hx-trigger=load hx-on:htmx:load='{CALL}'>x</div>",
    f"<div hx-on::load='{CALL}' data-hx-on:click='{CALL}'>x</div>",
    f"<button hx-post=/accounts/shortcuts/ hx-trigger=load hx-vals='js:{{a:{CALL}}}'>x</button>",
    "<a href=/accounts/logout/ data-shortcut='j e r' data-palette-open>x</a>",
    f'<link rel=preload as=script href="data:text/javascript,{CALL}">',
    f'<meta name=htmx-config content=\'{{"allowEval":true}}\'><p hx-on:click="{CALL}">x</p>',
    f'<style>@import "javascript:{CALL}"; *{{background:url("javascript:{CALL}")}}</style>',
    f'<p style="background:url(javascript:{CALL});width:expression({CALL})">x</p>',
)
BREAKOUTS = (
    f'"><script>{CALL}</script>',
    f"'><script>{CALL}</script>",
    f'" onmouseover={CALL} x="',
    f"' autofocus onfocus={CALL} x='",
    f"` onerror={CALL} x=`",
    f"</title><script>{CALL}</script>",
    f"</textarea>{INNER}",
    f"</option></select>{INNER}",
    f"</style>{INNER}",
    f"</script><script>{CALL}</script>",
    f"--><script>{CALL}</script>",
    f"]]>{INNER}",
    f'\\"));{CALL}//',
    f"';{CALL};'",
    f"${{{CALL}}}",
    f"{{{{constructor.constructor('{CALL}')()}}}}",
    "{% load x %}{{ request.csp_nonce }}{% csrf_token %}",
    f"\u2028{CALL}\u2029",
    f"\ufeff<script>{CALL}</script>",
    f"+ADw-script+AD4-{CALL}+ADw-/script+AD4-",
    f"\xbcscript\xbe{CALL}\xbc/script\xbe",
    f"＜script＞{CALL}＜/script＞",
)
MARKDOWN = (
    f"[x](javascript:{CALL})",
    f"[x](JaVaScript&colon;{CALL})",
    f"[x](<javascript:{CALL}>)",
    f"[x](data:text/html;base64,{base64.b64encode(INNER.encode()).decode()})",
    f"![x](javascript:{CALL})",
    f'![x](x "onerror={CALL}")',
    f'![x\\"onerror=\\"{CALL}](x)',
    f"<javascript:{CALL}>",
    f"[x][y]\n\n[y]: javascript:{CALL}",
    f"[x]: javascript:{CALL}\n\n[x]",
    f'```"><script>{CALL}</script>\nx\n```',
    f"```js onload={CALL}\nx\n```",
    f"`{INNER}`",
    f"# {INNER}",
    f"| {INNER} |\n|---|\n| {INNER} |",
    f"> {INNER}",
    f"[{INNER}](https://registry.example.org)",
    f'[x](https://registry.example.org/"onmouseover="{CALL})',
    f'https://registry.example.org/"onmouseover="{CALL}',
    f"https://registry.example.org/'><script>{CALL}</script>",
    f'a@b.example"><script>{CALL}</script>',
    f"<details open ontoggle={CALL}>\n\n*x*\n\n</details>",
)


def scripts() -> list[str]:
    """Every script vector, each once, always in the same order; more than 300."""
    return list(dict.fromkeys([*SCRIPTS, *BREAKOUTS, *MARKDOWN, *MUTATIONS, *_raw_text(), *_links(), *_handlers()]))


def _handlers() -> list[str]:
    return [
        writing.format(
            tag=tag, TAG=tag.upper(), handler=handler, HANDLER=handler.upper(), call=CALL, entities=ENTITY_CALL,
            slashed=tag.replace(" ", "/"),
        )
        for (tag, handler), writing in itertools.product(HANDLERS, WRITINGS)
    ]  # fmt: skip


def _links() -> list[str]:
    return [place.format(scheme) for scheme, place in itertools.product(SCHEMES, PLACES)]


def _raw_text() -> list[str]:
    """An attribute that closes a raw-text element, which two parsers may see differently."""
    return [f'<{tag}><p title="</{tag}>{INNER}">' for tag in RAW_TEXT]


def trackers() -> list[str]:
    """At least sixty ways in which HTML asks another host for something when it is shown."""
    return [vector.replace("URL", f"//{REMOTE}/{number}") for number, vector in enumerate(_TRACKERS)]


_TRACKERS = (
    "<img src=http:URL>",
    "<img src='https:URL' width=1 height=1>",
    "<img src=URL>",
    "<IMG SRC=hTTp:URL>",
    "<img src='\thttp:URL'>",
    "<img src='http:&#47;&#47;tracker.example/e'>",
    "<img srcset='http:URL 1x, http:URL/b 2x'>",
    "<img src=cid:none srcset=http:URL>",
    "<img lowsrc=http:URL dynsrc=http:URL>",
    "<img longdesc=http:URL src=cid:x>",
    "<img src=http:URL loading=lazy>",
    "<image src=http:URL>",
    "<picture><source srcset=http:URL><img></picture>",
    "<body background=http:URL>",
    "<table background=http:URL><tr><td>x</table>",
    "<td background=http:URL>x",
    "<table><tr background=http:URL><td>x</table>",
    "<p style='background:url(http:URL)'>x</p>",
    "<p style='background-image:url(&quot;http:URL&quot;)'>x</p>",
    "<p style='background:\\75rl(http:URL)'>x</p>",
    "<p style='background:u/**/rl(http:URL)'>x</p>",
    "<p style='background:image-set(\"http:URL\" 1x)'>x</p>",
    "<p style='background:-webkit-image-set(url(http:URL) 1x)'>x</p>",
    "<p style='background:-webkit-cross-fade(url(http:URL),url(http:URL),50%)'>x</p>",
    "<p style='list-style:url(http:URL)'>x</p>",
    "<ul style='list-style-image:url(http:URL)'><li>x</ul>",
    "<p style='border-image:url(http:URL) 1'>x</p>",
    "<p style='cursor:url(http:URL),auto'>x</p>",
    "<p style='content:url(http:URL)'>x</p>",
    "<p style='mask:url(http:URL)'>x</p>",
    "<p style='shape-outside:url(http:URL);float:left'>x</p>",
    "<p style='filter:url(http:URL#f)'>x</p>",
    "<p style='--x:url(http:URL);background:var(--x)'>x</p>",
    "<style>@import 'http:URL';</style>",
    "<style>@import url(http:URL);</style>",
    "<style>@font-face{font-family:f;src:url(http:URL)}p{font-family:f}</style><p>x</p>",
    "<style>p{background:url(http:URL)}</style><p>x</p>",
    "<style>p::before{content:url(http:URL)}</style><p>x</p>",
    "<style>@media screen{p{background:url(http:URL)}}</style><p>x</p>",
    "<style>@namespace x 'http:URL'; @charset 'x';</style>",
    "<link rel=stylesheet href=http:URL>",
    "<link rel=preload as=image href=http:URL>",
    "<link rel=prefetch href=http:URL>",
    "<link rel=dns-prefetch href=URL>",
    "<link rel=preconnect href=http:URL>",
    "<link rel=modulepreload href=http:URL>",
    "<link rel=icon href=http:URL>",
    "<link rel=manifest href=http:URL>",
    "<link rel=prerender href=http:URL>",
    "<script src=http:URL></script>",
    "<iframe src=http:URL></iframe>",
    "<iframe srcdoc='<img src=http:URL>'></iframe>",
    "<frameset><frame src=http:URL></frameset>",
    "<object data=http:URL></object>",
    "<object type=image/png data=http:URL></object>",
    "<embed src=http:URL>",
    "<applet code=x codebase=http:URL></applet>",
    "<video src=http:URL autoplay></video>",
    "<video poster=http:URL></video>",
    "<video><track default src=http:URL></video>",
    "<audio src=http:URL preload=auto></audio>",
    "<audio><source src=http:URL></audio>",
    "<input type=image src=http:URL>",
    "<meta http-equiv=refresh content='0;url=http:URL'>",
    "<meta http-equiv=Link content='<http:URL>;rel=preload;as=image'>",
    "<base href=http:URL/><img src=x>",
    "<svg><image href=http:URL /></svg>",
    "<svg><image xlink:href=http:URL /></svg>",
    "<svg><use href=http:URL#x /></svg>",
    "<svg><filter id=f><feImage href=http:URL /></filter><rect filter=url(#f) width=9 height=9 /></svg>",
    "<svg><style>@import 'http:URL';</style></svg>",
    "<svg><rect fill='url(http:URL#x)' width=9 height=9 /></svg>",
    "<svg><script href=http:URL /></svg>",
    "<math><mglyph src=http:URL /></math>",
    "<a ping=http:URL href=http:URL>x</a>",
    "<bgsound src=http:URL>",
    "<portal src=http:URL></portal>",
    "<html manifest=http:URL>",
    "<template><img src=http:URL></template>",
    "<noscript><img src=http:URL></noscript>",
    "<!--[if gte mso 9]><img src=http:URL><![endif]-->",
    '<img src=\'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg"><image href="http:URL"/></svg>\'>',
)
