// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.Objects;

/** Puts a text in the place of a file's: at any time, also after a crash, the file is the former one or the new one. */
final class FileReplacement {
    private final Path file;
    private final PosixFileAttributes attributes;

    private FileReplacement(Path file) throws IOException {
        this.file = file;
        this.attributes = Files.readAttributes(file, PosixFileAttributes.class);
    }

    /**
     * Whoever owned the file and might read it does so still; of a symbolic link, what it leads to is replaced.
     *
     * @return the file's former text, next to it
     * @throws IOException if nothing was changed; the message says what helps
     */
    static Path replace(Path link, String text) throws IOException {
        try {
            FileReplacement replacement = new FileReplacement(link.toRealPath());
            return replacement.write(text);
        } catch (IOException e) {
            throw new IOException(
                    link + " cannot be written: " + e + "; let the user that Sluice runs as own it and write its"
                            + " directory, or write what SLUICE DIFF shows into it yourself",
                    e);
        }
    }

    private Path write(String text) throws IOException {
        Path directory = Objects.requireNonNull(file.getParent());
        Path backup = directory.resolve(file.getFileName() + ".bak");
        write(directory, Files.readAllBytes(file), backup);
        write(directory, text.getBytes(StandardCharsets.UTF_8), file);
        try (FileChannel entries = FileChannel.open(directory, StandardOpenOption.READ)) {
            entries.force(true);
        }
        return backup;
    }

    private void write(Path directory, byte[] content, Path target) throws IOException {
        Path next = Files.createTempFile(directory, target.getFileName() + ".", ".new"); // for its owner alone
        try {
            try (FileChannel channel = FileChannel.open(next, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(content);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            giveAway(next);
            Files.move(next, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(next);
        }
    }

    private void giveAway(Path next) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(next, PosixFileAttributeView.class);
        PosixFileAttributes now = view.readAttributes();
        if (!now.group().equals(attributes.group())) {
            view.setGroup(attributes.group());
        }
        if (!now.owner().equals(attributes.owner())) {
            view.setOwner(attributes.owner());
        }
        view.setPermissions(attributes.permissions());
    }
}
