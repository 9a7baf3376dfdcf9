package dev.sluice.runtime.discovery;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Queries to servers that are honest, lie, or are not there. */
class DnsTransportTest {
    private final TestingDnsServer server = new TestingDnsServer().put("web.", Type.A, 5, "10.0.0.1");
    private final DnsTransport patient = new DnsTransport(Duration.ofSeconds(20));
    private final DnsTransport hasty = new DnsTransport(Duration.ofMillis(50));

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    private static Message query() throws IOException {
        return Message.newQuery(Record.newRecord(Name.fromString("web."), Type.A, DClass.IN));
    }

    private static List<String> answers(Message message) {
        return message.getSection(Section.ANSWER).stream().map(Record::rdataToString).toList();
    }

    private String failure(DnsTransport transport) {
        return String
                .valueOf(assertThrows(IOException.class, () -> transport.ask(server.address(), query())).getMessage())
                .replace(":" + server.address().getPort(), ":PORT");
    }

    @Test
    void anAnswerComesOverUdpWithEdns() throws IOException {
        int[] size = new int[1];
        server.onUdp((query, answer) -> {
            size[0] = query.getOPT().getPayloadSize();
            return List.of(answer.toWire());
        });
        assertEquals(List.of("10.0.0.1"), answers(patient.ask(server.address(), query())));
        assertEquals(1232, size[0]);
        assertEquals(List.of(), server.askedOverTcp());
    }

    @Test
    void whatIsNoAnswerIsIgnoredUntilTheRightOneComes() throws IOException {
        server.onUdp((query, answer) -> {
            Message wrongId = forged(query);
            wrongId.getHeader().setID(query.getHeader().getID() ^ 1);
            Message wrongName = new Message(query.getHeader().getID());
            wrongName.getHeader().setFlag(Flags.QR);
            Record other = Record.newRecord(Name.fromString("other."), Type.A, DClass.IN);
            wrongName.addRecord(other, Section.QUESTION);
            wrongName.addRecord(TestingDnsServer.records("other.", Type.A, 5, "10.6.6.6").getFirst(), Section.ANSWER);
            Message noAnswer = forged(query);
            noAnswer.getHeader().unsetFlag(Flags.QR);
            Message noQuestion = new Message(query.getHeader().getID());
            noQuestion.getHeader().setFlag(Flags.QR);
            byte[] nonsense = new byte[40];
            nonsense[0] = (byte) (query.getHeader().getID() >> 8);
            nonsense[1] = (byte) query.getHeader().getID();
            nonsense[2] = (byte) 0x80;
            nonsense[5] = 9;
            return List.of(new byte[0], new byte[11], nonsense, wrongId.toWire(), wrongName.toWire(), noAnswer.toWire(),
                    noQuestion.toWire(), answer.toWire());
        });
        assertEquals(List.of("10.0.0.1"), answers(patient.ask(server.address(), query())));
    }

    private static Message forged(Message query) {
        Message forged = TestingDnsServer.reply(query);
        forged.addRecord(TestingDnsServer.records("web.", Type.A, 5, "10.6.6.6").getFirst(), Section.ANSWER);
        return forged;
    }

    @Test
    void anAnswerFromElsewhereIsIgnored() throws IOException {
        try (DatagramSocket elsewhere = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                DatagramSocket relay = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            // The client's port is known only to the relay, which it asks; the forged answer has everything right but its source.
            Thread.ofVirtual().start(() -> {
                java.net.DatagramPacket packet = new java.net.DatagramPacket(new byte[1500], 1500);
                try {
                    relay.receive(packet);
                    Message query = new Message(java.nio.ByteBuffer.wrap(packet.getData(), 0, packet.getLength()));
                    byte[] wrong = forged(query).toWire();
                    elsewhere.send(new java.net.DatagramPacket(wrong, wrong.length, packet.getSocketAddress()));
                    Message right = TestingDnsServer.reply(query);
                    right.addRecord(TestingDnsServer.records("web.", Type.A, 5, "10.0.0.1").getFirst(), Section.ANSWER);
                    byte[] bytes = right.toWire();
                    relay.send(new java.net.DatagramPacket(bytes, bytes.length, packet.getSocketAddress()));
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            Message answer = patient.ask((InetSocketAddress) relay.getLocalSocketAddress(), query());
            assertEquals(List.of("10.0.0.1"), answers(answer));
        }
    }

    @Test
    void silenceAndLiesAreToldApart() {
        server.beSilent();
        assertEquals("DNS server 127.0.0.1:PORT did not answer within 50 ms", failure(hasty));
        server.onUdp((query, answer) -> List.of(new byte[20], new byte[20]));
        assertEquals(
                "DNS server 127.0.0.1:PORT did not answer within 50 ms; packets that are no answer to the query: 2",
                failure(hasty));
    }

    @Test
    void aPortWithoutServerIsFoundAtOnce() throws IOException {
        server.close();
        assertEquals("DNS server 127.0.0.1:PORT: no server listens there", failure(patient));
    }

    @Test
    void aTruncatedAnswerIsAskedForOverTcp() throws IOException {
        server.put("web.", Type.A, 5, IntStream.range(0, 200).mapToObj(i -> "10.0.0." + i).toArray(String[]::new));
        assertEquals(200, answers(patient.ask(server.address(), query())).size());
        assertEquals(List.of("web. A"), server.askedOverTcp());
    }

    @Test
    void aServerThatNeverAnswersOverTcpCostsItsTimeOnly() {
        truncate();
        server.onTcp((query, answer) -> List.of());
        assertEquals("DNS server 127.0.0.1:PORT did not answer within 50 ms over TCP, which it asked for",
                failure(hasty));
    }

    @Test
    void lengthsAndQuestionsOverTcpAreChecked() {
        truncate();
        server.onTcp((query, answer) -> List.of(new byte[0]));
        assertEquals("DNS server 127.0.0.1:PORT over TCP, which it asked for: the answer is none to this question",
                failure(patient));
        server.onTcp((query, answer) -> {
            Message other = TestingDnsServer.reply(query);
            other.getHeader().setID(query.getHeader().getID() ^ 1);
            return List.of(other.toWire());
        });
        assertEquals("DNS server 127.0.0.1:PORT over TCP, which it asked for: the answer is none to this question",
                failure(patient));
    }

    private void truncate() {
        server.onUdp((query, answer) -> {
            Message truncated = TestingDnsServer.reply(query);
            truncated.getHeader().setFlag(Flags.TC);
            return List.of(truncated.toWire());
        });
    }

    @Test
    void aServerOlderThanEdnsIsAskedWithout() throws IOException {
        server.onUdp((query, answer) -> {
            if (query.getOPT() == null) {
                return List.of(answer.toWire());
            }
            Message error = new Message(query.getHeader().getID());
            error.getHeader().setFlag(Flags.QR);
            error.getHeader().setRcode(Rcode.FORMERR);
            return List.of(error.toWire());
        });
        Message answer = patient.ask(server.address(), query());
        assertEquals(List.of("10.0.0.1"), answers(answer));
        assertNull(answer.getOPT());
    }

    @Test
    void eachQueryHasItsOwnPort() throws IOException {
        java.util.Set<Integer> ports = new java.util.HashSet<>();
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            for (int i = 0; i < 8; i++) {
                Thread asking = Thread.ofVirtual().start(() -> assertThrows(IOException.class,
                        () -> hasty.ask((InetSocketAddress) socket.getLocalSocketAddress(), query())));
                java.net.DatagramPacket packet = new java.net.DatagramPacket(new byte[1500], 1500);
                socket.receive(packet);
                ports.add(packet.getPort());
                asking.interrupt();
            }
        }
        assertTrue(ports.size() > 4, () -> "the ports are " + ports);
    }

    @Test
    void anInterruptEndsAQuery() throws Exception {
        server.beSilent();
        Thread asking = Thread.ofVirtual()
                .start(() -> assertThrows(IOException.class, () -> patient.ask(server.address(), query())));
        dev.sluice.runtime.testing.Await.until("the query", () -> !server.asked().isEmpty());
        asking.interrupt();
        assertTrue(asking.join(Duration.ofSeconds(10)));
    }
}
