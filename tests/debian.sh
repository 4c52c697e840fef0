#!/bin/sh
# What the tests need from Debian: installed when we are root, named otherwise.
#   chromium               the browser tests
#   fonts-noto-cjk         readable Chinese in their screenshots
#   libgl1                 the extra [ocr]: OpenCV asks for it
#   locales                a locale in GBK, made in a test
#   systemd                systemd-analyze, for the units in deploy/
#   nginx                  the web server before the site, with the configuration in deploy/
#   npm                    ReplayWeb.page, from the registry of npm; not where npm came with Node.js
#   wget                   a WARC file of another program, made in a test
#   libreoffice-writer…    .doc, .wps and .rtf, and the PDF files of the tests
set -eu
packages="chromium fonts-noto-cjk libgl1 libreoffice-writer-nogui locales nginx systemd wget"
command -v npm >/dev/null || packages="$packages npm"
missing=""
for package in $packages; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $package"
done
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing$missing"
    apt-get update -qq
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
else
    echo "These tests need the Debian packages:$missing" >&2
    echo "Install them with: sudo apt-get install$missing" >&2
    exit 1
fi
