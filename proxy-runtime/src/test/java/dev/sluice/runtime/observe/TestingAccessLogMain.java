package dev.sluice.runtime.observe;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/** A process that records connections: {@code N} entries to standard output, to {@code stderr}, or to the file named after it. Waits for a byte first. */
public final class TestingAccessLogMain {
    private TestingAccessLogMain() {}

    public static void main(String[] args) throws IOException {
        int entries = Integer.parseInt(args[0]);
        if (System.in.read() < 0) {
            System.exit(1);
        }
        AccessLog log = new AccessLog(new Events());
        log.switchTo(new AccessLogSetting(switch (args.length > 1 ? args[1] : "stdout") {
            case "stdout" -> AccessLogSink.standardOutput();
            case "stderr" -> AccessLogSink.standardError();
            default -> AccessLogSink.file(Path.of(args[1]));
        }, AccessLogFormat.json(), Set.of(AccessEvent.END), Duration.ofMinutes(5), false));
        for (int i = 0; i < entries; i++) {
            log.record(AccessLogFormatTest.entry("edge", "127.0.0.1:1", "web", i));
        }
        log.close();
        System.err.println("dropped=" + log.dropped());
    }
}
