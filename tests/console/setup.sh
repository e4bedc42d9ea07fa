#!/usr/bin/env bash
# Installs what looks at the console: a browser, Node, and the checker of accessibility: setup.sh [DIR]
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "${1:-$here/../../target/console}"
dir=$(cd "${1:-$here/../../target/console}" && pwd)
hash=$(cat "$here/setup.sh" "$here/package.json" | sha256sum | cut -d' ' -f1)

# Tests run in parallel: one installs, the others wait and find it done.
exec 9>"$dir/lock"
flock 9

have() { command -v "$1" >/dev/null 2>&1; }
missing=()
have node || missing+=(nodejs)
have npm || missing+=(npm)
have chromium || missing+=(chromium)
if ((${#missing[@]})); then
  if ! have apt-get || ((EUID != 0)); then
    echo "setup.sh: please install: ${missing[*]}" >&2
    exit 1
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get update
  apt-get install -y --no-install-recommends ca-certificates "${missing[@]}"
fi

if [[ $(cat "$dir/stamp" 2>/dev/null) == "$hash" && -f $dir/node_modules/axe-core/axe.min.js ]]; then exit 0; fi
rm -rf "$dir/stamp" "$dir/node_modules"
cp "$here/package.json" "$dir/package.json"
(cd "$dir" && npm install --loglevel=error --no-audit --no-fund --no-package-lock --ignore-scripts)
echo "$hash" >"$dir/stamp"
