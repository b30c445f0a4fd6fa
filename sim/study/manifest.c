/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Reads manifest.json. */
#include "sim/study/manifest.h"

#include <json-glib/json-glib.h>
#include <string.h>

/* A manifest is two levels deep. The parser calls itself for each level, and would run out of stack. */
#define DEPTH_MAX 100

static bool too_deep(const char *text)
{
    unsigned depth = 0;
    bool quoted = false;

    for (; *text && depth <= DEPTH_MAX; text++) {
        if (*text == '"')
            quoted = !quoted;
        else if (quoted && *text == '\\' && text[1])
            text++;
        else if (!quoted && strchr("[{", *text))
            depth++;
        else if (!quoted && strchr("]}", *text) && depth > 0)
            depth--;
    }
    return depth > DEPTH_MAX;
}

static void clear_file(gpointer data)
{
    g_free(((struct manifest_file *)data)->name);
}

static bool is_value(JsonNode *node, GType type)
{
    return node && JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == type;
}

/* {"NAME": BYTES, ...} */
static bool take_files(struct manifest *manifest, JsonNode *node, char **why)
{
    JsonObjectIter at;
    const char *name;
    JsonNode *bytes;

    if (!JSON_NODE_HOLDS_OBJECT(node)) {
        *why = g_strdup("manifest.json: \"files\" is not an object of sizes");
        return false;
    }
    manifest->files = g_array_new(FALSE, TRUE, sizeof(struct manifest_file));
    g_array_set_clear_func(manifest->files, clear_file);
    json_object_iter_init_ordered(&at, json_node_get_object(node));
    while (json_object_iter_next_ordered(&at, &name, &bytes)) {
        struct manifest_file file = {.name = g_strdup(name)};

        g_array_append_val(manifest->files, file);
        if (!is_value(bytes, G_TYPE_INT64) || json_node_get_int(bytes) < 0) {
            *why = g_strdup_printf("manifest.json: the size of %s is not a number of bytes", name);
            return false;
        }
        g_array_index(manifest->files, struct manifest_file, manifest->files->len - 1).bytes =
            (uint64_t)json_node_get_int(bytes);
    }
    return true;
}

static bool take_members(struct manifest *manifest, JsonObject *object, char **why)
{
    JsonNode *version = json_object_get_member(object, "version");
    JsonNode *wall = json_object_get_member(object, "wall_s");
    JsonNode *files = json_object_get_member(object, "files");
    JsonNode *format = json_object_get_member(object, "format");

    if (!is_value(version, G_TYPE_STRING)) {
        *why = g_strdup("manifest.json: it has no text \"version\"");
        return false;
    }
    manifest->version = json_node_dup_string(version);
    if (format && !is_value(format, G_TYPE_INT64)) {
        *why = g_strdup("manifest.json: its \"format\" is not a whole number");
        return false;
    }
    manifest->format = format ? json_node_get_int(format) : 0;
    if (is_value(wall, G_TYPE_DOUBLE) || is_value(wall, G_TYPE_INT64))
        manifest->wall_s = json_node_get_double(wall);
    return !files || take_files(manifest, files, why);
}

/* "manifest.json:3:15: ..."; the parser calls a text in memory <data>. */
static char *manifest_place_of(const char *message)
{
    const char *place = g_str_has_prefix(message, "<data>") ? message + strlen("<data>") : NULL;

    return place ? g_strconcat("manifest.json", place, NULL) : g_strconcat("manifest.json: ", message, NULL);
}

struct manifest *manifest_parse(const char *text, char **why)
{
    struct manifest *manifest = g_new0(struct manifest, 1);
    JsonParser *parser = json_parser_new();
    GError *error = NULL;
    JsonNode *root;
    bool good = false;

    *why = NULL;
    if (too_deep(text))
        *why = g_strdup_printf("manifest.json: more than %d brackets deep", DEPTH_MAX);
    else if (!json_parser_load_from_data(parser, text, -1, &error)) {
        *why = manifest_place_of(error->message);
        g_error_free(error);
    } else if (!(root = json_parser_get_root(parser)) || !JSON_NODE_HOLDS_OBJECT(root))
        *why = g_strdup("manifest.json: empty, or no object");
    else
        good = take_members(manifest, json_node_get_object(root), why);
    g_object_unref(parser);
    if (!good)
        g_clear_pointer(&manifest, manifest_free);
    return manifest;
}

void manifest_free(struct manifest *manifest)
{
    if (!manifest)
        return;
    g_free(manifest->version);
    if (manifest->files)
        g_array_free(manifest->files, TRUE);
    g_free(manifest);
}
