/**
 * Handshakes by the engine of the JDK, {@link javax.net.ssl.SSLEngine}, and the way of getting the traffic secrets out of it.
 *
 * <p>The secrets come from fields of the JDK's own classes, which is why {@link dev.sluice.runtime.tls.jdk.EngineSecrets} proves itself at
 * start, and why everything works without it.
 */
@NullMarked
package dev.sluice.runtime.tls.jdk;

import org.jspecify.annotations.NullMarked;
