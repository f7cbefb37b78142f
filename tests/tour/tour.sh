#!/usr/bin/env bash
# Drives the real window under Xvfb with xdotool: open, select, scrub, replay, filter, save; a picture of each step.
#
#     tests/tour/tour.sh PICTURES-FOLDER [PROGRAM]
#
# Needs Xvfb, xdotool and import (ImageMagick). Fails where the program ends early, a step changes nothing that
# can be seen, or a file that it was told to save is not there. The pictures are for eyes.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
out="$(mkdir -p "${1:?a folder for the pictures}" && cd "$1" && pwd)"
program="$(realpath "${2:-$here/../../target/release/spanscape}")"
sample="$(realpath "$here/../../samples/checkout-incident.jsonl.zst")"
for tool in Xvfb xdotool import; do
    command -v "$tool" >/dev/null || { echo "tour: $tool is not installed: nothing was tried"; exit 0; }
done

work="$(mktemp -d)"
export DISPLAY=":${TOUR_DISPLAY:-87}" XDG_CONFIG_HOME="$work/config" XDG_DATA_HOME="$work/data" LIBGL_ALWAYS_SOFTWARE=1
unset WAYLAND_DISPLAY
Xvfb "$DISPLAY" -noreset -screen 0 1600x1000x24 >"$work/xvfb.log" 2>&1 &
server=$!
window_program=""
trap 'kill $window_program $server 2>/dev/null || true; rm -rf "$work"' EXIT

fail() { echo "tour: $*" >&2; exit 1; }
# Waits until a command succeeds, at most so many tenths of a second.
until_ok() { local left=$1; shift; until "$@" >/dev/null 2>&1; do left=$((left - 1)); [ "$left" -gt 0 ] || return 1; sleep 0.1; done; }
picture() { import -window root "$1"; }
# Waits until two pictures in a row are the same: animations have ended, answers have come.
settle() {
    picture "$work/a.png"
    for _ in $(seq 15); do
        sleep 0.4
        picture "$work/b.png"
        cmp -s "$work/a.png" "$work/b.png" && return
        mv "$work/b.png" "$work/a.png"
    done
}
# How long a window may take for a frame, in seconds: software rendering on a busy machine is slow.
patience="${TOUR_PATIENCE:-0.6}"
step=0 before=""
# Saves the picture of a step. With "still": something may go on moving.
shot() {
    kill -0 "$window_program" 2>/dev/null || fail "the program ended before step $1"
    [ "${2:-}" = still ] && sleep 1 || settle
    step=$((step + 1))
    local file; file="$out/$(printf '%02d' "$step")-$1.png"
    picture "$file"
    [ -z "$before" ] || ! cmp -s "$before" "$file" || fail "step $1 changed nothing that can be seen"
    before="$file"
    echo "tour: $file"
}
key() { for k in "$@"; do xdotool key --clearmodifiers "$k"; sleep 0.15; done; }
words() { xdotool type --delay 25 "$1"; sleep 0.3; }
# Opens a box and types once it is there: it has the keys from the next frame on.
box() { key "$1"; sleep "$patience"; words "$2"; sleep "$patience"; }
command_of() { box ctrl+k "$1"; key Return; }
# Saves the map by the palette and the path that is typed (a native file dialog cannot be driven here), and looks
# whether the file is there and begins with these bytes, in hexadecimal digits.
save_map() {
    command_of "save map"; sleep "$patience"
    words "$1"; key Return
    until_ok 300 test -s "$1" || fail "$1 was not written"
    [ "$(head -c 4 "$1" | od -An -tx1 | tr -d ' \n')" = "$2" ] || fail "$1 is no picture"
}
drag() { xdotool mousemove "$1" "$2" mousedown 1; sleep 0.1; xdotool mousemove $((($1 + $3) / 2)) $((($2 + $4) / 2)); sleep 0.1; xdotool mousemove "$3" "$4"; sleep 0.1; xdotool mouseup 1; }

open_window() {
    (cd "$work" && exec "$program" "$@" --no-listen) >"$work/program.log" 2>&1 &
    window_program=$!
    before=""
    until_ok 300 xdotool search --onlyvisible --name . || fail "no window: $(cat "$work/program.log")"
    xdotool search --onlyvisible --name . windowsize 1600 1000 windowmove 0 0 windowfocus
    sleep 1
}
close_window() { kill "$window_program"; wait "$window_program" 2>/dev/null || true; }

until_ok 100 xdotool getdisplaygeometry || fail "Xvfb did not start"

echo "tour: the sample"
open_window "$sample"
shot open
command_of payment-service;              shot select-by-palette
xdotool mousemove 60 60 click 1;         key Escape; shot nothing-selected
key n Right Right Return;                shot walk-and-select
key Escape;                              box ctrl+f inventory; key Return Escape; shot find-flies
key Escape; box ctrl+f error; key ctrl+Return; shot filter-errors
key Escape ctrl+z;                       shot undo-filter
drag 900 930 1250 930;                   shot scrub-window
key space;                               shot replay still
key bracketright bracketright e;         shot replay-next-error still
key space;                               sleep 0.5
key c;                                   shot compare
key c 3;                                 shot layered
key 5;                                   shot grid
key 1 G;                                 shot grouped
key G m l;                               shot minimap-and-legend
key question;                            shot help
key Escape;                              save_map "$work/map.png" 89504e47; shot save-map-png
key Escape;                              save_map "$work/map.svg" 3c737667; shot save-map-svg
close_window

echo "tour: a thousand services"
"$program" generate services --services 1000 -o "$work/large.jsonl.zst" >/dev/null
open_window "$work/large.jsonl.zst"
shot large-open
command_of order-gateway-5;                 shot large-select
key Escape 2;                            shot large-force
key 1;                                   box ctrl+f "dur>200ms"; key ctrl+Return; shot large-filter
key Escape ctrl+z space;                 shot large-replay still
close_window
echo "tour: $step pictures in $out"
