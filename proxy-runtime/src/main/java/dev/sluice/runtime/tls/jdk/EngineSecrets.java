package dev.sluice.runtime.tls.jdk;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import javax.crypto.SecretKey;
import javax.net.ssl.SSLEngine;

import dev.sluice.runtime.tls.RecordFormat;
import dev.sluice.runtime.tls.RecordSuite;
import dev.sluice.runtime.tls.TrafficSecrets;
import org.jspecify.annotations.Nullable;

/**
 * The way to the traffic secrets in the JDK's engine. They are in fields that no interface names, so that a JVM has to be launched with
 * {@code --add-opens java.base/sun.security.ssl=dev.sluice.runtime}, and that another release of the JDK may have others: then nothing is
 * found, and engines are kept. Immutable; for any thread.
 */
final class EngineSecrets {
    private static final String PACKAGE = "sun.security.ssl.";
    /** The number of a record is the beginning of this array. */
    private static final String NUMBER = "block";

    /** Fields one behind the other, of which each but the first belongs to the value of the one before. */
    private record Path(List<Field> fields) {
        Object value(Object start) throws ReflectiveOperationException {
            Object value = start;
            for (Field field : fields) {
                value = field.get(value);
                if (value == null) {
                    throw new NoSuchFieldException(field + " is empty");
                }
            }
            return value;
        }
    }

    /** The fields of a direction. */
    private record Direction(Path secret, Path number) {
        byte[] secretOf(SSLEngine engine) throws ReflectiveOperationException {
            byte[] secret = ((SecretKey) secret().value(engine)).getEncoded();
            if (secret == null) {
                throw new NoSuchFieldException("the traffic secret cannot be exported");
            }
            return secret;
        }

        long numberOf(SSLEngine engine) throws ReflectiveOperationException {
            byte[] block = (byte[]) number().value(engine);
            long number = 0;
            for (int i = 0; i < Long.BYTES; i++) {
                number = (number << Byte.SIZE) | (block[i] & 0xff);
            }
            return number;
        }
    }

    /** The way to the content of a record that an engine has not seen. */
    private record Opening(Path cipher, Method decrypt, Field content) {}

    private final Direction reading;
    private final Direction writing;
    private final Opening opening;
    private final Path handshake;

    private EngineSecrets(Direction reading, Direction writing, Opening opening, Path handshake) {
        this.handshake = handshake;
        this.reading = reading;
        this.writing = writing;
        this.opening = opening;
    }

    /** The way; null = this JVM does not open it, or has another engine. */
    static @Nullable EngineSecrets find() {
        try {
            return new EngineSecrets(direction("inputRecord", "InputRecord", "readCipher", "SSLCipher$SSLReadCipher"),
                    direction("outputRecord", "OutputRecord", "writeCipher", "SSLCipher$SSLWriteCipher"), opening(),
                    new Path(
                            List.of(field("SSLEngineImpl", "conContext"), field("TransportContext", "handshakeContext"),
                                    field("HandshakeContext", "baseWriteSecret"))));
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null;
        }
    }

    private static Direction direction(String record, String recordType, String cipher, String cipherType)
            throws ReflectiveOperationException {
        List<Field> toCipher = List.of(field("SSLEngineImpl", "conContext"), field("TransportContext", record),
                field(recordType, cipher));
        List<Field> secret = new ArrayList<>(toCipher);
        secret.add(field(cipherType, "baseSecret"));
        List<Field> number = new ArrayList<>(toCipher);
        number.add(field(cipherType, "authenticator"));
        number.add(field("Authenticator", NUMBER));
        return new Direction(new Path(secret), new Path(number));
    }

    private static Opening opening() throws ReflectiveOperationException {
        Method decrypt = Class.forName(PACKAGE + "SSLCipher$SSLReadCipher").getDeclaredMethod("decrypt", byte.class,
                ByteBuffer.class,
                byte[].class);
        decrypt.setAccessible(true);
        return new Opening(
                new Path(List.of(field("SSLEngineImpl", "conContext"), field("TransportContext", "inputRecord"),
                        field("InputRecord", "readCipher"))),
                decrypt, field("Plaintext", "fragment"));
    }

    private static Field field(String type, String name) throws ReflectiveOperationException {
        Field field = Class.forName(PACKAGE + type).getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }

    /**
     * Opens an alert of TLS 1.2 which the engine does not get to see: the JDK's engine would take close_notify for the end of both
     * directions, and lose what is still to be sent.
     *
     * @param record an encrypted record of type alert with its header, whose bytes are replaced
     * @return the number of the alert; negative = it does not decrypt, or is no alert
     */
    int alert(SSLEngine engine, byte[] record, int length) {
        try {
            Object opened = opening.decrypt.invoke(opening.cipher.value(engine), record[0],
                    ByteBuffer.wrap(record, RecordFormat.HEADER_BYTES, length - RecordFormat.HEADER_BYTES), null);
            ByteBuffer content = (ByteBuffer) opening.content.get(opened);
            return content != null && content.remaining() == 2 ? content.get(content.position() + 1) & 0xff : -1;
        } catch (ReflectiveOperationException | RuntimeException e) {
            return -1;
        }
    }

    /** The secrets of an engine whose handshake is done; null = it has none that are of use. */
    @Nullable
    TrafficSecrets of(SSLEngine engine) {
        RecordSuite suite = RecordSuite.of(engine.getSession().getCipherSuite());
        if (suite == null) {
            return null;
        }
        try {
            return new TrafficSecrets(suite, reading.secretOf(engine), reading.numberOf(engine),
                    writing.secretOf(engine),
                    writing.numberOf(engine));
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null;
        }
    }

    /** The secret by which a server protects what follows its part of a handshake; null = there is none yet. */
    byte @Nullable [] ofServersNextRecords(SSLEngine engine) {
        try {
            return ((SecretKey) handshake.value(engine)).getEncoded();
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null;
        }
    }

    /** The number of the next record that an engine writes; negative = it is not known. */
    long nextWritten(SSLEngine engine) {
        try {
            return writing.numberOf(engine);
        } catch (ReflectiveOperationException | RuntimeException e) {
            return -1;
        }
    }
}
