package dev.sluice.runtime.health;

/** The PROXY header at the beginning of a check's connection, which says that it has no client behind it. */
public enum ProxyHeader {
    /** No header. */
    NONE,
    /** Version 1, {@code UNKNOWN}. */
    V1,
    /** Version 2, {@code LOCAL}. */
    V2;

    private static final Bytes UNKNOWN = Bytes.of("PROXY UNKNOWN\r\n");
    /** The signature, version 2 and command LOCAL, an unspecified family, no addresses. */
    private static final Bytes LOCAL = Bytes.of(new byte[]{0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49,
        0x54, 0x0a, 0x20, 0x00, 0x00, 0x00});

    Bytes bytes() {
        return switch (this) {
            case NONE -> Bytes.NONE;
            case V1 -> UNKNOWN;
            case V2 -> LOCAL;
        };
    }
}
