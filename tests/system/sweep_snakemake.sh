#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# scripts/snakemake/Snakefile makes the same tables as scripts/sweep, and takes what sweep has made.
set -u
srcdir=${srcdir:-$(dirname "$0")/../..}
# shellcheck source=tests/system/sweep-common.sh
. "$srcdir/tests/system/sweep-common.sh"
command -v snakemake >/dev/null || skip_all "Snakemake is not installed"
sweep=$scripts/sweep
export HOME=$work XDG_CACHE_HOME=$work/cache PYTHONDONTWRITEBYTECODE=1
# shellcheck disable=SC2317 # called by expect
snake() {
    snakemake -s "$scripts/snakemake/Snakefile" --cores 2 --keep-going --rerun-triggers mtime --rerun-incomplete \
        --nocolor --config study=study.ini "$@"
}

expect_command 0 "a study by sweep" "$sweep" study.ini -o by-sweep --quiet
expect_command 0 "the same by Snakemake" snake output=by-snakemake
same by-sweep by-snakemake "... the same runs.csv and study.csv"
stamps by-snakemake >before
expect_command 0 "again" snake output=by-snakemake
stamps by-snakemake | cmp -s - before
ok $? "... runs nothing"
rm -r by-snakemake/runs/p0002-r01 by-snakemake/runs/p0005-r02
expect_command 0 "two results were removed" snake output=by-snakemake
[ "$(stamps by-snakemake | diff - before | grep -c '^<')" = 2 ]
ok $? "... those two are made again, no other"
same by-sweep by-snakemake "... with the same tables"

cp -r by-sweep half
rm -r half/runs/p0001-r02 half/runs/p0004-r01 half/study.csv
stamps half >before
expect_command 0 "what sweep has begun" snake output=half
[ "$(stamps half | diff - before | grep -c '^>')" = 0 ] && [ "$(stamps half | wc -l)" = 12 ]
ok $? "... is gone on with, nothing is made anew"
same by-sweep half "... with the same tables"

# shellcheck disable=SC2016 # nothing is meant to be expanded
expect_command 0 "a folder whose name means something to a shell" snake output='by $(touch made) "%s* = 1'
# shellcheck disable=SC2016
same by-sweep 'by $(touch made) "%s* = 1' "... the same tables"
[ ! -e made ]
ok $? "... and nothing else is made"
expect_command 1 "one whose name means something to Snakemake" snake output='by {run}'
says err "expected a folder without braces" "... is refused"

cat >pullstorm <<END
#!/bin/bash
case "\$*" in run*p0003-r01*) echo "no such luck" >&2 && exit 1 ;; esac
exec "$PULLSTORM" "\$@"
END
chmod +x pullstorm
expect_command 1 "a run fails" snake output=failed program="$work/pullstorm"
[ "$(stamps failed | wc -l) $(head -n 1 failed/runs/p0003-r01.failed)" = "11 exit 1" ]
ok $? "... the others go on, the reason is recorded"
grep -q '^3,1,.*failed: exit 1' failed/runs.csv
ok $? "... it is in runs.csv"
expect_command 0 "the next call tries it again" snake output=failed
same by-sweep failed "... with the same tables"
sed -i 's/1000/2000/' study.ini
expect_command 1 "another study into the same folder is refused" snake output=by-snakemake
says err "has changed" "... with the reason"
done_testing
