// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.rule;

/** A rule that cannot be: which of its keys is wrong, how, and what would be right. */
public final class InvalidRule extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    private final String key;
    private final String wrong;
    private final String right;

    InvalidRule(String key, String wrong, String right) {
        super(key + " " + wrong + "; " + right);
        this.key = key;
        this.wrong = wrong;
        this.right = right;
    }

    public String key() {
        return key;
    }

    public String wrong() {
        return wrong;
    }

    public String right() {
        return right;
    }
}
