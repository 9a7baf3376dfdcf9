package dev.sluice.runtime.proxyprotocol;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

import dev.sluice.api.net.IpAddress;
import dev.sluice.runtime.memory.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * A writer of headers. An IPv4 and an IPv6 address in one header are both written as IPv6, the former in its mapped
 * form.
 */
public final class ProxyHeaderWriter {
    private static final int MOST_AUTHORITY = 255;
    private static final int MOST_ALPN = 255;
    private static final int MOST_SSL = 1024;
    /** As many bytes of one name as a received header has at most. */
    private static final int MOST_LONG_NAME = 16 * 1024;

    /** The length of the longest header for which a target needs room. */
    public static final int MAX_BYTES = BinaryForm.HEAD_BYTES + BinaryForm.IPV6_BYTES + 5 * Tlv.HEAD_BYTES
            + MOST_AUTHORITY + MOST_ALPN + Tlv.MOST_UNIQUE_ID_BYTES + MOST_SSL + Tlv.CRC32C_BYTES;

    /** The version of a header that is sent. */
    public enum Version {
        /** A line of text, without TLVs. */
        V1,
        /** Binary. */
        V2
    }

    private static final byte[] UNKNOWN = "PROXY UNKNOWN\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TCP4 = "PROXY TCP4 ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TCP6 = "PROXY TCP6 ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SIGNATURE = BinaryForm.SIGNATURE.getBytes(StandardCharsets.US_ASCII);
    private static final int ABSENT = -1;

    private ProxyHeaderWriter() {}

    /**
     * A header without addresses, for a connection of the proxy itself or of a client whose address is not known: {@code LOCAL} of version
     * 2, {@code UNKNOWN} of version 1.
     */
    public static byte[] local(Version version) {
        if (version == Version.V1) {
            return UNKNOWN.clone();
        }
        byte[] header = new byte[BinaryForm.HEAD_BYTES];
        System.arraycopy(SIGNATURE, 0, header, 0, SIGNATURE.length);
        header[SIGNATURE.length] = BinaryForm.VERSION | BinaryForm.LOCAL;
        return header;
    }

    /** Appends the header of {@link #local}. */
    public static void writeLocal(Buffer target, Version version) {
        if (version == Version.V1) {
            target.append(UNKNOWN, 0, UNKNOWN.length);
        } else {
            writeHead(target, BinaryForm.LOCAL, BinaryForm.UNSPECIFIED, 0);
        }
    }

    /**
     * Appends the header of a client's connection.
     *
     * @param target has room for {@link #MAX_BYTES}; where it has more, the authority and the protocol may be longer than 255 bytes
     * @param tlvs for version 2; version 1 has none
     */
    public static void write(Buffer target, Version version, IpAddress source, int sourcePort, IpAddress destination,
            int destinationPort, SentTlvs tlvs) {
        boolean ipv4 = source.isIpv4() && destination.isIpv4();
        if (version == Version.V1) {
            writeLine(target, ipv4, source, sourcePort, destination, destinationPort);
            return;
        }
        int start = target.content();
        int spare = Math.max(0, Math.min(target.room() - MAX_BYTES, MOST_LONG_NAME));
        int authority = bounded(length(tlvs.authority()), MOST_AUTHORITY + spare);
        spare -= Math.max(0, authority - MOST_AUTHORITY);
        int alpn = bounded(length(tlvs.alpn()), MOST_ALPN + spare);
        int uniqueId = bounded(length(tlvs.uniqueId()), Tlv.MOST_UNIQUE_ID_BYTES);
        int ssl = bounded(length(tlvs.ssl()), MOST_SSL);
        int checksum = tlvs.crc32c() ? Tlv.CRC32C_BYTES : ABSENT;
        writeHead(target, BinaryForm.PROXY, ipv4 ? BinaryForm.TCP_OVER_IPV4 : BinaryForm.TCP_OVER_IPV6,
                (ipv4 ? BinaryForm.IPV4_BYTES : BinaryForm.IPV6_BYTES) + tlvBytes(authority) + tlvBytes(alpn)
                        + tlvBytes(uniqueId) + tlvBytes(ssl) + tlvBytes(checksum));
        writeAddress(target, ipv4, source);
        writeAddress(target, ipv4, destination);
        writeShort(target, sourcePort);
        writeShort(target, destinationPort);
        writeTlv(target, Tlv.AUTHORITY, tlvs.authority(), authority);
        writeTlv(target, Tlv.ALPN, tlvs.alpn(), alpn);
        writeTlv(target, Tlv.UNIQUE_ID, tlvs.uniqueId(), uniqueId);
        writeTlv(target, Tlv.SSL, tlvs.ssl(), ssl);
        if (checksum != ABSENT) {
            writeTlvHead(target, Tlv.CRC32C, checksum);
            writeChecksum(target, start);
        }
    }

    private static int bounded(int length, int most) {
        return length > most ? ABSENT : length;
    }

    private static int tlvBytes(int length) {
        return length == ABSENT ? 0 : Tlv.HEAD_BYTES + length;
    }

    private static void writeHead(Buffer target, int command, int family, int length) {
        target.append(SIGNATURE, 0, SIGNATURE.length);
        writeByte(target, BinaryForm.VERSION | command);
        writeByte(target, family);
        writeShort(target, length);
    }

    private static void writeAddress(Buffer target, boolean ipv4, IpAddress address) {
        if (!ipv4) {
            writeInt(target, (int) (address.high() >>> 32));
            writeInt(target, (int) address.high());
            writeInt(target, (int) (address.low() >>> 32));
        }
        writeInt(target, (int) address.low());
    }

    private static void writeTlvHead(Buffer target, int type, int length) {
        writeByte(target, type);
        writeShort(target, length);
    }

    private static void writeTlv(Buffer target, int type, byte @Nullable [] value, int length) {
        if (value != null && length != ABSENT) {
            writeTlvHead(target, type, length);
            target.append(value, 0, length);
        }
    }

    private static int length(byte @Nullable [] value) {
        return value == null ? ABSENT : value.length;
    }

    /** Appends the checksum of what has been written, with 0 in its own place, as the last bytes of a header. */
    private static void writeChecksum(Buffer target, int start) {
        CRC32C crc = new CRC32C();
        for (int i = start; i < target.content(); i++) {
            crc.update(target.byteAt(i));
        }
        for (int i = 0; i < Tlv.CRC32C_BYTES; i++) {
            crc.update(0);
        }
        writeInt(target, (int) crc.getValue());
    }

    private static void writeLine(Buffer target, boolean ipv4, IpAddress source, int sourcePort,
            IpAddress destination, int destinationPort) {
        target.append(ipv4 ? TCP4 : TCP6, 0, TCP4.length);
        AddressText.append(target, ipv4, source);
        writeByte(target, ' ');
        AddressText.append(target, ipv4, destination);
        writeByte(target, ' ');
        AddressText.appendDecimal(target, sourcePort);
        writeByte(target, ' ');
        AddressText.appendDecimal(target, destinationPort);
        writeByte(target, '\r');
        writeByte(target, '\n');
    }

    private static void writeByte(Buffer target, int value) {
        target.append((byte) value);
    }

    private static void writeShort(Buffer target, int value) {
        writeByte(target, value >> 8);
        writeByte(target, value);
    }

    private static void writeInt(Buffer target, int value) {
        writeShort(target, value >> 16);
        writeShort(target, value);
    }
}
