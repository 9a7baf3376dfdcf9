package dev.sluice.runtime.tls.pem;

import java.io.IOException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Private keys with a password, as openssl writes them. The key was made for this test, and protects nothing. */
class PemFileTest {
    private static final String PASSWORD = "open sesame";
    private static final String PLAIN = """
            -----BEGIN PRIVATE KEY-----
            MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgKuP61Ng6YKxc8fo6
            Q6tAJDojJyLl8NDjE8MbhgGMnkmhRANCAASqsTH8pXeZ3pmqW8+PpyfzPR44guhL
            OxPMQHRR0h9dyh0+0Qbmja8oRe58CJKkKlwWFQeJy3R3EKMq5xly7KXL
            -----END PRIVATE KEY-----
            """;
    /** By {@code openssl pkcs8 -topk8}: PBKDF2 with SHA-256, AES-256. */
    private static final String USUAL = """
            -----BEGIN ENCRYPTED PRIVATE KEY-----
            MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAi9Cc89pVI2yQICCAAw
            DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEGQwC1MnMhpcOFgR8eNrjn0EgZCg
            7vTX362ZtaVgkgF/3dvDShAdYYAUrtFFc/K6CJ9u2jss2fWwpX30sanwQcxYW4xW
            ZaGFvWZBHWwET09x9PGhKrxCQ9MWwNo1guC0LiLRmIz3evlNySKgs7PNiu4IGd0j
            SUUAkryubtBV06CQKh7VxhPcW1GNFMQzOqH89MlSMYHlqLyGVfmt3/UBb9nk0vE=
            -----END ENCRYPTED PRIVATE KEY-----
            """;
    /** By {@code openssl pkcs8 -topk8 -v2 aes-128-cbc -v2prf hmacWithSHA1}. */
    private static final String OLDER = """
            -----BEGIN ENCRYPTED PRIVATE KEY-----
            MIHeMEkGCSqGSIb3DQEFDTA8MBsGCSqGSIb3DQEFDDAOBAhnoyjbR5gtdgICCAAw
            HQYJYIZIAWUDBAECBBDnA3inq2gE+eHqZCTZVhJYBIGQwKKmOfaxrw0diWta3d6U
            B1eIy1WUzbxGmk1ApnC9TLFekz80wVwayNvvg3DtzkcY3IDhdMVHYWlt85bmZPnC
            /N+sfrKfHu/nQfM++e1MsgvMK95M8IbIxd0rk7dbDXkFMBsijgxkJkP8opEZnaK3
            Teu0Q7aFwYscWssZMdaAlRY258ow7gqgmv9lZt7GzAZX
            -----END ENCRYPTED PRIVATE KEY-----
            """;
    /** By {@code openssl pkcs8 -topk8 -scrypt}. */
    private static final String SCRYPT = """
            -----BEGIN ENCRYPTED PRIVATE KEY-----
            MIHkME8GCSqGSIb3DQEFDTBCMCEGCSsGAQQB2kcECzAUBAhSHTj7tyKDeAICQAAC
            AQgCAQEwHQYJYIZIAWUDBAEqBBAuVYKeUfeRFZKBXFMoXOXFBIGQEgPl+QDrkUYw
            uQLX2zALLUmJCH9w4sTJAGolv77DsRsf5cZ3TIlgGUr+DACXIw1flNXjWaWCKAnx
            QTMkV1V+x4QBbFyZUy6y2Gmz3KAJvH1zlK9LksCgQUs7XXGz9RnNSuhii3v1dF8O
            zfQYwmSrZZFfjUuxUjNTvZ7638bY2Ix/NqaAgh8Hhb+yaY05oPQy
            -----END ENCRYPTED PRIVATE KEY-----
            """;

    @ParameterizedTest
    @ValueSource(strings = {USUAL, OLDER})
    void aKeyOpensWithItsPassword(String pem) throws IOException {
        PemFile file = PemFile.parse(pem);
        assertTrue(file.hasEncryptedKey());
        assertEquals(PemFile.parse(PLAIN).key(), file.key(PASSWORD.toCharArray()));
    }

    @Test
    void anotherPasswordDoesNotOpenIt() throws IOException {
        PemFile file = PemFile.parse(USUAL);
        assertSaid("does not open", assertThrows(IOException.class, () -> file.key("close sesame".toCharArray())));
        assertSaid("a keyPasswordFile has to name", assertThrows(IOException.class, file::key));
    }

    @Test
    void anEncryptionThatIsNotKnownIsNamed() throws IOException {
        PemFile file = PemFile.parse(SCRYPT);
        assertSaid("openssl pkcs8 -topk8", assertThrows(IOException.class, () -> file.key(PASSWORD.toCharArray())));
    }

    private static void assertSaid(String words, IOException failure) {
        assertTrue(String.valueOf(failure.getMessage()).contains(words), failure::getMessage);
    }
}
