package dev.sluice.runtime.service;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.Ledger;
import dev.sluice.runtime.transport.TransportException;
import dev.sluice.runtime.transport.epoll.TestingNotifySocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

@EnabledOnOs(OS.LINUX)
class ServiceReportsTest {
    private static final Duration WATCHDOG = Duration.ofMillis(40);

    private final Ledger ledger = Ledger.open();
    private final TestingServer server = new TestingServer();
    private final TestingNotifySocket manager;

    ServiceReportsTest(@TempDir Path directory) throws TransportException {
        manager = new TestingNotifySocket(directory.resolve("notify").toString());
    }

    /** A server whose event loops answer, or not. */
    private static final class TestingServer implements ReportedServer {
        private final AtomicInteger asked = new AtomicInteger();
        private volatile boolean answers = true;

        @Override
        public String status() {
            return "fine";
        }

        @Override
        public int connections() {
            return 7;
        }

        @Override
        public boolean allLoopsAnswer(Duration patience) {
            assertTrue(patience.compareTo(WATCHDOG) < 0);
            asked.incrementAndGet();
            return answers;
        }

        void awaitAsked(int times) {
            int before = asked.get();
            Await.until("the loops to be asked again", () -> asked.get() >= before + times);
        }
    }

    private ServiceReports open(@Nullable Duration watchdog) {
        return Objects.requireNonNull(ServiceReports.open(new ServiceEnvironment(manager.address(), watchdog), server));
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        manager.close();
        ledger.settle();
    }

    @Test
    void aLifeIsReportedInOrder() {
        long before = System.nanoTime() / 1000;
        AtomicLong clock = new AtomicLong();
        try (ServiceReports reports = open(null)) {
            reports.reloading();
            reports.reloaded();
            reports.ready();
            reports.ready();
            reports.reloading();
            reports.reloaded();
            reports.stopping(Duration.ofSeconds(1));
            reports.stopping(Duration.ZERO);
            reports.reloading();
            reports.reloaded();
            manager.await(text -> text.startsWith("EXTEND_TIMEOUT_USEC=15000000\n"));
            List<String> received = manager.received().stream().map(text -> {
                Matcher time = Pattern.compile("MONOTONIC_USEC=(\\d+)").matcher(text);
                if (time.find()) {
                    clock.set(Long.parseLong(time.group(1)));
                }
                return time.replaceAll("MONOTONIC_USEC=now");
            }).toList();
            assertEquals(List.of("READY=1\nSTATUS=fine", "RELOADING=1\nMONOTONIC_USEC=now\nSTATUS=reloading",
                    "READY=1\nSTATUS=fine", "STOPPING=1\nSTATUS=fine",
                    "EXTEND_TIMEOUT_USEC=15000000\nSTATUS=fine, open connections: 7"), received);
            assertTrue(clock.get() >= before && clock.get() <= System.nanoTime() / 1000, clock::toString);
        }
        assertEquals(0, server.asked.get());
    }

    @Test
    void theWatchdogIsFedWhileEveryLoopAnswers() {
        try (ServiceReports reports = open(WATCHDOG)) {
            reports.ready();
            manager.await(text -> text.equals("WATCHDOG=1\nSTATUS=fine, open connections: 7"));
            server.answers = false;
            // One may have been answered before.
            server.awaitAsked(2);
            manager.clear();
            server.awaitAsked(3);
            assertEquals(List.of(), manager.received());
            server.answers = true;
            manager.await(text -> text.startsWith("WATCHDOG=1\n"));
            // A reload, which may take long, and a drain do not end it.
            reports.reloading();
            manager.clear();
            manager.await(text -> text.startsWith("WATCHDOG=1\n"));
            reports.stopping(Duration.ofSeconds(10));
            manager.clear();
            manager.await(text -> text.startsWith("WATCHDOG=1\n"));
        }
    }

    @Test
    void nothingIsAskedBeforeTheServerIsReady() {
        try (ServiceReports reports = open(WATCHDOG)) {
            reports.stopping(Duration.ZERO);
            manager.await(text -> text.startsWith("STOPPING=1"));
        }
        try (ServiceReports reports = open(Duration.ofNanos(2))) {
            manager.clear();
            reports.reloading();
        }
        assertEquals(List.of(), manager.received());
    }

    @Test
    void aManagerThatIsGoneKeepsNobodyFromClosing() throws IOException {
        try (ServiceReports reports = open(WATCHDOG)) {
            manager.close();
            reports.ready();
            server.awaitAsked(3);
            reports.close();
            reports.close();
        }
    }

    @Test
    void withoutAnAddressOrWithAWrongOneThereAreNoReports() {
        assertNull(ServiceReports.open(new ServiceEnvironment(null, WATCHDOG), server));
        assertNull(ServiceReports.open(new ServiceEnvironment("vsock:2:1", WATCHDOG), server));
    }
}
