package dev.sluice.runtime.engine;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.config.model.AccessLogConfig;
import dev.sluice.runtime.observe.AccessEntry;
import dev.sluice.runtime.observe.AccessEvent;
import dev.sluice.runtime.observe.AccessLogSetting;
import dev.sluice.runtime.observe.Events;
import dev.sluice.runtime.observe.Findings;
import dev.sluice.runtime.observe.Journal;
import dev.sluice.runtime.testing.Await;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The access log from one configuration to the next. */
class AccessLogsTest {
    @TempDir
    private Path directory;

    private final Journal journal = new Journal(new Events());

    @AfterEach
    void close() {
        journal.close();
    }

    private static @Nullable AccessLogConfig config(String section) {
        return TestingConfigurations.parse(section + """

                listeners: [ { name: edge, listen: "127.0.0.1:0", cluster: app } ]
                clusters: [ { name: app, endpoints: [ { address: "127.0.0.1:1" } ] } ]
                """).accessLog().orElse(null);
    }

    private @Nullable AccessLogConfig to(String file, String keys) {
        return config("accessLog: { path: \"" + directory.resolve(file) + "\"" + keys + " }");
    }

    private void record(long id) {
        AccessEntry entry = AccessEntry.now(AccessEvent.END, id, "edge", new InetSocketAddress(1), null, null, null,
                Findings.NONE, 0, 0, 0, -1, CloseReason.CLIENT_SILENT, 1);
        if (journal.wantsEnd(CloseReason.CLIENT_SILENT)) {
            journal.record(entry);
        }
    }

    private String text(String file) throws IOException {
        Path path = directory.resolve(file);
        return Files.exists(path) ? Files.readString(path) : "";
    }

    @Test
    void theSettingIsThatOfTheConfiguration() {
        assertSame(AccessLogSetting.OFF, AccessLogs.open(journal, config("")));
        AccessLogSetting setting = AccessLogs.open(journal,
                to("a.log", ", events: [start, periodic], every: 90s, skipEmpty: true"));
        journal.switchTo(setting);
        assertTrue(journal.wants(AccessEvent.START));
        assertFalse(journal.wants(AccessEvent.END));
        assertEquals(90_000_000_000L, journal.periodNanos());
        assertTrue(setting.skipEmpty());
    }

    @Test
    void anotherFormatKeepsTheFile() throws Exception {
        journal.switchTo(AccessLogs.open(journal, to("a.log", ", format: text, template: $id")));
        record(1);
        // Renamed, and not opened anew: it is still the same file.
        Files.move(directory.resolve("a.log"), directory.resolve("a.log.1"));
        AccessLogSetting next = AccessLogs.open(journal, to("a.log", ", format: text, template: id=$id"));
        assertSame(journal.setting().sink(), next.sink());
        journal.switchTo(next);
        record(2);
        journal.close();
        assertEquals("1\nid=2\n", text("a.log.1"));
        assertFalse(Files.exists(directory.resolve("a.log")));
    }

    @Test
    void anotherFileTakesTheLinesFromThenOn() throws Exception {
        journal.switchTo(AccessLogs.open(journal, to("a.log", ", format: text, template: $id")));
        record(1);
        journal.switchTo(AccessLogs.open(journal, to("b.log", ", format: text, template: $id")));
        record(2);
        journal.switchTo(AccessLogs.open(journal, config("")));
        record(3);
        journal.switchTo(AccessLogs.open(journal, to("a.log", ", format: text, template: $id, skipEmpty: true")));
        record(4);
        journal.close();
        assertEquals("1\n", text("a.log"));
        assertEquals("2\n", text("b.log"));
        assertEquals(0, journal.dropped());
    }

    @Test
    void whatCannotBeOpenedChangesNothing() throws Exception {
        journal.switchTo(AccessLogs.open(journal, to("a.log", ", format: text, template: $id")));
        EngineException refused = assertThrows(EngineException.class,
                () -> AccessLogs.open(journal, to("missing/b.log", "")));
        assertTrue(String.valueOf(refused.getMessage()).contains("missing/b.log"), refused.getMessage());
        record(1);
        Await.until("the line", () -> text("a.log").equals("1\n"));
    }

    @Test
    void whatWasOpenedAndIsNotUsedIsClosed() throws Exception {
        journal.switchTo(AccessLogs.open(journal, to("a.log", ", format: text, template: $id")));
        AccessLogSetting same = AccessLogs.open(journal, to("a.log", ""));
        AccessLogSetting other = AccessLogs.open(journal, to("b.log", ""));
        assertNotSame(same.sink(), other.sink());
        journal.discard(same);
        journal.discard(other);
        record(1);
        Await.until("the line", () -> text("a.log").equals("1\n"));
        assertEquals("", text("b.log"));
    }

    @Test
    void theStandardOutputIsOneTarget() {
        AccessLogSetting first = AccessLogs.open(journal, config("accessLog: { path: stderr }"));
        journal.switchTo(first);
        assertSame(first.sink(), AccessLogs.open(journal, config("accessLog: { path: /dev/stderr }")).sink());
        assertNotSame(first.sink(), AccessLogs.open(journal, config("accessLog: { path: stdout }")).sink());
    }
}
