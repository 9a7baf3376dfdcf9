package dev.sluice.runtime.health;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate authority that the JDK's keytool makes. */
public final class TestingAuthority {
    private static final String PASSWORD = "changeit";

    private final Path store;
    private final String name;

    /** An authority with a key of its own. */
    public TestingAuthority(Path directory, String name) throws Exception {
        this.store = directory.resolve(name + ".p12");
        this.name = name;
        keytool("-alias", "ca", "-dname", "CN=" + name, "-ext", "bc:c", "-validity", "10");
    }

    private void keytool(String... arguments) throws IOException, InterruptedException {
        // It lives for less than a second, which is not worth an optimizing compiler.
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-J-XX:TieredStopAtLevel=1",
                "-J-XX:+UseSerialGC", "-genkeypair", "-storetype",
                "PKCS12", "-keystore", store.toString(), "-storepass", PASSWORD));
        if (!List.of(arguments).contains("-keyalg")) {
            command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1"));
        }
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(command + ": " + output);
        }
    }

    private KeyStore load() throws GeneralSecurityException, IOException {
        KeyStore loaded = KeyStore.getInstance("PKCS12");
        try (InputStream content = Files.newInputStream(store)) {
            loaded.load(content, PASSWORD.toCharArray());
        }
        return loaded;
    }

    /**
     * A server's context with a certificate of this authority.
     *
     * @param names as keytool writes them: {@code dns:a.example,ip:127.0.0.1}
     * @param validity as arguments of keytool
     */
    public SSLContext server(String alias, String names, String... validity) throws Exception {
        List<String> arguments = new ArrayList<>(
                List.of("-alias", alias, "-signer", "ca", "-dname", "CN=" + alias, "-ext", "san=" + names));
        arguments.addAll(List.of(validity));
        keytool(arguments.toArray(new String[0]));
        KeyStore all = load();
        KeyStore one = KeyStore.getInstance("PKCS12");
        one.load(null, null);
        one.setKeyEntry("key", (PrivateKey) all.getKey(alias, PASSWORD.toCharArray()), PASSWORD.toCharArray(),
                all.getCertificateChain(alias));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(one, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust().getTrustManagers(), null);
        return context;
    }

    private TrustManagerFactory trust() throws GeneralSecurityException, IOException {
        KeyStore known = KeyStore.getInstance("PKCS12");
        known.load(null, null);
        known.setCertificateEntry("ca", load().getCertificate("ca"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(known);
        return trust;
    }

    /** A client's context that trusts this authority alone. */
    public SSLContext client() throws GeneralSecurityException, IOException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust().getTrustManagers(), null);
        return context;
    }

    /**
     * Files with a certificate of this authority and its key, in PEM.
     *
     * @param names as in {@link #server}
     * @return the file of the certificate; that of the key is beside it, with the ending key
     */
    public Path certificate(String alias, String names) throws Exception {
        return certificate(alias, names, "EC");
    }

    /** The same with a key of a kind: EC, RSA, or RSA and a number of bits. */
    public Path certificate(String alias, String names, String kind) throws Exception {
        List<String> arguments = new ArrayList<>(
                List.of("-alias", alias, "-signer", "ca", "-dname", "CN=" + alias, "-ext", "san=" + names, "-validity",
                        "10"));
        if (kind.startsWith("RSA")) {
            arguments.addAll(List.of("-keyalg", "RSA", "-keysize", kind.equals("RSA") ? "2048" : kind.substring(3)));
        }
        keytool(arguments.toArray(new String[0]));
        Files.writeString(store.resolveSibling(alias + ".key"), pem("PRIVATE KEY",
                load().getKey(alias, PASSWORD.toCharArray()).getEncoded()));
        return Files.writeString(store.resolveSibling(alias + ".pem"), pem("CERTIFICATE",
                load().getCertificate(alias).getEncoded()));
    }

    private static String pem(String label, byte[] bytes) {
        return "-----BEGIN " + label + "-----\n" + Base64.getMimeEncoder().encodeToString(bytes) + "\n-----END " + label
                + "-----\n";
    }

    /** A file with the certificate of an alias in PEM; {@code ca} is the authority's own. */
    public Path pem(String alias) throws Exception {
        Certificate certificate = load().getCertificate(alias);
        return Files.writeString(store.resolveSibling(name + "-" + alias + ".pem"), "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder().encodeToString(certificate.getEncoded()) + "\n-----END CERTIFICATE-----\n");
    }
}
