# shellcheck shell=bash disable=SC2034 # variables of scripts/sweep
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# The command line of scripts/sweep, and what of the study file concerns it: read in with ".".

help() {
    cat <<'END'
usage: sweep STUDY [OPTION]...

Runs the parameter study STUDY, an INI file (man pullstorm tells what is in it): every run that has no
result yet in the output folder, the longest first. Then it writes runs.csv, a row per run, and study.csv, a row per
point. Called again it goes on with what is missing, however the earlier call ended.

  -o, --output DIR        output folder (default results/<name of STUDY without .ini>)
  -j, --jobs N            runs at a time (default: one per core; with --slurm: array tasks at a time)
      --only EXPR         only points for which EXPR is true, like 'pull.rate >= 500/s and variant == poisson'
      --replications N    replications of each point, instead of the study's; with --until A..B
      --until 'ci(METRIC) < P%'
                          A replications for each point, then more, about a quarter a round, for those whose 95 %
                          interval of METRIC is not within +- P % of its mean, B at most (default of A..B: 4..100);
                          stopping so, the last interval holds the mean in 91-92 % of cases (2..100: 88-89 %);
                          a point of which three replications in a row fail is given up, and named
      --retry-failed      also run again what failed earlier
      --any-version       take results of other versions of pullstorm
      --shard I/N         only the I-th of N parts of the runs
      --sshlogin HOSTS    on these hosts, as GNU parallel has it: 8/alpha,8/beta,4/: (: is this machine)
      --slurm[=OPTIONS]   as a job array of Slurm; OPTIONS are those of sbatch: --slurm='--partition=long --mem=4G'
      --no-wait           with --slurm: submit and return
      --dry-run           print the command lines that would be run
      --wrapper           print the command that runs one command line, its argument, under the study's limits: for
                          another scheduler, together with --dry-run
      --quiet             print errors only
  -h, --help              this text

A run that fails, takes longer than the study's timeout or needs more than its memory does not stop the others.
DIR/runs/pXXXX-rYY.failed tells why: exit N, timeout Ns, memory M, killed by signal N, and the end of its standard
error. One sweep at a time may work on a folder; a second one says so. The first Ctrl-C ends the runs at work and
leaves no half result.

--sshlogin needs a file system that all hosts share, with the current folder, the output folder and pullstorm at the
same place. Where there is none, run --shard 1/3, 2/3 and 3/3 on three machines, each with an output folder of its
own, and bring the runs together: for h in alpha beta gamma; do rsync -a $h:DIR/runs/ DIR/runs/; done; then sweep
without --shard finds nothing left to run and collects. Shards may also share one folder.

--slurm writes DIR/slurm/job.sh, a job array whose tasks each take a share of the runs, one at a time or, with
--cpus-per-task=N, N at a time. Slurm's nodes need the same shared folders. Ctrl-C cancels the job; with --no-wait,
call the same again when it has ended. Runs that Slurm cut short are missing, not failed: the same call submits them.

Environment: PULLSTORM, the program (default: that of build/, else of the PATH); PARALLEL_SSH, as of GNU parallel.
Exit status: 0 all is done, 1 runs failed or are missing, 2 the call is wrong or nothing could be done.
END
}

# study_value KEY: as it stands in the section [study]
study_value() {
    # As pullstorm does it takes no notice of a byte order mark.
    awk -v key="$1" 'NR == 1 { sub(/^\357\273\277/, "") }
        /^[ \t]*\[/ { here = /^[ \t]*\[study\]/; next }
        here && !/^[ \t]*#/ && index($0, "=") {
            name = substr($0, 1, index($0, "=") - 1); value = substr($0, index($0, "=") + 1)
            gsub(/^[ \t]+|[ \t\r]+$/, "", name); gsub(/^[ \t]+|[ \t\r]+$/, "", value)
            if (name == key) found = value }
        END { print found }' <"$study"
}

# in_units "VALUE UNIT" "UNIT FACTOR"...: a value of the study file as a plain number
in_units() {
    local value=${1//_/}
    shift
    printf '%s\n' "$@" | awk -v value="$value" 'match(value, /^[0-9.]+/) {
            number = substr(value, 1, RLENGTH); unit = substr(value, RLENGTH + 1); gsub(/ /, "", unit)
            if (unit == $1) { printf (number * $2 < 1e6 ? "%g\n" : "%.0f\n"), number * $2; found = 1 } }
        END { exit !found }'
}

limits() {
    local timeout memory hard bytes
    timeout=$(study_value timeout)
    if [ -n "$timeout" ]; then
        timeout=$(in_units "$timeout" "ns 1e-9" "us 1e-6" "ms 1e-3" "s 1" "min 60" "h 3600" "d 86400") ||
            wrong "$study: [study] timeout: expected a duration like 10min"
        wrapper+=(--timeout "$timeout")
    fi
    memory=$(study_value memory)
    if [ -n "$memory" ]; then
        bytes=$(in_units "$memory" "B 1" "kB 1e3" "MB 1e6" "GB 1e9" "TB 1e12" "KiB 1024" "MiB 1048576" \
            "GiB 1073741824") || wrong "$study: [study] memory: expected a size like 4GB"
        wrapper+=(--memory "$bytes=$memory")
        hard=$(ulimit -H -v)
        [ "$hard" = unlimited ] || [ $((hard * 1024)) -ge "$bytes" ] || [ -n "$slurm$sshlogin$dry_run$wrapper_only" ] ||
            echo "sweep: memory = $memory: the hard limit here is lower and counts: $hard kB (ulimit -H -v)" >&2
    fi
}

find_program() {
    program=${PULLSTORM:-}
    if [ -z "$program" ]; then
        program=pullstorm
        [ -x "$here/../pullstorm" ] && program=$here/../pullstorm
        [ -x "$here/../build/pullstorm" ] && program=$here/../build/pullstorm
    fi
    program=$(command -v "$program") || wrong "${PULLSTORM:-pullstorm} is not there: build it (scripts/build), or name it in" \
        "the environment variable PULLSTORM"
    program=$(realpath -s "$program")
}

need() { # need COMMAND PACKAGE
    command -v "$1" >/dev/null || wrong "$1 is missing; on Debian: apt-get install $2"
}

check_tools() {
    need flock util-linux
    need setpriv util-linux
    need prlimit util-linux
    if [ -n "$slurm" ]; then
        need sbatch slurm-client
        need squeue slurm-client
    elif [ -z "$dry_run$wrapper_only" ]; then
        need parallel parallel
        parallel --plain --version 2>/dev/null | grep -q '^GNU parallel' ||
            wrong "parallel is not GNU parallel; on Debian: apt-get install parallel"
    fi
}

# folder_name TEXT: as it can stand before /runs, and as a word that no command takes for an option
folder_name() {
    local dir=${1%"${1##*[!/]}"} # the slashes at its end
    case $dir in -*) dir=./$dir ;; esac
    echo "${dir:-/}"
}

# Every option's value, by its name; then what follows from them.
options() {
    local replications= name value
    study='' dir='' jobs='' until='' retry='' shard='' sshlogin='' slurm='' slurm_options='' no_wait='' dry_run='' quiet='' wrapper_only=''
    selection=() only=() version=() collected=()
    while [ $# -gt 0 ]; do
        name=$1 value=none
        shift
        case $name in
        -o | -j | --output | --jobs | --only | --until | --replications | --shard | --sshlogin)
            [ $# -gt 0 ] || wrong "$name: its value is missing"
            value=$1
            shift
            ;;
        --slurm=*) ;;
        -[oj]?*)
            value=${name:2}
            name=${name:0:2}
            ;;
        --*=*)
            value=${name#*=}
            name=${name%%=*}
            ;;
        esac
        [ -n "$value" ] || wrong "$name: its value is empty (--help shows what is expected)"
        case $name in
        -o | --output) dir=$(folder_name "$value") ;;
        -j | --jobs) jobs=$value ;;
        --only) only=(--only "$value") ;;
        --until) until=$value ;;
        --replications) replications=$value ;;
        --shard) shard=$value ;;
        --sshlogin) sshlogin=$value ;;
        --slurm) slurm=yes ;;
        --slurm=*) slurm=yes slurm_options=${name#*=} ;;
        --no-wait) no_wait=yes ;;
        --retry-failed) retry=yes ;;
        --any-version) version=(--any-version) ;;
        --dry-run) dry_run=yes ;;
        --wrapper) wrapper_only=yes ;;
        --quiet) quiet=yes ;;
        -h | --help) help && exit 0 ;;
        -*) wrong "$name: no such option (--help shows them)" ;;
        *)
            [ -z "$study" ] || wrong "expected one STUDY, got \"$study\" and \"$name\""
            study=$name
            ;;
        esac
    done
    [ -n "$study" ] || wrong "expected a STUDY (--help shows how)"
    [ -r "$study" ] || wrong "$study: there is no such file, or it may not be read"
    [ -n "$dir" ] || dir=results/$(basename "$study" .ini)
    check_options "$replications"
    find_program
    check_tools
    wrapper=("$here/sweep-run" --program "$program")
    limits
}

check_options() { # check_options REPLICATIONS
    local number='[1-9][0-9]*'
    [[ $jobs =~ ^($number%?)?$ ]] || wrong "-j: \"$jobs\" is not right, expected a number, or a share of the cores like 50%"
    [[ $shard =~ ^($number/$number)?$ ]] && [ "${shard%/*}" -le "${shard#*/}" ] 2>/dev/null || [ -z "$shard" ] ||
        wrong "--shard: \"$shard\" is not right, expected I/N like 1/3"
    [ -z "$slurm" ] || [ -z "$sshlogin" ] || wrong "--slurm and --sshlogin do not go together"
    [ -z "$slurm" ] || [[ $jobs != *% ]] || wrong "-j: expected a number of tasks with --slurm"
    [ -z "$no_wait" ] || [ -n "$slurm" ] || wrong "--no-wait goes with --slurm only"
    if [ -n "$until" ]; then
        [ -z "$shard" ] || wrong "--until needs all replications of a point at one place; it does not go with --shard"
        [ -z "$no_wait" ] || wrong "--until has to wait for each round; it does not go with --no-wait"
        replications=${1:-4..100}
        first=${replications%..*} last=${replications#*..}
        [[ $replications =~ ^$number\.\.$number$ ]] && [ "$first" -ge 2 ] && [ "$first" -le "$last" ] ||
            wrong "--replications: \"$replications\" is not right, expected A..B with --until, 2 <= A <= B"
        selection=(--replications "$last")
        collected=(--replications "$last")
    elif [ -n "$1" ]; then
        selection=(--replications "$1")
        collected=(--replications "$1")
    fi
    selection+=("${only[@]}" ${shard:+--shard "$shard"})
}
