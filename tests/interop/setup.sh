#!/usr/bin/env bash
# Installs the pinned SDKs into a cache folder: setup.sh [DIR]
# Afterwards: DIR/venv/bin/python sdk.py, and HOOKPORTER_INTEROP_DIR=DIR node sdk.mjs
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "${1:-$here/../../target/interop}"
dir=$(cd "${1:-$here/../../target/interop}" && pwd)
hash=$(cat "$here/setup.sh" "$here/requirements.txt" "$here/package.json" | sha256sum | cut -d' ' -f1)

# Tests run in parallel: one installs, the others wait and find it done.
exec 9>"$dir/lock"
flock 9

have() { command -v "$1" >/dev/null 2>&1; }
ready() {
  [[ $(cat "$dir/stamp" 2>/dev/null) == "$hash" ]] &&
    [[ -x $dir/venv/bin/python && -d $dir/node_modules ]] && have node
}

if ready; then exit 0; fi
rm -f "$dir/stamp"

missing=()
python3 -c 'import venv, ensurepip' 2>/dev/null || missing+=(python3 python3-venv)
have node || missing+=(nodejs)
have npm || missing+=(npm)
if ((${#missing[@]})); then
  if ! have apt-get || ((EUID != 0)); then
    echo "setup.sh: please install: ${missing[*]}" >&2
    exit 1
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get update
  apt-get install -y --no-install-recommends ca-certificates "${missing[@]}"
fi
if ! node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)'; then
  echo "setup.sh: Node 18 or newer is needed, this is $(node --version)" >&2
  exit 1
fi

rm -rf "$dir/venv" "$dir/node_modules"
python3 -m venv "$dir/venv"
# Half of the bytes that this would write is never read: Python's caches of modules, TypeScript's types, maps, readmes.
"$dir/venv/bin/python" -m pip install --quiet --no-compile -r "$here/requirements.txt"

cp "$here/package.json" "$dir/package.json"
(cd "$dir" && npm install --loglevel=error --no-audit --no-fund --no-package-lock --ignore-scripts)
find "$dir/node_modules" -type f \( -name '*.ts' -o -name '*.mts' -o -name '*.cts' -o -name '*.map' -o -name '*.md' \) -delete
# Packages are found from the importing file's place, so sdk.mjs imports through this one.
echo 'export default (name) => import(name);' >"$dir/load.mjs"

echo "$hash" >"$dir/stamp"
