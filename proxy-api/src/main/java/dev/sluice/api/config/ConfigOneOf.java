package dev.sluice.api.config;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Keys of a record that exclude each other, one of which has to be there. The components are optional or lists:
 *
 * <pre>{@code
 * @ConfigOneOf({"allow", "deny"})
 * record Rule(List<Cidr> allow, List<Cidr> deny) {}
 * }</pre>
 *
 * <p>If none is there, the message is that of the first key.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface ConfigOneOf {
    /** The keys, as they are written in the configuration. */
    String[] value();

    /** For the message about several of them: what is allowed instead. */
    String allowed() default "one of them";
}
