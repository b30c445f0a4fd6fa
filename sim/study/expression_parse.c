/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Reads expressions: recursive descent, one function a level of precedence. */
#include "sim/study/expression_tree.h"
#include "sim/study/quantity.h"
#include "sim/study/word.h"

#include <string.h>

#define DEPTH_MAX 100
/* A chain of sums or conditions is as deep a tree as it is long, and trees are walked by recursion. */
#define NODES_MAX 20000

struct parser {
    const char *start, *at;
    const struct expression_names *names;
    GError **error;
    unsigned depth, nodes;
};

static struct expression *parse_or(struct parser *p);

static void skip_blanks(struct parser *p)
{
    while (g_ascii_isspace(*p->at))
        p->at++;
}

/* Only the first mistake is reported. */
static struct expression *fail(struct parser *p, const char *at, enum config_error code, const char *format,
                               ...) G_GNUC_PRINTF(4, 5);
static struct expression *fail(struct parser *p, const char *at, enum config_error code, const char *format,
                               ...)
{
    va_list arguments;
    char *message;

    va_start(arguments, format);
    message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(p->error, CONFIG_ERROR, (int)code, "\"%s\", at character %ld: %s", p->start,
                g_utf8_strlen(p->start, at - p->start) + 1, message);
    g_free(message);
    return NULL;
}

static struct expression *make(struct parser *p, enum node node, struct expression *left,
                               struct expression *right)
{
    struct expression *e = g_new0(struct expression, 1);

    p->nodes++;
    e->node = node;
    if (node == NODE_NUMBER)
        mpq_init(e->number);
    e->left = left;
    e->right = right;
    return e;
}

/* A number of both sides is of one sort, or it is a mistake that names both. */
static bool same_sort(struct parser *p, const char *at, const char *sign, const struct expression *left,
                      const struct expression *right, struct dimension *out)
{
    char buffers[2][DIMENSION_TEXT_BYTES];

    if (dimension_alike(&left->dimension, &right->dimension, out))
        return true;
    fail(p, at, CONFIG_ERROR_VALUE, "left of %s stands %s, right of it %s: expected two of a sort", sign,
         dimension_text(&left->dimension, buffers[0]), dimension_text(&right->dimension, buffers[1]));
    return false;
}

static bool is_condition(const struct expression *e)
{
    return e->node >= NODE_COMPARE;
}

static bool name_character(char c)
{
    return g_ascii_isalnum(c) || c == '_' || c == '.';
}

/* Takes a word of the language if it comes next. */
static bool take_word(struct parser *p, const char *word)
{
    size_t length = strlen(word);

    skip_blanks(p);
    if (strncmp(p->at, word, length) != 0 || name_character(p->at[length]))
        return false;
    p->at += length;
    return true;
}

/* A number in base units, with any unit. */
static bool number_value(const char *text, mpq_t out)
{
    static const enum config_type any[] = {CONFIG_COUNT,      CONFIG_SHARE,    CONFIG_DURATION,
                                           CONFIG_EVENT_RATE, CONFIG_BIT_RATE, CONFIG_BYTES};

    for (size_t i = 0; i < G_N_ELEMENTS(any); i++)
        if (quantity_exact(any[i], text, out))
            return true;
    return false;
}

static struct expression *parse_number(struct parser *p)
{
    const char *start = p->at;
    struct expression *e = make(p, NODE_NUMBER, NULL, NULL);
    char *text;

    while (name_character(*p->at) || *p->at == '%')
        p->at++;
    /* A '/' belongs to the number as part of a rate, else it divides. */
    if (*p->at == '/')
        for (const char *const *unit = (const char *const[]){"/s", "/min", NULL}; *unit; unit++)
            if (g_str_has_prefix(p->at, *unit) && !name_character(p->at[strlen(*unit)])) {
                p->at += strlen(*unit);
                break;
            }
    text = g_strndup(start, (gsize)(p->at - start));
    if (!number_value(text, e->number)) {
        expression_free(e);
        e = fail(p, start, CONFIG_ERROR_SYNTAX,
                 "\"%s\" is not a number, expected one such as 4, 10%%, 500ms, 5k/s, 20Mbit/s or 64kB", text);
    }
    if (e)
        e->dimension = dimension_of_number(text);
    g_free(text);
    return e;
}

static struct expression *unknown_name(struct parser *p, const char *at, const char *name)
{
    struct suggestion suggestion = {name, NULL, 0};
    const char *gone = p->names->gone ? p->names->gone(p->names->user, name) : NULL;

    if (gone)
        return fail(p, at, CONFIG_ERROR_UNKNOWN, "%s: %s", name, gone);
    p->names->offer(p->names->user, &suggestion);
    if (suggestion.nearest && strcmp(suggestion.nearest, name) == 0)
        return fail(p, at, CONFIG_ERROR_UNKNOWN, "%s: a text, expected a name that has a number here", name);
    return fail(p, at, CONFIG_ERROR_UNKNOWN, "%s: unknown name, did you mean %s?", name,
                suggestion.nearest ? suggestion.nearest : "another");
}

/* The text that a name is compared with: quoted, or up to a blank or a parenthesis. */
static char *take_text(struct parser *p)
{
    const char *start, *end;

    skip_blanks(p);
    start = p->at;
    if (*start == '"') {
        end = strchr(start + 1, '"');
        if (!end)
            return NULL;
        p->at = end + 1;
        return g_strndup(start + 1, (gsize)(end - start - 1));
    }
    p->at += strcspn(start, " \t()\"");
    return p->at > start ? g_strndup(start, (gsize)(p->at - start)) : NULL;
}

static bool take_comparison(struct parser *p, char comparison[3])
{
    static const char *const all[] = {"<=", ">=", "==", "!=", "<", ">"};

    skip_blanks(p);
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        if (g_str_has_prefix(p->at, all[i])) {
            p->at += strlen(all[i]);
            strcpy(comparison, all[i]);
            return true;
        }
    return false;
}

/* Is the text one that the name can be? Else it is a mistake that lists them. */
static bool is_word(struct parser *p, const char *at, const struct expression *e)
{
    const char *const *words = p->names->words ? p->names->words(p->names->user, e->name) : NULL;
    char *choice;

    if (!words || g_strv_contains(words, e->text))
        return true;
    choice = word_choice(words);
    fail(p, at, CONFIG_ERROR_VALUE, "%s is never %s, expected %s", e->name, e->text, choice);
    g_free(choice);
    return false;
}

static struct expression *parse_same(struct parser *p, const char *start, const char *name)
{
    struct expression *e = make(p, NODE_SAME, NULL, NULL);
    const char *at;
    bool known;

    e->name = g_strdup(name);
    if (!take_comparison(p, e->comparison) || e->comparison[1] != '=' || strchr("<>", e->comparison[0])) {
        expression_free(e);
        return fail(p, start, CONFIG_ERROR_SYNTAX, "%s is a text, expected == or != and a word behind it",
                    name);
    }
    skip_blanks(p);
    at = p->at;
    e->text = take_text(p);
    if (e->text && is_word(p, at, e))
        return e;
    known = e->text != NULL;
    expression_free(e);
    if (known)
        return NULL;
    return fail(p, p->at, CONFIG_ERROR_SYNTAX, "expected the word that %s is compared with", name);
}

static struct expression *parse_operand_name(struct parser *p)
{
    const char *start = p->at;
    struct expression *e = NULL;
    char *name;

    while (name_character(*p->at))
        p->at++;
    name = g_strndup(start, (gsize)(p->at - start));
    switch (p->names->kind(p->names->user, name)) {
    case EXPRESSION_UNKNOWN:
        e = unknown_name(p, start, name);
        break;
    case EXPRESSION_TEXT:
        e = parse_same(p, start, name);
        break;
    case EXPRESSION_NUMBER:
        e = make(p, NODE_NAME, NULL, NULL);
        e->name = g_strdup(name);
        if (p->names->unit)
            e->dimension = dimension_of_unit(p->names->unit(p->names->user, name));
        break;
    }
    g_free(name);
    return e;
}

static struct expression *parse_primary(struct parser *p)
{
    const char *start;
    struct expression *e;

    skip_blanks(p);
    start = p->at;
    if (p->nodes > NODES_MAX)
        return fail(p, start, CONFIG_ERROR_SYNTAX, "too long, expected fewer than %d names and numbers",
                    NODES_MAX / 2);
    if (g_ascii_isdigit(*p->at))
        return parse_number(p);
    if (g_ascii_isalpha(*p->at) || *p->at == '_')
        return parse_operand_name(p);
    if (*p->at != '(' && *p->at != '-')
        return fail(p, start, CONFIG_ERROR_SYNTAX, "expected a key, a number or (%s",
                    *start ? "" : ", it ends here");
    if (++p->depth > DEPTH_MAX)
        return fail(p, start, CONFIG_ERROR_SYNTAX, "nested too deep");
    p->at++;
    e = *start == '(' ? parse_or(p) : parse_primary(p);
    p->depth--;
    if (!e)
        return NULL;
    if (*start == '-' && !is_condition(e)) {
        struct dimension dimension = e->dimension;

        e = make(p, NODE_SUBTRACT, make(p, NODE_NUMBER, NULL, NULL), e);
        e->dimension = dimension;
        return e;
    }
    skip_blanks(p);
    if (*start == '(' && *p->at == ')') {
        p->at++;
        return e;
    }
    expression_free(e);
    return fail(p, *start == '(' ? p->at : start, CONFIG_ERROR_SYNTAX,
                *start == '(' ? "expected )" : "expected a number behind -");
}

/* Two numbers joined; NULL and a mistake if they are of different sorts. */
static struct expression *parse_combine(struct parser *p, const char *at, enum node node,
                                        struct expression *left, struct expression *right)
{
    const char sign[] = {*at, '\0'};
    struct dimension dimension;
    struct expression *e;

    if (node == NODE_MULTIPLY)
        dimension = dimension_product(&left->dimension, &right->dimension);
    else if (node == NODE_DIVIDE)
        dimension = dimension_quotient(&left->dimension, &right->dimension);
    else if (!same_sort(p, at, sign, left, right, &dimension)) {
        expression_free(left);
        expression_free(right);
        return NULL;
    }
    e = make(p, node, left, right);
    e->dimension = dimension;
    return e;
}

/* Sums (level 0) or products (level 1). */
static struct expression *parse_chain(struct parser *p, int level)
{
    static const char signs[2][3] = {"+-", "*/"};
    static const enum node nodes[2][2] = {{NODE_ADD, NODE_SUBTRACT}, {NODE_MULTIPLY, NODE_DIVIDE}};
    struct expression *e = level ? parse_primary(p) : parse_chain(p, 1);

    for (;;) {
        const char *sign, *at;
        struct expression *right;

        skip_blanks(p);
        at = p->at;
        sign = *at ? strchr(signs[level], *at) : NULL;
        if (!e || !sign)
            return e;
        p->at++;
        right = level ? parse_primary(p) : parse_chain(p, 1);
        if (right && (is_condition(e) || is_condition(right)))
            fail(p, at, CONFIG_ERROR_SYNTAX, "%c joins numbers, and one side is a condition", *at);
        if (!right || is_condition(e) || is_condition(right)) {
            expression_free(e);
            expression_free(right);
            return NULL;
        }
        e = parse_combine(p, at, nodes[level][sign - signs[level]], e, right);
    }
}

static struct expression *parse_comparison(struct parser *p)
{
    const char *start = p->at, *at;
    struct expression *e = parse_chain(p, 0), *compared;
    struct dimension dimension;
    char comparison[3];

    skip_blanks(p);
    at = p->at;
    if (!e || !take_comparison(p, comparison))
        return e;
    compared = make(p, NODE_COMPARE, e, parse_chain(p, 0));
    strcpy(compared->comparison, comparison);
    compared->text = g_strstrip(g_strndup(start, (gsize)(p->at - start)));
    skip_blanks(p);
    if (compared->right && !is_condition(e) && !is_condition(compared->right) &&
        (!*p->at || !strchr("<>=!", *p->at))) {
        if (same_sort(p, at, comparison, e, compared->right, &dimension))
            return compared;
    } else if (compared->right)
        fail(p, at, CONFIG_ERROR_SYNTAX, "%s compares two numbers, expected conditions joined by and",
             comparison);
    expression_free(compared);
    return NULL;
}

static struct expression *parse_not(struct parser *p)
{
    const char *start;
    struct expression *e;

    skip_blanks(p);
    start = p->at;
    if (!take_word(p, "not"))
        return parse_comparison(p);
    if (++p->depth > DEPTH_MAX)
        return fail(p, start, CONFIG_ERROR_SYNTAX, "nested too deep");
    e = parse_not(p);
    p->depth--;
    if (!e || is_condition(e))
        return e ? make(p, NODE_NOT, e, NULL) : NULL;
    expression_free(e);
    return fail(p, start, CONFIG_ERROR_SYNTAX, "not stands before a condition, not before a number");
}

static struct expression *parse_join(struct parser *p, const char *word, enum node node,
                                     struct expression *(*parse)(struct parser *))
{
    struct expression *e = parse(p);
    const char *at = p->at;

    while (e && take_word(p, word)) {
        struct expression *right = parse(p);

        if (right && is_condition(e) && is_condition(right)) {
            e = make(p, node, e, right);
            continue;
        }
        if (right)
            fail(p, at, CONFIG_ERROR_SYNTAX, "%s joins conditions such as a < b, not numbers", word);
        expression_free(e);
        expression_free(right);
        return NULL;
    }
    return e;
}

static struct expression *parse_and(struct parser *p)
{
    return parse_join(p, "and", NODE_AND, parse_not);
}

static struct expression *parse_or(struct parser *p)
{
    return parse_join(p, "or", NODE_OR, parse_and);
}

struct expression *expression_parse_sum(const char *text, const struct expression_names *names,
                                        GError **error)
{
    struct parser p = {.start = text, .at = text, .names = names, .error = error};
    struct expression *e = parse_chain(&p, 0);

    skip_blanks(&p);
    if (!e || (!*p.at && !is_condition(e)))
        return e;
    fail(&p, p.at, CONFIG_ERROR_SYNTAX, "expected %s",
         is_condition(e) ? "a sum, not a condition" : "+, -, *, / or the end");
    expression_free(e);
    return NULL;
}

struct expression *expression_parse(const char *text, const struct expression_names *names, GError **error)
{
    struct parser p = {.start = text, .at = text, .names = names, .error = error};
    struct expression *e = parse_or(&p);

    skip_blanks(&p);
    if (!e || (!*p.at && is_condition(e)))
        return e;
    if (*p.at == '=')
        fail(&p, p.at, CONFIG_ERROR_SYNTAX, "= is not a comparison, did you mean ==?");
    else if (*p.at)
        fail(&p, p.at, CONFIG_ERROR_SYNTAX, "expected and, or, or the end");
    else
        fail(&p, p.at, CONFIG_ERROR_SYNTAX, "a number is not a condition, expected a comparison such as < 5");
    expression_free(e);
    return NULL;
}
