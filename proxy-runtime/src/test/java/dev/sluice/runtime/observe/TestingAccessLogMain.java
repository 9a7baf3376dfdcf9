package dev.sluice.runtime.observe;

import java.io.IOException;
import java.nio.file.Path;

/** A process that records connections: {@code N} entries to standard output, to {@code stderr}, or to the file named after it. Waits for a byte first. */
public final class TestingAccessLogMain {
    private TestingAccessLogMain() {}

    public static void main(String[] args) throws IOException {
        int entries = Integer.parseInt(args[0]);
        if (System.in.read() < 0) {
            System.exit(1);
        }
        AccessLog log = switch (args.length > 1 ? args[1] : "stdout") {
            case "stdout" -> AccessLog.toStandardOutput(AccessLogFormat.json());
            case "stderr" -> AccessLog.toStandardError(AccessLogFormat.json());
            default -> AccessLog.toFile(Path.of(args[1]), AccessLogFormat.json());
        };
        for (int i = 0; i < entries; i++) {
            log.record(AccessLogFormatTest.entry("edge", "127.0.0.1:1", "web", i));
        }
        log.close();
        System.err.println("dropped=" + log.dropped());
    }
}
