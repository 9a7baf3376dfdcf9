package dev.sluice.runtime.discovery;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** A DNS server on a port of its own, over UDP and TCP, which answers from a zone, or as a test says. */
final class TestingDnsServer implements AutoCloseable {
    /** The server's behaviour, if it is not that of its zone. */
    interface Behaviour {
        /** The messages to send for a query; none = silence. */
        List<byte[]> answers(Message query, Message fromZone) throws IOException;
    }

    private final DatagramSocket udp;
    private final ServerSocket tcp;
    private final InetSocketAddress address;
    private final List<Thread> threads = new ArrayList<>();
    private final Map<String, List<Record>> zone = new LinkedHashMap<>();
    private final List<Record> additional = new CopyOnWriteArrayList<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<String> askedOverTcp = new CopyOnWriteArrayList<>();
    private volatile Behaviour onUdp = (query, answer) -> List.of(answer.toWire(DnsTransport.UDP_SIZE));
    private volatile @Nullable Behaviour onTcp;

    TestingDnsServer() {
        Ports ports = Ports.open();
        udp = ports.udp;
        tcp = ports.tcp;
        address = (InetSocketAddress) udp.getLocalSocketAddress();
        threads.add(Thread.ofVirtual().start(this::serveUdp));
        threads.add(Thread.ofVirtual().start(this::serveTcp));
    }

    /** Two sockets with the same port. */
    private record Ports(DatagramSocket udp, ServerSocket tcp) {
        static Ports open() {
            InetAddress loopback = InetAddress.getLoopbackAddress();
            while (true) {
                try {
                    DatagramSocket first = new DatagramSocket(new InetSocketAddress(loopback, 0));
                    try {
                        return new Ports(first, new ServerSocket(first.getLocalPort(), 50, loopback));
                    } catch (BindException taken) {
                        // Another process has this port for TCP; the next one, then.
                        first.close();
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    InetSocketAddress address() {
        return address;
    }

    /** Replaces the records of a name and type. */
    synchronized TestingDnsServer put(String name, int type, long ttl, String... data) {
        zone.put(name + " " + Type.string(type), records(name, type, ttl, data));
        return this;
    }

    /** Removes all records of a name. */
    synchronized void remove(String name) {
        zone.keySet().removeIf(key -> key.startsWith(name + " "));
    }

    /** Adds records to each answer that nobody has asked for. */
    void addition(String name, int type, long ttl, String... data) {
        additional.addAll(records(name, type, ttl, data));
    }

    void onUdp(Behaviour behaviour) {
        onUdp = behaviour;
    }

    void onTcp(Behaviour behaviour) {
        onTcp = behaviour;
    }

    /** Answers all queries with an error. */
    void fail(int code) {
        onUdp = (query, answer) -> {
            Message error = reply(query);
            error.getHeader().setRcode(code);
            return List.of(error.toWire());
        };
    }

    /** Answers no query. */
    void beSilent() {
        onUdp = (query, answer) -> List.of();
    }

    /** Answers as the zone says. */
    void recover() {
        onUdp = (query, answer) -> List.of(answer.toWire(DnsTransport.UDP_SIZE));
    }

    /** The questions so far, such as {@code web. A}. */
    List<String> asked() {
        return List.copyOf(asked);
    }

    List<String> askedOverTcp() {
        return List.copyOf(askedOverTcp);
    }

    void forget() {
        asked.clear();
        askedOverTcp.clear();
    }

    static List<Record> records(String name, int type, long ttl, String... data) {
        List<Record> records = new ArrayList<>();
        try {
            for (String each : data) {
                records.add(Record.fromString(Name.fromString(name), type, DClass.IN, ttl, each, Name.root));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return records;
    }

    static Message reply(Message query) {
        Message reply = new Message(query.getHeader().getID());
        reply.getHeader().setFlag(Flags.QR);
        reply.addRecord(query.getQuestion(), Section.QUESTION);
        return reply;
    }

    private synchronized Message fromZone(Message query) {
        Record question = query.getQuestion();
        Message reply = reply(query);
        String name = question.getName().toString();
        String type = Type.string(question.getType());
        List<Record> records = zone.get(name + " " + type);
        // One redirection at a time, so that clients have to follow.
        records = records == null ? zone.get(name + " CNAME") : records;
        if (records != null) {
            records.forEach(record -> reply.addRecord(record, Section.ANSWER));
            additional.forEach(record -> reply.addRecord(record, Section.ADDITIONAL));
        } else if (zone.keySet().stream().noneMatch(key -> key.startsWith(name + " "))) {
            reply.getHeader().setRcode(Rcode.NXDOMAIN);
        }
        if (records == null) {
            List<Record> soa = zone.get(". SOA");
            if (soa != null) {
                soa.forEach(record -> reply.addRecord(record, Section.AUTHORITY));
            }
        }
        return reply;
    }

    private void serveUdp() {
        byte[] buffer = new byte[4096];
        try {
            while (true) {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                udp.receive(packet);
                byte[] bytes = new byte[packet.getLength()];
                System.arraycopy(buffer, 0, bytes, 0, bytes.length);
                Message query = new Message(bytes);
                note(query, asked);
                for (byte[] answer : onUdp.answers(query, fromZone(query))) {
                    udp.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
                }
            }
        } catch (IOException closed) {
            // The end of the test.
        }
    }

    private void serveTcp() {
        try {
            while (true) {
                Socket socket = tcp.accept();
                threads.add(Thread.ofVirtual().start(() -> serveTcp(socket)));
            }
        } catch (IOException closed) {
            // The end of the test.
        }
    }

    private void serveTcp(Socket socket) {
        try (socket) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            byte[] bytes = new byte[in.readUnsignedShort()];
            in.readFully(bytes);
            Message query = new Message(bytes);
            note(query, askedOverTcp);
            Behaviour behaviour = onTcp;
            List<byte[]> answers = behaviour == null
                    ? List.of(fromZone(query).toWire(Message.MAXLENGTH))
                    : behaviour.answers(query, fromZone(query));
            for (byte[] answer : answers) {
                out.writeShort(answer.length);
                out.write(answer);
            }
            if (answers.isEmpty()) {
                // Silent, until the client goes.
                in.read();
            }
        } catch (IOException gone) {
            // The client has gone, or the end of the test.
        }
    }

    private static void note(Message query, List<String> where) {
        Record question = query.getQuestion();
        where.add(question.getName() + " " + Type.string(question.getType()));
    }

    @Override
    public void close() throws IOException {
        udp.close();
        tcp.close();
        threads.forEach(Thread::interrupt);
        try {
            // The port is free only when nothing reads from it.
            threads.getFirst().join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
