/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The tree of an expression, for its parser and its evaluation. */
#ifndef SIM_STUDY_EXPRESSION_TREE_H
#define SIM_STUDY_EXPRESSION_TREE_H

#include "sim/study/dimension.h"
#include "sim/study/expression.h"

enum node {
    /* numbers */
    NODE_NUMBER,
    NODE_NAME,
    NODE_ADD,
    NODE_SUBTRACT,
    NODE_MULTIPLY,
    NODE_DIVIDE,
    /* conditions */
    NODE_COMPARE, /* left `comparison` right */
    NODE_SAME,    /* name == text */
    NODE_AND,
    NODE_OR,
    NODE_NOT /* left */
};

struct expression {
    enum node node;
    struct dimension dimension; /* of what is a number */
    mpq_t number;               /* NODE_NUMBER */
    char *name;                 /* NODE_NAME, NODE_SAME */
    char *text;                 /* NODE_SAME; NODE_COMPARE: as it was written */
    char comparison[3];
    struct expression *left, *right;
};

#endif
