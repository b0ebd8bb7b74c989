// SPDX-License-Identifier: Apache-2.0
package io.sluice.cli;

import io.sluice.core.config.ListenAddress;
import io.sluice.core.config.SluiceConfig;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Looks whether the ports can be had, before anything is started. */
final class Ports {
    private Ports() {}

    /** Tries each port in turn, since the failure of a bind alone does not name the key to change; null when all are free. */
    static @Nullable String obstacle(SluiceConfig settings) {
        for (Map.Entry<String, List<ListenAddress>> port : settings.ports().entrySet()) {
            for (ListenAddress listen : port.getValue()) {
                String wrong = obstacle(listen);
                if (wrong != null) {
                    return port.getKey() + ": cannot listen on " + listen + ": " + wrong;
                }
            }
        }
        return null;
    }

    private static @Nullable String obstacle(ListenAddress listen) {
        InetSocketAddress address = listen.toSocketAddress();
        try (ServerSocket socket = new ServerSocket()) {
            if (address.isUnresolved()) {
                throw new UnknownHostException(listen.host());
            }
            socket.setReuseAddress(true);
            socket.bind(address);
            return null;
        } catch (UnknownHostException e) {
            return "the host name is unknown; write an IP address of this machine";
        } catch (BindException e) {
            String message = String.valueOf(e.getMessage());
            return message.contains("in use")
                    ? "the port is in use; stop who uses it (ss -ltnp shows it), or change this key"
                    : message + "; name an address of this machine and a port that this user may open";
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
