package io.slipway.database;

/**
 * The statements of one transaction, valid until the future of its body is complete.
 *
 * <p>A body waits for nothing but its own statements: no other connection, no store, no bus (a node
 * that stops inside a transaction holds its row locks).
 */
public interface Transaction extends Statements {}
