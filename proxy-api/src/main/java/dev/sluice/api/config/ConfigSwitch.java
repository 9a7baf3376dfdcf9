package dev.sluice.api.config;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * An optional record that may also be written as {@code true} (the record with all its defaults) or {@code false}
 * (absent). With {@code @ConfigDefault("true")} it is on unless it is switched off:
 *
 * <pre>{@code
 * @ConfigSwitch @ConfigDefault("true") Optional<KeepAlive> keepAlive
 * }</pre>
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface ConfigSwitch {
}
