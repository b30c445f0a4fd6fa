/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The XML reader: what it tells, and what it refuses. */
#include "models/wire/xml.h"
#include "tests/tap/tap.h"
#include "tests/unit/wire_vectors.h"

/* Reads all events into "(a 'text' )" form; the status at the end. */
static enum wire_status read_all(struct bytes in, GString *told)
{
    struct xml_reader r;
    enum wire_status status = xml_begin(&r, in);
    enum xml_event event = XML_TEXT;

    while (status == WIRE_OK && event != XML_DOCUMENT_END) {
        struct bytes value;

        status = xml_next(&r, &event, &value);
        if (status != WIRE_OK || event == XML_DOCUMENT_END)
            break;
        g_assert_true(is_within(value, in));
        g_string_append(told, event == XML_START ? "<" : event == XML_END ? ">" : "'");
        if (event != XML_END)
            g_string_append_len(told, (const char *)value.at, (gssize)value.len);
    }
    return status;
}

static void test_documents(void)
{
    static const char *const cases[][2] = {
        {"<a/>", "<a>"},
        {"<a></a>", "<a>"},
        {"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a>\n text \n</a>\n", "<a'text>"},
        {"<a><b>1</b><b>2</b></a>", "<a<b'1><b'2>>"},
        {"<a x=\"1\" y = '2>\"'\tz=\"\"><b\n/></a >", "<a<b>>"},
        {"<!-- one --><a><!----><b/><!-- - --> t </a><!--end-->", "<a<b>'t>"},
        {"<ns:a-b.c_1 xmlns:ns=\"u\"/>", "<a-b.c_1>"},
        {"<a xml:lang=\"en\" b:c=\"\"/>", "<a>"},
        {"<a>one<!-- cut -->two</a>", "<a'one'two>"},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        GString *told = g_string_new(NULL);

        g_test_message("%s", cases[i][0]);
        assert_status(read_all(bytes_text(cases[i][0]), told), WIRE_OK);
        g_assert_cmpstr(told->str, ==, cases[i][1]);
        g_string_free(told, TRUE);
    }
}

static const struct {
    const char *text;
    enum wire_status status;
} faults[] = {
    {"", WIRE_TRUNCATED},
    {" ", WIRE_TRUNCATED},
    {"text", WIRE_MALFORMED},
    {"<a>", WIRE_TRUNCATED},
    {"<", WIRE_TRUNCATED},
    {"<a", WIRE_TRUNCATED},
    {"<a/", WIRE_TRUNCATED},
    {"<a/x>", WIRE_MALFORMED},
    {"<a></b>", WIRE_MALFORMED},
    {"<a></a></a>", WIRE_MALFORMED},
    {"</a>", WIRE_MALFORMED},
    {"<a/><b/>", WIRE_MALFORMED},
    {"<a/>text", WIRE_MALFORMED},
    {"<a><b></a></b>", WIRE_MALFORMED},
    {"< a/>", WIRE_MALFORMED},
    {"<1/>", WIRE_MALFORMED},
    {"<a>x>y</a>", WIRE_MALFORMED},
    {"<a>\x01</a>", WIRE_MALFORMED},
    {"<a>&amp;</a>", WIRE_UNSUPPORTED},
    {"<a>&#65;</a>", WIRE_UNSUPPORTED},
    {"<a x/>", WIRE_MALFORMED},
    {"<a x=1/>", WIRE_MALFORMED},
    {"<a x=\"1/>", WIRE_TRUNCATED},
    {"<a x=\"<\"/>", WIRE_MALFORMED},
    {"<a x=\"&lt;\"/>", WIRE_MALFORMED},
    {"<a x=\"1\"y=\"2\"/>", WIRE_MALFORMED},
    {"<a x=\"1\" x=\"2\"/>", WIRE_MALFORMED},
    {"<a a=\"\" b=\"\" c=\"\" d=\"\" e=\"\" f=\"\" g=\"\" h=\"\" i=\"\"/>", WIRE_LIMIT},
    {"<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", WIRE_UNSUPPORTED},
    {"<a><![CDATA[x]]></a>", WIRE_UNSUPPORTED},
    {"<a><?php x?></a>", WIRE_UNSUPPORTED},
    {" <?xml version=\"1.0\"?><a/>", WIRE_UNSUPPORTED},
    {"<?xml version=\"1.0\">", WIRE_TRUNCATED},
    {"<?xmlx?><a/>", WIRE_MALFORMED},
    {"<?xml?><a/>", WIRE_MALFORMED},
    {"<!-- a -- b --><a/>", WIRE_MALFORMED},
    {"<!-- a", WIRE_TRUNCATED},
    {"<!-- a --", WIRE_TRUNCATED},
    {"<a/><!-- a", WIRE_TRUNCATED},
    {"<a b:=\"c\"/>", WIRE_MALFORMED},
    {"<a b:c:d=\"c\"/>", WIRE_MALFORMED},
    {"<b:a/>", WIRE_MALFORMED},
    {"<a:/>", WIRE_MALFORMED},
    {"<:a/>", WIRE_MALFORMED},
    {"<a:b:c xmlns:a=\"u\"/>", WIRE_MALFORMED},
    {"<a :b=\"c\"/>", WIRE_MALFORMED},
    {"<a xmlns:b=\"u\"><c xmlns:d=\"v\"><b:e/><d:e/></c></a>", WIRE_OK},
    {"<a xmlns:b=\"u\"><c xmlns:d=\"v\"><b:e/></c><d:e/></a>", WIRE_MALFORMED},
    {"<a xmlns=\"\" xmlns:b=\"\" xmlns:c=\"\" xmlns:d=\"\"><a xmlns:b=\"\" xmlns:c=\"\" xmlns:d=\"\" "
     "xmlns:e=\"\"/></a>",
     WIRE_OK},
    {"<a xmlns=\"\" xmlns:b=\"\" xmlns:c=\"\" xmlns:d=\"\"><a xmlns:b=\"\" xmlns:c=\"\" xmlns:d=\"\" "
     "xmlns:e=\"\" xmlns:f=\"\"/></a>",
     WIRE_LIMIT},
    {"<a b=\"c\"/><!", WIRE_TRUNCATED},
    {"<a><a><a><a><a><a><a><a></a></a></a></a></a></a></a></a>", WIRE_OK},
    {"<a><a><a><a><a><a><a><a><a></a></a></a></a></a></a></a></a></a>", WIRE_LIMIT}};

static void test_faults(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(faults); i++) {
        GString *told = g_string_new(NULL);
        uint8_t *block;
        struct bytes in = exact_copy(faults[i].text, strlen(faults[i].text), &block);

        g_test_message("%s", faults[i].text);
        assert_status(read_all(in, told), faults[i].status);
        g_free(block);
        g_string_free(told, TRUE);
    }
}

static void test_steps(void)
{
    struct xml_reader r;
    struct bytes name, text = {NULL, 0};
    bool found;

    assert_status(xml_begin(&r, bytes_text("<r><skip>x<y/><z>q</z></skip><t> v </t><e/></r>")), WIRE_OK);
    assert_status(xml_root(&r, "r", NULL), WIRE_OK);
    assert_status(xml_child(&r, &found, &name), WIRE_OK);
    g_assert_true(found && xml_is(name, "skip") && !xml_is(name, "ski") && !xml_is(name, "skips"));
    assert_status(xml_skip(&r), WIRE_OK);
    assert_status(xml_child(&r, &found, &name), WIRE_OK);
    assert_status(xml_text_once(&r, &text), WIRE_OK);
    assert_bytes(text, bytes_text("v"));
    assert_status(xml_child(&r, &found, &name), WIRE_OK);
    assert_status(xml_text_once(&r, &text), WIRE_MALFORMED);
    assert_status(xml_text(&r, &text), WIRE_OK);
    g_assert_cmpuint(text.len, ==, 0);
    assert_status(xml_child(&r, &found, &name), WIRE_OK);
    g_assert_false(found);
    assert_status(xml_finish(&r), WIRE_OK);

    assert_status(xml_begin(&r, bytes_text("<r>text</r>")), WIRE_OK);
    assert_status(xml_root(&r, "q", NULL), WIRE_MALFORMED);
    assert_status(xml_child(&r, &found, &name), WIRE_MALFORMED);
    assert_status(xml_begin(&r, bytes_text("<r><a/></r>")), WIRE_OK);
    assert_status(xml_root(&r, "r", NULL), WIRE_OK);
    assert_status(xml_text(&r, &text), WIRE_MALFORMED);
    assert_status(xml_begin(&r, bytes_text("<r>t<a/></r>")), WIRE_OK);
    assert_status(xml_root(&r, "r", NULL), WIRE_OK);
    assert_status(xml_text(&r, &text), WIRE_MALFORMED);
    /* a document is not finished within its root */
    assert_status(xml_begin(&r, bytes_text("<r><a/></r>")), WIRE_OK);
    assert_status(xml_root(&r, "r", NULL), WIRE_OK);
    assert_status(xml_finish(&r), WIRE_MALFORMED);
}

/* The first event is the start of the root, or there is none. */
static void test_root(void)
{
    static const char *const texts[] = {"",    " ", "x", "</r>", "<!-- x -->", "<?xml version=\"1.0\"?>",
                                        "<q/>"};

    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
        struct xml_reader r;

        g_test_message("%s", texts[i]);
        assert_status(xml_begin(&r, bytes_text(texts[i])), WIRE_OK);
        g_assert_cmpint(xml_root(&r, "r", NULL), !=, WIRE_OK);
    }
}

static void test_plain(void)
{
    g_assert_true(xml_is_plain(bytes_text("I1U8vpY3qJ0hiuZNrke/NQ==@bsf.example")));
    g_assert_true(xml_is_plain((struct bytes){NULL, 0}));
    for (const char *c = "<>&\"'\x01\x7f"; *c != '\0'; c++)
        g_assert_false(xml_is_plain(bytes_of(c, 1)));
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/xml/documents", test_documents);
    g_test_add_func("/xml/faults", test_faults);
    g_test_add_func("/xml/steps", test_steps);
    g_test_add_func("/xml/root", test_root);
    g_test_add_func("/xml/plain", test_plain);
    return g_test_run();
}
