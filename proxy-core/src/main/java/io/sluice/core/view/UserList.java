// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.view;

import io.sluice.core.config.SluiceConfig;
import io.sluice.core.config.UserSettings;
import io.sluice.core.config.Users;
import io.sluice.core.view.ServerControl.Refused;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which users are listed. Any thread but an event loop. */
public interface UserList {

    /**
     * One user.
     *
     * @param active whether the user may log in; who is not active is refused, though a server may know the name
     * @param defaultHostgroup where reads go that no hint and no rule directs; null for any replica
     */
    record Entry(
            UserSettings settings, boolean active, @Nullable Integer defaultHostgroup, String comment) {
        public String name() {
            return settings.name();
        }

        /** The same with other settings. */
        public Entry with(UserSettings others) {
            return new Entry(others, active, defaultHostgroup, comment);
        }

        /** The users that a configuration lists, in their order. */
        public static List<Entry> of(SluiceConfig config) {
            return config.users().stream()
                    .map(user -> {
                        Users.Remark remark = config.remarks().getOrDefault(user.name(), Users.Remark.NONE);
                        Integer hostgroup = config.defaultHostgroups().get(user.name());
                        return new Entry(user, remark.active(), hostgroup, remark.comment());
                    })
                    .toList();
        }
    }

    /** In their order, with those that are not active. */
    List<Entry> users();

    /**
     * From now on these are the listed users, for every client that logs in after this has returned; sessions that are
     * there stay as they are, and open new connections with the password of now.
     *
     * @throws Refused if they cannot be; nothing is changed then, and the message names all that is wrong
     */
    void replace(List<Entry> users) throws Refused;
}
