package dev.jvmrtc.ice;

import dev.jvmrtc.stun.Transaction;

/**
 * A check of ours that waits for its answer (RFC 8445 §7.2.4).
 *
 * @param nominates whether it has USE-CANDIDATE
 * @param controlling the role that it names, which a conflict may have changed when the answer comes
 */
record OutgoingCheck(CandidatePair pair, boolean nominates, boolean controlling, Transaction transaction) {}
