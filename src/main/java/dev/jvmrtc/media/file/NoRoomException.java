package dev.jvmrtc.media.file;

import java.io.IOException;

/** A track has no place in a file, which is intact and goes on without it. */
final class NoRoomException extends IOException {
    private static final long serialVersionUID = 1;

    NoRoomException() {
        super("the file has no room for a further track");
    }
}
