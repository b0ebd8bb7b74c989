// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Hostile texts: what is sent in place of valid ones, and what reading one may cost. How many:
 * -Dsluice.fuzz.iterations=N; a failure names its seed for -Dseed=N.
 */
public final class Fuzz {
    private static final int ITERATIONS = Integer.getInteger("sluice.fuzz.iterations", 10_000);
    private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long MOST_ALLOCATED = 1 << 20;
    private static final String TELLING = "'\"`#/*-!;()\\@\0$:,";

    /** Reads one text. */
    public interface Reader {
        void read(byte[] text, Random random);
    }

    private Fuzz() {}

    /** Reads changed samples and bytes at random; none may take long or much memory. */
    public static void run(List<String> samples, Reader reader) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        reader.read(samples.get(0).getBytes(StandardCharsets.UTF_8), new Random(0));
        Seeds.forEach(ITERATIONS, random -> {
            byte[] text = random.nextInt(16) == 0 ? bytes(random.nextInt(400), random) : mutated(samples, random);
            long allocated = threads.getCurrentThreadAllocatedBytes();
            long started = System.nanoTime();
            reader.read(text, random);
            assertThat(System.nanoTime() - started)
                    .as(() -> "nanoseconds for " + shown(text))
                    .isLessThan(MOST_NANOS);
            assertThat(threads.getCurrentThreadAllocatedBytes() - allocated)
                    .as(() -> "bytes allocated for " + shown(text))
                    .isLessThan(MOST_ALLOCATED + 2048L * text.length);
        });
    }

    private static String shown(byte[] text) {
        return text.length + " bytes " + new String(text, StandardCharsets.ISO_8859_1);
    }

    private static byte[] bytes(int length, Random random) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] mutated(List<String> samples, Random random) {
        byte[] text = sample(samples, random);
        for (int changes = random.nextInt(5); changes > 0; changes--) {
            int at = random.nextInt(text.length + 1);
            int end = Math.min(text.length, at + random.nextInt(12));
            text = switch (random.nextInt(7)) {
                case 0 -> spliced(text, at, end, bytes(random.nextInt(4), random));
                case 1 -> spliced(text, at, end, new byte[0]);
                case 2 -> spliced(text, at, at, Arrays.copyOfRange(text, at, end));
                case 3 -> spliced(text, at, at, sample(samples, random));
                case 4 -> Arrays.copyOf(text, at);
                case 5 -> spliced(text, at, at, repeated(text, at, end, random));
                default -> spliced(text, at, at, new byte[] {(byte) TELLING.charAt(random.nextInt(TELLING.length()))});
            };
        }
        return text;
    }

    private static byte[] sample(List<String> samples, Random random) {
        return samples.get(random.nextInt(samples.size())).getBytes(StandardCharsets.UTF_8);
    }

    /** A part a thousand times: deep nesting, long lists. */
    private static byte[] repeated(byte[] text, int from, int to, Random random) {
        int times = random.nextInt(16) == 0 ? 1000 : 4;
        byte[] part = Arrays.copyOfRange(text, from, to);
        byte[] all = new byte[part.length * times];
        for (int i = 0; i < times; i++) {
            System.arraycopy(part, 0, all, i * part.length, part.length);
        }
        return all;
    }

    private static byte[] spliced(byte[] bytes, int from, int to, byte[] between) {
        byte[] out = Arrays.copyOf(bytes, from + between.length + bytes.length - to);
        System.arraycopy(between, 0, out, from, between.length);
        System.arraycopy(bytes, to, out, from + between.length, bytes.length - to);
        return out;
    }
}
