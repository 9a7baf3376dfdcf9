package dev.sluice.runtime.discovery;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.xbill.DNS.Name;
import org.xbill.DNS.NameTooLongException;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.config.ResolvConfResolverConfigProvider;

/**
 * The system's DNS servers and search list.
 *
 * @param servers at least one
 * @param search absolute names
 * @param ndots names with at least this many dots are tried as absolute ones first
 */
record ResolvConf(List<InetSocketAddress> servers, List<Name> search, int ndots) {
    private static final int DNS_PORT = 53;

    /** The state without a file: a server on this machine, as resolv.conf(5) says. */
    static final ResolvConf DEFAULT = new ResolvConf(List.of(), List.of(), 1);

    ResolvConf {
        servers = servers.isEmpty()
                ? List.of(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), DNS_PORT))
                : List.copyOf(servers);
        search = List.copyOf(search);
    }

    /** The library's parser, for any path. */
    private static final class Parser extends ResolvConfResolverConfigProvider {
        void parse(Path file) throws IOException {
            try (InputStream in = Files.newInputStream(file)) {
                parseResolvConf(in);
            }
        }
    }

    static ResolvConf read(Path file) throws IOException {
        Parser parser = new Parser();
        parser.parse(file);
        return new ResolvConf(parser.servers().stream().filter(server -> !server.isUnresolved()).toList(),
                parser.searchPaths(), parser.ndots());
    }

    /**
     * The absolute names that a name may stand for, in the order in which they are tried.
     *
     * @throws TextParseException if it is no DNS name
     */
    List<Name> candidates(String text) throws TextParseException {
        Name name = Name.fromString(text);
        if (name.isAbsolute()) {
            return List.of(name);
        }
        Name alone = Name.fromString(text, Name.root);
        List<Name> candidates = new ArrayList<>();
        for (Name suffix : search) {
            try {
                candidates.add(Name.concatenate(name, suffix));
            } catch (NameTooLongException e) {
                // As in the C library: this suffix is left out.
            }
        }
        candidates.add(name.labels() > ndots ? 0 : candidates.size(), alone);
        return candidates.stream().distinct().toList();
    }
}
