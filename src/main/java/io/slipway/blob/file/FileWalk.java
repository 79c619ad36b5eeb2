package io.slipway.blob.file;

import io.slipway.blob.SerialWork;
import io.slipway.blob.StoreContents.Entry;
import io.slipway.blob.StoreContents.Walk;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/** Walks through the files of a folder with one open directory for each level of it. */
final class FileWalk implements Walk {
  private static final int PAGE = 1000;

  private final Path root;
  private final SerialWork work;
  // Of the work.
  private final Deque<Level> levels = new ArrayDeque<>();
  private boolean begun;
  private final Path start;

  FileWalk(FileFolder folder, String start) {
    this.root = folder.layout().root();
    this.start = root.resolve(start);
    this.work = new SerialWork(folder.threads(), StorageFailures::translate);
  }

  @Override
  public Future<List<Entry>> next() {
    return work.run(this::page);
  }

  private List<Entry> page() throws IOException {
    if (!begun) {
      begun = true;
      enter(start);
    }
    List<Entry> page = new ArrayList<>();
    while (page.size() < PAGE && !levels.isEmpty()) {
      Level level = levels.getLast();
      if (level.files().hasNext()) {
        add(page, level.files().next());
      } else {
        levels.removeLast().stream().close();
      }
    }
    return page;
  }

  private void add(List<Entry> page, Path path) throws IOException {
    BasicFileAttributes found;
    try {
      found = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      return;
    }
    if (found.isDirectory()) {
      enter(path);
    } else if (found.isRegularFile()) {
      page.add(
          new Entry(
              root.relativize(path).toString(),
              found.size(),
              found.lastModifiedTime().toInstant()));
    }
  }

  // Its level closes it.
  @SuppressWarnings("StreamResourceLeak")
  private void enter(Path folder) throws IOException {
    try {
      DirectoryStream<Path> stream = Files.newDirectoryStream(folder);
      levels.add(new Level(stream, stream.iterator()));
    } catch (NoSuchFileException | NotDirectoryException e) {
      // Deleted meanwhile, or never made.
    }
  }

  @Override
  public Future<Void> close() {
    return work.run(
            () -> {
              begun = true;
              while (!levels.isEmpty()) {
                levels.removeLast().stream().close();
              }
              return true;
            })
        .mapEmpty();
  }

  /** A directory that is being read. */
  private record Level(DirectoryStream<Path> stream, Iterator<Path> files) {}
}
