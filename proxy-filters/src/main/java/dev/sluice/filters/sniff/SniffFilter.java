package dev.sluice.filters.sniff;

import dev.sluice.api.AttributeKey;
import dev.sluice.api.Attributes;
import dev.sluice.api.BorrowedBytes;
import dev.sluice.api.ConnectionContext;
import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.DataAction;
import dev.sluice.api.Direction;
import dev.sluice.api.HoldExpiry;
import org.jspecify.annotations.Nullable;

/**
 * The inspection of a client's first bytes. Each call begins with the first of them: it has no state, and all
 * connections of all loops share it.
 *
 * <pre>
 *               more bytes                              HoldExpiry
 *   undecided ─▶ one protocol is certain ─▶ details     no bytes, or not enough ───▶ unknown
 *             ─▶ none is possible ────────▶ unknown     TLS may have begun ────────▶ refused
 *   details   ─▶ complete ────────────────▶ DETACH      HTTP/1: with the known part ▶ DETACH
 *   (TLS,     ─▶ TLS is invalid ──────────▶ refused     TLS ───────────────────────▶ refused
 *    HTTP/1)
 *   unknown    = DETACH or REJECT, as configured        refused = REJECT, always
 * </pre>
 */
final class SniffFilter implements ConnectionFilter {
    private static final String REFUSED = "TLS ClientHello refused: ";
    private static final String NO_NAME = "TLS without a server name";
    private static final String INVALID_NAME = "TLS with a server name that is not a DNS name";

    private final Protocol[] protocols;
    /** The detector of each protocol. */
    private final Detector[] detectors;
    private final int maxBytes;
    private final DataAction unknown;
    private final boolean silencePasses;
    private final boolean invalidNamesPass;
    private final SharedStrings names;
    // Explanations that do not depend on the connection, so that a connection does not pay for them.
    private final String impossible;
    // Those in arrays are by HoldExpiry.
    private final String[] expiries = new String[HoldExpiry.values().length];
    private final String[] silent = new String[HoldExpiry.values().length];
    private final String[] undecided = new String[HoldExpiry.values().length];

    SniffFilter(SniffConfig config, SharedStrings names) {
        this.protocols = config.protocols().toArray(new Protocol[0]);
        this.detectors = new Detector[protocols.length];
        for (int i = 0; i < protocols.length; i++) {
            detectors[i] = Detector.of(protocols[i]);
        }
        this.maxBytes = Math.toIntExact(config.maxBytes().bytes());
        this.unknown = config.unknown() == Unknown.PASS ? DataAction.DETACH : DataAction.REJECT;
        this.silencePasses = config.protocols().contains(Protocol.MYSQL);
        this.invalidNamesPass = config.invalidName() == InvalidName.IGNORE;
        this.names = names;
        this.impossible = "the first bytes are of none of the protocols " + Texts.labels(config.protocols());
        for (HoldExpiry expiry : HoldExpiry.values()) {
            String when = switch (expiry) {
                case SILENCE -> "within " + Texts.of(config.silence());
                case DEADLINE -> "within " + Texts.of(config.deadline());
                case FULL -> "within " + config.maxBytes();
                case END_OF_STREAM -> "before the client finished";
            };
            expiries[expiry.ordinal()] = when;
            silent[expiry.ordinal()] = "no byte came " + when;
            undecided[expiry.ordinal()] = "the protocol did not become clear " + when;
        }
    }

    @Override
    public DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
        return decide(bytes, context, null);
    }

    @Override
    public DataAction onHoldExpired(Direction direction, HoldExpiry cause, BorrowedBytes bytes,
            ConnectionContext context) {
        if (bytes.length() == 0) {
            context.explain(silent[cause.ordinal()]);
            return silencePasses && cause == HoldExpiry.SILENCE ? DataAction.DETACH : unknown;
        }
        return decide(bytes, context, cause);
    }

    /** @param expired null if more bytes may be waited for */
    private DataAction decide(BorrowedBytes bytes, ConnectionContext context, @Nullable HoldExpiry expired) {
        boolean possible = false;
        boolean tlsPossible = false;
        for (int i = 0; i < detectors.length; i++) {
            switch (detectors[i].examine(bytes)) {
                case MATCH -> {
                    return recognised(protocols[i], bytes, context, expired);
                }
                case NEED_MORE -> {
                    possible = true;
                    tlsPossible |= protocols[i] == Protocol.TLS;
                }
                case NOT_POSSIBLE -> {
                    // The next.
                }
            }
        }
        if (!possible) {
            context.explain(impossible);
            return unknown;
        }
        if (expired == null) {
            return DataAction.CONTINUE;
        }
        if (tlsPossible) {
            // To pass what may be half of a ClientHello would be to guess that it has no name.
            return refuseUnfinished(bytes, context, expired);
        }
        context.explain(undecided[expired.ordinal()]);
        return unknown;
    }

    private DataAction recognised(Protocol protocol, BorrowedBytes bytes, ConnectionContext context,
            @Nullable HoldExpiry expired) {
        DataAction action = switch (protocol) {
            case TLS -> tls(bytes, context, expired);
            case HTTP1 -> http1(bytes, context, expired);
            default -> DataAction.DETACH;
        };
        if (action == DataAction.DETACH) {
            context.set(Attributes.PROTOCOL, protocol.label());
        }
        return action;
    }

    private DataAction tls(BorrowedBytes bytes, ConnectionContext context, @Nullable HoldExpiry expired) {
        ClientHello hello;
        try {
            int needed = HelloFrame.needed(bytes, maxBytes);
            if (needed > bytes.length()) {
                if (expired != null) {
                    return refuseUnfinished(bytes, context, expired);
                }
                bytes.needAtLeast(needed);
                return DataAction.CONTINUE;
            }
            hello = ClientHello.read(bytes);
        } catch (RefusedHelloException e) {
            context.explain(REFUSED + e.getMessage());
            return DataAction.REJECT;
        }
        ServerName name = hello.serverName();
        if (name == null) {
            context.explain(NO_NAME);
        } else if (name.problem() == null) {
            setShared(context, Attributes.SNI, name);
        } else {
            context.set(Attributes.SNI_INVALID, name.escaped());
            if (!invalidNamesPass) {
                context.explain(REFUSED + name.problem());
                return DataAction.REJECT;
            }
            context.explain(INVALID_NAME);
        }
        setShared(context, Attributes.ALPN, hello.alpn());
        String version = hello.version();
        if (version != null) {
            context.set(Attributes.TLS_VERSION, version);
        }
        return DataAction.DETACH;
    }

    private DataAction http1(BorrowedBytes bytes, ConnectionContext context, @Nullable HoldExpiry expired) {
        RequestHead head = RequestHead.read(bytes);
        if (!head.complete() && expired == null) {
            return DataAction.CONTINUE;
        }
        setShared(context, Attributes.HTTP_METHOD, head.method());
        setShared(context, Attributes.HTTP_HOST, head.host());
        return DataAction.DETACH;
    }

    private DataAction refuseUnfinished(BorrowedBytes bytes, ConnectionContext context, HoldExpiry expired) {
        context.explain(
                REFUSED + "not complete " + expiries[expired.ordinal()] + "; " + bytes.length() + " bytes came");
        return DataAction.REJECT;
    }

    private void setShared(ConnectionContext context, AttributeKey<String> key, @Nullable Spelling text) {
        if (text != null) {
            context.set(key, names.share(text));
        }
    }
}
