// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.testing;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs a check on many hostile inputs, each made from a seed of its own, which a failure names and -Dseed=N repeats. An
 * input fails its check also by taking long, by allocating far more than its own length, and by leaving behind a buffer
 * of the {@link #allocator}. How many inputs: -Dsluice.fuzz.iterations=N.
 */
public final class Fuzz {
    private static final int ITERATIONS = 10_000;
    private static final Duration TOO_LONG = Duration.ofSeconds(10);

    /** One input. */
    public interface Check {
        /** Returns how many bytes of input there were. */
        int with(Random random, UnpooledByteBufAllocator allocator) throws Exception;
    }

    private final String target;
    private final Check check;
    /** Buffers on the heap, so that they count as what the thread allocates; their sum must be back at 0. */
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private long allocationLimit = 1 << 20;
    private int iterations = Integer.getInteger("sluice.fuzz.iterations", ITERATIONS);
    private volatile long seed;
    private volatile long startedNanos;
    private volatile @Nullable Throwable failure;
    private long mostAllocated;
    private long slowestNanos;

    private Fuzz(String target, Check check) {
        this.target = target;
        this.check = check;
    }

    public static Fuzz of(String target, Check check) {
        return new Fuzz(target, check);
    }

    /** What an input may allocate, beyond 256 times its own length. */
    public Fuzz allocatingAtMost(long bytes) {
        allocationLimit = bytes;
        return this;
    }

    /** Takes long: a twentieth of the inputs unless a number is given. */
    public Fuzz slow() {
        iterations = Integer.getInteger("sluice.fuzz.iterations", ITERATIONS / 20);
        return this;
    }

    public void run() throws InterruptedException {
        Long given = Long.getLong("seed");
        long first = given != null ? given : System.nanoTime();
        iterations = given != null ? 1 : iterations;
        seed = first;
        startedNanos = System.nanoTime();
        long begun = startedNanos;
        Thread worker = new Thread(() -> work(first), "fuzz " + target);
        worker.setDaemon(true);
        worker.start();
        do {
            worker.join(100);
            if (worker.isAlive() && System.nanoTime() - startedNanos > TOO_LONG.toNanos()) {
                String stack = Arrays.toString(worker.getStackTrace());
                throw new AssertionError(target + " hangs with -Dseed=" + seed + " at " + stack);
            }
        } while (worker.isAlive());
        Throwable cause = failure;
        if (cause != null) {
            throw new AssertionError(target + " failed with -Dseed=" + seed + ": " + cause, cause);
        }
        report(first, System.nanoTime() - begun);
    }

    private void report(long first, long nanos) {
        java.util.logging.Logger.getLogger(Fuzz.class.getName())
                .info(String.format(
                        "%s: %,d inputs from seed %d in %,d ms; slowest %,d us, most memory %,d bytes",
                        target,
                        iterations,
                        first,
                        TimeUnit.NANOSECONDS.toMillis(nanos),
                        TimeUnit.NANOSECONDS.toMicros(slowestNanos),
                        mostAllocated));
    }

    private void work(long first) {
        try {
            // Loading classes and making keys is no input's fault.
            startedNanos = System.nanoTime() + TOO_LONG.multipliedBy(5).toNanos();
            check.with(new Random(first), allocator);
            for (long now = first; now < first + iterations; now++) {
                seed = now;
                one(new Random(now));
            }
        } catch (Throwable e) { // an Error, such as of the heap, is a finding like others
            failure = e;
        }
    }

    /** What the same input allocates when no class has to be loaded for it any more. */
    private long again() throws Exception {
        long before = threads.getCurrentThreadAllocatedBytes();
        check.with(new Random(seed), allocator);
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    private void one(Random random) throws Exception {
        startedNanos = System.nanoTime();
        long before = threads.getCurrentThreadAllocatedBytes();
        int length = check.with(random, allocator);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        slowestNanos = Math.max(slowestNanos, System.nanoTime() - startedNanos);
        mostAllocated = Math.max(mostAllocated, allocated);
        if (allocated > allocationLimit + 256L * length && again() > allocationLimit + 256L * length) {
            throw new AssertionError(length + " bytes of input took " + allocated + " bytes of memory");
        }
        if (allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory() != 0) {
            throw new AssertionError(allocator.metric() + " after the input: a buffer was not released");
        }
    }
}
