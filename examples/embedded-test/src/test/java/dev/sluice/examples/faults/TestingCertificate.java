package dev.sluice.examples.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate for 127.0.0.1, made by keytool: for the proxy as the files {@code server.pem} and {@code server.key}. */
final class TestingCertificate {
    private static final char[] PASSWORD = "changeit".toCharArray();

    /** For Java: has the certificate, and trusts it. */
    static final SSLContext CONTEXT = create(Path.of("target/certificate"));

    private TestingCertificate() {}

    private static SSLContext create(Path directory) {
        try {
            Files.createDirectories(directory);
            Path file = directory.resolve("server.p12");
            Files.deleteIfExists(file);
            Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin/keytool").toString(),
                    "-genkeypair", "-alias", "server", "-keyalg", "EC", "-dname", "CN=server", "-ext",
                    "san=ip:127.0.0.1",
                    "-storetype", "PKCS12", "-keystore", file.toString(), "-storepass", new String(PASSWORD))
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("keytool.txt").toFile()).start();
            if (keytool.waitFor() != 0) {
                throw new IllegalStateException(Files.readString(directory.resolve("keytool.txt")));
            }
            KeyStore store = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(file)) {
                store.load(in, PASSWORD);
            }
            pem(directory.resolve("server.pem"), "CERTIFICATE", store.getCertificate("server").getEncoded());
            pem(directory.resolve("server.key"), "PRIVATE KEY", store.getKey("server", PASSWORD).getEncoded());
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, PASSWORD);
            TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trusted.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trusted.getTrustManagers(), null);
            return context;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void pem(Path file, String name, byte[] content) throws IOException {
        String lines = Base64.getMimeEncoder(64, new byte[]{'\n'}).encodeToString(content);
        Files.writeString(file, "-----BEGIN " + name + "-----\n" + lines + "\n-----END " + name + "-----\n");
    }
}
