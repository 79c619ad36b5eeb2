package io.slipway.blob.s3;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Bytes of one part or piece on their way to S3. Belongs to one step at a time. */
final class PartBuffer {
  private final PartMemory memory;
  private final List<ByteBuffer> chunks = new ArrayList<>();
  private int taken;
  private long size;

  /**
   * Makes an empty one.
   *
   * @param taken how many chunks of memory were taken for it
   */
  PartBuffer(PartMemory memory, int taken) {
    this.memory = memory;
    this.taken = taken;
  }

  long size() {
    return size;
  }

  /** Returns how many bytes more it can have without more memory. */
  long room() {
    return (long) taken * PartMemory.CHUNK - size;
  }

  int taken() {
    return taken;
  }

  /** Says that more memory was taken for it. */
  void grow(int more) {
    taken += more;
  }

  /** Copies bytes, as many as there are and it has room for. */
  void put(ByteBuffer bytes) {
    while (bytes.hasRemaining() && room() > 0) {
      if (chunks.isEmpty() || !chunks.getLast().hasRemaining()) {
        chunks.add(memory.chunk());
      }
      ByteBuffer chunk = chunks.getLast();
      int length = Math.min(bytes.remaining(), chunk.remaining());
      chunk.put(chunk.position(), bytes, bytes.position(), length);
      chunk.position(chunk.position() + length);
      bytes.position(bytes.position() + length);
      size += length;
    }
  }

  /** Returns everything in it, without copying. */
  List<ByteBuffer> views() {
    return chunks.stream().map(chunk -> chunk.duplicate().flip().slice()).toList();
  }

  /** Gives the memory back; nothing may read its bytes any more. */
  void free() {
    memory.giveBack(chunks, taken);
    chunks.clear();
    taken = 0;
    size = 0;
  }
}
