#!/usr/bin/env bash
# Installs the named Debian or Ubuntu packages that are missing. If none is missing, it does nothing and needs
# no root rights.
set -euo pipefail

missing=()
if command -v dpkg-query >/dev/null; then
  for package in "$@"; do
    status=$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true)
    [ "$status" = "install ok installed" ] || missing+=("$package")
  done
else
  echo "This system is not Debian or Ubuntu. Please install the equivalents of these packages:" >&2
  echo "  $*" >&2
  exit 0
fi
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "please run as root: apt-get install ${missing[*]}" >&2; exit 1; }
  as_root=(sudo)
fi
echo "installing ${missing[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get -o DPkg::Lock::Timeout=300 -qq update
"${as_root[@]}" apt-get -o DPkg::Lock::Timeout=300 -qq -y install --no-install-recommends \
  "${missing[@]}" >/dev/null
