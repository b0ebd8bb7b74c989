// SPDX-License-Identifier: Apache-2.0
package io.sluice.core;

import io.sluice.core.config.FailoverSettings;
import io.sluice.core.session.SlotTags;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which tags the writes of this process have: those of one of two sets, so that a process which takes over from another,
 * or starts right behind it, has others than those that the servers may still be at work for. Each set is a file of the
 * data directory, locked by the process that has the set; in it is since when nobody has.
 */
final class TagSet implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TagSet.class);

    private static final int SETS = 2;
    private static final String USED = "used";
    private static final String FREE = "free since ";

    private final int number;
    private final @Nullable FileChannel file;
    private final Duration rest;

    private TagSet(int number, @Nullable FileChannel file, Duration rest) {
        this.number = number;
        this.file = file;
        this.rest = rest;
    }

    /**
     * Takes the set that can be used first.
     *
     * @param dataDir of this Sluice alone
     * @param rest how long a set rests that somebody has had
     * @param nowMillis of the calendar
     */
    static TagSet take(Path dataDir, Duration rest, long nowMillis) {
        TagSet best = new TagSet(0, null, Duration.ZERO);
        try {
            for (int number = 0; number < SETS; number++) {
                TagSet one = lock(number, dataDir, rest, nowMillis);
                if (one == null) {
                    continue;
                }
                boolean better = best.file == null || one.rest.compareTo(best.rest) < 0;
                (better ? best : one).close(nowMillis);
                best = better ? one : best;
            }
            if (best.file == null) {
                LOG.warn("event=writes_not_verified why=\"two processes of the same data_dir still have the tags\""
                        + " remedy=\"wait until the former ones have ended before the next takeover\"");
            } else {
                best.say(USED);
            }
        } catch (IOException e) {
            LOG.warn(
                    "event=writes_not_verified why=\"{}\" remedy=\"let this user write to data_dir, {}\"",
                    e.getMessage(),
                    dataDir);
            best.close(nowMillis);
            return new TagSet(0, null, Duration.ZERO);
        }
        return best;
    }

    private static @Nullable TagSet lock(int number, Path dataDir, Duration rest, long nowMillis) throws IOException {
        FileChannel file = FileChannel.open(
                dataDir.resolve("tags-" + number),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        boolean locked = false;
        try {
            locked = file.tryLock() != null;
        } catch (OverlappingFileLockException ofThisProcess) {
            LOG.debug("tags={} had_by=\"this very process\"", number, ofThisProcess);
        } finally {
            if (!locked) {
                file.close();
            }
        }
        return locked ? new TagSet(number, file, rest(file, rest, nowMillis)) : null;
    }

    /** What is left of it: of a process that could not say when it ended, all. */
    private static Duration rest(FileChannel file, Duration rest, long nowMillis) throws IOException {
        String text = text(file);
        if (text.isEmpty()) {
            return Duration.ZERO;
        }
        String since = text.startsWith(FREE) ? text.substring(FREE.length()) : "";
        if (!since.matches("\\d{1,15}")) {
            return rest;
        }
        Duration left = rest.minusMillis(Math.max(0, nowMillis - Long.parseLong(since)));
        return left.isNegative() ? Duration.ZERO : left;
    }

    private static String text(FileChannel file) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(64);
        file.read(bytes, 0);
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII).strip();
    }

    private void say(String text) throws IOException {
        if (file != null) {
            file.truncate(0);
            file.write(ByteBuffer.wrap((text + "\n").getBytes(StandardCharsets.US_ASCII)), 0);
        }
    }

    /** The number of its first tag; 0 if there is no set to be had. */
    int first() {
        return file == null ? 0 : number * FailoverSettings.Verification.MAX_SLOTS + 1;
    }

    /** How long none of its tags may be given out. */
    Duration rest() {
        return rest;
    }

    /** Its tags; none if there is no set to be had. */
    SlotTags tags(FailoverSettings.Verification settings, LongSupplier nanos) {
        return new SlotTags(
                settings.prefix(),
                settings.firstServerId(),
                first(),
                file == null ? 0 : settings.slots(),
                nanos.getAsLong() + rest.toNanos());
    }

    /** Nobody writes with its tags any more; whether that is new is noted. */
    @Override
    public void close() {
        close(System.currentTimeMillis());
    }

    void close(long nowMillis) {
        if (file == null) {
            return;
        }
        try (FileChannel closed = file) {
            if (text(closed).equals(USED)) {
                say(FREE + nowMillis);
            }
        } catch (IOException e) {
            LOG.warn("event=tags_not_given_back cause=\"{}\"", e.getMessage());
        }
    }
}
