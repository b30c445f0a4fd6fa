/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The packets of the native engine's TCP against those of ns-3: when each is sent, its flags, numbers and
 * size. tests/vectors/tcp_ns3_traces.ini says what was recorded how; a group of it is a case here. */
#include "sim/net/capture.h"
#include "tests/tap/tap.h"
#include "tests/unit/net_fixture.h"

#include <glib/gstdio.h>
#include <unistd.h>

/* ns-3 sends what an application writes 1 ns later, which adds up. */
#define TOLERANCE_NS 1000

enum { SYN_FLAG = 2, FIN_FLAG = 1, RST_FLAG = 4, ACK_FLAG = 16 };

struct sent {
    int64_t time_ns;
    bool up;
    unsigned flags; /* without PSH, which ns-3 does not know */
    uint32_t seq, ack, length;
};

/* A case of the file, and how far the owners of the run have come. */
struct play {
    gint *ask, *answer;
    int64_t service_ns;
    unsigned asked, answered;
    int kept;
};
static struct play play;

static void send_ask(struct net_region *at, struct net_conn conn)
{
    g_assert_true(net_tcp_send(at, conn, net_made(at, KIND_ASK, (size_t)play.ask[play.asked++])));
}

static void step_connect(struct net_fixture *f, struct net_region *at, uint32_t host)
{
    net_step_connect(f, at, host);
    send_ask(at, f->conn);
}

static void step_answer(struct net_fixture *f, struct net_region *at, uint32_t host)
{
    (void)host;
    net_tcp_send(at, f->other, net_made(at, KIND_ANSWER, (size_t)play.answer[play.answered++]));
}

static void step_keep_asking(struct net_fixture *f, struct net_region *at, uint32_t host)
{
    (void)host;
    net_tcp_send(at, f->conn, net_made(at, KIND_ASK, (size_t)play.ask[0]));
}

static void step_keep_answering(struct net_fixture *f, struct net_region *at, uint32_t host)
{
    (void)host;
    net_tcp_send(at, f->other, net_made(at, KIND_ANSWER, (size_t)play.answer[0]));
}

static void keep_sending(struct net_fixture *f)
{
    for (int i = 0; i < play.kept; i++) {
        net_at(f, (200 + i) * CLOCK_MILLISECOND, UE, step_keep_asking);
        net_at(f, (200 + i) * CLOCK_MILLISECOND + 300 * CLOCK_MICROSECOND, SERVER, step_keep_answering);
    }
}

static enum net_verdict converse(struct net_fixture *f, struct net_region *at, const struct net_delivery *d,
                                 struct net_conn conn, uint64_t user)
{
    (void)user;
    if (d->host == SERVER)
        f->other = conn;
    if (play.kept)
        return NET_RECEIVED;
    if (d->host == SERVER) {
        if (play.service_ns)
            net_at(f, at->now_ns + play.service_ns, SERVER, step_answer);
        else
            step_answer(f, at, SERVER);
    } else if (play.asked < 2) {
        send_ask(at, conn);
    } else {
        net_tcp_close(at, conn);
    }
    return NET_RECEIVED;
}

/* --- what was sent -------------------------------------------------------------------------------------- */

static uint32_t be(const uint8_t *at, unsigned bytes)
{
    uint32_t value = 0;

    while (bytes--)
        value = value << 8 | *at++;
    return value;
}

static uint32_t le32(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static struct sent sent_of_packet(const uint8_t *ip, int64_t time_ns)
{
    const uint8_t *tcp = ip + 20;

    return (struct sent){
        .time_ns = time_ns,
        .up = ip[12] == 10,
        .flags = tcp[13] & (SYN_FLAG | FIN_FLAG | RST_FLAG | ACK_FLAG),
        .seq = be(tcp + 4, 4),
        .ack = be(tcp + 8, 4),
        .length = be(ip + 2, 2) - 20 - (tcp[12] >> 4) * 4U,
    };
}

/* Counts from the ISNs, which are those of the first SYN of each side. */
static void subtract_isns(GArray *all)
{
    uint32_t isn[2] = {0, 0};

    for (guint i = all->len; i-- > 0;) {
        const struct sent *sent = &g_array_index(all, struct sent, i);
        if (sent->flags & SYN_FLAG)
            isn[sent->up] = sent->seq;
    }
    for (guint i = 0; i < all->len; i++) {
        struct sent *sent = &g_array_index(all, struct sent, i);
        sent->seq -= isn[sent->up];
        sent->ack = sent->flags & ACK_FLAG ? sent->ack - isn[!sent->up] : 0;
    }
}

static GArray *read_capture(const char *path)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(struct sent));
    gchar *bytes;
    gsize len;

    g_assert_true(g_file_get_contents(path, &bytes, &len, NULL));
    for (const uint8_t *at = (uint8_t *)bytes + 24; at < (uint8_t *)bytes + len; at += 16 + le32(at + 8)) {
        struct sent sent = sent_of_packet(at + 16, le32(at) * CLOCK_SECOND + le32(at + 4));
        g_array_append_val(all, sent);
    }
    g_free(bytes);
    subtract_isns(all);
    return all;
}

static struct sent sent_of_text(const char *text)
{
    gchar **word = g_strsplit(text, " ", 0);
    struct sent sent = {.time_ns = g_ascii_strtoll(word[0], NULL, 10), .up = g_str_equal(word[1], "up")};

    g_assert_cmpuint(g_strv_length(word), ==, 6);
    for (const char *flag = word[2]; *flag; flag++)
        sent.flags |= *flag == 'S' ? SYN_FLAG : *flag == 'F' ? FIN_FLAG : *flag == 'R' ? RST_FLAG : ACK_FLAG;
    sent.seq = (uint32_t)g_ascii_strtoull(word[3], NULL, 10);
    sent.ack = (uint32_t)g_ascii_strtoull(word[4], NULL, 10);
    sent.length = (uint32_t)g_ascii_strtoull(word[5], NULL, 10);
    g_strfreev(word);
    return sent;
}

static GArray *read_recording(GKeyFile *file, const char *group)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(struct sent));
    char key[16];

    for (unsigned n = 0;
         g_snprintf(key, sizeof key, "packet%03u", n), g_key_file_has_key(file, group, key, NULL); n++) {
        gchar *text = g_key_file_get_string(file, group, key, NULL);
        struct sent sent = sent_of_text(text);
        g_array_append_val(all, sent);
        g_free(text);
    }
    return all;
}

/* --- a run ---------------------------------------------------------------------------------------------- */

static GArray *run_native(GKeyFile *file, const char *group)
{
    struct net_fixture f;
    GError *error = NULL;
    gchar *path, *drop = g_key_file_get_string(file, group, "drop", NULL);
    uint64_t rate = g_key_file_get_uint64(file, group, "access_bit_per_s", NULL);
    int descriptor = g_file_open_tmp("net-ns3-XXXXXX.pcap", &path, NULL);

    g_assert_cmpint(descriptor, >=, 0);
    close(descriptor);
    play = (struct play){
        .ask = g_key_file_get_integer_list(file, group, "ask", NULL, NULL),
        .answer = g_key_file_get_integer_list(file, group, "answer", NULL, NULL),
        .kept = g_key_file_get_integer(file, group, "kept", NULL),
        .service_ns = g_key_file_get_integer(file, group, "service_ms", NULL) * CLOCK_MILLISECOND,
    };
    net_set_up(&f);
    f.config.fault_drop = drop;
    if (rate)
        f.config.uplink_bit_per_s = f.config.downlink_bit_per_s = rate;
    f.config.capture =
        capture_new(path, f.config.topology.regions + 1, f.config.topology.servers, false, &error);
    g_assert_no_error(error);
    f.on_message = converse;
    net_start(&f);
    net_at(&f, 0, UE, step_connect);
    keep_sending(&f);
    net_finish(&f);
    g_assert_true(capture_close(f.config.capture, &error));
    GArray *all = read_capture(path);
    g_unlink(path);
    net_tear_down(&f);
    g_free(play.ask);
    g_free(play.answer);
    g_free(drop);
    g_free(path);
    return all;
}

static void show(const char *who, const struct sent *s)
{
    g_test_message("%s %12" G_GINT64_FORMAT " %-4s %s%s%s%s seq %u ack %u length %u", who, s->time_ns,
                   s->up ? "up" : "down", s->flags & SYN_FLAG ? "S" : "", s->flags & FIN_FLAG ? "F" : "",
                   s->flags & RST_FLAG ? "R" : "", s->flags & ACK_FLAG ? "A" : "", s->seq, s->ack, s->length);
}

static bool same(const struct sent *a, const struct sent *b)
{
    return ABS(a->time_ns - b->time_ns) <= TOLERANCE_NS && a->up == b->up && a->flags == b->flags &&
           a->seq == b->seq && a->ack == b->ack && a->length == b->length;
}

static GKeyFile *recording;

static void test_case(gconstpointer data)
{
    const char *group = data;
    GArray *expected = read_recording(recording, group);
    GArray *got = run_native(recording, group);
    guint compared = (guint)g_key_file_get_integer(recording, group, "compared", NULL);
    guint count = compared ? compared : expected->len;

    g_assert_cmpuint(count, >=, 10);
    g_assert_cmpuint(count, <=, expected->len);
    for (guint i = 0; i < count && i < got->len; i++) {
        const struct sent *a = &g_array_index(expected, struct sent, i);
        const struct sent *b = &g_array_index(got, struct sent, i);
        show("ns-3  ", a);
        if (!same(a, b)) {
            show("native", b);
            g_test_fail();
        }
    }
    if (compared ? got->len < count : got->len != count) {
        g_test_message("%u packets of ns-3, %u of native", expected->len, got->len);
        g_test_fail();
    }
    g_array_unref(expected);
    g_array_unref(got);
}

int main(int argc, char **argv)
{
    GError *error = NULL;

    tap_init(argc, argv);
    recording = g_key_file_new();
    g_key_file_load_from_file(recording, VECTOR_DIR "/tcp_ns3_traces.ini", G_KEY_FILE_NONE, &error);
    g_assert_no_error(error);
    gchar **groups = g_key_file_get_groups(recording, NULL);
    for (gchar **group = groups; *group; group++) {
        gchar *path = g_strconcat("/net/ns3/", *group, NULL);
        g_test_add_data_func(path, *group, test_case);
        g_free(path);
    }
    int failed = g_test_run();
    g_strfreev(groups);
    g_key_file_free(recording);
    return failed;
}
