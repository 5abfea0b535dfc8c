using System.Data;

namespace SplitSqlite.Tests.Concurrency;

/// <content>What a session does.</content>
internal sealed partial class StormWorker
{
    private const string InsertEffect = "INSERT INTO effect(token) VALUES ($1)";

    private async Task ReadSum()
    {
        await AssertConserved();
        if (random.Next(10) == 0)
        {
            // Nothing of another session's.
            await AssertNumber(0, "SELECT count(*) FROM sqlite_temp_schema");
        }
    }

    private async Task ReadNested()
    {
        await using var outer = await Query("SELECT id, balance FROM account");
        long sum = 0;
        for (var row = 0; outer.Read(); row++)
        {
            sum += outer.GetInt64(1);
            if (row % 8 == 0)
            {
                await AssertConserved();
            }
        }

        Assert.Equal(Storm.Accounts * Storm.Each, sum);
    }

    private async Task Insert()
    {
        await using var other = random.Next(3) == 0 ? await Query("SELECT id FROM account") : null;
        if (other is not null)
        {
            Assert.True(other.Read());
        }

        string[] tokens = [storm.Ledger.NextToken(nameof(Insert))];
        await Effects(tokens, isAtomic: true, async () => Assert.Equal(1, await Execute(InsertEffect, tokens[0])));

        // Seen by the session itself, whatever else it reads; and its values are its own.
        var id = Assert.IsType<long>(await Scalar("SELECT id FROM effect WHERE token = $1", tokens[0]));
        await AssertNumber(id, "SELECT last_insert_rowid()");
        await AssertNumber(1, "SELECT changes()");
    }

    private async Task InsertReturning()
    {
        string[] tokens = [storm.Ledger.NextToken(nameof(InsertReturning)), storm.Ledger.NextToken(nameof(InsertReturning))];
        var rows = 0;
        await Effects(tokens, isAtomic: true, async () =>
        {
            await using var reader = await Query("INSERT INTO effect(token) VALUES ($1), ($2) RETURNING id, token", tokens[0], tokens[1]);
            while (reader.Read())
            {
                Assert.Equal(tokens[rows++], reader.GetString(1));
            }
        });
        Assert.Equal(2, rows);
        await AssertNumber(2, "SELECT count(*) FROM effect WHERE token IN ($1, $2)", tokens[0], tokens[1]);
    }

    private async Task InsertBatch()
    {
        string[] tokens = [storm.Ledger.NextToken(nameof(InsertBatch)), storm.Ledger.NextToken(nameof(InsertBatch)), storm.Ledger.NextToken(nameof(InsertBatch))];
        await Effects(tokens, isAtomic: false, () => Execute(
            "INSERT INTO effect(token) VALUES ($1); SELECT count(*) FROM effect; INSERT INTO effect(token) VALUES ($2); INSERT INTO effect(token) VALUES ($3)",
            tokens[0],
            tokens[1],
            tokens[2]));
    }

    private async Task Transfer()
    {
        string[] tokens = [storm.Ledger.NextToken(nameof(Transfer)), storm.Ledger.NextToken(nameof(Transfer))];
        if (random.Next(3) != 0)
        {
            await Effects(tokens, isAtomic: true, async () =>
            {
                await using var transaction = await Begin(IsolationLevel.Unspecified);
                await MoveMoney(tokens);
                if (_sync)
                {
                    transaction.Commit();
                }
                else
                {
                    await transaction.CommitAsync(Token);
                }
            });
            return;
        }

        storm.Ledger.Refuse(tokens);
        var begun = await Begin(IsolationLevel.Unspecified);
        try
        {
            await MoveMoney(tokens);
            if (random.Next(2) == 0)
            {
                begun.Rollback();
            }
        }
        finally
        {
            // Without a commit: a rollback.
            await begun.DisposeAsync();
            begun.Dispose();
        }
    }

    private async Task MoveMoney(string[] tokens)
    {
        await AssertConserved();
        var (from, to, amount) = (random.Next(1, Storm.Accounts + 1), random.Next(1, Storm.Accounts + 1), random.Next(100));
        await using var open = random.Next(4) == 0 ? await Query("SELECT id FROM account") : null;
        open?.Read();
        await Execute("UPDATE account SET balance = balance - $2 WHERE id = $1", from, amount);
        await Execute(InsertEffect, tokens[0]);
        await Execute("UPDATE account SET balance = balance + $2 WHERE id = $1", to, amount);
        await Scalar("INSERT INTO effect(token) VALUES ($1) RETURNING id", tokens[1]);
        await AssertConserved();
    }

    private async Task TransferByWords()
    {
        string[] tokens = [storm.Ledger.NextToken(nameof(TransferByWords)), storm.Ledger.NextToken(nameof(TransferByWords))];
        try
        {
            await Effects(tokens, isAtomic: true, async () =>
            {
                await Execute(random.Next(3) switch { 0 => "BEGIN", 1 => "BEGIN IMMEDIATE", _ => "BEGIN EXCLUSIVE" });
                await MoveMoney(tokens);
                await Execute("COMMIT");
            });
        }
        finally
        {
            if (Connection.Session!.IsInTransaction)
            {
                Connection.Run("ROLLBACK");
            }
        }
    }

    private async Task Savepoints()
    {
        var undone = storm.Ledger.NextToken(nameof(Savepoints));
        string[] tokens = [storm.Ledger.NextToken(nameof(Savepoints)), storm.Ledger.NextToken(nameof(Savepoints))];
        storm.Ledger.Refuse(undone);
        try
        {
            await Effects(tokens, isAtomic: true, async () =>
            {
                await Execute("SAVEPOINT a");
                await Execute(InsertEffect, tokens[0]);
                await Execute("SAVEPOINT b");
                await Execute(InsertEffect, undone);
                await Execute("ROLLBACK TO b; RELEASE b");
                await Execute(InsertEffect, tokens[1]);
                await Execute("RELEASE a");
            });
        }
        finally
        {
            if (Connection.Session!.IsInTransaction)
            {
                Connection.Run("ROLLBACK");
            }
        }
    }

    private async Task Snapshot()
    {
        await using var transaction = await Begin(IsolationLevel.Snapshot);
        var effects = await Scalar("SELECT count(*) FROM effect");
        await AssertConserved();
        await using (var reader = await Query("SELECT balance FROM account"))
        {
            long sum = 0;
            while (reader.Read())
            {
                sum += reader.GetInt64(0);
            }

            Assert.Equal(Storm.Accounts * Storm.Each, sum);
        }

        Assert.Equal(effects, await Scalar("SELECT count(*) FROM effect"));
        if (random.Next(2) == 0)
        {
            transaction.Commit();
        }
    }

    private async Task TunePragmas()
    {
        await Execute("PRAGMA cache_size=-4000; PRAGMA locking_mode=NORMAL; PRAGMA journal_size_limit=1000000; PRAGMA temp_store=2; PRAGMA mmap_size=0; PRAGMA journal_mode=WAL");
        await AssertConserved();
    }

    private async Task Temporary()
    {
        try
        {
            await Execute("CREATE TEMP TABLE mine(token TEXT)");
            string[] tokens = [storm.Ledger.NextToken(nameof(Temporary))];
            await Effects(tokens, isAtomic: true, () => Execute(InsertEffect, tokens[0]));
            await Execute("INSERT INTO mine SELECT token FROM effect WHERE token = $1", tokens[0]);
            await AssertNumber(1, "SELECT count(*) FROM mine JOIN effect USING (token)");
            await AssertConserved();
            await Transfer();
        }
        finally
        {
            await Close();
        }
    }

    // The connection is closed with a data reader open; it was the reader's owner who forgot.
    private async Task AbandonReader()
    {
        try
        {
            var reader = await Query("SELECT id, balance FROM account");
            Assert.True(reader.Read());
            if (random.Next(2) == 0)
            {
                _ = await Query("SELECT count(*) FROM effect");
            }
        }
        finally
        {
            await Close();
        }
    }

    private async Task AbandonTransaction()
    {
        string[] tokens = [storm.Ledger.NextToken(nameof(AbandonTransaction)), storm.Ledger.NextToken(nameof(AbandonTransaction))];
        storm.Ledger.Refuse(tokens);
        try
        {
            if (random.Next(2) == 0)
            {
                await Begin(IsolationLevel.Unspecified);
            }
            else
            {
                await Execute("BEGIN");
            }

            await MoveMoney(tokens);
            _ = await Query("SELECT token FROM effect");
        }
        finally
        {
            await Close();
        }
    }
}
