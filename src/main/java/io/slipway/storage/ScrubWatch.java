package io.slipway.storage;

/** Hears what a scrub finds, as it finds it; on any thread, and must not block. */
public interface ScrubWatch {
  /** Hears nothing. */
  ScrubWatch NOBODY =
      new ScrubWatch() {
        @Override
        public void read(long bytes) {}

        @Override
        public void damaged(String what, String reason) {}

        @Override
        public void healed(String what) {}

        @Override
        public void copy(String what, String reason) {}

        @Override
        public void unreadable(String what, Throwable cause) {}

        @Override
        public void changed() {}
      };

  /** Hears that so many bytes were read. */
  void read(long bytes);

  /** Hears of bytes that are wrong or missing. */
  void damaged(String what, String reason);

  /** Hears of what was wrong and is right. */
  void healed(String what);

  /** Hears of a copy for a rebuild that is wrong or missing, and is to be written anew. */
  void copy(String what, String reason);

  /** Hears of what could not be read, and may be right. */
  void unreadable(String what, Throwable cause);

  /** Hears that metadata changed that others may remember. */
  void changed();
}
