package dev.sluice.runtime.observe;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import com.sun.management.ThreadMXBean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

import static dev.sluice.runtime.observe.TestingConditions.await;
import static dev.sluice.runtime.observe.TestingConditions.threadAlive;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class AccessLogTest {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final AccessLogFormat ID_ONLY = AccessLogTemplate.parse("$connect_ms");
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    @TempDir
    private Path directory;

    @AfterEach
    void noThreadIsLeft() {
        await("the writer thread is gone", () -> !threadAlive("sluice-access-log"));
    }

    /** Connection number {@code n}; the number is in connect_ms. */
    private static AccessEntry entry(int n) {
        return AccessLogFormatTest.entry("edge", "127.0.0.1:1", "web", n * 1_000_000L);
    }

    private static AccessLogSetting setting(AccessLogSink sink, AccessLogFormat format) {
        return new AccessLogSetting(sink, format, Set.of(AccessEvent.END), Duration.ofMinutes(5), false);
    }

    /** A log whose thread is still to be started. */
    private static AccessLog to(AccessLogSink sink, AccessLogFormat format, int queue, Duration patience) {
        AccessLog log = new AccessLog(new Events(), queue, patience);
        log.prepare(setting(sink, format));
        return log;
    }

    private static AccessLog toFile(Path file, AccessLogFormat format) throws IOException {
        AccessLog log = new AccessLog(new Events());
        log.switchTo(setting(AccessLogSink.file(file), format));
        return log;
    }

    private static String line(int n) {
        return n + ".000\n";
    }

    @Test
    void oneLinePerConnectionInOrderAndAllOfThemBeforeCloseReturns() throws IOException {
        Path file = directory.resolve("access.log");
        AccessLog log = toFile(file, AccessLogFormat.json());
        for (int i = 0; i < 10_000; i++) {
            log.record(entry(i));
        }
        log.close();

        List<String> lines = Files.readAllLines(file);
        assertEquals(10_000, lines.size());
        for (int i = 0; i < lines.size(); i++) {
            assertEquals(i, MAPPER.readTree(lines.get(i)).get("connect_ms").asDouble());
        }
        assertEquals(0, log.dropped());
    }

    @Test
    void aLineAppearsWithoutWaitingForMore() throws IOException {
        Path file = directory.resolve("access.log");
        try (AccessLog log = toFile(file, ID_ONLY)) {
            for (int i = 0; i < 20; i++) {
                int n = i;
                log.record(entry(n));
                await("line " + n, () -> text(file).endsWith(line(n)));
            }
        }
    }

    @Test
    void theFileIsAppendedToAndNotForOthersToRead() throws IOException {
        Path file = directory.resolve("access.log");
        for (int i = 0; i < 2; i++) {
            try (AccessLog log = toFile(file, ID_ONLY)) {
                log.record(entry(i));
            }
        }
        assertEquals(line(0) + line(1), text(file));
        Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
        assertTrue(mode.contains(PosixFilePermission.OWNER_WRITE));
        assertFalse(mode.contains(PosixFilePermission.GROUP_WRITE), mode.toString());
        assertFalse(mode.contains(PosixFilePermission.OTHERS_READ), mode.toString());
        assertFalse(mode.contains(PosixFilePermission.OTHERS_WRITE), mode.toString());
    }

    @Test
    void reopenGoesOnInANewFileWithoutLosingALine() throws IOException {
        Path file = directory.resolve("access.log");
        Path rotated = directory.resolve("access.log.1");
        try (AccessLog log = toFile(file, ID_ONLY)) {
            log.record(entry(0));
            await("first line", () -> text(file).equals(line(0)));
            Files.move(file, rotated);
            log.record(entry(1));
            await("still the old file", () -> text(rotated).equals(line(0) + line(1)));
            log.reopen();
            await("the new file, even without traffic", () -> Files.exists(file));
            log.record(entry(2));
        }
        assertEquals(line(2), text(file));
        assertEquals(line(0) + line(1), text(rotated));
    }

    @Test
    void aFailedReopenStaysWithTheOldFile() throws IOException {
        Path logs = Files.createDirectory(directory.resolve("logs"));
        Path file = logs.resolve("access.log");
        Path moved = directory.resolve("moved");
        try (AccessLog log = toFile(file, ID_ONLY)) {
            Files.move(logs, moved);
            log.reopen();
            log.record(entry(7));
            await("the line in the old file", () -> text(moved.resolve("access.log")).equals(line(7)));
            assertEquals(0, log.dropped());
        }
    }

    @Test
    void aDirectoryThatDoesNotExistIsReportedAtStart() {
        assertThrows(
                NoSuchFileException.class,
                () -> toFile(directory.resolve("no/such/access.log"), ID_ONLY).close());
    }

    @Test
    void aFullDiskCostsLinesAndCountsThem() throws IOException {
        AccessLog log = toFile(Path.of("/dev/full"), ID_ONLY);
        for (int i = 0; i < 5_000; i++) {
            log.record(entry(i));
        }
        log.close();
        assertEquals(5_000, log.dropped());
    }

    @Test
    void aDiskThatFillsUpKeepsWholeLinesOnly() throws Exception {
        Path file = directory.resolve("access.log");
        Process process = TestingProcess.start("ulimit -f 64", TestingAccessLogMain.class, "1000", file.toString());
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
        long dropped = dropped(process);

        String text = text(file);
        assertTrue(text.endsWith("}\n"), text.substring(Math.max(0, text.length() - 400)));
        long lines = text.lines().peek(MAPPER::readTree).count();
        assertTrue(lines > 50, lines + " lines");
        assertEquals(1000, lines + dropped);
    }

    @Test
    void standardOutputGetsEveryLine() throws Exception {
        Process process = TestingProcess.start("true", TestingAccessLogMain.class, "10000");
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(10_000, text.lines().peek(MAPPER::readTree).count());
        assertEquals(0, dropped(process));
    }

    @Test
    void standardErrorGetsEveryLine() throws Exception {
        Process process = TestingProcess.start("true", TestingAccessLogMain.class, "1000", "stderr");
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
        List<String> lines = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8).lines()
                .filter(line -> line.startsWith("{") || line.startsWith("dropped=")).toList();
        assertEquals(1000, lines.stream().limit(1000).peek(MAPPER::readTree).count());
        assertEquals("dropped=0", lines.getLast());
        assertEquals(0, process.getInputStream().readAllBytes().length);
    }

    @Test
    void aReaderOfStandardOutputThatWentAwayCostsLinesAndCountsThem() throws Exception {
        Process process = TestingProcess.start("true", TestingAccessLogMain.class, "10000");
        process.getInputStream().close();
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
        assertEquals(10_000, dropped(process));
    }

    private static long dropped(Process process) throws Exception {
        try (BufferedReader errors = process.errorReader()) {
            String last = "";
            for (String line = errors.readLine(); line != null; line = errors.readLine()) {
                last = line.startsWith("dropped=") ? line : last;
            }
            assertTrue(process.waitFor(20, TimeUnit.SECONDS));
            assertEquals(0, process.exitValue());
            return Long.parseLong(last.substring("dropped=".length()));
        }
    }

    @Test
    void aStoppedReaderBlocksNobodyAndEveryLineIsEitherReadOrCounted() throws Exception {
        Path fifo = fifo();
        int queue = 256;
        int entries = 200_000;
        AccessLog log = to(ChannelSink.file(fifo), AccessLogFormat.json(), queue, PATIENCE);
        log.start();
        AccessEntry entry = entry(1);
        long start = System.nanoTime();
        for (int i = 0; i < entries; i++) {
            log.record(entry);
        }
        long millis = (System.nanoTime() - start) / 1_000_000;
        assertTrue(millis < 2_000, millis + " ms for " + entries + " lines that nobody reads");
        assertTrue(log.dropped() > entries / 2, log.dropped() + " dropped");

        // The reader goes on: from here on nothing is lost.
        try (BufferedReader reader = Files.newBufferedReader(fifo)) {
            Thread closer = Thread.ofPlatform().start(log::close);
            long lines = reader.lines().peek(MAPPER::readTree).count();
            closer.join();
            assertEquals(entries, lines + log.dropped());
            assertTrue(lines >= queue, lines + " lines");
        }
    }

    @Test
    void closeGivesUpOnAReaderThatNeverComesBack() throws Exception {
        Path fifo = fifo();
        int entries = 5_000;
        AccessLog log = to(ChannelSink.file(fifo), AccessLogFormat.json(), 16_384, Duration.ofMillis(200));
        log.start();
        for (int i = 0; i < entries; i++) {
            log.record(entry(i));
        }
        // Keeps what is in the pipe alive after the log has closed its end; does not read yet.
        try (BufferedReader reader = Files.newBufferedReader(fifo)) {
            log.close();
            assertFalse(threadAlive("sluice-access-log"));
            String rest = reader.readAllAsString();
            long lines = rest.chars().filter(c -> c == '\n').count();
            assertTrue(lines > 0);
            assertEquals(entries, lines + log.dropped());
        }
    }

    @Test
    void aTornLineSpoilsItselfOnly() {
        TestingSink sink = new TestingSink();
        AccessLog log = to(sink, ID_ONLY, 100, PATIENCE);
        // Before the thread starts, so that it is one batch: two whole lines and two bytes of the third get through.
        sink.breakAfter(2 * line(1).length() + 2);
        for (int i = 1; i <= 5; i++) {
            log.record(entry(i));
        }
        log.start();
        await("the failure", () -> sink.failures() == 1);
        await("the count", () -> log.dropped() == 3);
        log.record(entry(6));
        await("a second failure", () -> log.dropped() == 4);
        sink.repair();
        log.record(entry(7));
        log.close();
        assertEquals(line(1) + line(2) + "3.\n" + line(7), sink.text());
        assertEquals(4, log.dropped());
    }

    @Test
    void linesThatWaitTogetherAreWrittenTogether() {
        TestingSink sink = new TestingSink();
        AccessLog log = to(sink, ID_ONLY, 100, PATIENCE);
        for (int i = 1; i <= 100; i++) {
            log.record(entry(i));
        }
        log.start();
        log.close();
        assertEquals(1, sink.writes());
        assertEquals(100, sink.text().lines().count());
    }

    @Test
    void theQueueTakesExactlyItsCapacityAndTheRestIsCounted() {
        TestingSink sink = new TestingSink();
        AccessLog log = to(sink, ID_ONLY, 100, PATIENCE);
        for (int i = 0; i < 142; i++) {
            log.record(entry(i));
        }
        assertEquals(42, log.dropped());
        log.start();
        log.close();
        log.record(entry(0));
        assertEquals(43, log.dropped());
        assertEquals(100, sink.text().lines().count());
    }

    @Test
    void anEntryThatCannotBeFormattedCostsOneLine() {
        TestingSink sink = new TestingSink();
        AccessLogFormat picky = (entry, out) -> {
            if (entry.connectNanos() == 0) {
                throw new IllegalStateException("no");
            }
            out.append("ok");
        };
        AccessLog log = to(sink, picky, 100, PATIENCE);
        log.start();
        log.record(entry(1));
        log.record(entry(0));
        log.record(entry(1));
        log.close();
        assertEquals("ok\nok\n", sink.text());
        assertEquals(1, log.dropped());
    }

    @Test
    void recordingAllocatesNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        AccessLog log = to(new TestingSink(), ID_ONLY, 1_000, PATIENCE);
        log.start();
        AccessEntry entry = entry(1);
        for (int i = 0; i < 20_000; i++) {
            log.record(entry);
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 100_000; i++) {
            log.record(entry);
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        log.close();
        assertTrue(allocated < 1_000, allocated + " bytes for 100,000 lines");
    }

    private Path fifo() throws IOException, InterruptedException {
        Path fifo = directory.resolve("fifo");
        assertEquals(0, new ProcessBuilder("mkfifo", fifo.toString()).inheritIO().start().waitFor());
        return fifo;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }
}
