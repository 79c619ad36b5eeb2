package io.slipway.auth;

import io.slipway.event.Actor;
import io.vertx.core.Future;
import java.util.Set;

/**
 * Keeps accounts, keys, groups and policies. Each change is one transaction with its event and with
 * a higher version of everything; changes wait for one another, so versions come in order.
 */
public interface AccessStore {

  /** Returns the version of the rules; cheap enough to be asked each second. */
  Future<Long> version();

  /** Reads all rules as they were at one moment, in the version they had then. */
  Future<AccessRules> load();

  /** The accounts and their keys. */
  Accounts accounts();

  /** The policies and groups. */
  Policies policies();

  /** Changes accounts and their keys. */
  interface Accounts {

    /**
     * Makes an account, whose version is set here.
     *
     * @return false when there is one of this name
     */
    Future<Boolean> create(Account account, Actor actor);

    /**
     * Makes the first account, as {@link #create}.
     *
     * @return false when there is any
     */
    Future<Boolean> createFirst(Account account, Actor actor);

    /**
     * Sets something of an account; a new password gives it a new version. Fails with {@code
     * CONFLICT} when no admin could sign in any more, as the other changes do.
     *
     * @return false when there is none of this name and kind, or of the version expected
     */
    Future<Boolean> update(AccountChange change, Actor actor);

    /**
     * Deletes an account, its keys, its places in groups and the policies that name it; false when
     * there is none.
     */
    Future<Boolean> delete(Account.Kind kind, String name, Actor actor);

    /** Adds a key to an account; false when there is none of its name and this kind. */
    Future<Boolean> addKey(Account.Kind kind, AccessKey key, Actor actor);

    /** Deletes a key; false when the account has none of this id. */
    Future<Boolean> revokeKey(String account, String id, Actor actor);
  }

  /** Changes policies and groups. */
  interface Policies {

    /**
     * Writes a policy in the place of one with the same repository and subject, if any.
     *
     * @param create whether there must be none, else nothing is changed
     * @return whether it is new
     */
    Future<Boolean> put(Policy policy, boolean create, Actor actor);

    /** Deletes the policy of a repository pattern and a subject; false when there is none. */
    Future<Boolean> delete(String repository, String subject, Actor actor);

    /**
     * Makes a group, or sets its members.
     *
     * @param create whether there must be none, else nothing is changed
     * @return whether it is new
     */
    Future<Boolean> putGroup(String name, Set<String> members, boolean create, Actor actor);

    /** Deletes a group and the policies that name it; false when there is none. */
    Future<Boolean> deleteGroup(String name, Actor actor);
  }
}
