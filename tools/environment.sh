#!/bin/sh
# Makes the environment for `make lab` or `make test`. Plain sh: it must run before anything of ours is installed.
# Usage: [PYTHON=python3.12] [VENV=.venv] sh tools/environment.sh lab|test
set -eu

goal=${1:-lab}
venv=${VENV:-.venv}
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }
fail() { say ""; say "make $goal: $1"; shift; for line in "$@"; do say "  $line"; done; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

suitable() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' >/dev/null 2>&1
}

find_python() {
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11 python}; do
        if suitable "$candidate"; then printf '%s' "$candidate"; return; fi
    done
    fail "Python 3.11, 3.12 or 3.13 is needed and none was found${PYTHON:+ under the name $PYTHON}." \
        "Debian, Ubuntu: sudo apt-get install python3 python3-venv" \
        "macOS:          brew install python@3.13" \
        "elsewhere:      give its path, as in  make $goal PYTHON=/path/to/python3.12"
}

# Runs apt-get where that needs no password; tells the caller whether it worked.
apt_install() {
    have apt-get || return 1
    as=""
    if [ "$(id -u)" != 0 ]; then
        have sudo && sudo -n true 2>/dev/null || return 1
        as="sudo -n"
    fi
    say "Installing $* …"
    DEBIAN_FRONTEND=noninteractive $as apt-get update -qq >/dev/null 2>&1 || true
    DEBIAN_FRONTEND=noninteractive $as apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

make_venv() {
    if [ -x "$venv/bin/python" ]; then
        suitable "$venv/bin/python" && "$venv/bin/python" -m pip --version >/dev/null 2>&1 && return
        say "The environment in $venv no longer works (Python was changed or moved); making it anew."
        rm -rf "$venv"
    fi
    python=$(find_python)
    if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        apt_install "python$version-venv" || fail "this Python cannot make environments: its 'venv' part is missing." \
            "Debian, Ubuntu: sudo apt-get install python$version-venv"
    fi
    say "Making the environment in $venv with $("$python" --version) …"
    if ! "$python" -m venv "$venv"; then
        rm -rf "$venv"
        fail "the environment could not be made; the lines above say why (often: no space left on the disk)."
    fi
}

# JupyterLab carries a script for Node inside the environment; our own package.json must not be taken for its.
shield() { printf '{"type": "commonjs"}\n' >"$venv/package.json"; }

# pip with the pinned versions: a dot a package while it works, its own words only where it fails.
install() {
    log="$venv/install.log"
    rm -f "$venv/.failed"
    { PYTHONUNBUFFERED=1 "$venv/bin/python" -m pip install --disable-pip-version-check --no-input --progress-bar off \
        --constraint constraints.txt "$@" 2>"$log" || : >"$venv/.failed"; } |
        awk '/^ *(Collecting|Processing|Requirement)/ { printf "." } /^Installing/ { printf " unpacking …" }
             { fflush() } END { print "" }' >&2
    [ -e "$venv/.failed" ] || return 0
    grep -v '^WARNING' "$log" >&2 || true
    fail "the packages could not be installed; the lines above say why." \
        "No network: connect once, then run make $goal again; what was fetched is kept." \
        "Behind a mirror: set PIP_INDEX_URL to its address." \
        "No space: the environment needs about $need on the disk."
}

modern_node() {
    have npm && have node && node -e 'process.exit(+(process.versions.node.split(".")[0] < 18))'
}

find_chromium() {
    for candidate in "${LLM_WIDGETS_CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable \
        "/Applications/Chromium.app/Contents/MacOS/Chromium" \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
        if [ -n "$candidate" ] && have "$candidate"; then command -v "$candidate"; return; fi
    done
    return 1
}

test_tools() {
    if ! find_chromium >/dev/null; then
        apt_install chromium fonts-noto-cjk && find_chromium >/dev/null ||
            fail "the browser tests need Chromium (or Chrome) and it may not be installed from here." \
                "Debian:  sudo apt-get install chromium fonts-noto-cjk" \
                "Ubuntu:  sudo snap install chromium" \
                "macOS:   brew install --cask chromium" \
                "or give its path: LLM_WIDGETS_CHROMIUM=/path/to/chrome make test"
    fi
    modern_node || apt_install nodejs npm || true
    if ! modern_node; then
        fail "the front-end checks need Node.js 18 or newer, with npm." \
            "Debian, Ubuntu: sudo apt-get install nodejs npm" "macOS:          brew install node"
    fi
    if [ -f package.json ]; then
        # The lock file names versions and hashes but no registry, so that any mirror can serve them.
        npm ci --no-audit --no-fund --loglevel=error ||
            fail "npm could not install what the front-end checks need; the lines above say why."
    fi
}

# What an installation depends on; the same text again means that nothing is to be done.
state() {
    cat pyproject.toml constraints.txt tools/environment.sh package-lock.json 2>/dev/null | cksum
    pwd
}

stamp="$venv/.made-for-$goal"
if [ -x "$venv/bin/llm-widgets" ] && [ "$(state)" = "$(cat "$stamp" 2>/dev/null)" ] && suitable "$venv/bin/python"; then
    if [ "$goal" = lab ]; then exit 0; fi
    if find_chromium >/dev/null && have node && { [ -d node_modules ] || [ ! -f package.json ]; }; then exit 0; fi
fi

make_venv
shield
if [ "$goal" = test ]; then
    need="4 GB" extras="[test]" compile="--no-compile"
    say "Installing llm_widgets and what its tests need, TensorFlow and JAX among it (some minutes, once) …"
else
    need="2 GB" extras="" compile="--compile"
    say "Installing llm_widgets and what it needs (a few minutes, once) …"
fi
# Tests use a small part of what they install: compiling only that, when it is first used, saves a minute.
install $compile --editable ".$extras"
"$venv/bin/python" -m llm_widgets._backend_install --constraint constraints.txt || exit 1
if [ "$goal" = test ]; then test_tools; fi
state >"$stamp"
# A test environment is also one to learn in.
if [ "$goal" = test ]; then state >"$venv/.made-for-lab"; fi
say "The environment is ready."
