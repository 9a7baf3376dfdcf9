package dev.sluice.runtime.tls.jdk;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;

import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.tls.TestingRecordPeer;
import dev.sluice.runtime.tls.TrafficSecrets;
import org.jspecify.annotations.Nullable;

/**
 * A client of TLS 1.3 that makes an ordinary handshake and then writes whatever records a test wants. Trusts every certificate.
 */
public final class TestingTlsClient implements AutoCloseable {
    private static final int ROOM = 32 * 1024;

    /** A channel, because nothing else leads to it. */
    private final SocketChannel channel;
    private final Socket socket;
    private final SSLEngine engine;
    private @Nullable TestingRecordPeer peer;

    /** A client that has not connected. */
    public TestingTlsClient(String name, String... protocols) throws GeneralSecurityException, IOException {
        channel = SocketChannel.open();
        socket = channel.socket();
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[]{new TrustAll()}, null);
        engine = context.createSSLEngine();
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(new String[]{"TLSv1.3"});
        parameters.setServerNames(List.of(new SNIHostName(name)));
        parameters.setApplicationProtocols(protocols);
        engine.setSSLParameters(parameters);
    }

    /** Lets the client check signatures of these schemes only. */
    public TestingTlsClient signatures(String... schemes) {
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setSignatureSchemes(schemes);
        engine.setSSLParameters(parameters);
        return this;
    }

    /** The first DNS name in the certificate of the server. */
    public String certified() throws Exception {
        X509Certificate certificate = (X509Certificate) engine.getSession().getPeerCertificates()[0];
        return certificate.getSubjectAlternativeNames().iterator().next().get(1).toString();
    }

    /** The first records of a client. */
    public interface First {
        byte[][] records(TestingRecordPeer peer) throws Exception;
    }

    /** Connects, and makes the handshake. */
    public TestingTlsClient connect(SocketAddress address) throws Exception {
        return connectWith(address, peer -> new byte[0][]);
    }

    /** The same, with records in the segment of the client's last word in the handshake. */
    public TestingTlsClient connectWith(SocketAddress address, First first) throws Exception {
        socket.setSoTimeout((int) Await.PATIENCE.toMillis());
        socket.connect(
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), ((InetSocketAddress) address).getPort()));
        socket.setTcpNoDelay(true);
        engine.beginHandshake();
        ByteArrayOutputStream unsent = new ByteArrayOutputStream();
        ByteBuffer out = ByteBuffer.allocate(ROOM);
        while (engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING) {
            for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
                task.run();
            }
            switch (engine.getHandshakeStatus()) {
                case NEED_WRAP -> {
                    engine.wrap(ByteBuffer.allocate(0), out.clear());
                    unsent.write(out.array(), 0, out.position());
                }
                case NEED_UNWRAP -> {
                    write(unsent.toByteArray());
                    unsent.reset();
                    engine.unwrap(ByteBuffer.wrap(record()), ByteBuffer.allocate(ROOM));
                }
                default -> {
                    // A task, or the end.
                }
            }
        }
        TrafficSecrets secrets = Objects.requireNonNull(Objects.requireNonNull(EngineSecrets.find()).of(engine));
        peer = TestingRecordPeer.of(engine.getSession().getCipherSuite(), secrets);
        for (byte[] record : first.records(peer())) {
            unsent.writeBytes(record);
        }
        write(unsent.toByteArray());
        return this;
    }

    /** Connects, and sends the hello with bytes behind it in one segment. */
    public void helloThen(SocketAddress address, byte[] more) throws IOException {
        socket.setSoTimeout((int) Await.PATIENCE.toMillis());
        socket.connect(
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), ((InetSocketAddress) address).getPort()));
        engine.beginHandshake();
        ByteBuffer out = ByteBuffer.allocate(ROOM);
        engine.wrap(ByteBuffer.allocate(0), out);
        out.put(more);
        write(Arrays.copyOf(out.array(), out.position()));
    }

    /** The next record of the server, with its header. */
    public byte[] record() throws IOException {
        InputStream in = socket.getInputStream();
        byte[] header = in.readNBytes(5);
        if (header.length < 5) {
            throw new IOException("the end of the stream");
        }
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        record.writeBytes(header);
        record.writeBytes(in.readNBytes(((header[3] & 0xff) << 8) | (header[4] & 0xff)));
        return record.toByteArray();
    }

    /** The next record of the server which is no handshake message: type and content. */
    public TestingRecordPeer.Opened next() throws Exception {
        while (true) {
            TestingRecordPeer.Opened opened = peer().open(record()).getFirst();
            if (opened.type() != 22) {
                return opened;
            }
        }
    }

    /** Writes records. */
    public void write(byte[]... records) throws IOException {
        for (byte[] record : records) {
            socket.getOutputStream().write(record);
        }
    }

    /** The maker of records. */
    public TestingRecordPeer peer() {
        return Objects.requireNonNull(peer, "connected");
    }

    public Socket socket() {
        return socket;
    }

    /** The application protocol that was agreed on. */
    public String protocol() {
        return engine.getApplicationProtocol();
    }

    /** The kind of key in the certificate of the server. */
    public String keyType() throws IOException {
        return engine.getSession().getPeerCertificates()[0].getPublicKey().getAlgorithm();
    }

    /** Writes the first byte of a record, and then the others one by one, as long as {@code goesOn} says so. */
    public void dribble(byte[] record, java.util.function.BooleanSupplier goesOn) throws IOException {
        for (int i = 0; i < record.length && goesOn.getAsBoolean(); i++) {
            write(Arrays.copyOfRange(record, i, i + 1));
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
