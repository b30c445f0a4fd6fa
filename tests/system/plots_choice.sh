#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# scripts/plot and scripts/report: what one may choose (metrics, x axis, points, kinds of axes and of files), and the
# pictures of variants and of plans.
set -u
srcdir=${srcdir:-$(dirname "$0")/../..}
# shellcheck source=tests/system/results_common.sh
. "$srcdir/tests/system/results_common.sh"
PULLSTORM=$PWD/pullstorm
export PULLSTORM

PYTHONPATH=$srcdir/scripts:$here "$python" -m unittest test_pictures >"$work/out" 2>"$work/err"
ok $? "unit tests of what pictures decide"

# has SVG TEXT...: each is a text of the picture, or a part of one
has() {
    "$python" - "$@" >"$work/out" 2>"$work/err" <<'END'
import sys
import xml.etree.ElementTree as xml
text = " ".join(" ".join(xml.parse(sys.argv[1]).getroot().itertext()).split())
missing = [word for word in sys.argv[2:] if word not in text]
sys.exit(f"{sys.argv[1]}: without {missing}" if missing else 0)
END
}
# says TEXT: the error does
says() {
    grep -qF -- "$1" "$work/err"
    ok $? "... which says: $1"
}
# plots FOLDER NAME...: these are all that there are
plots() {
    listed=$(cd "$1" && echo *)
    shift
    [ "$listed" = "$*" ] || {
        echo "$listed" >"$work/out"
        return 1
    }
}

# --- metrics
study two && script plot "$work/two" -o "$work/a" --format svg --metric ues_keyed,http_503 --metric=bmsc_queue_max
plots "$work/a" bmsc_queue_max.svg bmsc_queue_max_heat.svg http_503.svg http_503_heat.svg ues_keyed.svg ues_keyed_heat.svg
ok $? "metrics that one chooses"
refused 2 "an unknown metric" plot "$work/two" --metric http_530
says "did you mean http_503?"
refused 2 "an empty metric" plot "$work/two" --metric http_503,
script report "$work/two" --metric bmsc_queue_max --x bmsc.workers --log y --only 'point <= 20' &&
    grep -q '20 points, 100 finished runs' "$work/two/report.html" &&
    grep -q 'id="plot-bmsc_queue_max"' "$work/two/report.html" && grep -q '"xLabel":"bmsc.workers"' "$work/two/report.html" &&
    ! grep -q 'id="plot-time_to_key_p99_s"' "$work/two/report.html"
ok $? "a report of what one chooses"
runs storm && script plot "$work/storm" -o "$work/b" --format svg --metric bmsc_queue --linear &&
    plots "$work/b" bmsc_queue.svg && has "$work/b/bmsc_queue.svg" "simulated time (s)"
ok $? "a column of a run's time series"
refused 2 "a metric that is none of it" plot "$work/storm" --metric bmsc_queu
says "did you mean bmsc_queue?"
refused 2 "a column of text" plot "$work/storm" --metric verdict
says "--metric verdict: this column is text, not a number"
refused 2 "points of a run" plot "$work/storm" --only 'pull.rate > 1/s'

# --- x axis
script plot "$work/two" -o "$work/c" --format svg --x bmsc.workers --metric http_503 &&
    has "$work/c/http_503.svg" bmsc.workers 500/s
ok $? "another x axis"
refused 2 "an unknown x axis" plot "$work/two" --x bmsc.worker
says "did you mean bmsc.workers?"

# --- points
script plot "$work/two" -o "$work/d" --format svg --metric http_503 --only 'bmsc.workers > 4 and pull.rate <= 1k/s'
has "$work/d/http_503.svg" 8 16 32 && ! has "$work/d/http_503.svg" 5000
ok $? "points that one chooses"
refused 2 "an unknown key" plot "$work/two" --only 'bmsc.worker > 4'
says "did you mean bmsc.workers?"
refused 2 "a condition that is never true" plot "$work/two" --only 'bmsc.workers > 400'
says "true at none of the 30 points"
cp -R "$work/two" "$work/bare" && rm "$work/bare/study.ini"
refused 2 "points of a study without its file" plot "$work/bare" --only 'point < 3'

# --- kinds of axes and files
refused 2 "an axis that there is not" plot "$work/two" --log z
refused 2 "an unknown kind of file" plot "$work/two" --format pgn
says "did you mean png?"
script plot "$work/two" -o "$work/e" --format pdf,svg,pdf --metric http_503 --log xy && [ "$(find "$work/e" -type f | wc -l)" = 4 ] &&
    [ "$(head -c 5 "$work/e/http_503.pdf")" = %PDF- ] && has "$work/e/http_503.svg" "no place for values of 0"
ok $? "PDF and logarithmic axes"
mkdir "$work/user" && printf 'backend: nonsense\npdf.fonttype: 3\nfont.size: 30\n' >"$work/user/matplotlibrc"
(
    LC_ALL='' LANG=de_DE.UTF-8 LC_NUMERIC=de_DE.UTF-8 MPLBACKEND=nonsense MATPLOTLIBRC=$work/user XDG_CONFIG_HOME=$work/user \
        SOURCE_DATE_EPOCH=1 script plot "$work/two" -o "$work/f" --format pdf,svg --metric http_503 --log xy
) && diff -r "$work/e" "$work/f" >"$work/out" && ! grep -q D:20 "$work/e/http_503.pdf"
ok $? "the same bytes whatever the user's environment says, and no date in them"

# --- variants
# shellcheck disable=SC2016 # names as they are
study curves && script plot "$work/curves" --format svg,pdf --metric time_to_key_p99_s &&
    has "$work/curves/plots/time_to_key_p99_s_difference.svg" "difference from inf" nan 'a$b_{ c$' 'from $5 to $6' _hidden \
        "95 % confidence, Student's t"
ok $? "differences of variants whose names mean something to what draws them"

# --- plans
study parts && script plot "$work/parts" --format svg &&
    has "$work/parts/plots/plan_time_to_key_p99_s.svg" "fails: time_to_key_p99_s < 2s" "fails: bmsc.workers < 10" \
        "met from 3" "met up to 8"
ok $? "which part of a target failed, and both ends of a window"
study frontier && script plot "$work/frontier" --format svg &&
    has "$work/frontier/plots/plan_frontier.svg" "meets the target" "does not meet it" frontier \
        "cheapest: bmsc.workers = 10, hss.workers = 2" "costs 50"
ok $? "the frontier of a plan of two keys"
sed '1s/,meets//' "$work/frontier/frontier.csv" >"$work/cut" && mv "$work/cut" "$work/frontier/frontier.csv"
refused 2 "a damaged frontier" plot "$work/frontier"

done_testing
