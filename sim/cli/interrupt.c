/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Signals that end a run. */
#include "sim/cli/interrupt.h"

#include <signal.h>
#include <stddef.h>
#include <time.h>

static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
#define SIGNALS (sizeof signals / sizeof *signals)

/* The one thing a signal handler can reach. */
static volatile sig_atomic_t pending;

static void interrupt_on_signal(int number)
{
    pending = number;
    /* A second one ends us at once, but not a terminal that goes away while we clear up. */
    for (size_t i = 0; i < SIGNALS; i++)
        signal(signals[i], signals[i] == SIGHUP ? SIG_IGN : SIG_DFL);
}

void interrupt_install(void)
{
    for (size_t i = 0; i < SIGNALS; i++) {
        struct sigaction action = {.sa_handler = interrupt_on_signal, .sa_flags = SA_RESTART};
        struct sigaction before;

        /* nohup ignores SIGHUP, and means it. A script's shell ignores SIGINT for what it starts in the
         * background; there a signal that is sent is meant for us all the same. */
        if (signals[i] == SIGHUP && sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler == SIG_IGN)
            continue;
        sigemptyset(&action.sa_mask);
        sigaction(signals[i], &action, NULL);
    }
    signal(SIGXFSZ, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
}

int interrupt_pending(void)
{
    return pending;
}

static sigset_t held_signals(void)
{
    sigset_t held;

    sigemptyset(&held);
    sigaddset(&held, SIGINT);
    return held;
}

void interrupt_hold(void)
{
    sigset_t held = held_signals();

    sigprocmask(SIG_BLOCK, &held, NULL);
}

bool interrupt_held(void)
{
    sigset_t held = held_signals();
    bool came = sigtimedwait(&held, NULL, &(struct timespec){0, 0}) == SIGINT;

    sigprocmask(SIG_UNBLOCK, &held, NULL);
    return came;
}
