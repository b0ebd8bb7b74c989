// SPDX-License-Identifier: Apache-2.0
package io.sluice.drill.report;

import java.util.Arrays;
import java.util.Locale;

/** A picture of the timeline: writes and reads a second, the pauses, and errors. One file that needs nothing else. */
public final class SvgReport {
    private static final int WIDTH = 960;
    private static final int HEIGHT = 460;
    private static final int LEFT = 64;
    private static final int RIGHT = WIDTH - 24;
    private static final int MOST_POINTS = 300;

    private static final Panel WRITES = new Panel("writes / s", 124, 120, "#0072b2");
    private static final Panel READS = new Panel("reads / s", 276, 80, "#009e73");
    private static final int ERRORS_TOP = 376;
    private static final int ERRORS_HEIGHT = 20;
    private static final int AXIS = 402;

    /** A curve's place. */
    private record Panel(String name, int top, int height, String colour) {
        int bottom() {
            return top + height;
        }
    }

    private final Findings found;
    private final StringBuilder svg = new StringBuilder();
    private final int step;
    private final int points;

    private SvgReport(Findings found) {
        this.found = found;
        int whole = Math.max(1, found.timeline().writes().length - 1); // the last is a part of one
        this.step = (whole + MOST_POINTS - 1) / MOST_POINTS;
        this.points = Math.max(1, whole / step);
    }

    public static String of(Findings found) {
        return new SvgReport(found).draw();
    }

    private String draw() {
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\""
                        + " aria-labelledby=\"title summary\" font-family=\"system-ui, sans-serif\" font-size=\"13\""
                        + " fill=\"#333\">",
                WIDTH, HEIGHT);
        add("<title id=\"title\">Failover drill: %s</title>", escaped(found.servers()));
        add("<desc id=\"summary\">%s</desc>", escaped(summary()));
        add("<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>", WIDTH, HEIGHT);
        text(LEFT, 30, "start", "Failover drill: " + found.servers(), "font-size=\"18\" font-weight=\"600\"");
        text(LEFT, 52, "start", TextReport.verdict(found), "fill=\"" + (found.held() ? "#00694f" : "#b00020") + "\"");
        found.acts().forEach(this::pause);
        panel(WRITES, rates(found.timeline().writes()));
        panel(READS, rates(found.timeline().reads()));
        errors(sums(found.timeline().errors()));
        axis();
        found.acts().forEach(this::marks);
        return svg.append("</svg>\n").toString();
    }

    /** The picture in words, for those who do not see it. */
    private String summary() {
        StringBuilder words = new StringBuilder();
        for (Findings.Outcome outcome : found.acts()) {
            words.append(String.format(
                    Locale.ROOT,
                    "%s at %.1f s: no writes for %d ms%s, %d errors. ",
                    outcome.act().kind(),
                    outcome.atMillis() / 1e3,
                    outcome.pauseMillis(),
                    outcome.resumed() ? "" : " and not again",
                    outcome.errors()));
        }
        return words.append(TextReport.verdict(found)).toString();
    }

    private void pause(Findings.Outcome outcome) {
        double from = x(outcome.pauseFromMillis());
        double to = x(outcome.pauseFromMillis() + outcome.pauseMillis());
        add(
                "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"#fbe3d6\"/>",
                from, WRITES.top(), Math.max(1, to - from), READS.bottom() - WRITES.top());
        String words = outcome.act().kind() + ": no writes for " + outcome.pauseMillis() + " ms"
                + (outcome.resumed() ? "" : ", nor later");
        double middle = Math.min(Math.max((from + to) / 2, LEFT + 110), RIGHT - 110);
        text(middle, 80, "middle", words, "font-weight=\"600\"");
    }

    private void marks(Findings.Outcome outcome) {
        Act act = outcome.act();
        boolean killed = act.kind() == Act.Kind.FAILOVER;
        mark(outcome.atMillis(), killed ? "source killed" : "asked for", "end");
        Long promoted = act.promotedNanos();
        long then = promoted == null
                ? outcome.endedMillis()
                : outcome.atMillis() + (promoted - act.beganNanos()) / 1_000_000;
        mark(then, promoted == null ? "done" : "replica promoted", "start");
    }

    private void mark(long millis, String words, String anchor) {
        double x = x(millis);
        add(
                "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#555\" stroke-dasharray=\"3 3\"/>",
                x, WRITES.top() - 32, x, READS.bottom());
        text(x + (anchor.equals("end") ? -4 : 4), WRITES.top() - 23, anchor, words, "font-size=\"12\" fill=\"#555\"");
    }

    private void panel(Panel panel, double[] rates) {
        double top = nice(Arrays.stream(rates).max().orElse(1));
        for (int part = 0; part <= 2; part++) {
            double y = panel.bottom() - panel.height() * part / 2.0;
            add("<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#e4e4e4\"/>", LEFT, y, RIGHT, y);
            text(LEFT - 8, y + 4, "end", String.format(Locale.ROOT, "%,.0f", top * part / 2), "font-size=\"11\"");
        }
        StringBuilder path = new StringBuilder(String.format(Locale.ROOT, "M%d %d", LEFT, panel.bottom()));
        for (int i = 0; i < rates.length; i++) {
            path.append(String.format(
                    Locale.ROOT,
                    "V%.1fH%.1f",
                    panel.bottom() - panel.height() * rates[i] / top,
                    x((i + 1L) * step * Timeline.BUCKET_MILLIS)));
        }
        add(
                "<path d=\"%sV%dZ\" fill=\"%s\" fill-opacity=\".25\" stroke=\"%s\" stroke-width=\"1.2\"/>",
                path, panel.bottom(), panel.colour(), panel.colour());
        text(LEFT, panel.top() - 6, "start", panel.name(), "fill=\"" + panel.colour() + "\" font-weight=\"600\"");
    }

    private void errors(int[] counts) {
        text(LEFT - 8, ERRORS_TOP + 14, "end", "errors", "fill=\"#b00020\" font-size=\"12\"");
        int most = Math.max(1, Arrays.stream(counts).max().orElse(1));
        int together = 0; // one number for those that stand side by side
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] == 0) {
                continue;
            }
            double height = 5 + (ERRORS_HEIGHT - 5.0) * counts[i] / most;
            double from = x((long) i * step * Timeline.BUCKET_MILLIS);
            add(
                    "<rect x=\"%.1f\" y=\"%.1f\" width=\"4\" height=\"%.1f\" fill=\"#b00020\"/>",
                    from, ERRORS_TOP + ERRORS_HEIGHT - height, height);
            together += counts[i];
            if (isQuietAfter(counts, i)) {
                String number = Integer.toString(together);
                text(from + 7, ERRORS_TOP + 14, "start", number, "font-size=\"12\" fill=\"#b00020\"");
                together = 0;
            }
        }
        if (found.errors().isEmpty()) {
            text(LEFT, ERRORS_TOP + 14, "start", "none", "font-size=\"12\"");
        }
    }

    /** Whether there is room for a number. */
    private static boolean isQuietAfter(int[] counts, int at) {
        return Arrays.stream(counts, at + 1, Math.min(counts.length, at + 8)).sum() == 0;
    }

    private void axis() {
        add("<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"#999\"/>", LEFT, AXIS, RIGHT, AXIS);
        long seconds = lasted() / 1000;
        long each = Math.max(1, (seconds + 11) / 12);
        for (long at = 0; at <= seconds; at += each) {
            double x = x(at * 1000);
            add("<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#999\"/>", x, AXIS, x, AXIS + 5);
            text(x, AXIS + 19, "middle", at + " s", "font-size=\"11\"");
        }
        text(
                LEFT,
                AXIS + 44,
                "start",
                String.format(
                        Locale.ROOT,
                        "%d writers, %d readers; %,d writes, %,d reads;"
                                + " lost %d, written twice %d, stale %d, errors %d",
                        found.writers(),
                        found.readers(),
                        found.written(),
                        found.readBacks() + found.reads(),
                        found.lost(),
                        found.doubled(),
                        found.stale(),
                        found.errors().values().stream()
                                .mapToInt(Findings.Errors::count)
                                .sum()),
                "font-size=\"12\"");
    }

    private double[] rates(int[] counts) {
        double each = 1000.0 / (Timeline.BUCKET_MILLIS * step);
        return Arrays.stream(sums(counts)).mapToDouble(count -> count * each).toArray();
    }

    private int[] sums(int[] counts) {
        int[] sums = new int[points];
        for (int i = 0; i < points * step; i++) {
            sums[i / step] += counts[i];
        }
        return sums;
    }

    private long lasted() {
        return (long) points * step * Timeline.BUCKET_MILLIS;
    }

    private double x(long millis) {
        return LEFT + (double) (RIGHT - LEFT) * Math.min(millis, lasted()) / lasted();
    }

    /** The next of 1, 2, 4, 5, 10, 20 and so on. */
    private static double nice(double most) {
        double unit = Math.pow(10, Math.floor(Math.log10(Math.max(1, most))));
        for (int factor : new int[] {1, 2, 4, 5}) {
            if (most <= factor * unit) {
                return factor * unit;
            }
        }
        return 10 * unit;
    }

    private void text(double x, double y, String anchor, String words, String attributes) {
        add("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" %s>%s</text>", x, y, anchor, attributes, escaped(words));
    }

    private static String escaped(String words) {
        return words.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    private void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
