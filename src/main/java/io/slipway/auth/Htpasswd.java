package io.slipway.auth;

import io.slipway.runtime.Poller;
import io.slipway.runtime.Secret;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows the users of an htpasswd file with bcrypt hashes, as {@code htpasswd -B} writes them; reads
 * it again when it has changed, and keeps what it knew when it cannot. Thread-safe.
 */
public final class Htpasswd {
  private static final Logger LOG = LoggerFactory.getLogger(Htpasswd.class);
  private static final Duration LOOK = Duration.ofSeconds(2);
  private static final long MAX_BYTES = 16L * 1024 * 1024;

  private final Path file;
  private final Vertx vertx;
  private final Poller poller;
  private volatile Map<String, Secret> hashes = Map.of();
  private volatile String content = "";

  /** Takes the file, which is read by {@link #start}. */
  public Htpasswd(Vertx vertx, Path file) {
    this.vertx = vertx;
    this.file = file;
    this.poller = new Poller(vertx, "htpasswd", LOOK, () -> read().map(false));
  }

  /** Reads the file, and looks at it from now on; fails when it cannot be read. */
  public Future<Void> start() {
    return read().onSuccess(ignored -> poller.wake());
  }

  /** Looks no more. */
  public Future<Void> stop() {
    return poller.stop();
  }

  /** Finds the hash of a user's password. */
  Optional<Secret> hash(String name) {
    return Optional.ofNullable(hashes.get(name));
  }

  private Future<Void> read() {
    return vertx.executeBlocking(this::readNow, false).mapEmpty();
  }

  private boolean readNow() throws IOException {
    if (Files.size(file) > MAX_BYTES) {
      throw new IOException(
          "tried to read " + file + " but it has more than " + MAX_BYTES + " bytes");
    }
    String read = Files.readString(file, StandardCharsets.UTF_8);
    if (!read.equals(content)) {
      hashes = parse(read);
      content = read;
      LOG.info("read {} users from {}", hashes.size(), file);
    }
    return true;
  }

  private Map<String, Secret> parse(String text) {
    Map<String, Secret> found = new HashMap<>();
    int number = 0;
    for (String line : text.split("\n", -1)) {
      number++;
      String user = line.strip();
      int colon = user.indexOf(':');
      if (user.isEmpty() || user.startsWith("#")) {
        continue;
      }
      String hash = user.substring(colon + 1);
      if (colon > 0 && isBcrypt(hash) && Account.isName(user.substring(0, colon))) {
        found.put(user.substring(0, colon), Secret.of(hash));
      } else {
        LOG.warn(
            "line {} of {} is left out: it is not name:hash with a hash of bcrypt (htpasswd -B)",
            number,
            file);
      }
    }
    return Map.copyOf(found);
  }

  private static boolean isBcrypt(String hash) {
    return hash.length() == 60 && hash.matches("\\$2[aby]\\$[0-9]{2}\\$[./A-Za-z0-9]{53}");
  }
}
