package dev.sluice.runtime.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;

/** Descriptors that the JDK opens for itself at some first time and keeps: they must not look like a leak of the test that came first. */
final class JdkDescriptors {
    private JdkDescriptors() {}

    /** Selectors for virtual threads that wait for a socket; a socket that stands in for closed channels. */
    static void open() {
        try (ServerSocketChannel channel = ServerSocketChannel.open(); ServerSocket socket = new ServerSocket(0)) {
            channel.configureBlocking(false);
            Thread waiting = Thread.ofVirtual().start(() -> {
                try (Socket accepted = socket.accept()) {
                    accepted.getInputStream().read();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            Await.equal("the state of a virtual thread in accept", Thread.State.WAITING, waiting::getState);
            try (Socket client = new Socket(socket.getInetAddress(), socket.getLocalPort())) {
                client.shutdownOutput();
                waiting.join();
            }
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
