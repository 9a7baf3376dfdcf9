/** The command line of the daemon. */
module dev.sluice.dist {
    // Not called from here; filter types to be found.
    requires dev.sluice.filters;
    requires dev.sluice.runtime;
    // Not called from here; the engine of TLS, for the runtime to be found.
    requires io.netty.tcnative.classes.openssl;
    requires static org.jspecify;
    requires ch.qos.logback.classic;
    requires ch.qos.logback.core;
    requires info.picocli;
    // sun.misc.Signal: signals where SignalPipe cannot be, and until it is.
    requires jdk.unsupported;
    // The terminal of "top".
    requires org.jline.terminal;
    // Not called from here; the way of JLine to the system, to be found.
    requires org.jline.terminal.ffm;
    requires jdk.httpserver;
    requires org.slf4j;
    requires tools.jackson.core;

    // For LogProvider.
    exports dev.sluice.dist to org.slf4j;
}
