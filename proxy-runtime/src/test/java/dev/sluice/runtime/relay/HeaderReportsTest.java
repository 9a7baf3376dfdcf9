package dev.sluice.runtime.relay;

import java.time.Duration;
import java.util.List;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sluice.runtime.observe.HeaderResult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static org.junit.jupiter.api.Assertions.assertEquals;

class HeaderReportsTest {
    private static final long MINUTE = Duration.ofMinutes(1).toNanos();

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(HeaderReports.class);
    private final HeaderReports reports = new HeaderReports("edge");

    @BeforeEach
    void listen() {
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(log);
    }

    private void refused(HeaderResult result, String peer, long now) {
        reports.refused(result, () -> peer, "for the test", now);
    }

    private List<String> lines() {
        return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Test
    void othersAreCountedByResult() {
        refused(HeaderResult.UNTRUSTED, "10.0.0.1:1", 0);
        refused(HeaderResult.INVALID, "10.0.0.2:1", 1);
        refused(HeaderResult.UNTRUSTED, "10.0.0.3:1", 2);
        refused(HeaderResult.INVALID, "10.0.0.4:1", 3);
        refused(HeaderResult.TIMEOUT, "10.0.0.5:1", MINUTE);
        refused(HeaderResult.TIMEOUT, "10.0.0.6:1", 2 * MINUTE);
        assertEquals(List.of("Listener edge: a connection from 10.0.0.1:1 is refused: for the test.",
                "Listener edge: a connection from 10.0.0.5:1 is refused: for the test"
                        + " (and since the last report 2 invalid, 1 untrusted).",
                "Listener edge: a connection from 10.0.0.6:1 is refused: for the test."), lines());
    }

    @Test
    void whatIsLeftIsReportedAtTheEnd() {
        refused(HeaderResult.INVALID, "10.0.0.1:1", 0);
        reports.flush();
        refused(HeaderResult.INVALID, "10.0.0.2:1", 1);
        reports.flush();
        reports.flush();
        assertEquals(List.of("Listener edge: a connection from 10.0.0.1:1 is refused: for the test.",
                "Listener edge: connections refused since the last report: 1 invalid."), lines());
    }
}
