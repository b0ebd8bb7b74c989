// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import io.sluice.core.monitor.Observation.Answer;
import io.sluice.routing.topology.BackendAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Addresses that lead to one and the same server: a name was moved to a server that is listed too, or somebody listed
 * both the name and what it stands for. One of them serves: the last source, or else the first in the list; whoever answers before who does not. That they
 * are one shows by server_uuid and server_id, so on MySQL only; the id keeps a copied data directory
 * apart, and a managed service's name its servers. Pure.
 */
final class Aliases {
    private final Map<BackendAddress, BackendAddress> serving = new HashMap<>();

    Aliases(Collection<MemberState> members, @Nullable BackendAddress previous) {
        Map<String, BackendAddress> servers = new HashMap<>();
        MemberState last = TopologyState.find(members, previous);
        if (last != null && last.online()) {
            add(last, servers);
        }
        members.stream().filter(MemberState::online).forEach(member -> add(member, servers));
        members.stream().filter(member -> !member.online()).forEach(member -> add(member, servers));
    }

    private void add(MemberState member, Map<String, BackendAddress> servers) {
        Answer answer = member.answer();
        if (answer != null && !answer.serverUuid().isEmpty()) {
            String name = answer.managed() == null ? "" : answer.managed().name();
            BackendAddress first =
                    servers.putIfAbsent(answer.serverUuid() + ' ' + answer.serverId() + ' ' + name, member.address());
            if (first != null && !first.equals(member.address())) {
                serving.put(member.address(), first);
            }
        }
    }

    /** By which address the server is served that this one leads to; null if that is this one. */
    @Nullable
    BackendAddress servedBy(BackendAddress address) {
        return serving.get(address);
    }

    /** Each server once. */
    List<MemberState> without(List<MemberState> members) {
        List<MemberState> distinct = new ArrayList<>(members);
        distinct.removeIf(member -> serving.containsKey(member.address()));
        return distinct;
    }
}
