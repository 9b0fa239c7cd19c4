#!/bin/sh
# Frozen build, application bundle and disk image on macOS: packaging/macos/build.sh
# SIGN names a "Developer ID Application" certificate; without it the bundle is signed ad hoc, for this Mac only.
# NOTARY names a keychain profile of notarytool; without it nothing is sent to Apple.
# Not yet run: it needs a machine with macOS. Checked: its syntax, and the bundle's Info.plist (tests/packaging).
set -eu
cd "$(dirname "$0")/../.."
[ "$(uname)" = Darwin ] || { echo "A bundle for macOS is built on macOS." >&2; exit 1; }

.ci/setup
python=.venv/bin/python
"$python" packaging/frozen.py --anew
app=build/frozen/KaryoView.app
"$app/Contents/MacOS/karyoview" selftest build/smoke
version=$("$app/Contents/MacOS/karyoview" --version | cut -d' ' -f2)

# Qt and Python stay files of their own, so that they can be replaced (LGPL); each is signed, then the whole.
codesign --force --deep --options runtime --entitlements packaging/macos/entitlements.plist --sign "${SIGN:--}" "$app"
codesign --verify --deep --strict "$app"

image=build/KaryoView-$version.dmg
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp -R "$app" "$folder/"
ln -s /Applications "$folder/Applications"
rm -f "$image"
hdiutil create -volname "KaryoView $version" -srcfolder "$folder" -fs HFS+ -format UDZO "$image"
if [ -n "${SIGN:-}" ]; then codesign --sign "$SIGN" "$image"; fi
if [ -n "${NOTARY:-}" ]; then
    xcrun notarytool submit "$image" --keychain-profile "$NOTARY" --wait
    xcrun stapler staple "$image"
fi
echo "$image"
