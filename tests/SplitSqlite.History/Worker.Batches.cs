namespace SplitSqlite.History;

/// <content>Batches: outside of a transaction each statement commits alone.</content>
internal sealed partial class Worker
{
    private async Task Batch()
    {
        var first = Stamp.Tokens(2);
        var (one, two) = (NewUnit(first), NewUnit(first + 1));
        two.After = one;
        try
        {
            await Batch(one, two);
        }
        catch (SplitSqliteBusyException)
        {
            // Nothing has run yet. A cancellation may come between the two: then nobody knows but the file.
            one.Refuse();
            two.Refuse();
            throw;
        }
    }

    private async Task Batch(Unit one, Unit two)
    {
        var first = one.Tokens[0];
        var begin = Stamp.Next();
        var isNested = IsNested;
        if (_random.Next(2) == 0)
        {
            two.Refuse();
            var changes = await Number(AppendSql + "; SELECT changes()", first);
            one.Acknowledge();
            Wrote(null, 1, changes);
            return;
        }

        await using var reader = await Query($"{AppendSql}; {State.Sql}; UPDATE account SET version = version + 1, token = $2 WHERE id = $3", first, first + 1, Account());
        one.Acknowledge();
        var end = Stamp.Next();
        if (reader.Read())
        {
            Saw(begin, end, new State(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5)), isNested);
        }

        while (reader.NextResult())
        {
        }

        // Only now: that the last statement was cancelled is told behind the rows of the one before it.
        two.Acknowledge();
        Wrote(null, 1);
        Expect(reader.RecordsAffected == 2, "wrong values", () => $"RecordsAffected of the batch is {reader.RecordsAffected}, not 2.");
    }

    private async Task BatchThatFails()
    {
        var first = Stamp.Tokens(2);
        var (one, two) = (NewUnit(first), NewUnit(first + 1));
        two.Refuse();
        var failed = false;
        await IsRefused(UniqueFailed, async () =>
        {
            try
            {
                await Execute($"{AppendSql}; INSERT INTO effect(token, kind) VALUES ($2, 'append'), ($1, 'append')", first, first + 1);
            }
            catch (Microsoft.Data.Sqlite.SqliteException exception) when (exception.SqliteErrorCode == 19)
            {
                failed = true;
                throw;
            }
        });
        if (failed)
        {
            // The second can only fail where the first is committed.
            one.Acknowledge();
        }
    }

    private async Task BatchWithTransaction()
    {
        var first = Stamp.Tokens(2);
        var unit = NewUnit(first, first + 1);
        try
        {
            await Write(unit, () => Execute(
                "BEGIN; INSERT INTO effect(token, kind) VALUES ($1, 'append'); UPDATE account SET version = version + 1, token = $2 WHERE id = $3; COMMIT",
                first,
                first + 1,
                Account()));
        }
        catch
        {
            await Close();
            throw;
        }

        (_rowId, _changes) = (null, null);
    }
}
