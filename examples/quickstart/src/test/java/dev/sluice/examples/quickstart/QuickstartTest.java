package dev.sluice.examples.quickstart;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class QuickstartTest {
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();

    @Test
    void showsThatBuffersAreBorrowedAndGivenBack() {
        assertEquals(0, run(Upstream::echo), this::text);

        assertEquals("0 0 B 0 B 0 0 0 B", row("started"));
        assertTrue(row("all connected, nobody sends").startsWith("200 0 B 0 B 0 "), this::text);
        assertTrue(row("10 send \\(busiest moment seen\\)").startsWith("200 "), this::text);
        assertTrue(row("all idle again").matches("200 40\\.0 MiB 40\\.0 MiB 0 [0-9]+ .*"), this::text);
        assertTrue(row("proxy has closed").matches("0 40\\.0 MiB 40\\.0 MiB 0 [0-9]+ 0 B"), this::text);

        int peak = Integer.parseInt(row("proxy has closed").replaceFirst(".* ([0-9]+) 0 B", "$1"));
        assertTrue(peak >= 1 && peak <= 20, () -> peak + " buffers were lent at one time:\n" + text());
        assertTrue(text().contains("200 x 2 x 64 KiB = 25.0 MiB"), this::text);
        assertTrue(text().contains("Left: 0 connections, 0 buffers, 0 bytes of direct memory, 0 threads."), this::text);
    }

    @Test
    void failsWhenAByteIsChangedOnTheWay() {
        assertEquals(1, run(QuickstartTest::flipOneBit), this::text);
        assertTrue(text().contains("FAILED: message 0 came back different from byte 7 on, with 16384 of 16384 bytes"),
                this::text);
    }

    @Test
    void failsWhenTheUpstreamSendsNothing() {
        assertEquals(1, run(Socket::close), this::text);
        assertTrue(text().contains("FAILED: "), this::text);
    }

    private static void flipOneBit(Socket client) throws IOException {
        InputStream in = client.getInputStream();
        byte[] bytes = in.readNBytes(16 * 1024);
        if (bytes.length > 7) {
            bytes[7] ^= 1;
        }
        client.getOutputStream().write(bytes);
        client.shutdownOutput();
    }

    private int run(Upstream.Service service) {
        return Quickstart.run(new PrintStream(output, true, StandardCharsets.UTF_8), service);
    }

    private String text() {
        return output.toString(StandardCharsets.UTF_8);
    }

    /** The figures of the row with this title, with single blanks. */
    private String row(String title) {
        return Arrays.stream(text().split("\n")).filter(line -> line.matches("  " + title + " .*")).findFirst()
                .map(line -> line.replaceFirst("  " + title, "").strip().replaceAll(" +", " "))
                .orElseThrow(() -> new AssertionError("no row '" + title + "' in:\n" + text()));
    }
}
