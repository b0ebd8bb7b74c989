// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import io.sluice.core.view.UserList;
import java.util.List;

/** Users who cannot log in anywhere. */
final class FakeUsers implements UserList {
    volatile List<Entry> users = List.of();

    @Override
    public List<Entry> users() {
        return users;
    }

    @Override
    public void replace(List<Entry> next) {
        users = List.copyOf(next);
    }
}
