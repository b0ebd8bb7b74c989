// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.log;

import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of JSON lines. Any thread adds lines, without a lock and without waiting; a thread of its own writes them, at
 * most {@link #PAUSE} later. What finds the queue full, or cannot be written, is dropped and counted. When the file is
 * moved away, as logrotate does, a new one is made.
 */
public final class Journal implements AutoCloseable {
    /** Lines that may wait to be written; those of a second on a busy day. */
    static final int MOST_WAITING = 16_384;

    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
    private static final Duration PAUSE = Duration.ofMillis(100);

    private record Line(Instant at, Consumer<JsonLine> content) {}

    private final Path file;
    private final Clock clock;
    private final Queue<Line> waiting = PlatformDependent.newMpscQueue(MOST_WAITING);
    private final LongAdder written = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private final Thread thread = new Thread(this::run, "sluice-journal");
    private volatile boolean closed;
    /** Of the thread alone, once that runs. */
    private @Nullable Writer out;

    private boolean failing;

    private Journal(Path file, Clock clock) {
        this.file = file;
        this.clock = clock;
    }

    /**
     * Appends to a file, which is made if it is not there, for this user alone to read.
     *
     * @param key of the configuration that names it
     * @throws IOException if that cannot be; the message names the key
     */
    static Journal open(Path file, String key, Clock clock) throws IOException {
        Journal journal = new Journal(file, clock);
        try {
            journal.out = journal.writer();
        } catch (IOException e) {
            throw new IOException(key + ": cannot write to " + file + " (" + e + "); name a file in a directory"
                    + " that this user may write to");
        }
        journal.thread.setDaemon(true);
        journal.thread.start();
        return journal;
    }

    private Writer writer() throws IOException {
        if (!Files.exists(file)
                && file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----")));
        }
        return Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** Any thread: the content is made later, by another thread. Begins with the time. */
    public void add(Consumer<JsonLine> content) {
        if (closed || !waiting.offer(new Line(clock.instant(), content))) {
            dropped.increment();
        }
    }

    /** Lines in the file. */
    public long written() {
        return written.sum();
    }

    /** Lines that are not. */
    public long dropped() {
        return dropped.sum();
    }

    private void run() {
        while (!closed) {
            LockSupport.parkNanos(PAUSE.toNanos());
            write();
        }
        write();
        shut();
    }

    private void write() {
        int lines = 0;
        try {
            Writer to = null;
            for (Line line = waiting.poll(); line != null; line = waiting.poll()) {
                lines++;
                JsonLine json = new JsonLine().put("time", line.at.toString());
                line.content.accept(json);
                to = to == null ? current() : to;
                to.write(json.toString());
            }
            if (to != null) {
                to.flush();
            }
            written.add(lines);
            failing = failing && lines == 0;
        } catch (IOException e) {
            dropped.add(lines);
            shut();
            if (!failing) {
                LOG.error("event=journal_failed file={} effect=\"lines are dropped until it can be written\"", file, e);
            }
            failing = true;
        }
    }

    /** The file of that name, be it another one than before. */
    private Writer current() throws IOException {
        Writer now = out;
        if (now != null && !Files.exists(file)) {
            shut();
            now = null;
        }
        if (now == null) {
            now = writer();
            out = now;
        }
        return now;
    }

    private void shut() {
        Writer before = out;
        out = null;
        if (before != null) {
            try {
                before.close();
            } catch (IOException e) {
                LOG.warn("event=journal_failed file={}", file, e);
            }
        }
    }

    /** Writes what is there; blocks for as long as that takes, a second at most. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join(1000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
