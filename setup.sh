#!/bin/sh
# Makes the machine ready: ./setup.sh run | test. What ./run and ./test share.
# Installs only what is missing; without the right to install it prints the one line and ends with 3.
set -eu
unset CDPATH
cd -- "$(dirname -- "$0")"

what=${1:-run}
case $what in
    run) lock=requirements.lock ;;
    test) lock=requirements-dev.lock ;;
    *) echo "usage: ./setup.sh run|test" >&2; exit 2 ;;
esac

# Two commands at once in one clone: the second waits for the first.
if command -v flock >/dev/null 2>&1; then
    exec 9<.
    flock 9
fi

# --- the machine -----------------------------------------------------------------------------

# A Python from 3.11 to 3.13 that can make environments; nothing when there is none.
find_python() {
    for name in python3.13 python3.12 python3.11 python3; do
        if command -v "$name" >/dev/null 2>&1 && "$name" -c '
import sys, venv, ensurepip
sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1; then
            command -v "$name"
            return
        fi
    done
}

libraries=$(PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null || true)

has_library() {
    case $libraries in *"$1"*) return 0 ;; *) return 1 ;; esac
}

has_browser() {
    command -v chromium >/dev/null 2>&1
}

# The Debian packages that are missing, by what they bring.
missing_packages() {
    if [ -z "$(find_python)" ]; then echo python3 python3-venv; fi
    has_library libpango-1.0.so.0 || echo libpango-1.0-0
    has_library libpangoft2-1.0.so.0 || echo libpangoft2-1.0-0
    has_library libharfbuzz-subset.so.0 || echo libharfbuzz-subset0
    if [ "$what" = test ]; then
        has_library libatomic.so.1 || echo libatomic1
        has_browser || echo chromium
    fi
}

install_packages() {
    line="apt-get update && apt-get install -y --no-install-recommends $*"
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "This machine lacks (by their Debian names): $*" >&2
        echo "Install them, with a Python from 3.11 to 3.13, and start again." >&2
        exit 3
    elif [ "$(id -u)" = 0 ]; then
        as_root=env
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        as_root='sudo -n env'
    else
        echo "System packages are missing. Run this line as root, then start again:" >&2
        echo "$line" >&2
        exit 3
    fi
    echo "Installing system packages: $*"
    # shellcheck disable=SC2086  the words of as_root are meant apart
    $as_root DEBIAN_FRONTEND=noninteractive sh -c '
        exec 9<&-
        apt-get -q -o DPkg::Lock::Timeout=120 update &&
        apt-get -q -y -o DPkg::Lock::Timeout=120 install --no-install-recommends "$@"
    ' sh "$@" >.setup.log 2>&1 || {
        cat .setup.log >&2
        echo "The system packages could not be installed. The line was:" >&2
        echo "$line" >&2
        exit 3
    }
    rm -f .setup.log
}

packages=$(missing_packages | tr '\n' ' ')
if [ -n "$packages" ]; then
    # shellcheck disable=SC2086  one word for each package
    install_packages $packages
fi

# --- the environment -------------------------------------------------------------------------

digest() {
    sha256sum "$1" | cut -d ' ' -f 1
}

stamped() {
    [ -f ".venv/installed-$1" ] && [ "$(cat ".venv/installed-$1")" = "$(digest "$2")" ]
}

# A link is somebody else's environment: used as it is.
if [ ! -L .venv ]; then
    if ! .venv/bin/python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
        >/dev/null 2>&1; then
        python=$(find_python)
        if [ -z "$python" ]; then
            echo "No Python from 3.11 to 3.13 was found; install one with its venv module." >&2
            exit 3
        fi
        rm -rf .venv
        "$python" -m venv .venv
    fi
    # What the tests need holds all that the site needs.
    if ! stamped test requirements-dev.lock && ! stamped "$what" "$lock"; then
        echo "Installing Python packages (a minute or two)"
        rm -f .venv/installed-*
        .venv/bin/python -m pip --disable-pip-version-check install --quiet \
            --require-hashes --only-binary :all: -r "$lock"
        digest "$lock" >".venv/installed-$what"
    fi
fi

.venv/bin/python -m provincial.catalogues
