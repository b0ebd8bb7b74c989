// SPDX-License-Identifier: Apache-2.0
/**
 * Reads the structure of a statement: which tables, functions and variables it has, through subqueries and common
 * table expressions. The grammar is Apache Calcite's with our productions in {@code src/main/codegen}; the parser is
 * generated in the build. It takes sanitised text only, never what a client sent.
 */
@NullMarked
package io.sluice.routing.sql.parse;

import org.jspecify.annotations.NullMarked;
