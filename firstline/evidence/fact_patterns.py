"""Where the facts of a paste stand: the first pattern that matches gives the fact; order is from sure to guessed."""

_VERSION = r"v?(\d+\.\d+\.\d+[\w.+-]*)"
COMMANDS = (
    "npm",
    "npx",
    "yarn",
    "pnpm",
    "pip",
    "twine",
    "corepack",
    "poetry",
    "cargo",
    "gem",
    "bundle",
    "docker",
    "git",
)
_TOOLS = rf"(?:{'|'.join(COMMANDS)}|pip3|python3? -m (?:pip|twine|build))"
_PROMPT = r"^(?:\S{0,60}?[$❯#>%]|PS [A-Z]:[^>\n]{0,120}>|[A-Za-z]:\\[^>\n]{0,120}>)\s*"
_NAME = r"(?:@[\w.~-]+/)?[\w.~-]+"

FACTS: dict[str, tuple[str, ...]] = {
    "npm": (
        rf"\busing npm@{_VERSION}",
        rf"^npm ERR! npm\s+{_VERSION}",
        rf"\bnpm@{_VERSION}(?!\w)",
        rf"\bnpm(?: version)?[:\s]{{1,3}}{_VERSION}",
        rf"\bnpm -v\W+{_VERSION}",
    ),
    "node": (
        rf"\busing node@{_VERSION}",
        rf"^npm ERR! node\s+{_VERSION}",
        rf"\bnode(?:\.?js)?(?: version)?[@:\s]{{1,3}}{_VERSION}",
        rf"\bnode -v\W+{_VERSION}",
        r"\bnode-(v\d+\.\d+\.\d+)-",
    ),
    "yarn": (rf"\byarn(?: install| add| run)? v{_VERSION}", rf"\byarn@{_VERSION}", r"\byarn-(\d+\.\d+\.\d+)\.c?js"),
    "pnpm": (rf"\bpnpm@{_VERSION}", rf"\bpnpm(?: version)?[:\s]{{1,3}}{_VERSION}"),
    "pip": (r"\bpip (\d+\.\d+(?:\.\d+)?) from", r"\bpip(?: version|==)[:\s]{0,2}(\d+\.\d+(?:\.\d+)?)"),
    "twine": (r"\btwine(?: version|/|==)[:\s]{0,2}(\d+\.\d+\.\d+)",),
    "poetry": (r"\bPoetry \(?version (\d+\.\d+\.\d+)",),
    "cargo": (r"\bcargo (\d+\.\d+\.\d+)",),
    "ruby": (r"\bruby (\d+\.\d+\.\d+)",),
    "docker": (r"\bDocker version (\d+\.\d+\.\d+)",),
    "cpu": (r"\| (?:linux|darwin|win32) \| (x64|arm64|ia32|arm)\b", r"\b(aarch64|arm64|x86_64)\b"),
    "python": (
        r"\bPython[: ]{1,2}(\d\.\d+(?:\.\d+)?)",
        r"\bpython(\d\.\d+)/(?:site|dist)-packages",
        r"\\Python(\d)(\d\d?)\\",
    ),
    "os": (
        r"\b(Windows_NT [\d.]+|Darwin [\d.]+|Linux \d[\w.-]+)",
        r"^npm ERR! os (win32|darwin|linux)\b",
        r"\busing node@\S+ \| (linux|darwin|win32) \|",
        r"\b(Windows 1[01]|macOS(?: \d+(?:\.\d+)*)?|Ubuntu(?: \d\d\.\d\d)?|Debian|Alpine|Fedora)\b",
    ),
    "command": (
        rf"{_PROMPT}({_TOOLS}\s[^\n|;&]{{1,160}})$",
        r"\bargv .{0,120}\"npm(?:-cli\.js)?\" (\"[\w-]+\"(?: \"[^\"\n]{1,60}\"){0,5})",
        r"\bcommand \"[^\"\n]*node[^\"\n]*\" \"[^\"\n]*npm[^\"\n]*\" (\"[\w-]+\"(?: \"[^\"\n]{1,60}\"){0,5})",
        r"\bverbose (?:cli|argv|title) .{0,160}?npm(?:-cli\.js)?['\",]{1,3} (['\"][\w-]+['\"][^\n\]]{0,120})",
        r"\bverbose title (npm [^\n]{1,120})",
        rf"^(?:Run|RUN) ({_TOOLS}\s[^\n]{{1,120}})$",
        rf"`({_TOOLS} [a-z][^`\n]{{0,80}})`",
    ),
    "error_code": (
        r"^npm ERR! code (\w+)",
        r"\b(ERR_PNPM_\w+|YN\d{4})\b",
        r"\bcode: '(\w+)'",
        r"\b(ERR_[A-Z_]{4,})\b",
        r"\b(E[A-Z]{4,20}|E[45]\d\d)\b",
        r"^error: ([a-z]+(?:-[a-z]+)+)\b",
    ),
    "registry": (
        r"\b(?:npm_config_)?registry\s?[=:]\s?[\"']?(https?://[^\s\"',]+)",
        r"\b(?:GET|PUT|POST|DELETE)\s+(?:\d{3}\s+)?(https?://[^\s'\",)]+)",
        r"Looking in indexes: (https?://[^\s,]+)",
        r"\b(?:Uploading distributions to|request to|from) (https?://[^\s'\",)]+)",
    ),
    "time": (
        r"\b(\d{4}-\d\d-\d\d[T ]\d\d[:_]\d\d[:_]\d\d(?:[._]\d+)?Z)",
        r"\b(\d{4}-\d\d-\d\dT\d\d_\d\d_\d\d)_\d{3}Z-debug",
    ),
    "proxy": (r"\b(?:https?[_-]proxy|proxy)\s?[=:]\s?[\"']?(https?://[^\s\"',]+)",),
    "index": (r"\b(testpypi|test index)\b", r"Looking in indexes: (\S+)"),
    "file": (r"(?<![\w.-])([\w.-]{1,120}-\d[\w.+-]{0,60}\.(?:tar\.gz|whl|tgz))\b",),
    "log_path": (r"(?<!\S)(\S{0,200}_logs[/\\]\S{0,80}debug\S{0,20}\.log)",),
}

REQUEST = r"\b(?:GET|PUT|POST|DELETE)\s+(?:\d{3}\s+)?(https?://[^\s'\",)]+)"

PACKAGES: tuple[str, ...] = (
    r"permission to publish [\"'](?P<name>[^\"'\n]+)[\"']",
    (
        r"\b(?:GET|PUT|DELETE)\s+(?:\d{3}\s+)?https?://[^/\s]+/(?:[^\s/@]+/){0,4}?"
        r"(?P<name>@[\w.~-]+/[\w.~-]+|[\w.~-]+)(?=[\s'\",)]|/?$|/-/| -)"
    ),
    rf"'(?P<name>{_NAME})@(?P<version>[^'\s]*)' is not in (?:this|the npm) registry",
    rf"No matching version found for (?P<name>{_NAME})@(?P<version>[^\s]+?)\.?$",
    r"No matching distribution found for (?P<name>[A-Za-z0-9][\w.-]*?)(?:[=<>~!]=?(?P<version>[\w.*+-]+))?(?:\s|$)",
    r"previously published versions?:? \"?(?P<version>\d[\w.+-]*?)\"?\.?(?:$| : (?P<name>[\w@/.-]+))",
    r"(?:upload to (?:project )?|project )'(?P<name>[\w.-]+)'",
    r"Failed building wheel for (?P<name>[\w.-]+)",
    r"Cannot find (?:module|package) '(?P<name>(?:@[\w.~-]+/)?[a-z][\w.~-]*)'",
    rf"^npm notice 📦\s+(?P<name>{_NAME})@(?P<version>\S+)",
    rf"^npm ERR! 404\s+(?:Not found|missing) : (?P<name>{_NAME})",
    r"^npm ERR! path .*[/\\]node_modules[/\\](?P<name>(?:@[\w.~-]+[/\\])?[\w.~-]+)",
)

CI: dict[str, str] = {
    "GitHub Actions": r"GITHUB_ACTIONS|/home/runner/|##\[(?:error|group)\]|Process completed with exit code|D:\\a\\",
    "GitLab CI": r"GITLAB_CI|/builds/\w|\bsection_start:",
    "CircleCI": r"CIRCLECI|/home/circleci",
    "Jenkins": r"\bJENKINS|/var/(?:lib/)?jenkins",
    "Travis CI": r"\bTRAVIS\b|/home/travis|travis_fold",
    "Bitbucket Pipelines": r"BITBUCKET_|/opt/atlassian/pipelines",
    "AWS CodeBuild": r"CODEBUILD|/codebuild/",
    "Azure Pipelines": r"##vso\[|/home/vsts/|D:\\a\\_work",
    "Vercel": r"\bvercel build\b|/vercel/path",
    "Netlify": r"/opt/build/repo|\bnetlify build\b|build-image version",
}

CONTAINER = (
    r"^Step \d+/\d+ :|^#\d+ \[[^\]\n]*\] RUN |/root/\.npm|\bdocker build\b|executor failed running"
    r"|The command '/bin/sh -c"
)

# A prompt with a command, or a person's home folder: somebody's own machine, not a CI's.
PLACE = (
    rf"{_PROMPT}{_TOOLS}\s|[\\/]Users[\\/]+(?!runner|vsts|travis|…)\w"
    r"|[\\/]Users[\\/]+…|/home/…|/home/(?!runner|circleci|travis|vsts|node|jenkins|ubuntu|docker)\w"
)

TOOLS: tuple[tuple[str, str], ...] = (
    ("pnpm", r"ERR_PNPM_|\bpnpm:"),
    ("yarn", r"\bYN\d{4}\b|^yarn \w+ v\d|^error .*yarn"),
    ("npm", r"^npm (?:ERR!|WARN|notice)"),
    ("cargo", r"\bUpdating \S+ index$|\bcargo (?:build|publish|install)\b|spurious network error"),
    ("gem", r"\bgem (?:install|push)\b|gem native extension|^Bundler "),
    ("docker", r"Error response from daemon|\bdocker (?:pull|push|login)\b"),
    ("poetry", r"\bpoetry (?:install|publish|add|lock)\b"),
    ("twine", r"\btwine\b|Uploading distributions to"),
    ("pip", r"^(?:ERROR: (?:Could not|No matching|Failed)|Collecting \w|Looking in indexes)|\bpip install\b"),
)
