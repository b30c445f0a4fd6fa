/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What the models count. Integers, one array a region, summed over regions: order never matters. */
#ifndef MODELS_COUNTERS_H
#define MODELS_COUNTERS_H

/* X(name, unit, meaning): the names are columns of summary.csv and timeseries.csv. */
#define MODEL_COUNTERS(X)                                                                                    \
    X(ues_keyed, "1", "UEs that hold the new MSK, valid")                                                    \
    X(ues_gave_up, "1", "UEs that gave up after ue.attempts tries, or were refused for good")                \
    X(ues_unanswered, "1", "UEs without a request that the BM-SC accepted, after all their pulls")           \
    X(pull_retransmissions, "1", "pulls sent again with a fresh counter after pull.timeout")                 \
    X(pulls_accepted, "1", "pulls that a UE accepted and answers with a request of its own")                 \
    X(pulls_coalesced, "1", "pulls accepted while the UE was already busy with an earlier one")              \
    X(pulls_expired_muk, "1", "pulls accepted under a MUK past its lifetime")                                \
    X(mikey_malformed, "1", "MIKEY messages that could not be decoded or have the wrong shape")              \
    X(mikey_unknown_muk, "1", "MIKEY messages under a MUK that the receiver does not hold")                  \
    X(mikey_replayed, "1", "MIKEY messages whose counter was not fresh")                                     \
    X(mikey_bad_mac, "1", "MIKEY messages whose MAC was wrong")                                              \
    X(mikey_expired_muk, "1", "MSK messages refused because their MUK is past its lifetime")                 \
    X(mikey_foreign, "1", "MIKEY messages for another Key Domain or key group than the UE's")                \
    X(msk_requests, "1", "authenticated POSTs that the BM-SC accepted")                                      \
    X(http_401, "1", "401 answers of the BM-SC")                                                             \
    X(http_401_stale, "1", "of these, with stale=true")                                                      \
    X(http_401_renegotiate, "1", "of these, that make the UE bootstrap again")                               \
    X(http_200, "1", "200 answers of the BM-SC")                                                             \
    X(http_503, "1", "503 answers of the BM-SC")                                                             \
    X(http_504, "1", "504 answers of the BM-SC: no answer over Zn")                                          \
    X(http_malformed, "1", "HTTP messages that could not be decoded or have the wrong shape")                \
    X(http_refused, "1", "answers that end a UE's exchange for good (403, 404, 504 ...)")                    \
    X(digest_failed, "1", "digest responses or rspauth values that were wrong")                              \
    X(ub_401, "1", "401 answers of the BSF")                                                                 \
    X(ub_200, "1", "200 answers of the BSF")                                                                 \
    X(ub_503, "1", "503 answers of the BSF")                                                                 \
    X(msk_retransmissions, "1", "MSK messages sent again with a fresh counter after msk.timeout")            \
    X(msk_installed, "1", "MSK messages that a UE accepted, repeated ones included")                         \
    X(msk_older_muk, "1",                                                                                    \
      "MSK messages under an older MUK than the UE's newest: taken as a pull, not acknowledged")             \
    X(msk_invalidated, "1", "MSK messages that made an MSK invalid (SEQl above SEQu)")                       \
    X(msk_unanswered, "1", "MSKs that the BM-SC gave up on: msk.attempts without ACK, or the MUK expired")   \
    X(msk_missing, "1", "times a UE had its 200 but no MSK within ue.msk_timeout")                           \
    X(msk_mismatch, "1", "MSKs decrypted by a UE that are not the one the BM-SC made (must be 0)")           \
    X(acks_received, "1", "MIKEY ACKs that the BM-SC verified")                                              \
    X(acks_dropped, "1", "MIKEY ACKs that found the BM-SC's queue full")                                     \
    X(tmpi_unknown, "1", "GETs with a TMPI that the BSF does not know: the UE comes again with its IMPI")    \
    X(gba_started, "1", "bootstraps begun by UEs")                                                           \
    X(gba_runs, "1", "bootstraps completed by UEs")                                                          \
    X(gba_resyncs, "1", "bootstraps that re-synchronised the sequence number (AUTS)")                        \
    X(aka_failed, "1", "challenges whose AUTN the USIM refused (wrong MAC): the UE aborts")                  \
    X(zn_requests, "1", "Zn requests (BIR) sent by the BM-SC")                                               \
    X(zn_unknown, "1", "Zn answers 5403: B-TID unknown or expired")                                          \
    X(zn_busy, "1", "Zn answers 3004")                                                                       \
    X(zn_timeouts, "1", "Zn requests without an answer in diameter.timeout")                                 \
    X(zn_late, "1", "Zn answers that came after diameter.timeout (see bmsc.late_answers)")                   \
    X(zh_requests, "1", "Zh requests (MAR) sent by the BSF")                                                 \
    X(zh_busy, "1", "Zh answers 3004")                                                                       \
    X(zh_timeouts, "1", "Zh requests without an answer in diameter.timeout")                                 \
    X(zh_late, "1", "Zh answers that came after diameter.timeout (see bsf.late_answers)")                    \
    X(diameter_malformed, "1", "Diameter messages that could not be decoded or have the wrong shape")        \
    X(requests_started, "1", "MSK requests begun by UEs, further tries included")                            \
    X(requests_preemptive, "1",                                                                              \
      "of these, that carried credentials at once, with a nonce of an exchange before")                      \
    X(ue_retries, "1", "times a UE tried again after a failure")                                             \
    X(ue_timeouts, "1", "HTTP answers that a UE waited for in vain")                                         \
    X(ue_connections_failed, "1", "TCP connections of UEs that were refused, reset or timed out")            \
    X(ua_requests, "1", "POSTs sent by UEs")                                                                 \
    X(ua_requests_retried, "1", "of these, of a second or later try of an exchange")                         \
    X(ub_requests, "1", "GETs sent by UEs to the BSF")                                                       \
    X(ub_requests_retried, "1", "of these, of a second or later try of an exchange")                         \
    X(zn_requests_retried, "1",                                                                              \
      "Zn requests for a UE whose one before had no answer in diameter.timeout, or 3004")                    \
    X(zh_requests_retried, "1",                                                                              \
      "Zh requests for a UE whose one before had no answer in diameter.timeout, or 3004")                    \
    X(bmsc_dropped_late, "1", "requests that the BM-SC dropped, as its peer was gone (bmsc.drop_late)")      \
    X(bmsc_refused_waited, "1", "requests that had waited above bmsc.queue_time_limit: 503")                 \
    X(bsf_dropped_late, "1", "requests that the BSF dropped, as its peer was gone (bsf.drop_late)")          \
    X(bsf_refused_waited, "1", "requests that had waited above bsf.queue_time_limit: 503 or 3004")           \
    X(hss_dropped_late, "1", "requests that the HSS dropped, after diameter.timeout (hss.drop_late)")        \
    X(hss_refused_waited, "1", "requests that had waited above hss.queue_time_limit: 3004")                  \
    X(zn_throttled, "1", "Zn requests not sent, as the BSF had reported overload: 503 (bsf.overload_wait)")  \
    X(zh_throttled, "1", "Zh requests not sent, as the HSS had reported overload: 503 (hss.overload_wait)")  \
    X(ues_active, "1", "UEs in an exchange (gauge)")

enum model_counter {
#define X(name, unit, meaning) COUNT_##name,
    MODEL_COUNTERS(X)
#undef X
        MODEL_COUNTER_COUNT
};

/* Messages whose peak rate is told, counted at the servers: X(name, meaning). */
#define MODEL_RATES(X)                                                                                       \
    X(pull, "solicited pulls sent")                                                                          \
    X(ua_post, "POSTs that reach the BM-SC")                                                                 \
    X(ua_401, "401 answers of the BM-SC")                                                                    \
    X(ub, "GETs that reach the BSF")                                                                         \
    X(zn, "BIRs that reach the BSF")                                                                         \
    X(zh, "MARs that reach the HSS")                                                                         \
    X(msk, "MSK messages sent")                                                                              \
    X(msk_ack, "MIKEY ACKs that reach the BM-SC")

enum model_rate {
#define X(name, meaning) RATE_##name,
    MODEL_RATES(X)
#undef X
        MODEL_RATE_COUNT
};

/* Durations that are measured: rows of latency.csv. */
#define MODEL_PROCEDURES(X)                                                                                  \
    X(update,                                                                                                \
      "pull.start, when the first pull is due or the burst begins, until a UE holds the new MSK; its "       \
      "percentiles are over all UEs, not only those that do")                                                \
    X(time_to_key, "first pull of a UE due until the UE holds the new MSK")                                  \
    X(pull, "first pull of a UE due until the UE accepts one; each further one counts again")                \
    X(gba, "bootstrap: first SYN to the BSF until the 200 is verified")                                      \
    X(msk_request, "MSK request: first SYN to the BM-SC until the 200 is verified")                          \
    X(msk, "200 verified until the MSK is installed")                                                        \
    X(zn, "Zn request sent until its answer arrives")                                                        \
    X(zh, "Zh request sent until its answer arrives")                                                        \
    X(pull_wait, "first pull of a UE due until the BM-SC sends it")                                          \
    X(bmsc_wait, "wait of a request or ACK for a worker of the BM-SC")                                       \
    X(bsf_wait, "wait of a request for a worker of the BSF")                                                 \
    X(hss_wait, "wait of a request for a worker of the HSS")

enum model_procedure {
#define X(name, meaning) PROCEDURE_##name,
    MODEL_PROCEDURES(X)
#undef X
        MODEL_PROCEDURE_COUNT
};

/* Message kinds, under which the network keeps its ledger: those that cross a UE's radio link, where named
 * faults are applied, then those between servers. */
#define MESSAGE_KINDS_RADIO(X)                                                                               \
    X(pull, "solicited pull, BM-SC to UE")                                                                   \
    X(msk, "MSK message, BM-SC to UE")                                                                       \
    X(msk_ack, "MIKEY ACK, UE to BM-SC")                                                                     \
    X(ua_post, "POST without credentials, UE to BM-SC")                                                      \
    X(ua_auth_post, "POST with credentials, UE to BM-SC")                                                    \
    X(ua_401, "401, BM-SC to UE")                                                                            \
    X(ua_200, "200, BM-SC to UE")                                                                            \
    X(ua_error, "503 and other refusals, BM-SC to UE")                                                       \
    X(ub_get, "first GET, UE to BSF")                                                                        \
    X(ub_auth_get, "GET with credentials, UE to BSF")                                                        \
    X(ub_401, "401, BSF to UE")                                                                              \
    X(ub_200, "200, BSF to UE")                                                                              \
    X(ub_error, "503 and other refusals, BSF to UE")
#define MESSAGE_KINDS_CORE(X)                                                                                \
    X(zn_bir, "BIR, BM-SC to BSF")                                                                           \
    X(zn_bia, "BIA, BSF to BM-SC")                                                                           \
    X(zh_mar, "MAR, BSF to HSS")                                                                             \
    X(zh_maa, "MAA, HSS to BSF")
#define MESSAGE_KINDS(X) MESSAGE_KINDS_RADIO(X) MESSAGE_KINDS_CORE(X)

enum message_kind {
#define X(name, meaning) KIND_##name,
    MESSAGE_KINDS(X)
#undef X
        MESSAGE_KIND_COUNT
};
#define X(name, meaning) +1
enum { MESSAGE_KIND_RADIO_COUNT = 0 MESSAGE_KINDS_RADIO(X) };
#undef X

#endif
