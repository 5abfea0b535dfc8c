using Microsoft.Data.Sqlite;
using SplitSqlite.Routing;
using SQLitePCL;

namespace SplitSqlite.Engine;

/// <content>Running the statements of the batch, one by one.</content>
internal sealed partial class CommandCursor
{
    private bool IsSnapshot => _session.State is SessionState.Snapshot or SessionState.PrivateSnapshot;

    /// <summary>Runs statements until one has columns, or the end.</summary>
    private Outcome Advance()
    {
        while (true)
        {
            if (_part >= _plan.Statements.Length)
            {
                return Outcome.End;
            }

            var connection = _lease!.Connection;
            PreparedPart part;
            try
            {
                part = _command!.Part(_part, connection.Handle);
            }
            catch (SqliteException exception) when (MayGoToWriter(connection) && IsRefusal(connection, exception.SqliteErrorCode))
            {
                return Outcome.Refused;
            }
            catch (SqliteException) when (IsSnapshot && connection.Guard.HasDenied)
            {
                connection.Guard.Forget();
                throw NotInSnapshot();
            }
            catch (SqliteException exception) when (Busy.IsBusy(exception.SqliteExtendedErrorCode))
            {
                Rarely.BusyCode = exception.SqliteExtendedErrorCode;
                return Outcome.Busy;
            }

            var outcome = RunPart(connection, part);
            if (outcome is Outcome.Busy or Outcome.Refused)
            {
                return outcome;
            }

            _part++;
            if (outcome == Outcome.Rows)
            {
                return outcome;
            }

            if (part.Statement.Kind is >= StatementKind.Begin and <= StatementKind.RollbackTo
                && !_session.IsInTransaction && _lease is { HoldsGate: false } && _stages is null && _part < _plan.Statements.Length)
            {
                return Outcome.Elsewhere;
            }
        }
    }

    private Outcome RunPart(PhysicalConnection connection, PreparedPart part)
    {
        var statement = part.Statement;
        if (statement.Kind == StatementKind.Pragma)
        {
            if (_session.Pragmas.Answers(statement.Pragma!))
            {
                _current = _session.Pragmas.Answer(statement.Pragma!);
                if (_current is null)
                {
                    AddChanges();
                }

                return _current is null ? Outcome.End : Outcome.Rows;
            }

            if (statement.Route == Route.Refused)
            {
                throw Refusal();
            }
        }

        if (IsSnapshot)
        {
            RefuseWrites(statement);
        }

        if (statement.Kind is >= StatementKind.Begin and <= StatementKind.RollbackTo)
        {
            return RunControl(part);
        }

        if (part.Prepared is null)
        {
            part.Prepare(connection.Handle, keep: false);
        }

        if (part.Prepared is not { } prepared)
        {
            // Nothing in it for SQLite.
            return Outcome.End;
        }

        if (statement.Kind != StatementKind.Pragma && MayGoToWriter(connection) && !prepared.IsReadOnly && !prepared.IsExplain)
        {
            // SQLite's verdict on what looked like a read. PRAGMAs are known by their names: even a bare "PRAGMA journal_mode" counts as a write there (FACTS 1).
            return Outcome.Refused;
        }

        if (statement is { Kind: StatementKind.Pragma, Pragma.Class: PragmaClass.JournalMode })
        {
            // SQLite changes the mode only where nobody else has the file open.
            _session.Database.RenewReaders();
        }

        if (!prepared.IsReadOnly && !prepared.IsExplain && !_session.TryEnterAttached(_lease!))
        {
            return Outcome.Busy;
        }

        ParameterBinder.Bind(prepared, _parameters);
        if (_lease!.IsInGroup && !_isPartOfBatch && !prepared.IsReadOnly)
        {
            EnterSavepoint(connection);
        }

        var outcome = Step(connection, part, prepared);
        if (outcome == Outcome.End)
        {
            LeaveSavepoint();
        }

        if (statement is { Kind: StatementKind.Pragma, Pragma.Class: PragmaClass.JournalMode } && outcome == Outcome.Rows)
        {
            // Few files leave WAL; those that do are no longer split.
            _current = Buffer(_current!);
            EndActive();
            _session.Database.NoticeJournalMode(connection);
        }

        return outcome;
    }

    private Outcome Step(PhysicalConnection connection, PreparedPart part, PreparedStatement prepared)
    {
        var writes = connection.Role is PhysicalRole.Writer or PhysicalRole.Private;
        if (writes)
        {
            _session.BeforeStatement(_lease!);
        }

        var wasAutocommit = connection.IsAutocommit;
        var rc = FirstStep(connection, prepared);
        _active = part;
        if (rc == raw.SQLITE_ROW || (rc == raw.SQLITE_DONE && prepared.ColumnCount > 0))
        {
            _current = CursorRows.Begin(this, part, prepared, rc);
            return Outcome.Rows;
        }

        // A statement without columns is done with its first step.
        if (rc == raw.SQLITE_DONE)
        {
            prepared.Reset();
            _active = null;
            if (part.Statement.Kind == StatementKind.Attach && !_session.TryJoinAttached(connection, out Rarely.ClosedFile))
            {
                return Outcome.Busy;
            }

            if (writes)
            {
                _session.AfterStatement(_lease!, part.Statement, prepared.IsReadOnly, failed: false);
                NoticeMaintenance(part.Statement);
            }

            AddChanges();
            return Outcome.End;
        }

        var code = Busy.CodeOf(rc, connection.Handle);
        if (MayTryAgain(code, wasAutocommit, connection))
        {
            Rarely.BusyCode = code;
            ForgetActive();
            return Outcome.Busy;
        }

        if (MayGoToWriter(connection) && (rc & 0xFF) == raw.SQLITE_READONLY)
        {
            prepared.Reset();
            _active = null;
            return Outcome.Refused;
        }

        ThrowFailed(connection, part, prepared, rc);
        return Outcome.End;
    }

    // Inside of a transaction too (of an attached file another process may hold the lock): nothing of the statement is done, the rest stands. Not
    // where the statement has lost its transaction (a page cache that could not be written out). The locks of a shared cache are all taken
    // before a statement does anything.
    private static bool MayTryAgain(int code, bool wasAutocommit, PhysicalConnection connection)
        => Busy.IsBusy(code) && code != raw.SQLITE_BUSY_SNAPSHOT && (code == raw.SQLITE_LOCKED_SHAREDCACHE || connection.IsAutocommit == wasAutocommit);

    /// <summary>Throws a statement's error, after SQLite and the session have put themselves in order.</summary>
    private void ThrowFailed(PhysicalConnection connection, PreparedPart part, PreparedStatement prepared, int rc)
    {
        try
        {
            // Before the reset: the message is the connection's last one.
            throw _session.ErrorOf(_lease!, rc, MayCommit(connection, prepared));
        }
        finally
        {
            prepared.Reset();
            _active = null;
            if (connection.Role is PhysicalRole.Writer or PhysicalRole.Private)
            {
                _session.AfterStatement(_lease!, part.Statement, prepared.IsReadOnly, failed: true);
            }
        }
    }

    // Whether a statement may have failed in a commit of its own. One that only reads does so only by a function of the user's that writes.
    private bool MayCommit(PhysicalConnection connection, PreparedStatement statement)
        => !_session.IsInTransaction && !connection.Lease.IsInGroup && (!statement.IsReadOnly || connection.HasBegunCommit);

    /// <summary>Ends the statement whose rows are at hand: only now does an autocommit RETURNING commit.</summary>
    /// <param name="throws">Whether an error of it is thrown; false where one is under way already.</param>
    private void EndActive(bool throws = true)
    {
        if (_active is not { Prepared: { } prepared } part || _lease is not { } lease)
        {
            return;
        }

        _active = null;
        var rc = prepared.Reset();
        var failed = _current is CursorRows { HasFailed: true } || (rc & 0xFF) != raw.SQLITE_OK;
        var error = throws && failed && _current is CursorRows { HasFailed: false } && !(rc == raw.SQLITE_INTERRUPT && _isCancelled)
            ? _session.ErrorOf(lease, rc, MayCommit(lease.Connection, prepared))
            : null;
        if (lease.Connection.Role is PhysicalRole.Writer or PhysicalRole.Private)
        {
            _session.AfterStatement(lease, part.Statement, prepared.IsReadOnly, failed);
        }

        if (!prepared.IsReadOnly && !_isCounted)
        {
            AddChanges();
        }

        _isCounted = false;
        if (error is not null)
        {
            throw error;
        }
    }

    /// <summary>Resets the statement at hand as if it had not been run: SQLite has undone it, and it is to be run again.</summary>
    private void ForgetActive()
    {
        if (_active?.Prepared is { } prepared)
        {
            prepared.Reset();
            if (!prepared.IsReadOnly)
            {
                // SQLite does not take back last_insert_rowid with the rows. Not the session's value, but what the connection must be known to have.
                _ = _lease!.Connection.ReadLastInsertRowId();
            }
        }

        _active = null;
        _current = null;
        _isCounted = false;
    }

    private Outcome RunControl(PreparedPart part)
    {
        var lease = _lease!;
        var connection = lease.Connection;
        var begins = part.Statement.Kind is StatementKind.Begin or StatementKind.Savepoint;
        if (begins && !_session.TryEnterAttached(lease))
        {
            return Outcome.Busy;
        }

        var rc = _session.RunControl(this, lease, part.Statement, part.Prepared);
        if (Busy.IsBusy(rc) && begins == connection.IsAutocommit)
        {
            Rarely.BusyCode = rc;

            // A BEGIN that has not begun, or a COMMIT that has not committed: the same again in a while.
            return Outcome.Busy;
        }

        try
        {
            if (rc != raw.SQLITE_OK)
            {
                throw _session.ErrorOf(lease, rc, mayCommit: part.Statement.Kind is StatementKind.Commit or StatementKind.Release);
            }
        }
        finally
        {
            // COMMIT ends a write, whatever sqlite3_stmt_readonly says of it; the rest changes nothing by itself.
            if (rc == raw.SQLITE_OK && connection.IsAutocommit && connection.Role != PhysicalRole.Reader)
            {
                _session.CountCommit();
            }

            _session.AfterStatement(lease, part.Statement, isReadOnly: true, failed: rc != raw.SQLITE_OK);
        }

        AddChanges();
        return Outcome.End;
    }

    // Summed as Microsoft.Data.Sqlite sums: after each statement what changes() answers then, whoever set it.
    private void AddChanges()
        => _recordsAffected = Math.Max(_recordsAffected, 0) + (int)_session.Changes;

    // A text that looked like a read may be run again on the writer as long as nobody has seen anything of it.
    private bool MayGoToWriter(PhysicalConnection connection)
        => connection.Role == PhysicalRole.Reader && connection.Guard.Mode == GuardMode.Read && _part == 0 && _recordsAffected == -1 && !_session.IsInTransaction;

    private static bool IsRefusal(PhysicalConnection connection, int code)
    {
        var denied = connection.Guard.HasDenied;
        connection.Guard.ForgetDenied();
        return (code & 0xFF) == raw.SQLITE_READONLY || (denied && (code & 0xFF) is raw.SQLITE_AUTH or raw.SQLITE_ERROR);
    }

    private static NotSupportedException Refusal()
        => new("PRAGMA locking_mode=EXCLUSIVE is refused: it would shut the pooled readers out of the file. Leave it out; writes are serialized without it.");

    private static SqliteException NotInSnapshot()
        => new(
            "SQLite Error 8: 'attempt to write a readonly database'. SplitSqlite: TEMP objects, ATTACH, functions and PRAGMAs that change the connection are not possible inside a read-only snapshot. Do this before the transaction begins, or in a transaction that may write.",
            raw.SQLITE_READONLY,
            raw.SQLITE_READONLY);

    private void RefuseWrites(SqlStatement statement)
    {
        // With Mode=ReadOnly SQLite refuses them itself, and in its own words.
        if (!_session.Options.IsReadOnly
            && (statement.Kind is StatementKind.Dml or StatementKind.Ddl or StatementKind.Maintenance or StatementKind.Analyze
                || statement is { Kind: StatementKind.Pragma, Pragma.Class: PragmaClass.File }))
        {
            throw new SqliteException(
                "SQLite Error 8: 'attempt to write a readonly database'. SplitSqlite: this transaction is a read-only snapshot (IsolationLevel.Snapshot, or SplitSqliteTransactionOptions.ReadOnly). Begin another one to write.",
                raw.SQLITE_READONLY,
                raw.SQLITE_READONLY);
        }

        if (statement.Route == Route.Private || statement.Kind == StatementKind.VacuumInto)
        {
            throw NotInSnapshot();
        }
    }

    private void NoticeMaintenance(SqlStatement statement)
    {
        if (statement.Kind == StatementKind.Analyze)
        {
            _session.Database.RenewReaders();
        }
    }

    /// <inheritdoc/>
    public override Stream? OpenBlob(string database, string table, string column, long rowid)
        => _lease is { } lease ? _session.OpenBlob(lease, database, table, column, rowid) : null;

    /// <summary>The rows of a live statement, which see a cancellation and end the statement's own way.</summary>
    private sealed class CursorRows(PreparedStatement statement) : StatementRows(statement)
    {
        private CommandCursor? _cursor;

        public static CursorRows Begin(CommandCursor cursor, PreparedPart part, PreparedStatement statement, int firstStep)
        {
            if (part.Rows is not CursorRows rows)
            {
                part.Rows = rows = new CursorRows(statement);
            }

            rows._cursor = cursor;
            rows.Begin(firstStep);
            return rows;
        }

        public override void Forget() => _cursor = null;

        protected override int Step() => _cursor!.StepOn(Statement);
    }
}
