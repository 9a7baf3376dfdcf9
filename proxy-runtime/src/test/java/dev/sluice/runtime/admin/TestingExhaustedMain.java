package dev.sluice.runtime.admin;

import java.io.FileInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;

import dev.sluice.runtime.observe.TestingProxyView;

/**
 * A process with an admin interface and no file descriptor left. Prints its port, answers one request for warming up, fills up at the first
 * byte from standard input, frees everything at the second, ends at the end of the input.
 */
public final class TestingExhaustedMain {
    private TestingExhaustedMain() {}

    public static void main(String[] args) throws IOException {
        TestingProxyView view = TestingProxyView.ready();
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        Deque<FileInputStream> hoard = new ArrayDeque<>();
        try (AdminServer server = AdminServer.start(any, null, TestingParts.of(view, new TestingCommands()))) {
            System.out.println("port " + ((InetSocketAddress) server.address()).getPort());
            System.in.read();
            fill(hoard);
            System.out.println("full " + hoard.size());
            System.in.read();
            while (!hoard.isEmpty()) {
                hoard.removeLast().close();
            }
            System.out.println("empty");
            System.in.read();
        }
    }

    private static void fill(Deque<FileInputStream> hoard) {
        try {
            while (true) {
                hoard.addLast(new FileInputStream("/dev/null"));
            }
        } catch (IOException e) {
            System.err.println("full: " + e);
        }
    }
}
