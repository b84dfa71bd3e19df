package dev.jvmrtc.wire;

/**
 * Bytes from outside that do not follow their format. Checked, so that each core decides in one place to count and
 * drop; without a stack, so that a flood of them stays cheap.
 */
public final class MalformedException extends Exception {

    public MalformedException(String reason) {
        super(reason, null, false, false);
    }
}
