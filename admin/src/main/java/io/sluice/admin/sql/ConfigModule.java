// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import io.sluice.core.config.SluiceConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of the configuration that can be edited in a table of main and then put in force. Called on the database's
 * thread.
 */
interface ConfigModule {
    /** As LOAD and SAVE call it, such as MYSQL SERVERS. */
    String words();

    /** What LOAD and SAVE call it together with others: they concern all of these, in the order of the modules. */
    default String loadedWith() {
        return words();
    }

    /** The table in main and in disk; the one that shows what is in force has runtime_ before it. */
    String table();

    /** Which rows of that table are its own, as a condition. */
    default String rows() {
        return "1";
    }

    /** Which of them count at a start where the database does; the others are the file's then, too. */
    default String rowsForStart() {
        return rows();
    }

    /** As CREATE TABLE has them. */
    String columns();

    /** The same for the table in main, where a column may compare its values in a way of its own. */
    default String columnsOfMain() {
        return columns();
    }

    /** The columns by which operators tell rows apart. */
    List<String> keys();

    /** Of all columns those whose values two layers are compared by. */
    default List<String> compared(List<String> columns) {
        return columns.stream().filter(column -> !keys().contains(column)).toList();
    }

    /** What is done to a row of main when it is written: whole CREATE TRIGGER statements. */
    default List<String> triggers() {
        return List.of();
    }

    /** The rows that a configuration file stands for. */
    List<@Nullable Object[]> ofFile(SluiceConfig file);

    /** Those of them that the database can put in force at a start. */
    default List<@Nullable Object[]> ofFileForStart(SluiceConfig file) {
        return ofFile(file);
    }

    /** The rows that what is in force stands for. */
    List<@Nullable Object[]> ofRuntime();

    /** The rows that stand for a file which was just put in force. */
    default List<@Nullable Object[]> ofReloaded(SluiceConfig file) {
        return ofFile(file);
    }

    /** What those are made of: as long as it is the same object, so are they. Null if that is not known. */
    default @Nullable Object originOfRuntime() {
        return null;
    }

    /** The rows that would put in force what is in force. */
    default List<@Nullable Object[]> ofRuntimeAsLoaded() {
        return ofRuntime();
    }

    /**
     * What is in force but has no word in a file that was just written, in words.
     *
     * @param written what that file says
     */
    default List<String> notInFile(SluiceConfig written) {
        return List.of();
    }

    /** A statement that takes from main what does not outlive a process; null for nothing. */
    default @Nullable String forgottenAtStart() {
        return null;
    }

    /** What is wrong with rows whatever the others of the configuration are, so that they can never be put in force. */
    List<String> problems(List<ConfigRow> rows);

    /**
     * Puts rows in force: all of them, or nothing is changed.
     *
     * @throws SqlRefused with all that is wrong with them
     */
    void toRuntime(List<ConfigRow> rows) throws SqlRefused;
}
