/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Capture files: read back and checked byte by byte here, and by tshark where there is one. */
#include "sim/net/capture.h"
#include "tests/tap/tap.h"
#include "tests/unit/net_fixture.h"

#include <glib/gstdio.h>
#include <unistd.h>

static uint32_t le32(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static uint32_t be16(const uint8_t *at)
{
    return (uint32_t)at[0] << 8 | at[1];
}

/* Sum of 16-bit words; a block with its checksum in it gives 0xffff (RFC 1071). */
static uint32_t internet_sum(uint32_t sum, const uint8_t *at, size_t len)
{
    for (size_t i = 0; i < len; i++)
        sum += i % 2 ? at[i] : (uint32_t)at[i] << 8;
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum;
}

/* The file of a run, and where its packets are. */
struct file {
    char *path;
    gchar *bytes;
    gsize len;
    unsigned packets, udp, tcp;
};

static void check_packet(struct file *file, const uint8_t *ip, size_t len, bool ipv6)
{
    size_t header = ipv6 ? 40 : 20;
    unsigned protocol = ipv6 ? ip[6] : ip[9];
    const uint8_t *transport = ip + header;

    g_assert_cmpuint(len, >, header);
    if (ipv6) {
        g_assert_cmpuint(ip[0], ==, 0x60);
        g_assert_cmpuint(be16(ip + 4), ==, len - header);
    } else {
        g_assert_cmpuint(ip[0], ==, 0x45);
        g_assert_cmpuint(be16(ip + 2), ==, len);
        g_assert_cmpuint(internet_sum(0, ip, 20), ==, 0xffff);
    }
    uint32_t sum = protocol + (uint32_t)(len - header);
    sum = internet_sum(sum, ip + (ipv6 ? 8 : 12), ipv6 ? 32 : 8);
    g_assert_cmpuint(internet_sum(sum, transport, len - header), ==, 0xffff);
    if (protocol == 17) {
        file->udp++;
        g_assert_cmpuint(be16(transport), ==, 2269);
        g_assert_cmpuint(be16(transport + 4), ==, len - header);
        g_assert_cmpuint(be16(transport + 6), !=, 0);
        return;
    }
    file->tcp++;
    g_assert_cmpuint(protocol, ==, 6);
    if (transport[13] & 2) {
        static const uint8_t mss_option[] = {2, 4, MSS >> 8, MSS & 255};
        g_assert_cmpuint(transport[12], ==, 0x60);
        g_assert_cmpint(memcmp(transport + 20, mss_option, sizeof mss_option), ==, 0);
    } else {
        g_assert_cmpuint(transport[12], ==, 0x50);
    }
}

static void check_file(struct file *file, bool ipv6)
{
    const uint8_t *at, *end;
    uint64_t last_ns = 0;

    g_assert_true(g_file_get_contents(file->path, &file->bytes, &file->len, NULL));
    g_assert_cmpuint(file->len, >=, 24);
    at = (const uint8_t *)file->bytes;
    end = at + file->len;
    g_assert_cmpuint(le32(at), ==, 0xa1b23c4d);
    g_assert_cmpuint(le32(at + 4), ==, 2 | 4 << 16);
    g_assert_cmpuint(le32(at + 8), ==, 0);
    g_assert_cmpuint(le32(at + 12), ==, 0);
    g_assert_cmpuint(le32(at + 20), ==, 101);
    for (at += 24; at < end; at += 16 + le32(at + 8)) {
        uint64_t ns = le32(at) * UINT64_C(1000000000) + le32(at + 4);
        g_assert_cmpuint((size_t)(end - at), >=, 16 + le32(at + 8));
        g_assert_cmpuint(le32(at + 4), <, 1000000000);
        g_assert_cmpuint(ns, >=, last_ns);
        g_assert_cmpuint(le32(at + 8), ==, le32(at + 12));
        last_ns = ns;
        file->packets++;
        check_packet(file, at + 16, le32(at + 8), ipv6);
    }
    g_assert_true(at == end);
}

static void ask(struct net_fixture *f, struct net_region *at, uint32_t host, struct net_conn conn)
{
    (void)f;
    (void)host;
    g_assert_true(net_tcp_send(at, conn, net_made(at, KIND_ASK, 3333)));
}

static enum net_verdict answer(struct net_fixture *f, struct net_region *at, const struct net_delivery *d,
                               struct net_conn conn, uint64_t user)
{
    (void)f;
    (void)user;
    if (d->host == SERVER)
        g_assert_true(net_tcp_send(at, conn, net_made(at, KIND_ANSWER, 2001)));
    else
        net_tcp_close(at, conn);
    return NET_RECEIVED;
}

static void send_datagrams(struct net_fixture *f, struct net_region *at, uint32_t host)
{
    (void)f;
    for (size_t i = 0; i < 20; i++)
        net_udp_send(at, host, host == SERVER ? UE + i % 4 : SERVER, net_made(at, KIND_OTHER, 20 + i));
}

static void run(struct net_fixture *f, struct file *file, bool ipv6, const char *drop)
{
    GError *error = NULL;
    int descriptor = g_file_open_tmp("net-capture-XXXXXX.pcap", &file->path, NULL);

    g_assert_cmpint(descriptor, >=, 0);
    close(descriptor);
    net_set_up(f);
    f->config.ipv6 = ipv6;
    f->config.fault_drop = drop;
    f->config.capture =
        capture_new(file->path, f->config.topology.regions + 1, f->config.topology.servers, ipv6, &error);
    g_assert_no_error(error);
    f->on_opened = ask;
    f->on_message = answer;
    net_start(f);
    for (uint32_t ue = 0; ue < 4; ue++) {
        net_at(f, ue * CLOCK_SECOND, UE + ue, net_step_connect);
        net_at(f, ue * CLOCK_MILLISECOND, UE + ue, send_datagrams);
    }
    net_at(f, CLOCK_SECOND, SERVER, send_datagrams);
    net_finish(f);
    net_assert_empty(f);
    g_assert_true(capture_close(f->config.capture, &error));
    g_assert_no_error(error);
    check_file(file, ipv6);
    g_assert_cmpuint(file->packets, ==, net_counter(f, NETWORK_packets_sent));
    g_assert_cmpuint(file->udp, ==, 100);
}

static void finish(struct net_fixture *f, struct file *file)
{
    g_unlink(file->path);
    g_free(file->path);
    g_free(file->bytes);
    net_tear_down(f);
}

static void test_read_back(void)
{
    for (int ipv6 = 0; ipv6 <= 1; ipv6++) {
        struct net_fixture f;
        struct file file = {0};

        run(&f, &file, ipv6, NULL);
        g_assert_cmpuint(file.tcp, >, 4 * 8);
        finish(&f, &file);
    }
}

/* A datagram whose checksum comes out as 0: 16 bits of its payload are the checksum that it has when they are
 * 0. */
static uint16_t word;

static void send_word(struct net_fixture *f, struct net_region *at, uint32_t host)
{
    struct net_message *message = net_made(at, KIND_OTHER, 20);

    (void)f;
    message->bytes[0] = (uint8_t)(word >> 8);
    message->bytes[1] = (uint8_t)word;
    net_udp_send(at, host, UE, message);
}

static uint16_t checksum_with(uint16_t with, bool ipv6)
{
    struct net_fixture f;
    struct file file = {0};
    int descriptor = g_file_open_tmp("net-capture-XXXXXX.pcap", &file.path, NULL);

    g_assert_cmpint(descriptor, >=, 0);
    close(descriptor);
    word = with;
    net_set_up(&f);
    f.config.ipv6 = ipv6;
    f.config.capture =
        capture_new(file.path, f.config.topology.regions + 1, f.config.topology.servers, ipv6, NULL);
    net_start(&f);
    net_at(&f, 0, SERVER, send_word);
    net_finish(&f);
    g_assert_true(capture_close(f.config.capture, NULL));
    check_file(&file, ipv6);
    g_assert_cmpuint(file.udp, ==, 1);
    uint16_t checksum = (uint16_t)be16((const uint8_t *)file.bytes + 24 + 16 + (ipv6 ? 40 : 20) + 6);
    finish(&f, &file);
    return checksum;
}

static void test_checksum_zero(void)
{
    for (int ipv6 = 0; ipv6 <= 1; ipv6++)
        g_assert_cmpuint(checksum_with(checksum_with(0, ipv6), ipv6), ==, 0xffff);
}

/* What is lost was still sent. */
static void test_lost_are_captured(void)
{
    struct net_fixture f;
    struct file file = {0};

    run(&f, &file, false, "ask@2,other@1-5,synack@1");
    g_assert_cmpint(net_counter(&f, NETWORK_packets_lost), ==, 7);
    finish(&f, &file);
}

/* Lines that tshark prints for a display filter. */
static unsigned tshark_count(const struct file *file, const char *filter)
{
    const char *argv[] = {"tshark",
                          "-r",
                          file->path,
                          "-Y",
                          filter,
                          "--disable-protocol",
                          "mikey",
                          "-o",
                          "ip.check_checksum:TRUE",
                          "-o",
                          "udp.check_checksum:TRUE",
                          "-o",
                          "tcp.check_checksum:TRUE",
                          NULL};
    gchar *out = NULL, *messages = NULL;
    gint status = -1;
    unsigned lines = 0;

    g_assert_true(g_spawn_sync(NULL, (gchar **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &messages,
                               &status, NULL));
    if (status != 0)
        g_test_message("tshark: %s", messages);
    g_assert_cmpint(status, ==, 0);
    for (const char *c = out; *c; c++)
        lines += *c == '\n';
    g_free(out);
    g_free(messages);
    return lines;
}

static void test_tshark(void)
{
    char *program = g_find_program_in_path("tshark");

    if (!program) {
        g_test_skip("tshark is not installed");
        return;
    }
    g_free(program);
    for (int ipv6 = 0; ipv6 <= 1; ipv6++) {
        struct net_fixture f;
        struct file file = {0};

        run(&f, &file, ipv6, NULL);
        g_assert_cmpuint(tshark_count(&file, "udp || tcp"), ==, file.packets);
        g_assert_cmpuint(tshark_count(&file, "tcp.checksum.status == 1 || udp.checksum.status == 1"), ==,
                         file.packets);
        if (!ipv6)
            g_assert_cmpuint(tshark_count(&file, "ip.checksum.status == 1"), ==, file.packets);
        g_assert_cmpuint(tshark_count(&file, "_ws.malformed || _ws.expert.severity >= 0x600000"), ==, 0);
        g_assert_cmpuint(tshark_count(&file, "tcp.analysis.lost_segment || tcp.analysis.ack_lost_segment || "
                                             "tcp.analysis.retransmission || tcp.analysis.duplicate_ack || "
                                             "tcp.analysis.out_of_order || tcp.analysis.reused_ports"),
                         ==, 0);
        g_assert_cmpuint(tshark_count(&file, "tcp.flags.syn == 1 && tcp.flags.ack == 0 && tcp.options.mss"),
                         ==, 4);
        g_assert_cmpuint(tshark_count(&file, "tcp.flags.fin == 1"), ==, 8);
        finish(&f, &file);
    }
}

/* Regions fill their own buffers; the file has one order: time, servers first, UEs by number. */
static void test_order(void)
{
    char *path = NULL;
    int descriptor = g_file_open_tmp("net-capture-XXXXXX.pcap", &path, NULL);
    struct capture *capture = capture_new(path, 3, 1, false, NULL);
    struct file file = {.path = path};
    /* {region, time, payload length, from} as appended; a flush at 10, another at 20 */
    static const int appended[][4] = {{2, 0, 2, 9}, {2, 5, 5, 2},  {0, 5, 3, 0}, {1, 5, 6, 4},
                                      {0, 5, 4, 0}, {1, 10, 8, 3}, {0, 10, 7, 0}};
    static const uint32_t times[] = {0, 5, 5, 5, 5, 10, 10, 15};

    g_assert_cmpint(descriptor, >=, 0);
    close(descriptor);
    g_assert_nonnull(capture);
    for (unsigned i = 0; i < G_N_ELEMENTS(appended); i++)
        capture_udp(capture, (uint32_t)appended[i][0], appended[i][1], (uint32_t)appended[i][3], 1, 2269,
                    bytes_of("12345678", (size_t)appended[i][2]));
    g_assert_true(capture_flush(capture, 10, NULL));
    capture_udp(capture, 2, 15, 9, 1, 2269, bytes_of("123456789", 9));
    g_assert_true(capture_close(capture, NULL));
    check_file(&file, false);
    const uint8_t *at = (const uint8_t *)file.bytes + 24;
    for (uint32_t i = 2; i <= 9; i++, at += 16 + le32(at + 8)) {
        g_assert_cmpuint(le32(at), ==, 0);
        g_assert_cmpuint(le32(at + 4), ==, times[i - 2]);
        g_assert_cmpuint(le32(at + 8), ==, 28 + i);
    }
    g_assert_cmpuint(file.packets, ==, 8);
    g_unlink(path);
    g_free(path);
    g_free(file.bytes);
}

static void test_errors(void)
{
    GError *error = NULL;
    static const uint8_t payload[1000];

    g_assert_null(capture_new("/nonexistent/directory/file.pcap", 1, 1, false, &error));
    g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
    g_assert_nonnull(strstr(error->message, g_strerror(ENOENT)));
    g_clear_error(&error);
    if (access("/dev/full", W_OK) != 0) {
        g_test_skip("no /dev/full");
        return;
    }
    struct capture *capture = capture_new("/dev/full", 1, 1, false, &error);
    g_assert_no_error(error);
    bool good = true;
    for (int i = 0; i < 1000; i++) {
        capture_udp(capture, 0, i, 0, 1, 2269, bytes_of(payload, sizeof payload));
        bool now = capture_flush(capture, i + 1, NULL);
        g_assert_true(good || !now); /* sticky */
        good = now;
    }
    g_assert_false(good);
    g_assert_false(capture_flush(capture, 2000, &error));
    g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC);
    g_clear_error(&error);
    g_assert_false(capture_close(capture, &error));
    g_assert_nonnull(strstr(error->message, g_strerror(ENOSPC)));
    g_clear_error(&error);
    /* Less than a buffer: noticed when it is closed. */
    capture = capture_new("/dev/full", 1, 1, false, &error);
    g_assert_true(capture_flush(capture, 1, NULL));
    g_assert_false(capture_close(capture, &error));
    g_clear_error(&error);
}

/* A full disk ends the run. */
static void test_full_disk_stops(void)
{
    struct net_fixture f;

    if (access("/dev/full", W_OK) != 0) {
        g_test_skip("no /dev/full");
        return;
    }
    net_set_up(&f);
    f.config.capture =
        capture_new("/dev/full", f.config.topology.regions + 1, f.config.topology.servers, false, NULL);
    net_start(&f);
    for (int i = 0; i < 1000; i++)
        net_at(&f, i * CLOCK_SECOND, UE, send_datagrams);
    g_assert_cmpint(network_run(f.network, CLOCK_NEVER), <, 999 * CLOCK_SECOND);
    g_assert_false(capture_close(f.config.capture, NULL));
    net_tear_down(&f);
}

static void test_addresses(void)
{
    char text[46];

    capture_address(0, 2, false, text);
    g_assert_cmpstr(text, ==, "192.0.2.1");
    capture_address(2, 2, false, text);
    g_assert_cmpstr(text, ==, "10.0.0.1");
    capture_address(2 + 16777213, 2, false, text);
    g_assert_cmpstr(text, ==, "10.255.255.254");
    capture_address(2 + 16777214, 2, false, text);
    g_assert_cmpstr(text, ==, "10.0.0.1");
    capture_address(1, 2, true, text);
    g_assert_cmpstr(text, ==, "2001:db8::2");
    capture_address(2, 2, true, text);
    g_assert_cmpstr(text, ==, "2001:db8:1::1");
    capture_address(2 + 0x1fffe, 2, true, text);
    g_assert_cmpstr(text, ==, "2001:db8:1::1:ffff");
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/net/capture/read-back", test_read_back);
    g_test_add_func("/net/capture/checksum-zero", test_checksum_zero);
    g_test_add_func("/net/capture/lost-are-captured", test_lost_are_captured);
    g_test_add_func("/net/capture/tshark", test_tshark);
    g_test_add_func("/net/capture/order", test_order);
    g_test_add_func("/net/capture/errors", test_errors);
    g_test_add_func("/net/capture/full-disk-stops", test_full_disk_stops);
    g_test_add_func("/net/capture/addresses", test_addresses);
    return g_test_run();
}
