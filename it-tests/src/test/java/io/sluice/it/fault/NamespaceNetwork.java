// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.fault;

import io.sluice.drill.server.Place;
import io.sluice.drill.server.ServerFailure;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Machines with a network of their own, as the kernel's namespaces have it, joined to each other and to this machine by a
 * router. What is cut there is lost without a word: nothing is acknowledged, refused or reset, as when a switch dies. For
 * Linux and root. One thread.
 *
 * <p>The addresses are those that RFC 2544 sets aside for tests of networks. Each machine has two: one that can be cut,
 * and one where the test finds it all the same.
 */
public final class NamespaceNetwork implements AutoCloseable {
    private static final String PREFIX = "sluice-";
    private static final long PID = ProcessHandle.current().pid();

    private static final String UPLINK = "uplink";
    private static final int FIRST = 1;
    private static final int FIRST_OF_ADMINISTRATOR = 101;
    private static final int HERE = 253;
    private static final int ROUTER = 254;
    private static final int PATIENCE_MILLIS = 5000;

    private final String router = PREFIX + PID + "-router";
    private final String link = "sluice" + PID;
    private final int machines;
    private final List<List<String>> cuts = new ArrayList<>();
    private final Thread atExit = new Thread(this::remove, "namespaces");

    /** Why there can be no such network here; empty if there can. */
    public static Optional<String> obstacle() {
        try {
            removeLeftOvers();
            try (NamespaceNetwork probe = new NamespaceNetwork(1);
                    Socket socket = new Socket()) {
                probe.cutFromHere(0);
                probe.heal();
                socket.connect(new InetSocketAddress(host(0), 1), PATIENCE_MILLIS);
            }
            throw new AssertionError("nobody listens there");
        } catch (ConnectException refused) {
            return Optional.empty(); // by the machine itself, so that packets come and go
        } catch (IOException | ServerFailure e) {
            return Optional.of("no network namespaces here: " + e.getMessage());
        }
    }

    public NamespaceNetwork(int machines) {
        this.machines = machines;
        Runtime.getRuntime().addShutdownHook(atExit);
        try {
            buildRouter();
            for (int n = 0; n < machines; n++) {
                build(n);
            }
        } catch (ServerFailure e) {
            close();
            throw e;
        }
    }

    private void buildRouter() {
        ip("netns", "add", router);
        ip("-n", router, "link", "set", "lo", "up");
        ip("-n", router, "addr", "add", address(ROUTER), "dev", "lo");
        run("ip", "netns", "exec", router, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward");
        ip("link", "add", link, "type", "veth", "peer", "name", "here", "netns", router);
        ip("addr", "add", address(HERE), "dev", link);
        ip("link", "set", link, "up");
        ip("route", "add", address(ROUTER), "dev", link);
        ip("route", "add", address(0) + "/24", "via", address(ROUTER), "src", address(HERE));
        ip("-n", router, "link", "set", "here", "up");
        ip("-n", router, "route", "add", address(HERE), "dev", "here");
    }

    private void build(int n) {
        String machine = name(n);
        String port = "port" + n;
        String host = host(n);
        String administrator = administrator(n);
        ip("netns", "add", machine);
        ip("-n", router, "link", "add", port, "type", "veth", "peer", "name", UPLINK, "netns", machine);
        ip("-n", router, "link", "set", port, "up");
        ip("-n", router, "route", "add", host, "dev", port);
        ip("-n", router, "route", "add", administrator, "dev", port);
        ip("-n", machine, "link", "set", "lo", "up");
        ip("-n", machine, "addr", "add", host, "dev", UPLINK);
        ip("-n", machine, "addr", "add", administrator, "dev", UPLINK);
        ip("-n", machine, "link", "set", UPLINK, "up");
        ip("-n", machine, "route", "add", address(ROUTER), "dev", UPLINK);
        ip("-n", machine, "route", "add", "default", "via", address(ROUTER), "src", host);
    }

    /** Where machines find this one. */
    public String here() {
        return address(HERE);
    }

    /** Machine n, as a place for a server. */
    public Place place(int n) {
        return new Place(List.of("ip", "netns", "exec", name(n)), host(n), administrator(n));
    }

    /** From now on every packet between this machine and that one is lost. */
    public void cutFromHere(int n) {
        cut(address(HERE), host(n));
    }

    /** From now on every packet between those two is lost. */
    public void cut(int one, int other) {
        cut(host(one), host(other));
    }

    /** From now on that machine reaches nobody, and nobody it. */
    public void isolate(int n) {
        cutFromHere(n);
        for (int other = 0; other < machines; other++) {
            if (other != n) {
                cut(n, other);
            }
        }
    }

    private void cut(String one, String other) {
        lose("from", one, "to", other);
        lose("from", other, "to", one);
    }

    private void lose(String... which) {
        List<String> rule = new ArrayList<>(List.of(which));
        rule.addAll(List.of("type", "blackhole"));
        rule("add", rule);
        cuts.add(rule);
    }

    /** Nothing is cut any more. */
    public void heal() {
        cuts.forEach(rule -> rule("delete", rule));
        cuts.clear();
    }

    private void rule(String verb, List<String> rule) {
        List<String> command = new ArrayList<>(List.of("ip", "-n", router, "rule", verb));
        command.addAll(rule);
        run(command.toArray(String[]::new));
    }

    private static String name(int n) {
        return PREFIX + PID + "-" + n;
    }

    private static String host(int n) {
        return address(FIRST + n);
    }

    private static String administrator(int n) {
        return address(FIRST_OF_ADMINISTRATOR + n);
    }

    private static String address(int last) {
        return "198.18." + PID % 256 + "." + last;
    }

    /** Takes all of it away; the servers there have to be gone. */
    @Override
    public void close() {
        remove();
        Runtime.getRuntime().removeShutdownHook(atExit);
    }

    private void remove() {
        // Before the router, with which it would go by itself, but when is the kernel's to choose.
        if (run("ip", "-brief", "link").contains(link)) {
            ip("link", "delete", link);
        }
        for (String namespace : namespaces()) {
            if (namespace.startsWith(PREFIX + PID + "-")) {
                ip("netns", "delete", namespace);
            }
        }
    }

    /** Of processes that were killed before they could tidy up. */
    private static void removeLeftOvers() {
        for (String namespace : namespaces()) {
            if (namespace.matches(PREFIX + "\\d+-\\w+")
                    && ProcessHandle.of(Long.parseLong(namespace.split("-", 3)[1]))
                            .isEmpty()) {
                ip("netns", "delete", namespace);
            }
        }
    }

    private static List<String> namespaces() {
        return run("ip", "netns", "list")
                .lines()
                .map(line -> line.split(" ", 2)[0])
                .toList();
    }

    private static void ip(String... arguments) {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(arguments));
        run(command.toArray(String[]::new));
    }

    private static String run(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = process.waitFor();
            if (code != 0) {
                throw new ServerFailure(String.join(" ", command) + " ended with " + code + ": " + output.strip());
            }
            return output;
        } catch (IOException e) {
            throw new ServerFailure("cannot run " + String.join(" ", command) + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServerFailure("interrupted in " + String.join(" ", command), e);
        }
    }
}
