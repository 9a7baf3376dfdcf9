package dev.sluice.api.config;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Keys of a record of which exactly one must be present. The components are optional or lists:
 *
 * <pre>{@code
 * @ConfigOneOf({"allow", "deny"})
 * record Rule(List<Cidr> allow, List<Cidr> deny) {}
 * }</pre>
 *
 * <p>If none is present, the message is that of the first key.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface ConfigOneOf {
    /** {@return the keys, as they are written in the configuration} */
    String[] value();

    /** {@return for the message about more than one key: what is allowed instead} */
    String allowed() default "one of them";
}
