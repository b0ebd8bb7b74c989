// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a server sees the group of MySQL Group Replication that it belongs to. Servers that are cut off from each other
 * may see it differently: only the view of a majority counts.
 *
 * @param self the server_uuid of the server whose view this is
 * @param queue transactions of others that it has received and not applied
 */
record GroupView(String self, List<GroupMember> members, long queue) {

    private static final String ONLINE = "ONLINE";
    private static final String RECOVERING = "RECOVERING";

    GroupView {
        members = List.copyOf(members);
    }

    /** @param state ONLINE, RECOVERING, UNREACHABLE, ERROR or OFFLINE */
    record GroupMember(String uuid, String state, boolean primary) {

        boolean isOnline() {
            return state.equals(ONLINE);
        }
    }

    /** Null when the server is in no group, whatever plugin it has. */
    static @Nullable GroupView read(String self, ResultSet rows) throws SQLException {
        List<GroupMember> members = new ArrayList<>();
        long queue = 0;
        while (rows.next()) {
            String uuid = rows.getString("MEMBER_ID");
            String state = rows.getString("MEMBER_STATE");
            members.add(new GroupMember(uuid, state, "PRIMARY".equals(rows.getString("MEMBER_ROLE"))));
            queue = rows.getLong("queue");
        }
        GroupView view = new GroupView(self, members, queue);
        String own = view.stateOf(self);
        return own.isEmpty() || own.equals("OFFLINE") ? null : view;
    }

    /** Empty for a server that is not in this view. */
    String stateOf(String uuid) {
        GroupMember member = find(uuid);
        return member == null ? "" : member.state();
    }

    String state() {
        return stateOf(self);
    }

    boolean isOnline() {
        return state().equals(ONLINE);
    }

    boolean lists(String uuid) {
        return find(uuid) != null;
    }

    /** Whether it says so of an online member: there is one of them, or all are, where all take writes. */
    boolean isPrimary(String uuid) {
        GroupMember member = find(uuid);
        return member != null && member.primary() && member.isOnline();
    }

    boolean hasQuorum() {
        long reached = members.stream()
                .filter(member -> member.isOnline() || member.state().equals(RECOVERING))
                .count();
        return reached * 2 > members.size();
    }

    private @Nullable GroupMember find(String uuid) {
        for (GroupMember member : members) {
            if (member.uuid().equals(uuid)) {
                return member;
            }
        }
        return null;
    }
}
