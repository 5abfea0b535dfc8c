using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace SplitSqlite.Engine;

/// <content>Transactions and savepoints of the engine's own, kept prepared.</content>
internal sealed unsafe partial class PhysicalConnection
{
    private const int DeferredForeignKeys = 10; // SQLITE_DBSTATUS_DEFERRED_FKS, which SQLitePCLRaw does not name

    private static readonly byte[] BeginImmediateSql = "BEGIN IMMEDIATE"u8.ToArray();
    private static readonly byte[] BeginSql = "BEGIN"u8.ToArray();
    private static readonly byte[] CommitSql = "COMMIT"u8.ToArray();
    private static readonly byte[] RollbackSql = "ROLLBACK"u8.ToArray();
    private static readonly byte[] SavepointSql = "SAVEPOINT splitsqlite"u8.ToArray();
    private static readonly byte[] ReleaseSql = "RELEASE splitsqlite"u8.ToArray();
    private static readonly byte[] RollbackToSql = "ROLLBACK TO splitsqlite"u8.ToArray();
    private static readonly byte[] PinSql = "SELECT 1 FROM sqlite_schema LIMIT 1"u8.ToArray();

    private PreparedStatement? _beginImmediate;
    private PreparedStatement? _begin;
    private PreparedStatement? _commit;
    private PreparedStatement? _rollback;
    private PreparedStatement? _savepoint;
    private PreparedStatement? _release;
    private PreparedStatement? _rollbackTo;
    private PreparedStatement? _pin;

    /// <summary>Steps BEGIN IMMEDIATE. The result code is the caller's to judge: BUSY means another process.</summary>
    public int BeginImmediate() => StepOwn(ref _beginImmediate, BeginImmediateSql);

    /// <summary>Steps BEGIN and a first read, which pins the snapshot (FACTS 8.9).</summary>
    public int BeginSnapshot()
    {
        var rc = StepOwn(ref _begin, BeginSql);
        if (rc != raw.SQLITE_OK)
        {
            return rc;
        }

        rc = StepOwn(ref _pin, PinSql);
        if (rc != raw.SQLITE_OK)
        {
            _ = Rollback();
        }

        return rc;
    }

    /// <summary>Steps COMMIT. Never interrupted: no execution is registered as running meanwhile.</summary>
    public int Commit()
    {
        ForgetCommits();
        return StepOwn(ref _commit, CommitSql);
    }

    /// <summary>Steps ROLLBACK; all cursors of the connection must be reset, or an earlier interrupt fails it too (FACTS 9).</summary>
    public int Rollback() => StepOwn(ref _rollback, RollbackSql);

    /// <summary>Steps SAVEPOINT under a name of ours; may be nested.</summary>
    public int Savepoint() => StepOwn(ref _savepoint, SavepointSql);

    /// <summary>Steps RELEASE of the innermost savepoint of ours.</summary>
    public int ReleaseSavepoint() => StepOwn(ref _release, ReleaseSql);

    /// <summary>Undoes what was done since the innermost savepoint of ours, which stays.</summary>
    public int RollbackToSavepoint() => StepOwn(ref _rollbackTo, RollbackToSql);

    /// <summary>Gets whether a COMMIT would fail now because of deferred foreign keys.</summary>
    public bool HasDeferredViolations
        => raw.sqlite3_db_status(Handle, DeferredForeignKeys, out var pending, out _, 0) == raw.SQLITE_OK && pending != 0;

    private void DisposeOwnStatements()
    {
        _beginImmediate?.Dispose();
        _begin?.Dispose();
        _commit?.Dispose();
        _rollback?.Dispose();
        _savepoint?.Dispose();
        _release?.Dispose();
        _rollbackTo?.Dispose();
        _pin?.Dispose();
    }

    private int StepOwn(ref PreparedStatement? statement, byte[] sql)
    {
        var mode = Guard.Mode;
        Guard.Mode = GuardMode.Off;
        try
        {
            statement ??= PreparedStatement.Prepare(Handle, sql, out _);
            var rc = statement!.Step();
            statement.Reset();
            return rc is raw.SQLITE_DONE or raw.SQLITE_ROW ? raw.SQLITE_OK : rc == raw.SQLITE_LOCKED ? Busy.CodeOf(rc, Handle) : rc;
        }
        catch (SqliteException exception) when (Busy.IsBusy(exception.SqliteExtendedErrorCode))
        {
            // To prepare it takes the schema, which another connection with the same cache may have locked.
            return exception.SqliteExtendedErrorCode;
        }
        finally
        {
            Guard.Mode = mode;
        }
    }
}
