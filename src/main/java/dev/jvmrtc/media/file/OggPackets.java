package dev.jvmrtc.media.file;

import dev.jvmrtc.core.Steps;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts an Ogg file (RFC 3533) into the packets of its logical streams, one after the other (§4: "chained"). A file that
 * was cut off gives what is whole.
 */
final class OggPackets {
    private static final int PAGE_HEADER = 27;
    private static final int CONTINUED = 1;
    private static final int BEGINS = 2;
    private static final long NO_PACKET_ENDS = -1;

    /** One page's worth. */
    interface Pages {
        /** A logical stream begins. */
        void begin() throws IOException;

        /**
         * What ends on a page.
         *
         * @param granule position at the end of the last of them
         */
        void page(List<byte[]> packets, long granule) throws IOException;
    }

    private OggPackets() {}

    /** @throws IOException where it is no Ogg file, or streams run beside one another */
    static void read(byte[] file, Pages to) throws IOException {
        ByteBuffer b = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        ByteArrayOutputStream current = new ByteArrayOutputStream();
        boolean open = false; // the packet's beginning is in current
        boolean data = false; // behind the first pages
        Integer serial = null;
        if (!isPage(file, 0)) {
            throw new IOException("not an Ogg file");
        }
        for (int at = 0; at >= 0; at = nextPage(file, at)) {
            assert Steps.count();
            if (at + PAGE_HEADER > file.length || at + PAGE_HEADER + (file[at + 26] & 0xff) > file.length) {
                return; // cut off
            }
            int flags = file[at + 5];
            int segments = file[at + 26] & 0xff;
            int body = at + PAGE_HEADER + segments;
            if ((flags & BEGINS) != 0) {
                if (serial != null && !data) {
                    // §4: of streams that run beside one another all first pages come first: another than the audio's,
                    // such as video.
                    throw new IOException("Ogg with streams beside one another: only audio alone can be read");
                }
                serial = b.getInt(at + 14);
                data = false;
                open = false;
                current.reset();
                to.begin();
            } else if (serial == null || serial != b.getInt(at + 14)) {
                continue;
            } else {
                data = true;
            }
            open &= (flags & CONTINUED) != 0;
            if (!open) {
                current.reset();
            }
            boolean skip = !open && (flags & CONTINUED) != 0; // its beginning is lost
            List<byte[]> ended = new ArrayList<>();
            for (int i = 0; i < segments; i++) {
                assert Steps.count();
                int size = file[at + PAGE_HEADER + i] & 0xff;
                if (body + size > file.length) {
                    to.page(ended, NO_PACKET_ENDS);
                    return; // cut off within this packet
                }
                if (!skip) {
                    current.write(file, body, size);
                }
                body += size;
                open = size == 255;
                if (!open) {
                    if (!skip) {
                        ended.add(current.toByteArray());
                    }
                    skip = false;
                    current.reset();
                }
            }
            open &= !skip;
            to.page(ended, b.getLong(at + 6));
        }
    }

    private static boolean isPage(byte[] f, int at) {
        return at + 4 <= f.length && f[at] == 'O' && f[at + 1] == 'g' && f[at + 2] == 'g' && f[at + 3] == 'S';
    }

    /** The next page behind this one, over what is no page; −1 where there is none. */
    private static int nextPage(byte[] f, int page) {
        int at = page + PAGE_HEADER + (f[page + 26] & 0xff);
        for (int i = 0; i < (f[page + 26] & 0xff); i++) {
            assert Steps.count();
            at += f[page + PAGE_HEADER + i] & 0xff;
        }
        while (at + 4 <= f.length) {
            assert Steps.count();
            if (isPage(f, at)) {
                return at;
            }
            at++;
        }
        return -1;
    }
}
