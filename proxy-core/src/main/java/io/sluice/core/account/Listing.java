// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.account;

import io.sluice.core.config.UserSettings;
import org.jspecify.annotations.Nullable;

/**
 * A user's place in the list. What a login needs is made at the first one, not for all of a long list when that is
 * loaded: it takes microseconds, once, so that nobody can tell by measuring again and again who is listed. Thread-safe.
 */
final class Listing {
    private final UserSettings settings;
    private volatile @Nullable ListedUser user;
    /** Guarded by this, as is what comes after. */
    private boolean ended;

    private @Nullable Listing next;

    Listing(UserSettings settings) {
        this(settings, null);
    }

    private Listing(UserSettings settings, @Nullable ListedUser user) {
        this.settings = settings;
        this.user = user;
    }

    /** Null if nobody of that name is listed any more. */
    @Nullable
    ListedUser user() {
        ListedUser made = user;
        return made == null ? make() : made;
    }

    /** Who has found this before another took its place gets what is listed now: a user is made once. */
    private synchronized @Nullable ListedUser make() {
        if (ended) {
            return next == null ? user : next.user();
        }
        ListedUser made = user;
        if (made == null) {
            made = new ListedUser(settings);
            user = made;
        }
        return made;
    }

    /** The place of the same user with settings of now. */
    synchronized Listing changedTo(UserSettings others) {
        if (others.equals(settings)) {
            return this;
        }
        ListedUser made = user;
        Listing other = made == null ? new Listing(others) : new Listing(others, made.changedTo(others));
        ended = true;
        next = other;
        return other;
    }

    /** The user is listed no more. */
    synchronized void retire() {
        ended = true;
        ListedUser made = user;
        if (made != null) {
            made.retire();
        }
    }
}
