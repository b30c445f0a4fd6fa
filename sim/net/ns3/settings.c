/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* ns-3's attributes: those that follow from the configuration, then those of ns3_options. */
#include "sim/net/ns3/internal.h"

/* Room for a whole window of 65535 bytes; without window scaling no more can be advertised. */
#define SEND_BUFFER_BYTES    131072
#define RECEIVE_BUFFER_BYTES 65535

struct setting {
    const char *name, *value;
};

static const struct setting fixed_settings[] = {
    {"ns3::TcpL4Protocol::SocketType", "ns3::TcpNewReno"},
    {"ns3::TcpL4Protocol::RecoveryType", "ns3::TcpClassicRecovery"},
    {"ns3::TcpL4Protocol::RttEstimatorType", "ns3::RttMeanDeviation"},
    {"ns3::TcpSocketBase::Sack", "false"},
    {"ns3::TcpSocketBase::Timestamp", "false"},
    {"ns3::TcpSocketBase::WindowScaling", "false"},
    {"ns3::TcpSocketBase::MaxWindowSize", "65535"},
};
#define NODE_SETTINGS 3 /* the first of these are of a node's TCP, and read when it is made */

static bool ns3_settings_set_default(const char *name, const char *value, const struct ns3_net *net,
                                     GError **error)
{
    if (ns3c_set_default(net->sim, name, value) == NS3C_OK)
        return true;
    g_set_error(error, NETWORK_ERROR, 0, "ns-3 attribute '%s=%s': %s", name, value, ns3_why());
    return false;
}

static bool ns3_settings_set_ns(const struct ns3_net *net, const char *name, int64_t ns, GError **error)
{
    g_autofree char *value = g_strdup_printf("%" G_GINT64_FORMAT "ns", ns);

    return ns3_settings_set_default(name, value, net, error);
}

static bool ns3_settings_set_number(const struct ns3_net *net, const char *name, uint64_t number,
                                    GError **error)
{
    g_autofree char *value = g_strdup_printf("%" G_GUINT64_FORMAT, number);

    return ns3_settings_set_default(name, value, net, error);
}

static bool ns3_settings_set_tcp(const struct ns3_net *net, GError **error)
{
    const struct network_config *c = &net->config;
    char msl[G_ASCII_DTOSTR_BUF_SIZE];

    g_ascii_dtostr(msl, sizeof msl, (double)c->time_wait_ns / 2e9);
    for (unsigned i = 0; i < G_N_ELEMENTS(fixed_settings); i++)
        if (!ns3_settings_set_default(fixed_settings[i].name, fixed_settings[i].value, net, error))
            return false;
    return ns3_settings_set_number(net, "ns3::TcpSocket::SegmentSize", c->mss, error) &&
           ns3_settings_set_number(net, "ns3::TcpSocket::InitialCwnd", c->initial_window, error) &&
           ns3_settings_set_number(net, "ns3::TcpSocket::SndBufSize", SEND_BUFFER_BYTES, error) &&
           ns3_settings_set_number(net, "ns3::TcpSocket::RcvBufSize", RECEIVE_BUFFER_BYTES, error) &&
           ns3_settings_set_number(net, "ns3::TcpSocket::DelAckCount", c->delayed_ack_ns > 0 ? 2 : 1,
                                   error) &&
           (c->delayed_ack_ns == 0 ||
            ns3_settings_set_ns(net, "ns3::TcpSocket::DelAckTimeout", c->delayed_ack_ns, error)) &&
           ns3_settings_set_ns(net, "ns3::TcpSocket::ConnTimeout", c->rto_initial_ns, error) &&
           ns3_settings_set_number(net, "ns3::TcpSocket::ConnCount", (uint64_t)c->syn_retries + 1, error) &&
           ns3_settings_set_number(net, "ns3::TcpSocket::DataRetries", c->data_retries, error) &&
           ns3_settings_set_ns(net, "ns3::TcpSocketBase::MinRto", c->rto_min_ns, error) &&
           ns3_settings_set_default("ns3::TcpSocketBase::MaxSegLifetime", msl, net, error) &&
           ns3_settings_set_ns(net, "ns3::RttEstimator::InitialEstimation", c->rto_initial_ns, error);
}

typedef bool setter_fn(void *on, const char *name, const char *value, GError **error);

/* "NAME=VALUE; NAME=VALUE" */
static bool ns3_settings_set_users(const struct ns3_net *net, setter_fn *set, void *on, GError **error)
{
    if (!net->options.attributes)
        return true;
    g_auto(GStrv) entries = g_strsplit(net->options.attributes, ";", -1);
    for (char **entry = entries; *entry; entry++) {
        char *name = g_strstrip(*entry), *value = strchr(name, '=');

        if (*name == '\0')
            continue;
        if (!value) {
            g_set_error(error, NETWORK_ERROR, 0, "ns-3 attribute '%s': expected NAME=VALUE", name);
            return false;
        }
        *value++ = '\0';
        if (!set(on, g_strchomp(name), g_strchug(value), error))
            return false;
    }
    return true;
}

static bool ns3_settings_set_users_default(void *on, const char *name, const char *value, GError **error)
{
    return ns3_settings_set_default(name, value, on, error);
}

static bool ns3_settings_set_node(void *on, const char *name, const char *value, GError **error)
{
    /* Other defaults are of what is made later: sockets. */
    if (!g_str_has_prefix(name, "ns3::TcpL4Protocol::") || ns3c_node_set(on, name, value) == NS3C_OK)
        return true;
    g_set_error(error, NETWORK_ERROR, 0, "ns-3 attribute '%s=%s': %s", name, value, ns3_why());
    return false;
}

bool ns3_settings_apply(struct ns3_net *net, GError **error)
{
    /* One datagram is one packet, as on the native engine: all messages of the models fit. */
    return ns3_settings_set_default("ns3::PointToPointNetDevice::Mtu", "65535", net, error) &&
           ns3_settings_set_tcp(net, error) &&
           ns3_settings_set_users(net, ns3_settings_set_users_default, net, error);
}

bool ns3_settings_node(const struct ns3_net *net, struct ns3c_node *node, GError **error)
{
    for (unsigned i = 0; i < NODE_SETTINGS; i++)
        if (!ns3_settings_set_node(node, fixed_settings[i].name, fixed_settings[i].value, error))
            return false;
    return ns3_settings_set_users(net, ns3_settings_set_node, node, error);
}
