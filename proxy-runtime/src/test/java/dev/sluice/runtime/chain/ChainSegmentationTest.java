package dev.sluice.runtime.chain;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

import dev.sluice.api.Direction;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.testkit.TestingConnection;
import dev.sluice.runtime.chain.ToyFilters.Toy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static dev.sluice.runtime.chain.ToyFilters.UP;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

/** Property 2 of filters: nobody sees a byte twice that it has forwarded, none is lost, and the outcome does not depend on how a stream is cut. */
class ChainSegmentationTest {
    private static byte[] stream(Random random, int length) {
        byte[] stream = new byte[length];
        for (int i = 0; i < length; i++) {
            // Few values, so that lines and drops happen.
            stream[i] = (byte) random.nextInt(8);
        }
        return stream;
    }

    private static List<byte[]> cut(Random random, byte[] stream) {
        List<byte[]> parts = new ArrayList<>();
        int most = 1 << random.nextInt(12);
        for (int from = 0; from < stream.length;) {
            int to = Math.min(stream.length, from + 1 + random.nextInt(most));
            parts.add(Arrays.copyOfRange(stream, from, to));
            from = to;
        }
        return parts;
    }

    @ParameterizedTest
    @CsvSource({"false,1", "true,2"})
    void whateverTheCutTheOutcomeIsThatOfTheWholeStream(boolean paranoid, long seed) {
        Random random = new Random(seed);
        try (TestingChain.Loop loop = new TestingChain.Loop(1024)) {
            for (int round = 0; round < 600; round++) {
                List<Toy> toys = new ArrayList<>();
                int room = 1024;
                while (toys.isEmpty() || random.nextInt(3) > 0) {
                    Toy toy = ToyFilters.random(random);
                    int most = Math.min(1024, toy.factory().traits().maxHeldBytes());
                    // Together they may hold as much as a buffer has room for: configurations that could hold more are refused.
                    if (toys.size() < 5 && (most == 1024 ? toys.isEmpty() : most <= room)) {
                        toys.add(toy);
                        room -= most;
                    }
                    if (toys.size() == 5) {
                        break;
                    }
                }
                byte[] stream = stream(random, random.nextInt(3000));
                byte[] expected = stream;
                for (Toy toy : toys) {
                    expected = toy.effect().apply(expected);
                }
                List<byte[]> parts = cut(random, stream);
                String what = "round " + round + ": " + toys + ", " + stream.length + " bytes in " + parts.size();
                try (TestingChain chain = new TestingChain(loop, paranoid, null,
                        toys.stream().map(Toy::factory).toArray(FilterFactory[]::new)).connect()) {
                    assertEquals(Flow.GO_ON, chain.phase());
                    for (byte[] part : parts) {
                        chain.feed(UP, part);
                    }
                    chain.fin(UP);
                    chain.settle(UP);
                    assertNull(chain.chain().verdict(), what);
                    assertArrayEquals(expected, chain.passed(UP), what);
                    assertEquals(0, chain.held(UP), what);
                    assertNull(chain.chain().direction(UP), what);
                }
            }
        }
    }

    /** Bytes that a filter let pass before its refusal pass the others too, however the stream was cut. */
    @Test
    void whatWasForwardedBeforeARefusalPasses() {
        Random random = new Random(4);
        try (TestingChain.Loop loop = new TestingChain.Loop(1024)) {
            for (int round = 0; round < 300; round++) {
                Toy toy = ToyFilters.rejectsAt((byte) 7);
                Toy behind = random.nextBoolean() ? ToyFilters.passes() : ToyFilters.drops((byte) 3);
                byte[] stream = stream(random, 20 + random.nextInt(200));
                try (TestingChain chain = new TestingChain(loop, false, null, toy.factory(), behind.factory())
                        .connect();
                        TestingConnection kit = TestingConnection.of(toy.factory()).connect()) {
                    for (byte[] part : cut(random, stream)) {
                        chain.feed(UP, part);
                    }
                    kit.client(stream);
                    assertArrayEquals(toy.effect().apply(stream), kit.forwarded(UP));
                    assertArrayEquals(behind.effect().apply(toy.effect().apply(stream)), chain.passed(UP));
                    assertEquals(kit.closeReason(), chain.chain().verdict());
                }
            }
        }
    }

    /** A filter that passes the test kit passes here: both treat it alike, byte for byte, after every part of a stream. */
    @Test
    void theTestKitDoesAsTheChain() {
        Random random = new Random(3);
        try (TestingChain.Loop loop = new TestingChain.Loop(4096)) {
            for (int round = 0; round < 600; round++) {
                Toy toy = ToyFilters.random(random);
                byte[] stream = stream(random, random.nextInt(2000));
                try (TestingChain chain = new TestingChain(loop, false, null, toy.factory()).connect();
                        TestingConnection kit = TestingConnection.of(toy.factory()).readBuffer(4096).connect()) {
                    for (byte[] part : cut(random, stream)) {
                        chain.feed(UP, part);
                        chain.settle(UP);
                        kit.client(part);
                        kit.awaitResumed(Duration.ofSeconds(10));
                        assertArrayEquals(kit.forwarded(UP), chain.passed(UP), toy.name());
                        assertEquals(kit.detached(UP), chain.chain().direction(UP) == null, toy.name());
                    }
                    chain.fin(UP);
                    chain.settle(UP);
                    kit.clientFin();
                    assertArrayEquals(kit.forwarded(UP), chain.passed(UP), toy.name());
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        }
    }

    /** The same in both directions at once, behind gates that open by the byte, with FIN wherever it comes. */
    @Test
    void theTestKitDoesAsTheChainWithGatesAndBothDirections() throws InterruptedException {
        Random random = new Random(11);
        try (TestingChain.Loop loop = new TestingChain.Loop(4096)) {
            for (int round = 0; round < 300; round++) {
                DuplexFilters filters = DuplexFilters.random(random);
                try (TestingChain chain = new TestingChain(loop, round % 2 == 0, null, filters).connect();
                        TestingConnection kit = TestingConnection.of(filters).readBuffer(4096).connect()) {
                    String what = "round " + round + ": " + filters;
                    Set<Direction> finished = EnumSet.noneOf(Direction.class);
                    for (int step = 0; step < 30; step++) {
                        Direction direction = Direction.values()[random.nextInt(2)];
                        if (random.nextInt(3) == 0) {
                            int permitted = random.nextInt(300);
                            loop.call(() -> {
                                filters.permit(direction, permitted);
                                return true;
                            });
                            chain.read(direction);
                        } else if (random.nextInt(12) == 0 && finished.add(direction)) {
                            chain.fin(direction);
                            kit.fin(direction);
                        } else if (!finished.contains(direction)) {
                            byte[] part = stream(random, 1 + random.nextInt(200));
                            chain.feed(direction, part);
                            kit.send(direction, part, 0, part.length);
                        }
                        settle(chain, kit);
                        assertSame(chain, kit, what + ", step " + step);
                    }
                }
            }
        }
    }

    /** Answers have come, and gates that were closed have been asked again. */
    private static void settle(TestingChain chain, TestingConnection kit) throws InterruptedException {
        for (Direction direction : Direction.values()) {
            chain.read(direction);
            chain.settle(direction);
        }
        kit.advance(Duration.ofMillis(1));
        kit.awaitResumed(Duration.ofSeconds(10));
    }

    private static void assertSame(TestingChain chain, TestingConnection kit, String what) {
        assertNull(chain.chain().verdict(), what);
        for (Direction direction : Direction.values()) {
            assertArrayEquals(kit.forwarded(direction), chain.passed(direction), what);
            assertEquals(kit.unreadBytes(direction), chain.unread(direction).length, what);
            assertEquals(kit.detached(direction) || kit.ended(direction), chain.chain().direction(direction) == null,
                    what);
        }
    }
}
