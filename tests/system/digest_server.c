/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A web server made of the codecs of Ua, for clients that are not ours: every request without credentials
 * gets the 401 of a BM-SC, one with credentials is verified and gets a 200, or the 401 again.
 *
 *     digest_server USERNAME PASSWORD
 *
 * Listens on a free port of 127.0.0.1, prints it as its first line, then a line for each request; ends with
 * its input. One client at a time. */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "models/crypto/digest_auth.h"
#include "models/texts.h"
#include "models/wire/digest.h"
#include "models/wire/http.h"
#include "models/wire/ua.h"

#define REALM  "3GPP-bootstrapping@bmsc.example"
#define NONCE  "dcd98b7102dd2f0e8b11d0f600bfb0c093, or so="
#define OPAQUE "5ccc069c403ebaf9f0171e9517f40e41"

struct server {
    struct crypto *crypto;
    struct bytes username, password;
    uint8_t in[HTTP_HEAD_BYTES_MAX + HTTP_BODY_BYTES_MAX], out[4096];
    size_t held;
};

static bool same(struct bytes found, const char *wanted)
{
    return bytes_equal(found, bytes_of(wanted, strlen(wanted)));
}

/* The response of these credentials, or with an empty method their rspauth. */
static struct digest_hash response_of(struct server *s, struct bytes method, struct bytes target,
                                      struct bytes body, const struct digest_fields *f)
{
    struct digest_hash ha1, ha2, response;

    digest_ha1(s->crypto, DIGEST_MD5, s->username, bytes_text(REALM), s->password, &ha1);
    digest_ha2(s->crypto, DIGEST_MD5, method, target, true, body, &ha2);
    digest_response(s->crypto, DIGEST_MD5, &ha1, f->nonce, f->nc, f->cnonce, f->qop, &ha2, &response);
    return response;
}

/* What is wrong with the credentials; NULL: nothing. */
static const char *judge(struct server *s, const struct http_message *request, const struct digest_fields *f)
{
    struct digest_hash right = response_of(s, request->method, request->target, request->body, f);

    if (!bytes_equal(f->username, s->username) || !same(f->realm, REALM))
        return "username or realm";
    if (!same(f->nonce, NONCE) || !same(f->opaque, OPAQUE))
        return "nonce or opaque";
    if (!same(f->qop, "auth-int") || !f->has_nc || f->nc != 1 || f->cnonce.len == 0 ||
        f->cnonce.len > TEXTS_ONE_BYTES_MAX)
        return "qop, nc or cnonce";
    if (!bytes_equal(f->uri, request->target))
        return "uri";
    return bytes_equal(f->response, digest_hash_bytes(&right)) ? NULL : "response";
}

static enum wire_status answer(struct server *s, const struct http_message *request, size_t *length)
{
    const struct bytes *header = http_find(request, "Authorization");
    struct digest_fields offer = {.realm = bytes_text(REALM),
                                  .nonce = bytes_text(NONCE),
                                  .algorithm = bytes_text("MD5"),
                                  .qop = bytes_text("auth-int"),
                                  .opaque = bytes_text(OPAQUE)};
    struct bytes body = bytes_text("<keys/>\n");
    struct digest_fields f = {0};
    int64_t now = (int64_t)time(NULL);
    const char *wrong = "no credentials";

    if (header != NULL)
        wrong = digest_decode(*header, true, &f) == WIRE_OK ? judge(s, request, &f) : "header";
    printf("%.*s: %s\n", (int)request->method.len, (const char *)request->method.at,
           wrong == NULL ? "verified" : wrong);
    fflush(stdout);
    if (wrong != NULL)
        return ua_challenge_encode(&offer, now, s->out, sizeof s->out, length);
    struct digest_hash rspauth = response_of(s, bytes_text(""), request->target, body, &f);
    f.rspauth = digest_hash_bytes(&rspauth);
    return ua_success_encode(&f, now, now + 60, body, s->out, sizeof s->out, length);
}

/* Until the client closes, or sends what is no HTTP. */
static void serve(struct server *s, int client)
{
    struct http_message request;
    int64_t whole;
    size_t length;
    ssize_t n;

    for (s->held = 0; (n = read(client, s->in + s->held, sizeof s->in - s->held)) > 0;) {
        s->held += (size_t)n;
        while ((whole = http_frame(bytes_of(s->in, s->held))) > 0) {
            if (http_decode(bytes_of(s->in, (size_t)whole), &request) != WIRE_OK ||
                answer(s, &request, &length) != WIRE_OK || write(client, s->out, length) != (ssize_t)length)
                return;
            s->held -= (size_t)whole;
            memmove(s->in, s->in + whole, s->held);
        }
        if (whole < 0)
            return;
    }
}

static int listen_somewhere(void)
{
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof here;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&here, len) != 0 || listen(fd, 8) != 0 ||
        getsockname(fd, (struct sockaddr *)&here, &len) != 0) {
        perror("digest_server");
        exit(1);
    }
    printf("%d\n", ntohs(here.sin_port));
    fflush(stdout);
    return fd;
}

int main(int argc, char **argv)
{
    static struct server server;

    if (argc != 3) {
        fprintf(stderr, "usage: digest_server USERNAME PASSWORD\n");
        return 2;
    }
    server.crypto = crypto_new();
    server.username = bytes_of(argv[1], strlen(argv[1]));
    server.password = bytes_of(argv[2], strlen(argv[2]));
    struct pollfd wait[2] = {{.fd = listen_somewhere(), .events = POLLIN}, {.fd = 0, .events = POLLIN}};
    while (poll(wait, 2, -1) > 0 && wait[1].revents == 0) {
        int client = accept(wait[0].fd, NULL, NULL);
        if (client < 0)
            break;
        serve(&server, client);
        close(client);
    }
    crypto_free(server.crypto);
    return 0;
}
