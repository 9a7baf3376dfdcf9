package dev.sluice.dist;

import java.nio.charset.StandardCharsets;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.encoder.Encoder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class LogSetupTest {
    @ParameterizedTest
    @EnumSource
    void aLineStaysOneLineWhateverItSays(LogFormat format) {
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(new LogbackMDCAdapter());
        Encoder<ILoggingEvent> encoder = new LateEncoder(() -> LogSetup.encoder(format));
        encoder.setContext(context);
        encoder.start();

        String line = new String(encoder
                .encode(new LoggingEvent("test", context.getLogger("dev.sluice.Some"), Level.WARN, "name {}", null,
                        new Object[]{"a\r\nWARN fake \u001b[31m\u007f \u00fc"})),
                StandardCharsets.UTF_8);

        assertTrue(line.endsWith("\n"), line);
        assertEquals(0, line.strip().chars().filter(c -> c < ' ').count(), line);
        assertTrue(line.contains("WARN fake") && line.contains("\u00fc"), line);
        assertTrue(line.contains(
                format == LogFormat.JSON ? "\"loggerName\":\"dev.sluice.Some\"" : " WARN  [main] Some: name a??WARN"),
                line);
    }
}
