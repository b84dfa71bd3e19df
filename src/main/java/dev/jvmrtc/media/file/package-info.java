/**
 * Files of encoded media: a call in one file, written while it goes on, and such files read to be played, without a
 * codec.
 */
package dev.jvmrtc.media.file;
