// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The key users: a list, or a mapping with the list and, next to it, the switch that else stands in authentication.
 *
 * @param defaultHostgroups where reads of users go that no hint and no rule directs, by the users' names
 * @param holds how long commands of users wait for a source who have a time of their own, by the users' names
 * @param remarks of users who are not simply there, by their names
 * @param passthrough null if it is not given here
 */
public record Users(
        List<UserSettings> list,
        Map<String, Integer> defaultHostgroups,
        Map<String, Duration> holds,
        Map<String, Remark> remarks,
        @Nullable Boolean passthrough) {

    /** What admins have noted of a user. */
    public record Remark(boolean active, String comment) {
        public static final Remark NONE = new Remark(true, "");

        private static Remark read(Section user) {
            return new Remark(
                    user.get(Key.flag(
                            "active",
                            true,
                            "Whether the user may log in; who may not is refused, though a server may know the name.")),
                    user.get(Key.text("comment", "", "A note for people.")));
        }
    }

    private static final Key<Optional<Duration>> HOLD = new Key<>(
            "hold",
            Optional.empty(),
            "failover.hold",
            "false, or a duration from 0 to 1h",
            "Time a command of this user not yet sent waits for a new source; false: it fails at once.",
            text -> text.equals("false")
                    ? Optional.of(Optional.of(Duration.ZERO))
                    : Quantity.duration(text)
                            .filter(time -> !time.isNegative() && time.compareTo(Duration.ofHours(1)) <= 0)
                            .flatMap(time -> Optional.of(Optional.of(time))),
            text -> "write false, or a time such as 500ms or 2s");

    /** @param hostgroups the numbers of those that there are */
    static Users read(Section document, MysqlSettings mysql, Set<Integer> hostgroups) {
        Map<String, Integer> defaults = new LinkedHashMap<>();
        Map<String, Duration> holds = new LinkedHashMap<>();
        Map<String, Remark> remarks = new LinkedHashMap<>();
        if (!document.isMapping("users")) {
            List<UserSettings> list = list(document, "users", mysql, hostgroups, defaults, holds, remarks);
            return new Users(list, defaults, holds, remarks, null);
        }
        return document.section("users", section -> {
            boolean passthrough = section.get(AuthenticationSettings.PASSTHROUGH);
            List<UserSettings> list = list(section, "list", mysql, hostgroups, defaults, holds, remarks);
            return new Users(
                    list, defaults, holds, remarks, document.isGiven("users.passthrough") ? passthrough : null);
        });
    }

    private static List<UserSettings> list(
            Section section,
            String name,
            MysqlSettings mysql,
            Set<Integer> hostgroups,
            Map<String, Integer> defaults,
            Map<String, Duration> holds,
            Map<String, Remark> remarks) {
        return section.list(
                name,
                "Users for whom something is set; the servers know them by the same name and password, unless it says otherwise.",
                user -> {
                    Optional<UserSettings> settings = UserSettings.read(user, mysql);
                    Optional<Integer> hostgroup = user.get(defaultHostgroup(hostgroups));
                    Optional<Duration> hold = user.get(HOLD);
                    settings.ifPresent(known -> hostgroup.ifPresent(id -> defaults.put(known.name(), id)));
                    settings.ifPresent(known -> hold.ifPresent(time -> holds.put(known.name(), time)));
                    Remark remark = Remark.read(user);
                    settings.filter(known -> !remark.equals(Remark.NONE))
                            .ifPresent(known -> remarks.put(known.name(), remark));
                    return settings;
                },
                UserSettings::name);
    }

    private static Key<Optional<Integer>> defaultHostgroup(Set<Integer> hostgroups) {
        return new Key<>(
                "default_hostgroup",
                Optional.empty(),
                "none",
                "the id of a hostgroup",
                "Where this user's reads go that no rule and no hint directs.",
                text -> HostgroupSettings.parseId(text)
                        .filter(hostgroups::contains)
                        .flatMap(given -> Optional.of(Optional.of(given))),
                text -> "write one of " + HostgroupSettings.names(hostgroups)
                        + ", or list it in hostgroups; without the key any replica serves them");
    }
}
