package io.slipway.server;

import io.slipway.blob.FolderLock;
import io.slipway.runtime.Secret;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The folder of a registry's files, for one process at a time: it holds a lock on the file {@code
 * slipway.lock}, and a file {@code running} tells the next process that this one did not end well,
 * and when it last did.
 */
final class DataFolder {
  /** How often {@link #beat} is to be called. */
  static final Duration BEAT = Duration.ofSeconds(10);

  /** Between the rename of bytes and the commit that names them lies a sync of the disk or two. */
  private static final Duration MARGIN = Duration.ofMinutes(1);

  private static final String STORAGE_ID = "storage.id";
  private static final String NODE_ID = "node.id";
  private static final String OWNER_KEY = "owner.key";
  private static final String TOKEN_SECRET = "token.key";
  private static final int KEY_BYTES = 32;
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private final Path root;
  private final Path running;
  private final FolderLock lock;
  private final Optional<Instant> uncleanSince;
  private volatile boolean repaired;

  private DataFolder(Path root, FolderLock lock) throws IOException {
    this.root = root;
    this.running = root.resolve("running");
    this.lock = lock;
    this.uncleanSince =
        Files.exists(running)
            ? Optional.of(Files.getLastModifiedTime(running).toInstant().minus(MARGIN))
            : Optional.empty();
  }

  /**
   * Makes the folder if there is none, and takes it. Blocks.
   *
   * @throws IOException with a sentence for people when it cannot be used, or another process uses
   *     it
   */
  static DataFolder take(Path path) throws IOException {
    Path root = path.toAbsolutePath().normalize();
    Optional<FolderLock> lock = FolderLock.take(root);
    if (lock.isPresent()) {
      return new DataFolder(root, lock.get());
    }
    throw new FolderInUseException(root, FolderLock.told(root));
  }

  /** Tells other processes that this one serves, and where. Blocks. */
  void serves(URI address) throws IOException {
    lock.tell(address.toString());
  }

  /** Tells other processes that this one is a command, and which. Blocks. */
  void runs(String command) throws IOException {
    lock.tell(command);
  }

  Path root() {
    return root;
  }

  /**
   * Returns the name of the registry that the folder belongs to, which it keeps wherever it is
   * moved; a new one the first time. Blocks.
   */
  String id() throws IOException {
    return named(STORAGE_ID);
  }

  /** Returns the name of the registry that the folder belongs to, if it has one. Blocks. */
  Optional<String> knownId() throws IOException {
    return read(STORAGE_ID);
  }

  /** Makes the folder belong to a registry. Blocks. */
  String keepId(String id) throws IOException {
    return keep(STORAGE_ID, id);
  }

  /**
   * Returns the name of the node that works in this folder, the same after a restart: what it was
   * at when it died it may go on with at once. Blocks.
   */
  String nodeId() throws IOException {
    return named(NODE_ID);
  }

  private String named(String name) throws IOException {
    Optional<String> known = read(name);
    return known.isPresent() ? known.get() : keep(name, UUID.randomUUID().toString());
  }

  /** An empty name is none: folders with the same one would take each other's work for theirs. */
  private Optional<String> read(String name) throws IOException {
    Path file = root.resolve(name);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    String text = Files.readString(file).strip();
    if (text.isEmpty()) {
      throw new IOException(
          "tried to read "
              + file
              + " but it is empty, as a loss of power may leave it: "
              + (name.equals(STORAGE_ID)
                  ? "write the name of its registry into it, which the object owner/<name> of the"
                      + " bucket or the row 'storage' of the table setting has, or delete it when"
                      + " there is neither"
                  : "delete it, and another one is made"));
    }
    return Optional.of(text);
  }

  private String keep(String name, String text) throws IOException {
    Path fresh = root.resolve(name + ".new");
    Files.deleteIfExists(fresh);
    publish(Files.createFile(fresh), name, text);
    return text;
  }

  /** What other stores know this folder by is on the disk before they hear of it. */
  private void publish(Path fresh, String name, String text) throws IOException {
    try (FileChannel file = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(text + "\n");
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
      file.force(true);
    }
    Files.move(fresh, root.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel folder = FileChannel.open(root, StandardOpenOption.READ)) {
      folder.force(true);
    }
  }

  /**
   * Makes the key by which a command shows that it can read this folder, and so may do everything;
   * another one at each start. Blocks.
   */
  Secret newOwnerKey() throws IOException {
    return newKey(OWNER_KEY);
  }

  private Secret newKey(String name) throws IOException {
    Secret key = Secret.random(KEY_BYTES);
    Path fresh = root.resolve(name + ".new");
    Files.deleteIfExists(fresh);
    Files.createFile(fresh, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    publish(fresh, name, key.reveal());
    return key;
  }

  /**
   * Returns what encrypts the keys of tokens where no secret is configured; made the first time.
   * Blocks.
   */
  Secret tokenSecret() throws IOException {
    Optional<Secret> known = read(TOKEN_SECRET).map(Secret::of);
    return known.isPresent() ? known.get() : newKey(TOKEN_SECRET);
  }

  /** Returns the key of the server that uses a folder, if it asks who sends a request. Blocks. */
  static Optional<Secret> ownerKey(Path root) throws IOException {
    Path file = root.resolve(OWNER_KEY);
    return Files.exists(file)
        ? Optional.of(Files.readString(file).strip())
            .filter(text -> !text.isEmpty())
            .map(Secret::of)
        : Optional.empty();
  }

  /**
   * Returns the last sign of life of a process that did not end well; empty when the last one did.
   */
  Optional<Instant> uncleanSince() {
    return uncleanSince;
  }

  /**
   * Says that this process is at work and well until now; the first time, that it has repaired what
   * an earlier one left. Blocks.
   */
  void beat() throws IOException {
    if (!Files.exists(running)) {
      Files.createFile(running);
    }
    Files.setLastModifiedTime(running, FileTime.from(Instant.now()));
    repaired = true;
  }

  /**
   * Gives the folder free. Blocks.
   *
   * @param clean whether everything was written; a start that failed before the repair leaves the
   *     sign of the earlier process for the next one
   */
  void release(boolean clean) throws IOException {
    if (clean && repaired) {
      Files.deleteIfExists(running);
    }
    lock.close();
  }
}
