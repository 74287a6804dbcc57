"""Package names that say whose they are: a scope is a company's or a person's, unless everybody knows it."""

import re
from collections.abc import Callable

NEUTRAL = "@your-scope/your-package"

KNOWN = frozenset(
    [
        "angular",
        "angular-devkit",
        "apollo",
        "aws-sdk",
        "azure",
        "babel",
        "biomejs",
        "changesets",
        "cloudflare",
        "commitlint",
        "emotion",
        "esbuild",
        "eslint",
        "expo",
        "fastify",
        "floating-ui",
        "fortawesome",
        "google-cloud",
        "graphql-codegen",
        "headlessui",
        "heroicons",
        "hookform",
        "jest",
        "jridgewell",
        "lerna",
        "mui",
        "napi-rs",
        "nestjs",
        "next",
        "nodelib",
        "npmcli",
        "nuxt",
        "nx",
        "octokit",
        "opentelemetry",
        "parcel",
        "playwright",
        "popperjs",
        "prisma",
        "radix-ui",
        "react-native",
        "react-navigation",
        "redux",
        "redux-saga",
        "reduxjs",
        "remix-run",
        "rollup",
        "rushstack",
        "sentry",
        "sinonjs",
        "storybook",
        "supabase",
        "sveltejs",
        "svgr",
        "swc",
        "tailwindcss",
        "tanstack",
        "testing-library",
        "trpc",
        "types",
        "typescript-eslint",
        "vercel",
        "vitejs",
        "vitest",
        "vue",
        "webassemblyjs",
        "webpack-cli",
        "yarnpkg",
        "your-scope",
        "your-org",
        "scope",
        "org",
        "example",
        "my-scope",
        "my-org",
    ]
)
"""Scopes of public projects, and those that documentation uses for examples."""

_SCOPED = re.compile(
    r"(?<![\w@./-])@([a-z0-9][a-z0-9._-]{0,100})(?:/|%2f)([a-z0-9][a-z0-9._-]*[a-z0-9]|[a-z0-9])", re.I
)


def replace_private(text: str, removed: Callable[[str], None]) -> str:
    """The text with every scoped name replaced whose scope is no public project's; each is told to `removed`."""

    def neutral(match: re.Match[str]) -> str:
        if match[1].casefold() in KNOWN:
            return match[0]
        removed(match[0])
        return NEUTRAL

    return _SCOPED.sub(neutral, text)
