// SPDX-License-Identifier: Apache-2.0
package io.sluice.cli.proxysql;

import io.sluice.cli.proxysql.Origin.Unreadable;
import java.util.function.IntPredicate;

/** Goes through a text from its begin to its end, and knows line and column. */
final class Scanner {
    private final String text;
    private int at;

    Scanner(String text) {
        this.text = text;
    }

    boolean atEnd() {
        return at >= text.length();
    }

    char peek() {
        return atEnd() ? '\0' : text.charAt(at);
    }

    char next() throws Unreadable {
        if (atEnd()) {
            throw new Unreadable(this, "the file ends in the middle of something");
        }
        return text.charAt(at++);
    }

    boolean sees(String what) {
        return text.startsWith(what, at);
    }

    boolean take(String what) {
        if (!sees(what)) {
            return false;
        }
        at += what.length();
        return true;
    }

    String takeWhile(IntPredicate wanted) {
        int begin = at;
        while (!atEnd() && wanted.test(text.charAt(at))) {
            at++;
        }
        return text.substring(begin, at);
    }

    /** To behind that text, or to the end. */
    void skipTo(String what) {
        int found = text.indexOf(what, at);
        at = found < 0 ? text.length() : found + what.length();
    }

    void skipSpace() {
        takeWhile(Character::isWhitespace);
    }

    int line() {
        return 1
                + (int) text.substring(0, Math.min(at, text.length()))
                        .chars()
                        .filter(c -> c == '\n')
                        .count();
    }

    int column() {
        return at - text.lastIndexOf('\n', Math.min(at, text.length()) - 1);
    }

    /** What stands here, for messages. */
    String here() {
        if (atEnd()) {
            return "the end of the file";
        }
        String rest = text.substring(at, Math.min(text.length(), at + 20));
        return "'" + rest.lines().findFirst().orElse("") + "'";
    }
}
