package dev.sluice.runtime.discovery;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Endpoint files, look by look. */
class FileSourceTest {
    private final TestingTiming timing = new TestingTiming();
    private final List<String> log = new ArrayList<>();
    private String content = "1";
    private int reads;

    private final FileSource source = new FileSource(Path.of("/endpoints"), new EndpointFiles() {
        @Override
        public Object stamp(Path file) {
            return content;
        }

        @Override
        public List<FoundEndpoint> read(Path file) throws EndpointFileException {
            reads++;
            if (content.startsWith("defect")) {
                throw new IllegalStateException(content);
            }
            if (content.startsWith("bad")) {
                throw new EndpointFileException("line 7 is " + content, new Exception());
            }
            return List.of(new FoundEndpoint(new InetSocketAddress(InetAddress.ofLiteral("10.0.0." + content), 1), 1, 0,
                    false));
        }
    }, timing);

    private void start() {
        source.start(new Publication() {
            @Override
            public void endpoints(List<FoundEndpoint> all) {
                log.add(((InetSocketAddress) all.getFirst().address()).getAddress().getHostAddress());
            }

            @Override
            public void failed(String reason) {
                log.add(reason);
            }

            @Override
            public void expired(String reason) {
                log.add("expired");
            }
        });
    }

    private void look(int times) {
        timing.advance(Duration.ofSeconds(times));
    }

    @Test
    void theFirstLookReads() {
        start();
        assertEquals(List.of("10.0.0.1"), log);
        look(100);
        assertEquals(1, reads);
    }

    @Test
    void aChangeIsReadWhenTwoLooksAreEqual() {
        start();
        content = "2";
        look(1);
        content = "3";
        look(1);
        assertEquals(1, reads);
        look(1);
        assertEquals(List.of("10.0.0.1", "10.0.0.3"), log);
        look(10);
        assertEquals(2, reads);
    }

    @Test
    void aBadFileIsReportedOnceAndReadAgainWhenItChanges() {
        start();
        content = "bad";
        look(10);
        assertEquals(List.of("10.0.0.1", "line 7 is bad"), log);
        content = "bad 2";
        look(2);
        content = "1";
        look(2);
        assertEquals(List.of("10.0.0.1", "line 7 is bad", "line 7 is bad 2", "10.0.0.1"), log);
    }

    @Test
    void aBadFirstFileIsNoEnd() {
        content = "bad";
        start();
        content = "1";
        look(2);
        assertEquals(List.of("line 7 is bad", "10.0.0.1"), log);
    }

    @Test
    void aDefectIsNoEnd() {
        content = "defect";
        start();
        content = "4";
        look(2);
        assertEquals("10.0.0.4", log.getLast());
    }

    @Test
    void nothingIsReadAfterTheEnd() {
        start();
        source.close();
        content = "2";
        look(10);
        assertEquals(1, reads);
    }
}
