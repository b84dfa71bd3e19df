package dev.jvmrtc.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;

/**
 * Bytes that are lent for the duration of a call: what came from the network on its way up, a datagram or a part of it.
 * Whoever is given them may read them, and may change them where nobody above needs them as they were (SRTP and DTLS
 * decrypt in place); what has to outlive the call is {@linkplain #keep kept}. One thread at a time.
 *
 * <p>The bytes lie in an array, which JCA and the parsers read. Where that array comes from, a pool or somebody's own,
 * only who makes the view knows.
 */
public final class LentBytes {
    private static final byte[] NOTHING = new byte[0];

    private byte[] array;
    private int offset;
    private int length;
    /** Whose array it is, to be retained by who keeps a part of it; null for an array that nobody counts. */
    private ByteBuf owner;

    /** Whether it is told of other bytes when the lending is over: who retains it gets a view of his own. */
    private final boolean reused;

    private LentBytes(byte[] array, int offset, int length, ByteBuf owner) {
        this.array = array;
        this.offset = offset;
        this.length = length;
        this.owner = owner;
        this.reused = false;
    }

    private LentBytes() {
        this.array = NOTHING;
        this.reused = true;
    }

    /**
     * A view that is {@linkplain #lend told} of other bytes again and again, so that not each packet costs an object.
     */
    public static LentBytes reusable() {
        return new LentBytes();
    }

    /** Views what is readable in a buffer on the heap, until {@link #end}. */
    public LentBytes lend(ByteBuf buffer) {
        return set(buffer.array(), buffer.arrayOffset() + buffer.readerIndex(), buffer.readableBytes(), buffer);
    }

    /** Views a part of other bytes, until {@link #end}. */
    public LentBytes lend(LentBytes whole, int from, int n) {
        assert from >= 0 && n >= 0 && from + n <= whole.length : "beyond what is lent";
        return set(whole.array, whole.offset + from, n, whole.owner);
    }

    private LentBytes set(byte[] bytes, int from, int n, ByteBuf of) {
        assert reused : "others may have it";
        array = bytes;
        offset = from;
        length = n;
        owner = of;
        return this;
    }

    /** The lending is over. */
    public void end() {
        set(NOTHING, 0, 0, null);
    }

    /** Whether it views nothing at present. */
    public boolean isFree() {
        return array == NOTHING;
    }

    /** Whether the bytes are in a buffer that is counted. */
    public boolean isCounted() {
        return owner != null;
    }

    /** A whole array that nobody counts. */
    public static LentBytes of(byte[] array) {
        return of(array, 0, array.length);
    }

    /** A part of an array that nobody counts: what is kept of it is copied. */
    public static LentBytes of(byte[] array, int offset, int length) {
        return new LentBytes(array, offset, length, null);
    }

    /** What is readable in a buffer on the heap, which stays the caller's. */
    public static LentBytes of(ByteBuf buffer) {
        return new LentBytes(
                buffer.array(), buffer.arrayOffset() + buffer.readerIndex(), buffer.readableBytes(), buffer);
    }

    /** A part of it. */
    public LentBytes slice(int from, int n) {
        assert from >= 0 && n >= 0 && from + n <= length : "beyond what is lent";
        return new LentBytes(array, offset + from, n, owner);
    }

    /** The array that the bytes are in. */
    public byte[] array() {
        return array;
    }

    /** Where they begin in {@link #array()}. */
    public int offset() {
        return offset;
    }

    /** How many they are. */
    public int length() {
        return length;
    }

    /** The byte at an index, from 0 to 255. */
    public int u8(int index) {
        return array[offset + index] & 0xff;
    }

    /** Copies all of it to a place in an array. */
    public void copyTo(byte[] to, int at) {
        System.arraycopy(array, offset, to, at, length);
    }

    /** A copy that is the caller's. */
    public byte[] copy() {
        byte[] copy = new byte[length];
        copyTo(copy, 0);
        return copy;
    }

    /**
     * Keeps the bytes beyond the call, to be {@linkplain #release released} once by the caller: a view of the same
     * bytes where they are counted, else of a copy.
     */
    public LentBytes retain() {
        if (owner == null) {
            return of(copy());
        }
        owner.retain();
        return reused ? new LentBytes(array, offset, length, owner) : this;
    }

    /**
     * The same for a view that is reused, and is not told of other bytes before it is {@linkplain #release released}.
     */
    public LentBytes retainInPlace() {
        assert reused && owner != null : "there is retain()";
        owner.retain();
        return this;
    }

    /** Ends what {@link #retain} began; the bytes are not to be looked at afterwards. */
    public void release() {
        ByteBuf released = owner;
        if (reused) {
            end();
        }
        if (released != null) {
            released.release();
        }
    }

    /**
     * A part of the bytes beyond the call, to be released by the caller: the very bytes, not to be changed, where they
     * are at least half of the buffer that they pin, else a copy of their own size, which is not pooled: for small ones
     * the collector is cheaper. So what is kept costs at most twice its length, and {@link #pinnedBy} says how much.
     */
    public ByteBuf keep(int from, int n) {
        assert from >= 0 && n >= 0 && from + n <= length : "beyond what is lent";
        if (isShared(n)) {
            return owner.retainedSlice(offset + from - owner.arrayOffset(), n);
        }
        return Unpooled.wrappedBuffer(Arrays.copyOfRange(array, offset + from, offset + from + n));
    }

    private boolean isShared(int n) {
        return owner != null && 2L * n >= owner.capacity();
    }

    /** Whether it is all of an array that nobody counts, which whoever has retained it may take. */
    public boolean isWholeArray() {
        return owner == null && offset == 0 && length == array.length;
    }

    /** Whether keeping all of it costs no copy: it is at least half of a buffer that is counted. */
    public boolean isMostOfItsBuffer() {
        return isShared(length);
    }

    /** Bytes that whoever retains this view is charged for: of a buffer that is counted, all of it. */
    public int pinned() {
        return owner == null ? length : Math.max(owner.capacity(), length);
    }

    /** Bytes of memory that one kept buffer holds: its own, or all of those that it is a part of. */
    public static int pinnedBy(ByteBuf kept) {
        ByteBuf whole = kept;
        while (whole.unwrap() != null) {
            whole = whole.unwrap();
        }
        return Math.max(whole.capacity(), kept.readableBytes());
    }

    @Override
    public String toString() {
        return length + " bytes lent";
    }
}
