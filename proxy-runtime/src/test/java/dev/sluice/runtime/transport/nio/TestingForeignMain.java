package dev.sluice.runtime.transport.nio;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;

import dev.sluice.runtime.transport.ListenOptions;
import dev.sluice.runtime.transport.SocketOptions;
import dev.sluice.runtime.transport.Spare;
import dev.sluice.runtime.transport.TransportException;

/** A process in whatever language its environment says: binds an address twice, takes all descriptors, and prints what it was told. */
public final class TestingForeignMain {
    private static final ListenOptions OPTIONS = new ListenOptions(1, false, new SocketOptions(true, 0, 0, 0, 0));

    private TestingForeignMain() {}

    public static void main(String[] args) throws TransportException {
        NioTransport transport = new NioTransport();
        SocketAddress taken = transport
                .listen(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), OPTIONS).address();
        try {
            transport.listen(taken, OPTIONS);
        } catch (TransportException e) {
            System.out.println(e.kind() + ": " + e.getMessage());
        }
        List<Spare> hoard = new ArrayList<>();
        try {
            while (true) {
                hoard.add(transport.openSpare());
            }
        } catch (TransportException e) {
            hoard.forEach(Spare::close);
            System.out.println(e.kind() + ": " + e.getMessage());
        }
    }
}
