package dev.sluice.runtime.proxyprotocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;

import dev.sluice.api.net.IpAddress;
import org.jspecify.annotations.Nullable;

/** The grammar of version 2 on whole arrays, by trying each value of the bytes that are missing. Slow and obvious. */
final class ReferenceBlock {
    private static final byte[] SIGNATURE = HexFormat.of().parseHex("0d0a0d0a000d0a515549540a");

    private ReferenceBlock() {}

    /** Whether a header can begin with these bytes, the checksum aside. */
    static boolean canBegin(byte[] bytes, int maxBytes) {
        int known = Math.min(bytes.length, SIGNATURE.length);
        if (!Arrays.equals(bytes, 0, known, SIGNATURE, 0, known)) {
            return false;
        }
        if (bytes.length <= 12) {
            return true;
        }
        int command = bytes[12] & 0xff;
        if (command != 0x20 && command != 0x21) {
            return false;
        }
        if (bytes.length == 13) {
            return true;
        }
        int family = command == 0x20 ? 0 : bytes[13] & 0xff;
        if (family != 0 && family != 0x11 && family != 0x21) {
            return false;
        }
        if (bytes.length == 14) {
            return true;
        }
        byte[] rest = bytes.length <= 16 ? new byte[0] : Arrays.copyOfRange(bytes, 16, bytes.length);
        IntPredicate possible = length -> length <= maxBytes && canFill(rest, family, length);
        int length = (bytes[14] & 0xff) << 8;
        return bytes.length == 15
                ? IntStream.range(length, length + 256).anyMatch(possible)
                : possible.test(length | (bytes[15] & 0xff));
    }

    private static boolean canFill(byte[] rest, int family, int length) {
        int addresses = family == 0x11 ? 12 : family == 0x21 ? 36 : 0;
        if (family == 0) {
            return true;
        }
        return length >= addresses && canFillWithTlvs(ByteBuffer.wrap(
                rest.length <= addresses ? new byte[0] : Arrays.copyOfRange(rest, addresses, rest.length)),
                length - addresses, false, false);
    }

    /** Whether TLVs that begin with these bytes can fill so many. */
    private static boolean canFillWithTlvs(ByteBuffer start, int size, boolean nested, boolean hasChecksum) {
        if (size < 3) {
            return size == 0;
        }
        if (!start.hasRemaining()) {
            return true;
        }
        int type = start.get(0) & 0xff;
        if (type == 3 && !nested && hasChecksum) {
            return false;
        }
        IntPredicate possible = length -> length <= size - 3 && canFillWithTlv(start, type, length, size, nested,
                hasChecksum || type == 3);
        if (start.remaining() == 1) {
            return IntStream.rangeClosed(0, size - 3).anyMatch(possible);
        }
        int length = (start.get(1) & 0xff) << 8;
        return start.remaining() == 2
                ? IntStream.range(length, length + 256).anyMatch(possible)
                : possible.test(length | (start.get(2) & 0xff));
    }

    private static boolean canFillWithTlv(ByteBuffer start, int type, int length, int size, boolean nested,
            boolean hasChecksum) {
        ByteBuffer value = part(start, 3, 3 + length);
        boolean good = nested || switch (type) {
            case 3 -> length == 4;
            case 5 -> length <= 128;
            case 0x20 -> length >= 5 && canFillWithTlvs(part(value, 5, length), length - 5, true, false);
            default -> true;
        };
        return good && canFillWithTlvs(part(start, 3 + length, start.remaining()), size - 3 - length, nested,
                hasChecksum);
    }

    /** The bytes from one index to another, as far as they are there. */
    private static ByteBuffer part(ByteBuffer bytes, int from, int to) {
        int start = Math.min(from, bytes.remaining());
        return bytes.slice(start, Math.max(start, Math.min(to, bytes.remaining())) - start);
    }

    /** Whether a header that begins with these bytes ends with them. */
    static boolean isWhole(byte[] header) {
        return header.length >= 16 && header.length == length(header);
    }

    /** The length of a header whose first 16 bytes are good. */
    static int length(byte[] header) {
        return 16 + (ByteBuffer.wrap(header).getShort(14) & 0xffff);
    }

    /** The header that these bytes are, as {@link ReadHeader#describe} has it; null if the checksum is wrong. */
    static @Nullable String header(byte[] header) {
        ByteBuffer in = ByteBuffer.wrap(header, 16, header.length - 16);
        if (header[12] == 0x20) {
            return "2 LOCAL unknown";
        }
        if (header[13] == 0) {
            return "2 PROXY unknown";
        }
        IpAddress source = address(in, header[13]);
        IpAddress destination = address(in, header[13]);
        int sourcePort = in.getShort() & 0xffff;
        int destinationPort = in.getShort() & 0xffff;
        StringBuilder tlvs = new StringBuilder();
        Set<Integer> seen = new HashSet<>();
        while (in.hasRemaining()) {
            int type = in.get() & 0xff;
            byte[] value = new byte[in.getShort() & 0xffff];
            in.get(value);
            if (type == 3 && ByteBuffer.wrap(value).getInt() != checksum(header, in.position() - 4)) {
                return null;
            }
            if (type != 4) {
                tlvs.append(type).append('=').append(seen.add(type) ? HexFormat.of().formatHex(value) : "").append(' ');
            }
        }
        return "2 PROXY " + source + " " + sourcePort + " " + destination + " " + destinationPort + " ["
                + tlvs.toString().strip() + "]";
    }

    /** The checksum of a header whose own checksum is at an index. */
    static int checksum(byte[] header, int at) {
        byte[] zeroed = header.clone();
        Arrays.fill(zeroed, at, at + 4, (byte) 0);
        CRC32C crc = new CRC32C();
        crc.update(zeroed);
        return (int) crc.getValue();
    }

    private static IpAddress address(ByteBuffer in, byte family) {
        return family == 0x11 ? IpAddress.ofIpv4(in.getInt()) : new IpAddress(in.getLong(), in.getLong());
    }

    /** The bytes of a header with a block. */
    static byte[] of(int command, int family, byte[] block) {
        return ByteBuffer.allocate(16 + block.length).put(SIGNATURE).put((byte) command).put((byte) family)
                .putShort((short) block.length).put(block).array();
    }

    /** The bytes of a TLV. */
    static byte[] tlv(int type, byte[]... parts) {
        int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
        ByteBuffer tlv = ByteBuffer.allocate(3 + length).put((byte) type).putShort((short) length);
        Arrays.stream(parts).forEach(tlv::put);
        return tlv.array();
    }

    static byte[] tlv(int type, String text) {
        return tlv(type, text.getBytes(StandardCharsets.UTF_8));
    }

    /** All parts, one behind the other. */
    static byte[] join(byte[]... parts) {
        ByteBuffer all = ByteBuffer.allocate(Arrays.stream(parts).mapToInt(part -> part.length).sum());
        Arrays.stream(parts).forEach(all::put);
        return all.array();
    }
}
