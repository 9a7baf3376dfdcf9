package dev.sluice.examples.quickstart;

import java.io.PrintStream;
import java.util.Locale;

import dev.sluice.runtime.ServerStats;

/** Prints the figures of a proxy as lines of a table. */
final class Report {
    private static final long KIB = 1024;
    private static final long MIB = 1024 * KIB;

    private final PrintStream out;

    Report(PrintStream out) {
        this.out = out;
    }

    void header() {
        blank();
        row("", "open", "to upstream", "to client", "borrowed", "peak", "direct memory");
    }

    void line(String when, ServerStats now) {
        row(when, now.connectionsActive(), bytes(now.bytesUp()), bytes(now.bytesDown()), now.buffersBorrowed(),
                now.buffersBorrowedPeak(), bytes(now.memoryBytes()));
    }

    void say(String text) {
        out.println("  " + text);
    }

    void blank() {
        out.println();
    }

    private void row(Object... cells) {
        out.print(String.format(Locale.ROOT, "  %-30s %5s %13s %11s %9s %5s %14s%n", cells));
    }

    /** A size for people. */
    static String bytes(long count) {
        if (count >= MIB) {
            return String.format(Locale.ROOT, "%.1f MiB", count / (double) MIB);
        }
        return count >= KIB ? String.format(Locale.ROOT, "%d KiB", count / KIB) : count + " B";
    }
}
