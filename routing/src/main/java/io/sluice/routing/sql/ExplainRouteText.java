// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

/** Where in a text with the trait {@link Trait#IS_EXPLAIN_ROUTE} the statement begins that is to be explained. */
public final class ExplainRouteText {
    private static final int WORDS = 2;

    private ExplainRouteText() {}

    /** An index into {@code sql}; {@code length} if the text is too odd to tell. */
    public static int statementAt(byte[] sql, int length, LexContext context) {
        int at = PlacedTokens.endOf(WORDS, sql, length, context);
        return at < 0 ? length : at;
    }
}
