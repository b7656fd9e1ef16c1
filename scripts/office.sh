#!/bin/sh
# Install LibreOffice, which works out the formulas of a workbook in its tests, if it is not there.
# One that MARKETSELECT_SOFFICE names is there.
set -eu
[ -z "${MARKETSELECT_SOFFICE:-}" ] || exit 0
! command -v soffice >/dev/null || exit 0
root=
[ "$(id -u)" = 0 ] || root=sudo
$root apt-get update --quiet --quiet
$root env DEBIAN_FRONTEND=noninteractive apt-get install --quiet --quiet --yes \
	--no-install-recommends libreoffice-calc-nogui >/dev/null
