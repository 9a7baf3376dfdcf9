package dev.sluice.runtime.tls;

import java.util.HexFormat;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** The trace of RFC 8448 section 3, and the rules of RFC 8446 sections 5.3 and 7. */
class TrafficSecretsTest {
    private static final byte[] CLIENT = hex("9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5");
    private static final byte[] SERVER = hex("a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643");

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    private static TrafficSecrets ofServer() {
        return new TrafficSecrets(RecordSuite.AES_128_GCM, CLIENT, 0, SERVER, 0);
    }

    private static String nonce(TrafficSecrets secrets, boolean writing) {
        byte[] nonce = new byte[RecordSuite.IV_BYTES];
        secrets.nextNonce(writing, nonce);
        return HexFormat.of().formatHex(nonce);
    }

    @Test
    void keysAreThoseOfTheTrace() {
        assertArrayEquals(hex("17422dda596ed5d9acd890e3c63f5051"), ofServer().key(false).getEncoded());
        assertArrayEquals(hex("9f02283b6c9c07efc26bb9f2ac92e356"), ofServer().key(true).getEncoded());
    }

    @Test
    void aNonceIsTheIvExclusiveOrTheNumber() {
        TrafficSecrets secrets = ofServer();
        assertEquals("5b78923dee08579033e523d9", nonce(secrets, false));
        assertEquals("5b78923dee08579033e523d8", nonce(secrets, false));
        assertEquals("cf782b88dd83549aadf1e984", nonce(secrets, true));
        TrafficSecrets late = new TrafficSecrets(RecordSuite.AES_128_GCM, CLIENT, 0x0102030405060708L, SERVER, -1);
        assertEquals("5b78923def0a549436e324d1", nonce(late, false));
        assertEquals("cf782b88227cab65520e167b", nonce(late, true));
    }

    @Test
    void anUpdateChangesOneDirectionAndBeginsToCountAnew() {
        TrafficSecrets secrets = ofServer();
        nonce(secrets, true);
        byte[] reading = secrets.key(false).getEncoded();
        byte[] writing = secrets.key(true).getEncoded();
        assertEquals(1, secrets.number(true));
        secrets.update(true);
        assertEquals(0, secrets.number(true));
        assertArrayEquals(reading, secrets.key(false).getEncoded());
        assertEquals(false, java.util.Arrays.equals(writing, secrets.key(true).getEncoded()));
        assertEquals("5b78923dee08579033e523d9", nonce(secrets, false));
    }

    @Test
    void nothingIsLeftAfterTheEnd() {
        TrafficSecrets secrets = ofServer();
        secrets.wipe();
        assertArrayEquals(new byte[16], secrets.key(true).getEncoded());
        assertArrayEquals(new byte[16], secrets.key(false).getEncoded());
        assertEquals("000000000000000000000000", nonce(secrets, false));
    }

    @Test
    void secretsHaveTheLengthOfTheHash() {
        assertThrows(IllegalArgumentException.class,
                () -> new TrafficSecrets(RecordSuite.AES_256_GCM, CLIENT, 0, SERVER, 0));
    }
}
