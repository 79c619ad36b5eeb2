package io.slipway.clients.faults;

import io.slipway.clients.SmallDisk;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Where a server keeps what it is given. */
interface Store {
  /** Leaves it not a byte. */
  void fill();

  /** Gives back what was taken. */
  void release();

  /** Puts other bytes into the place of all that are there. */
  default void spoil() {
    throw new UnsupportedOperationException("nobody makes sure of what is there by its hash");
  }

  /** Returns one on a disk. */
  static Store on(SmallDisk disk) {
    return new Store() {
      @Override
      public void fill() {
        try {
          disk.fillUpTo(0);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }

      @Override
      public void release() {
        try {
          disk.release();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    };
  }
}
