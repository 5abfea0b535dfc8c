namespace SplitSqlite.Routing;

/// <summary>What one statement of a command text is, as far as its words tell. SQLite has the last word on reads.</summary>
internal enum StatementKind : byte
{
    /// <summary>SELECT, VALUES, WITH … SELECT, EXPLAIN of anything.</summary>
    Read,

    /// <summary>INSERT, UPDATE, DELETE, REPLACE, with or without WITH and RETURNING.</summary>
    Dml,

    /// <summary>CREATE, ALTER and DROP of anything that is stored in the file.</summary>
    Ddl,

    /// <summary>VACUUM (without INTO), REINDEX.</summary>
    Maintenance,

    /// <summary>ANALYZE, or PRAGMA optimize: afterwards the query plans of open readers are stale.</summary>
    Analyze,

    /// <summary>VACUUM … INTO: reads this file, writes another one.</summary>
    VacuumInto,

    /// <summary>BEGIN in all its spellings.</summary>
    Begin,

    /// <summary>COMMIT or END.</summary>
    Commit,

    /// <summary>ROLLBACK without TO.</summary>
    Rollback,

    /// <summary>SAVEPOINT name.</summary>
    Savepoint,

    /// <summary>RELEASE [SAVEPOINT] name.</summary>
    Release,

    /// <summary>ROLLBACK [TRANSACTION] TO [SAVEPOINT] name.</summary>
    RollbackTo,

    /// <summary>A PRAGMA; what it does is told by its <see cref="PragmaCall"/>.</summary>
    Pragma,

    /// <summary>ATTACH or DETACH.</summary>
    Attach,

    /// <summary>CREATE, ALTER or DROP of a TEMP object, in any spelling, or DML on the temp schema.</summary>
    Temp,

    /// <summary>A statement that calls <c>load_extension()</c>.</summary>
    LoadExtension,

    /// <summary>None of the above: SQLite is asked on the writer.</summary>
    Unknown,
}
