package dev.jvmrtc.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * No bug hides behind a trust boundary: a test during which one has turned an exception into a drop fails; where that
 * was between tests, the next one, or the whole run after the last. In force for every test of the project, by
 * {@code META-INF/services}. Programs that are no tests, and loops within one, ask {@link #check(String)}.
 */
public final class NoInternalErrors implements BeforeEachCallback, AfterEachCallback {

    /** Of a test that breaks something on purpose to see the boundary hold. */
    @Target(ElementType.METHOD)
    @Retention(RetentionPolicy.RUNTIME)
    public @interface Provoked {}

    private static long checked;

    @Override
    public void beforeEach(ExtensionContext context) {
        AutoCloseable atTheEnd = () -> check("after the last test");
        context.getRoot()
                .getStore(ExtensionContext.Namespace.GLOBAL)
                .getOrComputeIfAbsent(NoInternalErrors.class, k -> atTheEnd);
        check("before " + context.getDisplayName());
    }

    @Override
    public void afterEach(ExtensionContext context) {
        if (context.getTestMethod()
                .filter(m -> m.isAnnotationPresent(Provoked.class))
                .isPresent()) {
            checked = InternalErrors.total();
        }
        check(context.getDisplayName());
    }

    /** Fails where there has been one since the last call; the exception itself is in the log. */
    public static void check(String where) {
        long before = checked;
        checked = InternalErrors.total();
        assertEquals(
                before,
                checked,
                where + ": exceptions of our own code were turned into drops (" + Counters.INTERNAL_ERROR
                        + "), see the log");
    }
}
