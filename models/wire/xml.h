/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A small strict XML reader, pull style, without heap: elements and text of the short documents that GBA and
 * MBMS carry in bodies and AVPs. The five predefined entities, character references, CDATA, DOCTYPE and
 * processing instructions are refused (no value we carry needs them, and DOCTYPE is how XML is attacked);
 * attributes are checked and passed over, but for those that declare namespaces (Namespaces in XML 1.0);
 * comments and the XML declaration are passed over, too. Names are ASCII. */
#ifndef MODELS_WIRE_XML_H
#define MODELS_WIRE_XML_H

#include "models/wire/wire.h"

#define XML_DEPTH_MAX      8
#define XML_ATTRIBUTES_MAX 8
#define XML_BINDINGS_MAX   8

enum xml_event { XML_START, XML_TEXT, XML_END, XML_DOCUMENT_END };

/* A prefix and its namespace, for the element at that depth and what is in it. No prefix: the default. */
struct xml_binding {
    struct bytes prefix, name_space;
    unsigned depth;
};

struct xml_reader {
    const uint8_t *at, *end;
    struct bytes open[XML_DEPTH_MAX]; /* names of the elements we are in, as they are written */
    unsigned depth;
    struct xml_binding bindings[XML_BINDINGS_MAX];
    unsigned binding_count;
    const char *name_space; /* whose elements are told by their names, others by an empty one; NULL: any */
    bool root_seen;
    bool end_pending; /* <name/>: its end is the next event */
};

/* Ready to read `in`; passes over the XML declaration if there is one. */
enum wire_status xml_begin(struct xml_reader *r, struct bytes in);
/* The next event. *value: local name of an element, or text without the white space around it; text that is
 * nothing but white space is not told. */
enum wire_status xml_next(struct xml_reader *r, enum xml_event *event, struct bytes *value);

/* The steps that a reader of a known document takes. */
/* The root element must have that name in that namespace, which is the one of interest from there on; NULL:
 * any. */
enum wire_status xml_root(struct xml_reader *r, const char *name, const char *name_space);
/* The next child of the element we are in: *found and its name, or its end. Text here is malformed. */
enum wire_status xml_child(struct xml_reader *r, bool *found, struct bytes *name);
/* Content of the element just begun, which must be text alone (or nothing), and its end. */
enum wire_status xml_text(struct xml_reader *r, struct bytes *text);
/* Passes over the rest of the element just begun. */
enum wire_status xml_skip(struct xml_reader *r);
/* Nothing may follow the root but comments and white space. */
enum wire_status xml_finish(struct xml_reader *r);

/* A text child that may come once: malformed if *text is set already. */
enum wire_status xml_text_once(struct xml_reader *r, struct bytes *text);
bool xml_is(struct bytes name, const char *literal);
/* Can it stand in text and in attribute values as it is? */
bool xml_is_plain(struct bytes text);

#endif
