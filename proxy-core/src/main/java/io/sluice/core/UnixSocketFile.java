// SPDX-License-Identifier: Apache-2.0
package io.sluice.core;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The file that stands for a Unix socket: what is there before it is bound, and who may use it after.
 *
 * @param key of the configuration, for messages
 */
record UnixSocketFile(Path path, String key) {

    /** A process that was killed leaves its socket behind; the system refuses to bind to what is there. */
    void removeStale() throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        // "Other" is neither a file nor a directory nor a link, hence no mistaken path to something of value.
        if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isOther()) {
            throw new IOException(key + ": " + path + " is there and is no socket; choose another path");
        }
        if (isServed()) {
            throw new IOException(key + ": a process listens on " + path
                    + " already; stop it (ss -lxp shows it), or choose another path");
        }
        Files.delete(path);
    }

    private boolean isServed() {
        try (SocketChannel connected = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            return connected.isConnected();
        } catch (IOException refused) {
            return false;
        }
    }

    /** As servers do: whoever reaches the directory may connect, and is asked for a password. */
    void openToAll() throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxrwx"));
    }
}
