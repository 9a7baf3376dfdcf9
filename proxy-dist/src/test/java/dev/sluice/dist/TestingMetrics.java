package dev.sluice.dist;

import java.net.Socket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers that a server shows at its admin interface. */
final class TestingMetrics {
    private TestingMetrics() {}

    /** {@return the value of a series, written as in a scrape; 0 without one} */
    static long value(TestingDaemon daemon, String series) throws Exception {
        return value(daemon.address("admin"), series);
    }

    /** {@return the value of a series of the server whose admin interface this is; 0 without one} */
    static long value(SocketAddress address, String series) throws Exception {
        try (Socket admin = new Socket()) {
            admin.setSoTimeout((int) TestingDaemon.LIMIT.toMillis());
            admin.connect(address);
            admin.getOutputStream().write("GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
            String text = new String(admin.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            Matcher matcher = Pattern.compile("^" + Pattern.quote(series) + " (\\S+)$", Pattern.MULTILINE)
                    .matcher(text);
            return matcher.find() ? (long) Double.parseDouble(matcher.group(1)) : 0;
        }
    }
}
