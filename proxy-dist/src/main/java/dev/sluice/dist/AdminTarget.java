package dev.sluice.dist;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;

import dev.sluice.runtime.AdminAccess;
import dev.sluice.runtime.ProxyConfig;
import org.jspecify.annotations.Nullable;

/**
 * The admin interface that a command is for.
 *
 * @param address the address to connect to; a name that is not resolved yet if one was given
 * @param host the host as a request names it
 * @param name the address as people write it
 * @param origin the place where the address was found, for messages
 * @param token the token to send; null = none
 */
record AdminTarget(SocketAddress address, String host, String name, String origin, @Nullable String token) {
    static final String ADDRESS_VARIABLE = "SLUICE_ADMIN";
    static final String TOKEN_VARIABLE = "SLUICE_TOKEN_FILE";
    static final String ADDRESS_OPTION = "--admin";
    static final String TOKEN_OPTION = "--token-file";

    private static final String DEFAULT = "127.0.0.1:9901";
    private static final String UNIX = "unix:";
    private static final String ALLOWED = "; allowed: HOST:PORT, [IPv6]:PORT or unix:/path, such as " + DEFAULT;
    private static final int MAX_TOKEN = 4096;

    /**
     * Finds the admin interface.
     *
     * @param address the value of {@code --admin}; null = it is not given
     * @param tokenFile the value of {@code --token-file}; null = it is not given
     * @param file the value of {@code --config}; null = it is not given
     * @param environment the variables of the environment; an empty one counts as one that is not set
     * @throws IllegalArgumentException if an address is none; the message says which
     * @throws dev.sluice.runtime.ConfigurationException if the file cannot be read, or its section {@code admin}
     * @throws NoAnswerException if the file has no address, or a token cannot be read
     */
    static AdminTarget find(@Nullable String address, @Nullable Path tokenFile, @Nullable Path file,
            Map<String, String> environment) throws NoAnswerException {
        String variable = environment.getOrDefault(ADDRESS_VARIABLE, "");
        String tokenVariable = environment.getOrDefault(TOKEN_VARIABLE, "");
        boolean addressIsSaid = address != null || !variable.isEmpty();
        boolean tokenIsSaid = tokenFile != null || !tokenVariable.isEmpty();
        // A file is not read for what is known.
        AdminAccess access = file == null || (addressIsSaid && tokenIsSaid)
                ? null
                : ProxyConfig.adminAccess(file).orElse(null);
        Path from = tokenFile != null
                ? tokenFile
                : !tokenVariable.isEmpty()
                        ? Path.of(tokenVariable)
                        : access == null ? null : access.tokenFile().orElse(null);
        String token = from == null ? null : token(from);
        if (address != null) {
            return of(address, ADDRESS_OPTION, token);
        }
        if (!variable.isEmpty()) {
            return of(variable, ADDRESS_VARIABLE, token);
        }
        if (file == null) {
            return of(DEFAULT, "the default, without " + ADDRESS_OPTION + ", " + ADDRESS_VARIABLE + " and -c", token);
        }
        if (access == null) {
            throw new NoAnswerException(file + " has no admin.listen: a daemon with this configuration has no admin"
                    + " interface. Add one, or name another with " + ADDRESS_OPTION + ".");
        }
        return of(access.listen(), file, token);
    }

    private static AdminTarget of(SocketAddress listen, Path file, @Nullable String token) throws NoAnswerException {
        String origin = "admin.listen of " + file;
        if (!(listen instanceof InetSocketAddress inet)) {
            return new AdminTarget(listen, "localhost", UNIX + listen, origin, token);
        }
        if (inet.getPort() == 0) {
            throw new NoAnswerException(file + " has port 0 in admin.listen: only the line that the daemon prints when"
                    + " it serves has the real one. Name it with " + ADDRESS_OPTION + ".");
        }
        InetAddress ip = inet.getAddress();
        String literal = ip.isAnyLocalAddress()
                ? ip instanceof Inet6Address ? "::1" : "127.0.0.1"
                : ip.getHostAddress();
        return of((literal.indexOf(':') < 0 ? literal : "[" + literal + "]") + ":" + inet.getPort(), origin, token);
    }

    private static AdminTarget of(String text, String origin, @Nullable String token) {
        if (text.startsWith(UNIX)) {
            try {
                Path path = Path.of(text.substring(UNIX.length()));
                return new AdminTarget(UnixDomainSocketAddress.of(path), "localhost", text, origin, token);
            } catch (InvalidPathException e) {
                throw new IllegalArgumentException(wrong(text, origin), e);
            }
        }
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        String bare = bracketed ? host.substring(1, host.length() - 1) : host;
        boolean usable = !bare.isEmpty() && bracketed == (bare.indexOf(':') >= 0) && bare.chars()
                .allMatch(c -> c < 0x80 && (Character.isLetterOrDigit(c) || ".-_:".indexOf(c) >= 0));
        int port = usable ? port(text.substring(colon + 1)) : 0;
        if (port == 0) {
            throw new IllegalArgumentException(wrong(text, origin));
        }
        return new AdminTarget(InetSocketAddress.createUnresolved(bare, port), text, text, origin, token);
    }

    private static String wrong(String text, String origin) {
        return "'" + text + "' of " + origin + " is not an address" + ALLOWED;
    }

    private static int port(String text) {
        return text.matches("[0-9]{1,5}") && Integer.parseInt(text) <= 65535 ? Integer.parseInt(text) : 0;
    }

    private static String token(Path file) throws NoAnswerException {
        try {
            String text = new String(bytes(file), StandardCharsets.UTF_8).strip();
            if (text.isEmpty() || text.length() > MAX_TOKEN || !text.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
                throw new NoAnswerException("the file " + file + " is not the file of a token: it has to have one line"
                        + " of visible ASCII");
            }
            return text;
        } catch (NoSuchFileException e) {
            throw new NoAnswerException("cannot read the token in " + file + ": no such file", e);
        } catch (IOException e) {
            throw new NoAnswerException("cannot read the token in " + file + ": " + e, e);
        }
    }

    private static byte[] bytes(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return in.readNBytes(MAX_TOKEN + 1);
        }
    }

    /** Says nothing about the token. */
    @Override
    public String toString() {
        return name + " (" + origin + ")";
    }
}
