/** The command line of the daemon. */
module dev.sluice.dist {
    // Nobody calls them; they are filter types to be found.
    requires dev.sluice.filters;
    requires dev.sluice.runtime;
    requires static org.jspecify;
    requires ch.qos.logback.classic;
    requires ch.qos.logback.core;
    requires info.picocli;
    // sun.misc.Signal: the only way to hear HUP and USR1, and to choose the exit code after TERM.
    requires jdk.unsupported;
    requires jdk.httpserver;
    requires org.slf4j;

    // For LogProvider.
    exports dev.sluice.dist to org.slf4j;
}
