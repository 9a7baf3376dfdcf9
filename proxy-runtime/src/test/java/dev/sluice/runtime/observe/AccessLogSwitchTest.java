package dev.sluice.runtime.observe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static dev.sluice.runtime.observe.TestingConditions.await;
import static dev.sluice.runtime.observe.TestingConditions.threadAlive;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Switches of an access log, which a reload makes while connections end. */
@Timeout(60)
class AccessLogSwitchTest {
    private static final AccessLogFormat NUMBER = AccessLogTemplate.parse("$connect_ms");
    private static final AccessLogFormat LONG = AccessLogTemplate.parse("n=$connect_ms");

    @TempDir
    private Path directory;

    private final Events events = new Events();
    private final AccessLog log = new AccessLog(events);

    @AfterEach
    void close() {
        log.close();
        assertFalse(threadAlive("sluice-access-log"));
    }

    private static AccessLogSetting to(AccessLogSink sink, AccessLogFormat format) {
        return new AccessLogSetting(sink, format, Set.of(AccessEvent.END), Duration.ofMinutes(5), false);
    }

    private static AccessEntry entry(int n) {
        return AccessLogFormatTest.entry("edge", "127.0.0.1:1", "web", n * 1_000_000L);
    }

    private static String lines(String prefix, int from, int to) {
        StringBuilder lines = new StringBuilder();
        for (int n = from; n < to; n++) {
            lines.append(prefix).append(n).append(".000\n");
        }
        return lines.toString();
    }

    private void record(int from, int to) {
        for (int n = from; n < to; n++) {
            log.record(entry(n));
        }
    }

    @Test
    void aLogThatWasNeverOnHasNoThreadAndLosesNothing() {
        log.record(entry(1));
        log.switchTo(AccessLogSetting.OFF);
        log.record(entry(2));
        assertFalse(threadAlive("sluice-access-log"));
        assertEquals(0, log.dropped());
    }

    @Test
    void whatWasRecordedBeforeGoesToTheOldTarget() {
        TestingSink first = new TestingSink();
        TestingSink second = new TestingSink();
        log.switchTo(to(first, NUMBER));
        record(0, 1000);
        log.switchTo(to(second, LONG));
        record(1000, 2000);
        log.switchTo(AccessLogSetting.OFF);
        record(2000, 2010);
        await("the second target to be closed", () -> second.closes() == 1);
        assertEquals(lines("", 0, 1000), first.text());
        assertEquals(lines("n=", 1000, 2000), second.text());
        assertEquals(1, first.closes());
        assertEquals(0, log.dropped());
    }

    @Test
    void offAndOnAgain() {
        TestingSink first = new TestingSink();
        TestingSink second = new TestingSink();
        log.switchTo(to(first, NUMBER));
        log.switchTo(AccessLogSetting.OFF);
        await("the first target to be closed", () -> first.closes() == 1);
        log.switchTo(to(second, NUMBER));
        record(7, 8);
        await("the line", () -> second.text().equals(lines("", 7, 8)));
        log.close();
        assertEquals(1, second.closes());
        assertEquals("", first.text());
    }

    @Test
    void theSameSinkIsKeptWithAnotherFormat() {
        TestingSink sink = new TestingSink();
        log.switchTo(to(sink, NUMBER));
        record(0, 10);
        log.switchTo(to(sink, LONG));
        record(10, 20);
        log.close();
        assertEquals(lines("", 0, 10) + lines("n=", 10, 20), sink.text());
        assertEquals(1, sink.closes());
    }

    /** Each line is in the file that was asked for last or the one before, none is lost, and none is torn. */
    @Test
    void switchesWhileOthersRecordLoseNothing() throws Exception {
        int each = 20_000;
        int switches = 40;
        List<Path> files = new ArrayList<>();
        for (int i = 0; i <= switches; i++) {
            files.add(directory.resolve("access-" + i + ".log"));
        }
        log.switchTo(to(AccessLogSink.file(files.getFirst()), NUMBER));
        AtomicInteger recorded = new AtomicInteger();
        List<Thread> loops = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            loops.add(Thread.ofPlatform().start(() -> {
                for (int n = 0; n < each; n++) {
                    log.record(entry(1));
                    recorded.incrementAndGet();
                }
            }));
        }
        for (int i = 1; i <= switches; i++) {
            int goal = 2 * each / switches * (i - 1);
            await("some lines", () -> recorded.get() >= goal);
            log.switchTo(to(AccessLogSink.file(files.get(i)), NUMBER));
        }
        for (Thread loop : loops) {
            loop.join();
        }
        log.close();
        long written = 0;
        for (Path file : files) {
            for (String line : Files.readAllLines(file)) {
                assertEquals("1.000", line);
                written++;
            }
        }
        assertEquals(2L * each, written + log.dropped());
        assertEquals(0, openFilesOf(files));
    }

    private static long openFilesOf(List<Path> files) throws IOException {
        long open = 0;
        try (var descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors) {
                if (Files.exists(descriptor) && files.contains(descriptor.toRealPath())) {
                    open++;
                }
            }
        } catch (NoSuchFileException e) {
            // Not Linux, or a descriptor that has just been closed.
        }
        return open;
    }

    @Test
    void aSwitchThatIsNotMadeAnyMoreIsClosedToo() {
        TestingSink stuck = new TestingSink();
        TestingSink never = new TestingSink();
        AccessLog unstarted = new AccessLog(events, 10, Duration.ofSeconds(5));
        unstarted.prepare(to(stuck, NUMBER));
        unstarted.prepare(to(never, NUMBER));
        unstarted.start();
        unstarted.close();
        assertEquals(1, stuck.closes());
        assertEquals(1, never.closes());
    }

    @Test
    void reopenIsForTheNewTarget() throws IOException {
        Path first = directory.resolve("first.log");
        Path second = directory.resolve("second.log");
        log.switchTo(to(AccessLogSink.file(first), NUMBER));
        log.switchTo(to(AccessLogSink.file(second), NUMBER));
        record(1, 2);
        await("the line", () -> text(second).equals(lines("", 1, 2)));
        Files.move(second, directory.resolve("second.log.1"));
        Files.delete(first);
        log.reopen();
        await("the new file", () -> Files.exists(second));
        record(2, 3);
        await("the next line", () -> text(second).equals(lines("", 2, 3)));
        assertFalse(Files.exists(first));
    }

    @Test
    void lostLinesAreAnEvent() {
        TestingSink broken = new TestingSink();
        broken.breakAfter(0);
        log.switchTo(to(broken, NUMBER));
        record(0, 3);
        await("the event", () -> events.after(0).size() == 1);
        Event event = events.after(0).getFirst();
        assertEquals(Event.Kind.ACCESS_LOG, event.kind());
        assertTrue(event.text().matches("[123] lines lost: .*Broken pipe.*"), event.text());
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }

    /** The journal above the log: settings decide, and an entry that is not wanted costs nothing. */
    @Test
    void theJournalWantsWhatTheSettingSays() {
        Journal journal = new Journal(events);
        AtomicBoolean told = new AtomicBoolean();
        journal.whenSwitched(() -> told.set(true));
        for (AccessEvent event : AccessEvent.values()) {
            assertFalse(journal.wants(event));
        }
        assertEquals(0, journal.periodNanos());
        TestingSink sink = new TestingSink();
        journal.switchTo(new AccessLogSetting(sink, NUMBER, Set.of(AccessEvent.START, AccessEvent.PERIODIC),
                Duration.ofSeconds(7), true));
        assertTrue(told.get());
        assertTrue(journal.wants(AccessEvent.START));
        assertEquals(7_000_000_000L, journal.periodNanos());
        assertFalse(journal.wants(AccessEvent.END));
        journal.record(entry(1));
        TestingSink other = new TestingSink();
        journal.discard(to(sink, NUMBER));
        journal.discard(to(other, NUMBER));
        assertEquals(1, other.closes());
        assertEquals(0, sink.closes());
        journal.close();
        assertEquals("", sink.text());
        assertEquals(0, journal.dropped());
    }
}
