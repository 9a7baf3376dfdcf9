package dev.sluice.runtime.proxyprotocol;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;

import dev.sluice.api.net.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * The form of version 2: 16 bytes, the last two of which have the length of what follows, addresses and TLVs.
 */
final class BinaryForm implements HeaderForm {
    /** The signature, and what follows it in a header without addresses that is not about a client. */
    static final String SIGNATURE = "\r\n\r\n\0\r\nQUIT\n";
    static final int HEAD_BYTES = 16;
    static final int VERSION = 0x20;
    static final int LOCAL = 0;
    static final int PROXY = 1;
    static final int UNSPECIFIED = 0x00;
    static final int TCP_OVER_IPV4 = 0x11;
    static final int TCP_OVER_IPV6 = 0x21;
    static final int IPV4_BYTES = 12;
    static final int IPV6_BYTES = 36;

    private static final int COMMAND_AT = 12;
    private static final int FAMILY_AT = 13;
    private static final int LENGTH_AT = 14;
    private static final String ALLOWED_FAMILIES = "allowed are 0x11 (TCP over IPv4), 0x21 (TCP over IPv6) and 0x00 (unspecified)";
    private static final String[] FAMILIES = {"unspecified family", "IPv4", "IPv6", "UNIX"};
    private static final String[] TRANSPORTS = {"unspecified transport", "stream", "datagram"};

    private final int maxBytes;
    /** The header, as far as it has been received and is needed. */
    private byte[] bytes = new byte[HEAD_BYTES + IPV4_BYTES];
    private int received;
    private int length;
    /** Bytes of addresses; 0 if the whole block is skipped. */
    private int addressBytes;
    private @Nullable TlvScanner tlvs;

    /** @param maxBytes the bound of what follows the first 16 bytes */
    BinaryForm(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    @Override
    public @Nullable String accept(int value) {
        int at = received++;
        if (at < HEAD_BYTES) {
            bytes[at] = (byte) value;
            return head(at, value);
        }
        if (addressBytes == 0) {
            return null;
        }
        store(at, value);
        String wrong = tlvs == null || at < HEAD_BYTES + addressBytes ? null : tlvs.accept(value);
        return wrong == null && missing() == 0 ? checksumProblem() : wrong;
    }

    /** Stores a byte. The array grows with what is received, so that a length that lies costs nothing. */
    private void store(int at, int value) {
        if (at == bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.min(2 * at, HEAD_BYTES + length));
        }
        bytes[at] = (byte) value;
    }

    private @Nullable String head(int at, int value) {
        return switch (at) {
            case COMMAND_AT -> command(value);
            case FAMILY_AT -> family(value);
            case LENGTH_AT -> length(value << 8, "at least ");
            case LENGTH_AT + 1 -> length(length | value, "");
            default -> value == SIGNATURE.charAt(at) ? null : foreign(at, value);
        };
    }

    private static String foreign(int at, int value) {
        return Escaped.quote(value) + (at == 0 ? ", as if there were no header" : "") + ", but a header begins with "
                + (at == 0 ? "'PROXY ' (version 1) or " : "")
                + "\\x0d\\x0a\\x0d\\x0a\\x00\\x0d\\x0aQUIT\\x0a (version 2)";
    }

    private static @Nullable String command(int value) {
        if ((value & 0xf0) != VERSION) {
            return Escaped.hex(value) + " is version " + (value >> 4) + ", allowed is version 2 (0x20 or 0x21)";
        }
        return (value & 0xf) == LOCAL || (value & 0xf) == PROXY
                ? null
                : Escaped.hex(value) + " is command " + (value & 0xf) + ", allowed are 0x20 (LOCAL) and 0x21 (PROXY)";
    }

    private boolean isLocal() {
        return (bytes[COMMAND_AT] & 0xf) == LOCAL;
    }

    private @Nullable String family(int value) {
        if (isLocal()) {
            return null;
        }
        switch (value) {
            case UNSPECIFIED -> addressBytes = 0;
            case TCP_OVER_IPV4 -> addressBytes = IPV4_BYTES;
            case TCP_OVER_IPV6 -> addressBytes = IPV6_BYTES;
            default -> {
                return Escaped.hex(value) + " is " + familyName(value) + ", " + ALLOWED_FAMILIES;
            }
        }
        return null;
    }

    private static String familyName(int value) {
        int family = value >> 4;
        int transport = value & 0xf;
        if ((family == 1 || family == 2) && transport == 2) {
            return "UDP over " + FAMILIES[family];
        }
        return (family < FAMILIES.length ? FAMILIES[family] : "reserved family " + family) + ", "
                + (transport < TRANSPORTS.length ? TRANSPORTS[transport] : "reserved transport " + transport);
    }

    private @Nullable String length(int value, String atLeast) {
        length = value;
        if (length > maxBytes) {
            return "length " + atLeast + length + " of addresses and TLVs, the most that is accepted is " + maxBytes;
        }
        if (!atLeast.isEmpty() || addressBytes == 0) {
            return null;
        }
        int left = length - addressBytes;
        if (left < 0) {
            return "length " + length + " of addresses and TLVs, but the addresses have " + addressBytes + " bytes";
        }
        if (left > 0 && left < Tlv.HEAD_BYTES) {
            return "length " + length + " of addresses and TLVs, but behind the " + addressBytes
                    + " bytes of the addresses follow none or at least " + Tlv.HEAD_BYTES;
        }
        tlvs = left == 0 ? null : new TlvScanner(left);
        return null;
    }

    private @Nullable String checksumProblem() {
        if (tlvs == null || tlvs.checksumAt() == TlvScanner.NONE) {
            return null;
        }
        int at = HEAD_BYTES + addressBytes + tlvs.checksumAt();
        int sent = (int) number(at, Integer.BYTES);
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, at);
        for (int i = 0; i < Tlv.CRC32C_BYTES; i++) {
            crc.update(0);
        }
        crc.update(bytes, at + Tlv.CRC32C_BYTES, received - at - Tlv.CRC32C_BYTES);
        int right = (int) crc.getValue();
        return sent == right
                ? null
                : "the end, and the CRC32c of the header is 0x" + HexFormat.of().toHexDigits(right) + ", but its byte "
                        + (at + 1) + " and the three behind it say 0x" + HexFormat.of().toHexDigits(sent);
    }

    @Override
    public int missing() {
        return received < HEAD_BYTES ? HEAD_BYTES - received : HEAD_BYTES + length - received;
    }

    @Override
    public ProxyHeader header() {
        if (isLocal() || addressBytes == 0) {
            return ProxyHeader.unknown(2, isLocal() ? ProxyHeader.Command.LOCAL : ProxyHeader.Command.PROXY);
        }
        int ports = HEAD_BYTES + addressBytes - 2 * Short.BYTES;
        return ProxyHeader.of(2, address(0), port(ports), address(1), port(ports + Short.BYTES),
                tlvs == null ? ProxyTlvs.NONE : ProxyTlvs.copyOf(bytes, HEAD_BYTES + addressBytes, received));
    }

    private IpAddress address(int index) {
        if (addressBytes == IPV4_BYTES) {
            return IpAddress.ofIpv4((int) number(HEAD_BYTES + index * Integer.BYTES, Integer.BYTES));
        }
        int at = HEAD_BYTES + index * 2 * Long.BYTES;
        return new IpAddress(number(at, Long.BYTES), number(at + Long.BYTES, Long.BYTES));
    }

    private int port(int at) {
        return (int) number(at, Short.BYTES);
    }

    private long number(int at, int count) {
        long number = 0;
        for (int i = at; i < at + count; i++) {
            number = number << 8 | (bytes[i] & 0xff);
        }
        return number;
    }
}
