package io.slipway.blob.file;

import io.slipway.oci.DigestAlgorithm;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.concurrent.Executor;

/** What everything in one data folder shares. */
record FileFolder(FileLayout layout, FileReserve reserve, DigestLocks locks, Executor threads) {
  private static final int READ_BYTES = 256 * 1024;

  /** Hashes the first bytes of a file; fails when it has fewer. Blocks. */
  MessageDigest hash(Path path, DigestAlgorithm algorithm, long size) throws IOException {
    MessageDigest hash = algorithm.newMessageDigest();
    if (size == 0) {
      return hash;
    }
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(READ_BYTES, size));
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
      for (long position = 0; position < size; position += buffer.limit()) {
        buffer.clear().limit((int) Math.min(buffer.capacity(), size - position));
        while (buffer.hasRemaining()) {
          if (file.read(buffer, position + buffer.position()) < 0) {
            throw new EOFException(
                "expected " + size + " bytes in " + path.getFileName() + ", found fewer");
          }
        }
        hash.update(buffer.flip());
      }
    }
    return hash;
  }
}
