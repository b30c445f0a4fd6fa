# shellcheck shell=bash disable=SC2154,SC2034 # variables of scripts/sweep
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# What scripts/sweep does for --slurm: read in with ".". DIR/slurm holds the job script, the share of each task, what
# the tasks printed, and the number of the job while it may be at work.

slurm_tasks_max=1000

# slurm_states: how many tasks of $job are in which state. Status 1: the job has ended.
slurm_states() {
    local answer
    if answer=$(squeue --noheader --array --jobs "$job" --format %T 2>&1); then
        answer=$(grep -v '^CLUSTER: ' <<<"$answer") # as it begins where there are several
        [ -n "$answer" ] || return 1
        sort <<<"$answer" | uniq -c | awk '{ printf "%s%d %s", (NR > 1 ? ", " : ""), $1, tolower($2) }'
    elif [[ $answer == *"Invalid job id"* ]]; then
        return 1 # it ended so long ago that Slurm has forgotten it
    else
        echo "unknown" # the controller does not answer: it may be back later
    fi
}

# slurm_job JOB[;CLUSTER]: what sbatch says; another cluster than that of its own squeue and scancel have to be told.
slurm_job() {
    job=${1%%;*}
    [ "$job" = "$1" ] || export SLURM_CLUSTERS=${1#*;}
}

# While a job that an earlier call submitted is at work nobody else may be.
slurm_earlier() {
    local states
    [ -s "$dir/slurm/job" ] || return 0
    slurm_job "$(cat "$dir/slurm/job")"
    command -v squeue >/dev/null || wrong "$dir: Slurm's job $job may be at work here, and squeue is missing; if it is" \
        "not, remove $dir/slurm/job"
    if states=$(slurm_states); then
        wrong "$dir: Slurm's job $job is at work here ($states); call again when it has ended, or scancel $job"
    fi
    rm -f "$dir/slurm/job"
    job=
}

slurm_cancel() {
    scancel "$job" || echo "sweep: Slurm's job $job could not be cancelled" >&2
}

# Deals the lines out to N tasks, one each in turn: the longest runs come first, so the shares are about equal.
slurm_deal() { # slurm_deal N
    rm -f "$dir/slurm/share-"* "$dir/slurm/task-"*
    # The name by the environment: in one that is given to -v a backslash is the beginning of something else.
    place=$dir/slurm/share- awk -v tasks="$1" \
        '{ file = ENVIRON["place"] ((NR - 1) % tasks + 1); print >>file; close(file) }' "$tmp/lines"
}

slurm_script() {
    cat <<'END'
#!/bin/bash -p
# Made by scripts/sweep --slurm: each task runs its share of the study's runs.
END
    # shellcheck disable=SC2016 # for the job's shell
    printf 'xargs -d "\\n" -n 1 -P "${SLURM_CPUS_PER_TASK:-1}" %s <%q"$SLURM_ARRAY_TASK_ID" &\n' \
        "$(printf '%q ' "${wrapper[@]}")" "$dir/slurm/share-"
    cat <<'END'
worker=$!
# What Slurm ends is not a failed run: those at work clean up, and no other is begun.
trap 'kill -TERM "$worker"; pkill -TERM -P "$worker"' TERM INT HUP
while kill -0 "$worker" 2>/dev/null; do wait "$worker"; done
exit 0
END
}

run_slurm() { # whatever $tmp/lines holds
    local total tasks most answer
    local -a options
    [[ $dir != *\\* ]] || wrong "$dir: expected a name without backslashes, which Slurm takes for its own"
    total=$(wc -l <"$tmp/lines")
    most=$(scontrol show config 2>/dev/null | awk '$1 == "MaxArraySize" { print $3 - 1 }')
    [ "${most:-0}" -gt 0 ] && [ "$most" -lt "$slurm_tasks_max" ] || most=$slurm_tasks_max
    tasks=$((total < most ? total : most))
    mkdir -p "$dir/slurm" "$dir/runs" || exit 2
    slurm_deal "$tasks"
    slurm_script >"$dir/slurm/job.sh"
    # The user's options, words as in a shell, come last and so win over ours.
    mapfile -t options < <([ -z "$slurm_options" ] || xargs -n 1 printf '%s\n' <<<"$slurm_options")
    answer=$(sbatch --parsable --job-name "sweep-$(basename "$dir")" --chdir "$PWD" --array "1-$tasks${jobs:+%$jobs}" \
        --output "${dir//%/%%}/slurm/task-%a.out" "${options[@]}" "$dir/slurm/job.sh") || wrong "sbatch refused the job ($dir/slurm/job.sh)"
    echo "$answer" >"$dir/slurm/job"
    slurm_job "$answer"
    say "Slurm's job $job: $total runs in $tasks tasks"
    [ -z "$no_wait" ] || return 0
    while slurm_states >"$tmp/states"; do
        sleep "$slurm_poll" &
        wait $!
    done
    rm -f "$dir/slurm/job"
    job=
}

# Seconds between two questions to Slurm.
slurm_poll=${SWEEP_SLURM_POLL:-5}
