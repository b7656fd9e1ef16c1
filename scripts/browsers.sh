#!/bin/sh
# Install those of the browsers named (Debian's packages, such as chromium) that are not there yet.
# One that a variable names - MARKETSELECT_CHROMIUM, MARKETSELECT_FIREFOX - is there.
set -eu
missing=
for name in "$@"; do
	case $name in
	chromium) given=${MARKETSELECT_CHROMIUM:-} names='chromium chromium-browser google-chrome' ;;
	*) given=${MARKETSELECT_FIREFOX:-} names='firefox-esr firefox' ;;
	esac
	there=$given
	for each in $names; do
		if command -v "$each" >/dev/null; then there=$each; fi
	done
	[ -n "$there" ] || missing="$missing $name"
done
[ -n "$missing" ] || exit 0
root=
[ "$(id -u)" = 0 ] || root=sudo
$root apt-get update --quiet --quiet
# shellcheck disable=SC2086
$root env DEBIAN_FRONTEND=noninteractive apt-get install --quiet --quiet --yes \
	--no-install-recommends $missing >/dev/null
