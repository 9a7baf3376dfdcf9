package dev.sluice.dist;

import java.nio.file.Files;
import java.nio.file.Path;

import ch.qos.logback.classic.LoggerContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.spi.MDCAdapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

class LogProviderTest {
    private static final String FILE = "logback.configurationFile";
    private static final String PROVIDER = "slf4j.provider";

    @TempDir
    Path directory;

    @AfterEach
    void clear() {
        System.clearProperty(FILE);
        System.clearProperty(PROVIDER);
    }

    /** As slf4j does it: the adapter first. */
    private static LoggerContext contextWithTheAdapterThatWasAskedForFirst() {
        LogProvider provider = new LogProvider();
        MDCAdapter adapter = provider.getMDCAdapter();
        provider.initialize();
        LoggerContext context = assertInstanceOf(LoggerContext.class, provider.getLoggerFactory());
        assertSame(adapter, context.getMDCAdapter());
        assertSame(adapter, provider.getMDCAdapter());
        return context;
    }

    @Test
    void whatFiltersPutIntoTheMdcIsSeenByTheLog() {
        LoggerContext context = contextWithTheAdapterThatWasAskedForFirst();
        assertSame(LossCountingAppender.class, context.getLogger("ROOT").getAppender("log").getClass());
        context.stop();
    }

    @Test
    void whatFiltersPutIntoTheMdcIsSeenByTheLogOfAUsersFile() throws Exception {
        Path file = Files.writeString(directory.resolve("own.xml"), """
                <configuration>
                  <appender name="own" class="ch.qos.logback.core.ConsoleAppender">
                    <encoder><pattern>%X{key} %msg%n</pattern></encoder>
                  </appender>
                  <root level="info"><appender-ref ref="own"/></root>
                </configuration>
                """);
        System.setProperty(FILE, file.toString());
        LoggerContext context = contextWithTheAdapterThatWasAskedForFirst();
        assertEquals("own", context.getLogger("ROOT").getAppender("own").getName());
        context.stop();
    }

    @Test
    void anotherProviderThatTheUserNamesIsLeftAlone() {
        System.setProperty(PROVIDER, "com.example.Other");
        LogProvider.install();
        assertEquals("com.example.Other", System.getProperty(PROVIDER));
    }

    @Test
    void nothingIsLeftForALaterSlf4jToStumbleOver() {
        LogProvider.install();
        assertEquals(LogProvider.class.getName(), System.getProperty(PROVIDER));
        LogProvider provider = new LogProvider();
        provider.initialize();
        assertNull(System.getProperty(PROVIDER));
        assertInstanceOf(LoggerContext.class, provider.getLoggerFactory()).stop();
    }
}
