#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# scripts/sweep --sshlogin through OpenSSH itself: an sshd of this test, with keys and a port of its own, on 127.0.0.1,
# which the configuration of ssh knows as two hosts.
set -u
srcdir=${srcdir:-$(dirname "$0")/../..}
# shellcheck source=tests/system/sweep-common.sh
. "$srcdir/tests/system/sweep-common.sh"
PATH=$PATH:/usr/sbin:/sbin
sshd=$(command -v sshd) || skip_all "sshd is not installed"
for tool in ssh ssh-keygen parallel setpriv; do
    command -v $tool >/dev/null || skip_all "$tool is not installed"
done
[ "$(id -u)" != 0 ] || mkdir -p /run/sshd || skip_all "there is no /run/sshd" # sshd insists on it
sweep=$scripts/sweep
# GNU parallel's notes; and hosts have an environment of their own.
export HOME=$work
unset SHELL

# shellcheck disable=SC2317 # called when this ends
at_end() {
    [ ! -f sshd.pid ] || kill "$(cat sshd.pid)"
}

start_sshd() {
    local port
    ssh-keygen -q -t ed25519 -N '' -f host && ssh-keygen -q -t ed25519 -N '' -f user || return
    cp user.pub keys
    chmod 600 keys
    # From a range of its own, other than that of the test of Slurm; the first that is free.
    for port in $(seq $((20000 + $$ % 4000)) 24999); do
        cat >sshd.conf <<END
ListenAddress 127.0.0.1:$port
HostKey "$work/host"
PidFile "$work/sshd.pid"
AuthorizedKeysFile "$work/keys"
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
UsePAM no
StrictModes no
MaxStartups 100
END
        rm -f sshd.log
        "$sshd" -f sshd.conf -E sshd.log && break
        grep -q 'Address already in use' sshd.log || return
    done
    cat >ssh.conf <<END
Host alpha beta
    HostName 127.0.0.1
    Port $port
    User $(id -un)
    IdentityFile "$work/user"
    IdentitiesOnly yes
    BatchMode yes
    UserKnownHostsFile "$work/known"
    StrictHostKeyChecking accept-new
    LogLevel ERROR
END
    printf '#!/bin/sh\nexec ssh -F %q "$@"\n' "$work/ssh.conf" >ssh-here
    chmod +x ssh-here
    until_true ./ssh-here alpha true 2>>ssh.log
}

if ! start_sshd; then
    sed 's/^/# /' sshd.log ssh.log 2>/dev/null
    skip_all "no sshd could be started and logged into"
fi
PARALLEL_SSH=$(printf %q "$work/ssh-here") # GNU parallel takes a command line
export PARALLEL_SSH

expect_command 0 "a study on this machine" "$sweep" study.ini -o here --quiet
expect_command 0 "the same by ssh" "$sweep" study.ini -o by-ssh --sshlogin 1/alpha,1/beta
same here by-ssh "... the same runs.csv and study.csv"

# A program that is pullstorm, except that one run does not end by itself.
cat >pullstorm <<END
#!/bin/bash
case "\$*" in run*p0003-r01*) echo \$\$ >"$work/held.new" && mv "$work/held.new" "$work/held" && exec sleep 1000 ;; esac
exec "$PULLSTORM" "\$@"
END
chmod +x pullstorm
env --default-signal=INT PULLSTORM="$work/pullstorm" setsid \
    "$sweep" study.ini -o cut --sshlogin 1/alpha,1/beta >out 2>err </dev/null &
session=$!
until_true test -f held
ok $? "a sweep is at work"
kill -INT "$session"
wait "$session"
got=$?
# shellcheck disable=SC2317 # by until_true
ended() {
    ! kill -0 "$(cat held)" 2>/dev/null && flock -n cut/.sweep.lock true
}
[ $got = 1 ] && until_true ended
ok $? "Ctrl-C reaches the hosts (exit 1, got $got)"
[ -z "$(find cut/runs -name '*.failed')" ]
ok $? "... what was at work has not failed"
expect_command 0 "... the next call goes on" "$sweep" study.ini -o cut --sshlogin 1/alpha,1/beta
same here cut "... the same tables"
done_testing
