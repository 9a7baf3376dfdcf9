/** The command line of the daemon. */
module dev.sluice.dist {
    requires dev.sluice.runtime;
    requires static org.jspecify;
    requires ch.qos.logback.classic;
    requires ch.qos.logback.core;
    requires info.picocli;
    requires org.slf4j;
}
