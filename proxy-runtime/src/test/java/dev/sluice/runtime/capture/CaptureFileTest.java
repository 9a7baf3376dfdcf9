package dev.sluice.runtime.capture;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;

import dev.sluice.api.Direction;
import dev.sluice.api.testkit.RecordedConnection;
import dev.sluice.api.testkit.Recording;
import dev.sluice.runtime.selection.Selection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The blocks and packets of a file, without a socket. */
class CaptureFileTest {
    private static final long EPOCH = 1_700_000_000_000_000_000L;

    private final Capture capture = new Capture(1,
            new CaptureRequest(Selection.ALL, "all", CaptureLayer.PLAIN, true, 1 << 20, 1 << 20,
                    Duration.ofMinutes(1).toNanos()),
            0, () -> true);
    private final CaptureFile file = new CaptureFile(EPOCH, "Sluice", "a test");

    private static InetSocketAddress address(String ip, int port) throws Exception {
        return new InetSocketAddress(InetAddress.getByName(ip), port);
    }

    private CaptureLeg leg(boolean client, SocketAddress peer, SocketAddress local) {
        return new CaptureLeg(capture, 7, client, peer, local, "listener=edge");
    }

    private static CaptureEvent data(CaptureLeg leg, boolean fromPeer, long nanos, byte[] bytes) {
        return new CaptureEvent(leg, CaptureEvent.Kind.DATA, nanos, fromPeer, 0, 0, bytes.length, bytes, null);
    }

    private void open(CaptureLeg leg) {
        file.add(new CaptureEvent(leg, CaptureEvent.Kind.OPEN, 5, leg.isClient(), 0, 0, 0, null,
                "connection=7 leg=" + (leg.isClient() ? "client" : "endpoint")));
    }

    /** The packets, with their headers, as blocks have them. */
    private static List<byte[]> packets(byte[] content) {
        ByteBuffer blocks = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        List<byte[]> packets = new ArrayList<>();
        while (blocks.hasRemaining()) {
            int start = blocks.position();
            int length = blocks.getInt(start + 4);
            assertEquals(length, blocks.getInt(start + length - 4), "the length at both ends");
            assertEquals(0, length % 4);
            if (blocks.getInt(start) == 6) {
                byte[] packet = new byte[blocks.getInt(start + 20)];
                blocks.get(start + 28, packet);
                packets.add(packet);
            }
            blocks.position(start + length);
        }
        return packets;
    }

    /** The sum that a receiver makes: 0xffff if the packet is whole. */
    private static int sum(byte[] bytes, int from, int to, int before) {
        int sum = before;
        for (int i = from; i < to; i++) {
            sum += (bytes[i] & 0xff) << ((i - from) % 2 == 0 ? 8 : 0);
        }
        while (sum > 0xffff) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return sum;
    }

    @ParameterizedTest
    @CsvSource({"192.0.2.1,198.51.100.2,0", "192.0.2.1,198.51.100.2,1", "192.0.2.255,198.51.100.2,1000",
        "2001:db8::1,2001:db8::2,3",
        "2001:db8::1,192.0.2.1,64"})
    void checksumsAreRight(String peer, String local, int length) throws Exception {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        CaptureLeg leg = leg(true, address(peer, 40000), address(local, 443));
        open(leg);
        file.add(data(leg, true, 6, bytes));
        file.add(data(leg, false, 7, bytes));
        file.add(new CaptureEvent(leg, CaptureEvent.Kind.FIN, 8, true, length, length, 0, null, null));
        List<byte[]> packets = packets(file.take());
        assertEquals(length == 0 ? 4 : 6, packets.size());
        for (byte[] packet : packets) {
            boolean ip4 = packet[0] == 0x45;
            int header = ip4 ? 20 : 40;
            if (ip4) {
                assertEquals(0xffff, sum(packet, 0, 20, 0), "of IP");
                assertEquals(packet.length, ByteBuffer.wrap(packet).getShort(2) & 0xffff);
            } else {
                assertEquals(packet.length - 40, ByteBuffer.wrap(packet).getShort(4) & 0xffff);
            }
            int pseudo = sum(packet, ip4 ? 12 : 8, header, 6 + packet.length - header);
            assertEquals(0xffff, sum(packet, header, packet.length, pseudo), "of TCP");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1460, 65_491, 65_492, 200_000})
    void streamIsReadBackAsItWas(int length) throws Exception {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        CaptureLeg client = leg(true, address("192.0.2.1", 40000), address("198.51.100.2", 443));
        CaptureLeg endpoint = leg(false, address("10.0.0.1", 8080), address("10.0.0.9", 51000));
        open(client);
        open(endpoint);
        file.add(data(client, true, 1_000_005, bytes));
        file.add(data(endpoint, false, 1_000_006, bytes));
        file.add(data(endpoint, true, 2_000_005, new byte[]{1, 2}));
        file.add(new CaptureEvent(endpoint, CaptureEvent.Kind.FIN, 3_000_005, true, 2, length, 0, null, null));
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        content.writeBytes(file.take());
        file.end(3);
        content.writeBytes(file.take());
        RecordedConnection only = Recording.of(content.toByteArray()).connection(7);
        assertArrayEquals(bytes, only.bytes(Direction.CLIENT_TO_UPSTREAM),
                "what came from the client, and not what went on");
        assertArrayEquals(new byte[]{1, 2}, only.bytes(Direction.UPSTREAM_TO_CLIENT));
        assertTrue(only.isComplete());
        assertEquals(Duration.ofMillis(2), only.parts().get(only.parts().size() - 2).at());
        assertTrue(only.parts().getLast().end());
    }

    /** Each end is another one: otherwise a reader would take both legs, and both directions, for one stream. */
    @Test
    void endsWithoutAnIpAddressAreDistinct() throws Exception {
        UnixDomainSocketAddress path = UnixDomainSocketAddress.of("/run/a");
        CaptureLeg client = leg(true, path, path);
        CaptureLeg endpoint = leg(false, path, path);
        open(client);
        open(endpoint);
        file.add(data(client, true, 6, new byte[]{1}));
        file.add(data(client, false, 7, new byte[]{2}));
        file.add(data(endpoint, true, 8, new byte[]{3}));
        byte[] content = file.take();
        RecordedConnection only = Recording.of(content).connection(7);
        assertArrayEquals(new byte[]{1}, only.bytes(Direction.CLIENT_TO_UPSTREAM));
        assertArrayEquals(new byte[]{3}, only.bytes(Direction.UPSTREAM_TO_CLIENT));
        byte[] first = packets(content).getFirst();
        assertArrayEquals(new byte[]{0, 0, 0, 1, 0, 0, 0, 2}, Arrays.copyOfRange(first, 12, 20));
    }

    @Test
    void noEventIsLargerThanWasCounted() throws Exception {
        List<CaptureEvent> events = new ArrayList<>();
        CaptureLeg ip4 = leg(true, address("192.0.2.1", 40000), address("198.51.100.2", 443));
        CaptureLeg ip6 = leg(false, address("2001:db8::1", 8080), address("2001:db8::2", 51000));
        CaptureLeg unix = leg(true, UnixDomainSocketAddress.of("/run/a"), UnixDomainSocketAddress.of("/run/b"));
        for (CaptureLeg leg : List.of(ip4, ip6, unix)) {
            for (CaptureEvent.Kind kind : EnumSet.complementOf(EnumSet.of(CaptureEvent.Kind.DATA))) {
                events.add(new CaptureEvent(leg, kind, 1, true, 0, 0, 0, null, "words é"));
            }
            for (int length : new int[]{1, 2, 3, 4, 65_491, 65_492, 131_000}) {
                events.add(data(leg, true, 1, new byte[length]));
                events.add(new CaptureEvent(leg, CaptureEvent.Kind.DATA, 1, false, 0, 0, length, null, null));
            }
        }
        file.take();
        for (CaptureEvent event : events) {
            file.add(event);
            int written = file.take().length;
            assertTrue(written <= CaptureFile.sizeOf(event), event.kind() + ": " + written);
            assertTrue(written >= CaptureFile.sizeOf(event) / 2, event.kind() + ": " + written);
        }
    }

    @Test
    void wordsFromOutsideAreBounded() throws Exception {
        CaptureLeg leg = leg(true, address("192.0.2.1", 40000), address("198.51.100.2", 443));
        file.add(new CaptureEvent(leg, CaptureEvent.Kind.OPEN, 5, true, 0, 0, 0, null,
                "connection=7 leg=client " + "x".repeat(200_000)));
        byte[] content = file.take();
        assertTrue(content.length < 10_000, "" + content.length);
        assertEquals(1, Recording.of(content).connections().size());
        assertTrue(new String(content, StandardCharsets.US_ASCII).contains("a test"));
    }
}
