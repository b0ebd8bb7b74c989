// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing;

/** Whether a server may serve a read, and why not. */
public enum Eligibility {
    FRESH("fresh enough"),
    AFTER_WAIT("may have to wait for writes that the session must see"),
    SOURCE("the source, which serves reads that no replica can"),
    NOT_WANTED("is not where the read is directed to"),
    NO_WEIGHT("has weight 0"),
    NOT_READABLE("must serve no reads"),
    LAG_UNKNOWN("its lag is not known"),
    LAGS("is further behind than the read allows"),
    LACKS_WRITES("is not known to have writes that the session must see"),
    WAITED_IN_VAIN("did not get the session's writes in time when last waited for"),
    NO_ROLE("is neither the source nor one of its replicas"),
    OFFLINE("is offline");

    private final String meaning;

    Eligibility(String meaning) {
        this.meaning = meaning;
    }

    /** In words that go on from the server's name. */
    public String meaning() {
        return meaning;
    }
}
