package dev.sluice.dist;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Settings of the daemon for the HTTP server of the JDK, which reads them when it is loaded. */
class HeadStartTest {
    private static final String IDLE_INTERVAL = "sun.net.httpserver.idleInterval";
    private final String before = System.getProperty(IDLE_INTERVAL);

    @AfterEach
    void restore() {
        if (before == null) {
            System.clearProperty(IDLE_INTERVAL);
        } else {
            System.setProperty(IDLE_INTERVAL, before);
        }
    }

    /** Scrapers come every minute at most, and should find their connection as they left it. */
    @Test
    void idleConnectionsOfTheAdminInterfaceOutliveAScrapeInterval() {
        System.clearProperty(IDLE_INTERVAL);
        HeadStart.keepIdleConnections();
        assertTrue(Integer.getInteger(IDLE_INTERVAL, 0) > 60);
    }

    @Test
    void whatTheStartSaysCounts() {
        System.setProperty(IDLE_INTERVAL, "7");
        HeadStart.keepIdleConnections();
        assertEquals("7", System.getProperty(IDLE_INTERVAL));
    }
}
