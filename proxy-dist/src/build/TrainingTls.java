import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** The client of the training run that speaks TLS, and the certificate of its listener, which lives as long as the build. */
final class TrainingTls {
    private static final char[] PASSWORD = "training".toCharArray();
    private static final Base64.Encoder BASE64 = Base64.getMimeEncoder(64, new byte[]{'\n'});

    private TrainingTls() {}

    /** A client that believes anybody. */
    private record Trust() implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /** Writes training.pem and training.key into a directory. */
    static void certify(Path directory) throws Exception {
        Path store = directory.resolve("training.p12");
        Files.deleteIfExists(store);
        Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-alias",
                "training", "-keyalg", "EC", "-groupname", "secp256r1", "-dname", "CN=localhost", "-ext", "SAN=dns:localhost",
                "-validity", "2", "-storetype", "PKCS12", "-keystore", store.toString(), "-storepass", new String(PASSWORD))
                .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        if (keytool.waitFor() != 0) {
            throw new IllegalStateException("keytool made no certificate for the training run");
        }
        KeyStore made = KeyStore.getInstance(store.toFile(), PASSWORD);
        Certificate certificate = made.getCertificate("training");
        write(directory.resolve("training.pem"), "CERTIFICATE", certificate.getEncoded());
        write(directory.resolve("training.key"), "PRIVATE KEY", made.getKey("training", PASSWORD).getEncoded());
    }

    private static void write(Path file, String type, byte[] der) throws IOException {
        Files.writeString(file, "-----BEGIN " + type + "-----\n" + BASE64.encodeToString(der) + "\n-----END " + type + "-----\n");
    }

    /** Sends a text within TLS, and takes it back. */
    static void exchange(int port, String text, int limitMillis) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[]{new Trust()}, null);
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(limitMillis);
            socket.setEnabledProtocols(List.of("TLSv1.3").toArray(new String[0]));
            socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            String answer = new String(socket.getInputStream().readNBytes(text.length()), StandardCharsets.UTF_8);
            if (!answer.equals(text)) {
                throw new IllegalStateException("sent " + text + ", received " + answer);
            }
        }
    }
}
