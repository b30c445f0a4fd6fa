/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The XML reader; production numbers are those of XML 1.0, fifth edition:
 *
 *   document   declaration? Misc* element Misc*                          [1], Misc: white space, comments
 *   element    "<" Name (S Attribute)* S? ("/>" | ">" content "</" Name S? ">")     [39] [40] [42] [44]
 *   Attribute  Name S? "=" S? ('"' value '"' | "'" value "'"), no Name twice        [41]
 *   content    (element | text | comment)*                               [43]; text without "&", "<", ">"
 *   comment    "<!--" without "--" "-->"                                 [15]
 *
 * and of Namespaces in XML 1.0: xmlns="..." and xmlns:prefix="..." bind, prefix:local and local are in what
 * is bound. */
#include "models/wire/xml.h"
#include "models/wire/scan.h"

/* What a character may be: a name's first, a name's, white space; and where it must not stand (CONTROL:
 * nowhere). Of the bytes above 127, parts of UTF-8, text and values may hold any. */
enum { NAME_START = 1, NAME = 2, SPACE = 4, NOT_TEXT = 8, NOT_VALUE = 16, CONTROL = 32 };
/* clang-format off */
static const uint8_t classes[256] = {
    56, 56, 56, 56, 56, 56, 56, 56, 56,  4,  4, 56, 56,  4, 56, 56, /* 00 */
    56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, /* 10 */
     4,  0,  0,  0,  0,  0, 24,  0,  0,  0,  0,  0,  0,  2,  2,  0, /* 20 */
     2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  0, 24,  0,  8,  0, /* 30 */
     0,  3,  3,  3,  3,  3,  3,  3,  3,  3,  3,  3,  3,  3,  3,  3, /* 40 */
     3,  3,  3,  3,  3,  3,  3,  3,  3,  3,  3,  0,  0,  0,  0,  3, /* 50 */
     0,  3,  3,  3,  3,  3,  3,  3,  3,  3,  3,  3,  3,  3,  3,  3, /* 60 */
     3,  3,  3,  3,  3,  3,  3,  3,  3,  3,  3,  0,  0,  0,  0, 56, /* 70 */
};
/* clang-format on */

static const uint8_t *xml_skip_space(const uint8_t *at, const uint8_t *end)
{
    while (at < end && classes[*at] & SPACE)
        at++;
    return at;
}

/* Is no character of `text` of that class? */
static bool is_free_of(struct bytes text, uint8_t class)
{
    uint8_t met = 0;

    for (size_t i = 0; i < text.len; i++)
        met |= classes[text.at[i]];
    return (met & class) == 0;
}

static bool begins(const struct xml_reader *r, const char *text, size_t len)
{
    return (size_t)(r->end - r->at) >= len && memcmp(r->at, text, len) == 0;
}

bool xml_is_plain(struct bytes text)
{
    if (text.len == 0)
        return true;
    return is_free_of(text, NOT_TEXT) && memchr(text.at, '"', text.len) == NULL &&
           memchr(text.at, '\'', text.len) == NULL;
}

static enum wire_status get_name(struct xml_reader *r, struct bytes *name)
{
    const uint8_t *from = r->at;

    if (from == r->end)
        return WIRE_TRUNCATED;
    if (!(classes[*from] & NAME_START))
        return WIRE_MALFORMED;
    while (r->at < r->end && classes[*r->at] & NAME)
        r->at++;
    *name = bytes_of(from, (size_t)(r->at - from));
    return WIRE_OK;
}

static enum wire_status xml_get_value(struct xml_reader *r, struct bytes *value)
{
    const uint8_t *from, *close;

    r->at = xml_skip_space(r->at, r->end);
    if (r->at == r->end)
        return WIRE_TRUNCATED;
    if (*r->at != '=')
        return WIRE_MALFORMED;
    r->at = xml_skip_space(r->at + 1, r->end);
    if (r->at == r->end)
        return WIRE_TRUNCATED;
    if (*r->at != '"' && *r->at != '\'')
        return WIRE_MALFORMED;
    from = r->at + 1;
    close = memchr(from, *r->at, (size_t)(r->end - from));
    if (close == NULL)
        return WIRE_TRUNCATED;
    r->at = close + 1;
    *value = bytes_of(from, (size_t)(close - from));
    return is_free_of(*value, NOT_VALUE) ? WIRE_OK : WIRE_MALFORMED;
}

/* Splits prefix:local. False: no local name, or a second colon. No name begins with a colon. */
static bool split_name(struct bytes name, struct bytes *prefix, struct bytes *local)
{
    const uint8_t *colon = memchr(name.at, ':', name.len);

    *prefix = bytes_of(name.at, colon == NULL ? 0 : (size_t)(colon - name.at));
    *local = colon == NULL ? name : bytes_of(colon + 1, name.len - prefix->len - 1);
    return colon == NULL || (local->len > 0 && memchr(local->at, ':', local->len) == NULL);
}

/* An attribute of the element to be opened: binds if it is a declaration. */
static enum wire_status bind(struct xml_reader *r, struct bytes name, struct bytes value)
{
    struct bytes prefix, local;

    if (!split_name(name, &prefix, &local))
        return WIRE_MALFORMED;
    if (xml_is(name, "xmlns"))
        local = bytes_of(name.at, 0);
    else if (!xml_is(prefix, "xmlns"))
        return WIRE_OK;
    if (r->binding_count == XML_BINDINGS_MAX)
        return WIRE_LIMIT;
    r->bindings[r->binding_count++] = (struct xml_binding){local, value, r->depth + 1};
    return WIRE_OK;
}

/* The local name of an element, or an empty one if it is not in the namespace of interest. */
static enum wire_status resolve(const struct xml_reader *r, struct bytes *name)
{
    struct bytes prefix, local, name_space = {NULL, 0};
    unsigned i = r->binding_count;

    if (!split_name(*name, &prefix, &local))
        return WIRE_MALFORMED;
    while (i > 0 && !bytes_equal(r->bindings[i - 1].prefix, prefix))
        i--;
    if (i > 0)
        name_space = r->bindings[i - 1].name_space;
    else if (prefix.len > 0)
        return WIRE_MALFORMED; /* bound to nothing */
    if (r->name_space != NULL && !xml_is(name_space, r->name_space))
        local.len = 0;
    *name = local;
    return WIRE_OK;
}

/* Leaves the innermost element. */
static void leave(struct xml_reader *r)
{
    while (r->binding_count > 0 && r->bindings[r->binding_count - 1].depth == r->depth)
        r->binding_count--;
    r->depth--;
}

/* Attributes and the white space around them, up to '>' or '/'. */
static enum wire_status get_attributes(struct xml_reader *r)
{
    struct bytes names[XML_ATTRIBUTES_MAX], value;
    unsigned count = 0;

    for (;;) {
        const uint8_t *from = r->at;
        enum wire_status status;

        r->at = xml_skip_space(from, r->end);
        if (r->at == r->end)
            return WIRE_TRUNCATED;
        if (*r->at == '>' || *r->at == '/')
            return WIRE_OK;
        if (r->at == from)
            return WIRE_MALFORMED;
        if (count == XML_ATTRIBUTES_MAX)
            return WIRE_LIMIT;
        status = get_name(r, &names[count]);
        for (unsigned i = 0; status == WIRE_OK && i < count; i++)
            if (bytes_equal(names[i], names[count]))
                status = WIRE_MALFORMED;
        if (status == WIRE_OK)
            status = xml_get_value(r, &value);
        if (status == WIRE_OK)
            status = bind(r, names[count], value);
        if (status != WIRE_OK)
            return status;
        count++;
    }
}

/* At '<' of a start tag. */
static enum wire_status start_tag(struct xml_reader *r, struct bytes *name)
{
    enum wire_status status;

    if (r->depth == 0 && r->root_seen)
        return WIRE_MALFORMED;
    if (r->depth == XML_DEPTH_MAX)
        return WIRE_LIMIT;
    r->at++;
    status = get_name(r, name);
    if (status == WIRE_OK)
        status = get_attributes(r);
    if (status != WIRE_OK)
        return status;
    r->end_pending = *r->at == '/';
    r->at += r->end_pending;
    if (r->at == r->end)
        return WIRE_TRUNCATED;
    if (*r->at++ != '>')
        return WIRE_MALFORMED;
    r->root_seen = true;
    r->open[r->depth++] = *name;
    return resolve(r, name);
}

/* At '</'. */
static enum wire_status end_tag(struct xml_reader *r, struct bytes *name)
{
    enum wire_status status;

    r->at += 2;
    status = get_name(r, name);
    if (status != WIRE_OK)
        return status;
    r->at = xml_skip_space(r->at, r->end);
    if (r->at == r->end)
        return WIRE_TRUNCATED;
    if (*r->at++ != '>' || r->depth == 0 || !bytes_equal(*name, r->open[r->depth - 1]))
        return WIRE_MALFORMED;
    leave(r);
    return WIRE_OK;
}

/* At '<!--'. */
static enum wire_status skip_comment(struct xml_reader *r)
{
    const uint8_t *from = r->at + 4, *dashes = memmem(from, (size_t)(r->end - from), "--", 2);

    if (dashes == NULL || dashes + 2 == r->end)
        return WIRE_TRUNCATED;
    if (dashes[2] != '>' || !is_free_of(bytes_of(from, (size_t)(dashes - from)), CONTROL))
        return WIRE_MALFORMED;
    r->at = dashes + 3;
    return WIRE_OK;
}

/* Text up to the next '<' or the end, trimmed. */
static enum wire_status get_text(struct xml_reader *r, struct bytes *text)
{
    const uint8_t *from = xml_skip_space(r->at, r->end), *to;
    const uint8_t *tag = from < r->end ? memchr(from, '<', (size_t)(r->end - from)) : NULL;

    to = r->at = tag != NULL ? tag : r->end;
    while (to > from && classes[to[-1]] & SPACE)
        to--;
    *text = bytes_of(from, (size_t)(to - from));
    if (text->len == 0)
        return WIRE_OK;
    if (memchr(from, '&', text->len) != NULL)
        return WIRE_UNSUPPORTED;
    return r->depth > 0 && is_free_of(*text, NOT_TEXT) ? WIRE_OK : WIRE_MALFORMED;
}

enum wire_status xml_begin(struct xml_reader *r, struct bytes in)
{
    static const char declaration[] = "<?xml";
    const uint8_t *close;

    r->at = in.at;
    r->end = in.len > 0 ? in.at + in.len : in.at;
    r->depth = r->binding_count = 0;
    r->name_space = NULL;
    r->root_seen = r->end_pending = false;
    if (!begins(r, declaration, sizeof declaration - 1))
        return WIRE_OK;
    r->at += sizeof declaration - 1;
    close = memmem(r->at, (size_t)(r->end - r->at), "?>", 2);
    if (close == NULL)
        return WIRE_TRUNCATED;
    if (!(classes[*r->at] & SPACE) || !is_free_of(bytes_of(r->at, (size_t)(close - r->at)), NOT_TEXT))
        return WIRE_MALFORMED;
    r->at = close + 2;
    return WIRE_OK;
}

/* At '<'. *told: it is something to tell of. */
static enum wire_status get_markup(struct xml_reader *r, enum xml_event *event, struct bytes *value,
                                   bool *told)
{
    *told = true;
    if (r->end - r->at < 2)
        return WIRE_TRUNCATED;
    if (r->at[1] == '/') {
        *event = XML_END;
        return end_tag(r, value);
    }
    if (r->at[1] == '!') {
        *told = false;
        if (r->end - r->at < 4)
            return WIRE_TRUNCATED;
        return begins(r, "<!--", 4) ? skip_comment(r) : WIRE_UNSUPPORTED;
    }
    if (r->at[1] == '?')
        return WIRE_UNSUPPORTED;
    *event = XML_START;
    return start_tag(r, value);
}

enum wire_status xml_next(struct xml_reader *r, enum xml_event *event, struct bytes *value)
{
    if (r->end_pending) {
        r->end_pending = false;
        *event = XML_END;
        *value = r->open[r->depth - 1];
        leave(r);
        return WIRE_OK;
    }
    while (r->at < r->end) {
        enum wire_status status;
        bool told;

        if (*r->at == '<') {
            status = get_markup(r, event, value, &told);
        } else {
            *event = XML_TEXT;
            status = get_text(r, value);
            told = value->len > 0;
        }
        if (status != WIRE_OK || told)
            return status;
    }
    if (r->depth > 0 || !r->root_seen)
        return WIRE_TRUNCATED;
    *event = XML_DOCUMENT_END;
    *value = bytes_of(r->end, 0);
    return WIRE_OK;
}

bool xml_is(struct bytes name, const char *literal)
{
    return bytes_equal(name, bytes_text(literal));
}

enum wire_status xml_root(struct xml_reader *r, const char *name, const char *name_space)
{
    enum xml_event event;
    struct bytes value;
    enum wire_status status;

    r->name_space = name_space;
    status = xml_next(r, &event, &value);
    if (status != WIRE_OK)
        return status;
    return xml_is(value, name) ? WIRE_OK : WIRE_MALFORMED; /* a document tells of its root first */
}

enum wire_status xml_child(struct xml_reader *r, bool *found, struct bytes *name)
{
    enum xml_event event;
    enum wire_status status = xml_next(r, &event, name);

    *found = status == WIRE_OK && event == XML_START;
    if (status != WIRE_OK)
        return status;
    return event == XML_START || event == XML_END ? WIRE_OK : WIRE_MALFORMED;
}

enum wire_status xml_text(struct xml_reader *r, struct bytes *text)
{
    enum xml_event event;
    struct bytes end_name;
    enum wire_status status = xml_next(r, &event, text);

    if (status != WIRE_OK)
        return status;
    if (event == XML_END) {
        *text = bytes_of(r->at, 0);
        return WIRE_OK;
    }
    if (event != XML_TEXT)
        return WIRE_MALFORMED;
    status = xml_next(r, &event, &end_name);
    if (status != WIRE_OK)
        return status;
    return event == XML_END ? WIRE_OK : WIRE_MALFORMED;
}

enum wire_status xml_text_once(struct xml_reader *r, struct bytes *text)
{
    return text->at != NULL ? WIRE_MALFORMED : xml_text(r, text);
}

enum wire_status xml_skip(struct xml_reader *r)
{
    unsigned outside = r->depth - 1;
    enum wire_status status = WIRE_OK;

    while (status == WIRE_OK && r->depth > outside) {
        enum xml_event event;
        struct bytes value;

        status = xml_next(r, &event, &value);
    }
    return status;
}

enum wire_status xml_finish(struct xml_reader *r)
{
    enum xml_event event;
    struct bytes value;
    enum wire_status status = xml_next(r, &event, &value);

    if (status != WIRE_OK)
        return status;
    return event == XML_DOCUMENT_END ? WIRE_OK : WIRE_MALFORMED;
}
