package dev.sluice.runtime.proxyprotocol;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Headers of real senders, those by which a fuzzer reached something new, and what becomes of them by accident. */
class HeaderCorpusTest {
    /** Header <i>n</i> depends on <i>n</i> and the corpus alone. */
    private static final int MUTATIONS = Integer.getInteger("proxy.headers", 10_000);
    private static final int MAX_CHANGES = 4;
    private static final int RECORDED = 7;
    /** Values at which lengths, types and classes of characters change. */
    private static final byte[] EDGES = {0, 1, 2, 3, 4, 5, 10, 12, 13, 32, 36, '0', '1', '9', '.', ':', 'f', 127, -128,
        -1};

    private static List<byte[]> corpus() throws IOException {
        try (InputStream in = HeaderCorpusTest.class.getResourceAsStream("/corpus/proxy.hex")) {
            assertNotNull(in);
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#")).map(HexFormat.of()::parseHex).toList();
        }
    }

    @Test
    void eachKeepsThePromises() throws IOException {
        List<byte[]> headers = corpus();
        long complete = headers.stream().map(HeaderFuzzer::check).filter(ReadHeader::isComplete).count();
        assertTrue(complete >= RECORDED, complete + " are whole");
    }

    @Test
    void soDoTheirMutations() throws IOException {
        List<byte[]> headers = corpus();
        int complete = 0;
        int refused = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            SplittableRandom random = new SplittableRandom(i);
            byte[] header = headers.get(random.nextInt(headers.size())).clone();
            for (int left = random.nextInt(MAX_CHANGES); left >= 0 && header.length > 0; left--) {
                header = changed(header, random);
            }
            ReadHeader read = HeaderFuzzer.check(header);
            complete += read.isComplete() ? 1 : 0;
            refused += read.isRefused() ? 1 : 0;
        }
        assertTrue(complete > MUTATIONS / 100 && refused > MUTATIONS / 100,
                complete + " whole, " + refused + " refused");
    }

    private static byte[] changed(byte[] header, SplittableRandom random) {
        int at = random.nextInt(header.length);
        byte[] changed = header.clone();
        switch (random.nextInt(6)) {
            case 0 -> changed[at] = (byte) random.nextInt();
            case 1 -> changed[at] = EDGES[random.nextInt(EDGES.length)];
            case 2 -> changed[at] ^= (byte) (1 << random.nextInt(Byte.SIZE));
            case 3 -> changed[at] += (byte) (random.nextBoolean() ? 1 : -1);
            case 4 -> {
                System.arraycopy(header, at + 1, changed, at, header.length - at - 1);
                changed = Arrays.copyOf(changed, header.length - 1);
            }
            default -> {
                changed = Arrays.copyOf(header, header.length + 1);
                System.arraycopy(header, at, changed, at + 1, header.length - at);
                changed[at] = EDGES[random.nextInt(EDGES.length)];
            }
        }
        return changed;
    }
}
