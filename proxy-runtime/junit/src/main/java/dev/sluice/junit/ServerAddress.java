package dev.sluice.junit;

import java.io.IOException;
import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/** The address of a server of a test, whatever the server is. */
final class ServerAddress {
    private static final List<String> ADDRESSES = List.of("address", "getAddress", "getLocalSocketAddress",
            "getLocalAddress");
    private static final List<String> PORTS = List.of("port", "getPort", "getLocalPort", "getFirstMappedPort");
    private static final String UNIX = "unix:";
    private static final int MOST = 65_535;

    private ServerAddress() {}

    /**
     * Finds the addresses of a value, as {@link Endpoint} says.
     *
     * @throws IllegalArgumentException if it has none
     */
    static List<SocketAddress> all(Object value) {
        List<SocketAddress> all = new ArrayList<>();
        switch (value) {
            case Iterable<?> several -> several.forEach(each -> all.addAll(all(present(each, "one of several"))));
            case Object[] several ->
                Arrays.asList(several).forEach(each -> all.addAll(all(present(each, "one of several"))));
            case Supplier<?> supplier -> all.addAll(all(present(supplied(supplier), "what the supplier returned")));
            default -> {
                if (value.getClass().isArray()) {
                    for (int i = 0; i < Array.getLength(value); i++) {
                        all.add(one(Array.get(value, i)));
                    }
                } else {
                    all.add(one(value));
                }
            }
        }
        return all;
    }

    private static Object present(@Nullable Object value, String what) {
        if (value == null) {
            throw new IllegalArgumentException(what + " is null; allowed: an address, a server socket, a port, …");
        }
        return value;
    }

    private static @Nullable Object supplied(Supplier<?> supplier) {
        try {
            return supplier.get();
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("the supplier failed: " + e, e);
        }
    }

    private static SocketAddress one(Object value) {
        SocketAddress address = switch (value) {
            case SocketAddress known -> known;
            case ServerSocket socket -> socket.getLocalSocketAddress();
            case ServerSocketChannel channel -> of(channel);
            case Integer port -> onThisMachine(port);
            case CharSequence text -> parse(text.toString());
            default -> byMethods(value);
        };
        if (address == null) {
            throw new IllegalArgumentException(value + " is not bound to an address");
        }
        if (address instanceof InetSocketAddress inet && inet.getPort() == 0) {
            throw new IllegalArgumentException(value + " has port 0; allowed: a server that has been bound already");
        }
        return address;
    }

    private static @Nullable SocketAddress of(ServerSocketChannel channel) {
        try {
            return channel.getLocalAddress();
        } catch (IOException e) {
            throw new IllegalArgumentException(channel + " has no address: " + e.getMessage(), e);
        }
    }

    private static InetSocketAddress onThisMachine(int port) {
        return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), check(port));
    }

    private static int check(int port) {
        if (port < 1 || port > MOST) {
            throw new IllegalArgumentException("port " + port + "; allowed: 1 to 65535");
        }
        return port;
    }

    private static SocketAddress parse(String text) {
        if (text.startsWith(UNIX)) {
            return UnixDomainSocketAddress.of(text.substring(UNIX.length()));
        }
        int colon = text.lastIndexOf(':');
        try {
            return new InetSocketAddress(host(text.substring(0, Math.max(0, colon))),
                    check(Integer.parseInt(text.substring(colon + 1))));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is no address; allowed: such as 127.0.0.1:5432,"
                    + " [::1]:5432 or unix:/run/app.sock", e);
        }
    }

    private static InetAddress host(String host) {
        try {
            return InetAddress.getByName(host.isEmpty() ? "127.0.0.1" : host);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("the host '" + host + "' is not known", e);
        }
    }

    private static SocketAddress byMethods(Object server) {
        for (String method : ADDRESSES) {
            Object address = call(server, method);
            if (address instanceof SocketAddress known) {
                return known;
            }
            if (address instanceof String text) {
                return parse(text);
            }
        }
        for (String method : PORTS) {
            if (call(server, method) instanceof Integer port) {
                return call(server, "getHost") instanceof String host
                        ? new InetSocketAddress(host(host), check(port))
                        : onThisMachine(port);
            }
        }
        throw new IllegalArgumentException(
                "a " + server.getClass().getName() + " is not known to be a server; allowed: an"
                        + " address, a server socket, a port (int), or an object with a public method "
                        + String.join("(), ", ADDRESSES)
                        + "(), " + String.join("(), ", PORTS) + "()");
    }

    /** The result of a public method without parameters; null if there is none that can be called. */
    private static @Nullable Object call(Object server, String name) {
        Method method = method(server.getClass(), server, name);
        try {
            return method == null ? null : method.invoke(server);
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException(name + "() of " + server + " failed: " + e.getCause(), e);
        } catch (IllegalAccessException e) {
            return null;
        }
    }

    /** The method where it can be called: in the class itself, or in a public type above it. */
    private static @Nullable Method method(@Nullable Class<?> type, Object server, String name) {
        if (type == null || type == Object.class) {
            return null;
        }
        try {
            Method method = type.getDeclaredMethod(name);
            if (Modifier.isPublic(method.getModifiers()) && !Modifier.isStatic(method.getModifiers())
                    && (method.canAccess(server) || method.trySetAccessible())) {
                return method;
            }
        } catch (NoSuchMethodException e) {
            // Perhaps above.
        }
        for (Class<?> each : type.getInterfaces()) {
            Method method = method(each, server, name);
            if (method != null) {
                return method;
            }
        }
        return method(type.getSuperclass(), server, name);
    }
}
