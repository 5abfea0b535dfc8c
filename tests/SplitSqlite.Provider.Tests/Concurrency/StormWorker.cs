using System.Data;
using System.Data.Common;

namespace SplitSqlite.Tests.Concurrency;

/// <summary>One session of a <see cref="Storm"/>: each step does one thing, in the sync or the async way, now and then cancelled or in haste.</summary>
internal sealed partial class StormWorker(Storm storm, Random random) : IDisposable
{
    private SplitSqliteConnection? _connection;
    private bool _sync;
    private bool _isHasty;
    private CancellationTokenSource? _cancellation;

    private CancellationToken Token => _cancellation?.Token ?? CancellationToken.None;

    private SplitSqliteConnection Connection => _connection!;

    public void Step()
    {
        _sync = true;
        var step = StepOnce();

        // Nothing in it awaits when it is sync.
        Assert.True(step.IsCompleted);
        step.GetAwaiter().GetResult();
    }

    public Task StepAsync()
    {
        _sync = false;
        return StepOnce();
    }

    public void Dispose()
    {
        _connection?.Dispose();
        _cancellation?.Dispose();
    }

    private async Task StepOnce()
    {
        await OpenOrKeep();
        try
        {
            await DoSomething();
        }
        catch (SplitSqliteBusyException) when (_isHasty)
        {
            storm.CountLate();
        }
        catch (OperationCanceledException) when (_cancellation is not null)
        {
            storm.CountCancelled();
        }

        _cancellation?.Dispose();
        _cancellation = null;
        if (random.Next(2) == 0 || _isHasty)
        {
            await Close();
        }
    }

    private async Task DoSomething()
    {
        switch (random.Next(100))
        {
            case < 20:
                await ReadSum();
                break;
            case < 28:
                await ReadNested();
                break;
            case < 40:
                await Insert();
                break;
            case < 48:
                await InsertReturning();
                break;
            case < 53:
                await InsertBatch();
                break;
            case < 68:
                await Transfer();
                break;
            case < 73:
                await TransferByWords();
                break;
            case < 78:
                await Savepoints();
                break;
            case < 85:
                await Snapshot();
                break;
            case < 89:
                await TunePragmas();
                break;
            case < 92:
                await Temporary();
                break;
            case < 96:
                await AbandonReader();
                break;
            default:
                await AbandonTransaction();
                break;
        }
    }

    private async Task OpenOrKeep()
    {
        if (_connection is null)
        {
            // Option sets of different kinds behind the one gate.
            var more = random.Next(20) switch
            {
                0 => "Foreign Keys=True",
                1 => "Recursive Triggers=True",
                2 => "Synchronous=Full",
                3 => "Routing=Writer",
                _ => null,
            };
            _connection = _sync ? storm.File.Open(more) : await storm.File.OpenAsync(more);
            _isHasty = random.Next(12) == 0;
            if (_isHasty)
            {
                Connection.Run($"PRAGMA busy_timeout={random.Next(1, 15)}");
            }
        }

        if (random.Next(8) == 0)
        {
            _cancellation = new CancellationTokenSource();
            _cancellation.CancelAfter(random.Next(4));
        }
    }

    private async Task Close()
    {
        if (_connection is not { } connection)
        {
            return;
        }

        _connection = null;
        if (_sync)
        {
            connection.Dispose();
        }
        else
        {
            await connection.DisposeAsync();
        }

        if (random.Next(10) == 0)
        {
            connection.Dispose();
        }
    }

    // Runs a body that makes effects; whatever it throws, they are not to be there.
    private async Task Effects(string[] tokens, bool isAtomic, Func<Task> body)
    {
        try
        {
            await body();
        }
        catch
        {
            if (isAtomic)
            {
                storm.Ledger.Refuse(tokens);
            }
            else
            {
                storm.Ledger.RefuseFrom(tokens);
            }

            throw;
        }

        storm.Ledger.Acknowledge(tokens);
    }

    private async Task<int> Execute(string sql, params object?[] values)
    {
        using var command = Connection.Command(sql, values);
        using var cancel = _sync ? Token.Register(command.Cancel) : default;
        return _sync ? command.ExecuteNonQuery() : await command.ExecuteNonQueryAsync(Token);
    }

    private async Task<object?> Scalar(string sql, params object?[] values)
    {
        using var command = Connection.Command(sql, values);
        using var cancel = _sync ? Token.Register(command.Cancel) : default;
        return _sync ? command.ExecuteScalar() : await command.ExecuteScalarAsync(Token);
    }

    private async Task<DbDataReader> Query(string sql, params object?[] values)
    {
        var command = Connection.Command(sql, values);
        using var cancel = _sync ? Token.Register(command.Cancel) : default;
        return _sync ? command.ExecuteReader() : await command.ExecuteReaderAsync(Token);
    }

    private async Task<SplitSqliteTransaction> Begin(IsolationLevel level)
        => _sync ? Connection.BeginTransaction(level) : await Connection.BeginTransactionAsync(level, Token);

    private Task AssertConserved() => AssertNumber(Storm.Accounts * Storm.Each, "SELECT sum(balance) FROM account");

    private async Task AssertNumber(long expected, string sql, params object?[] values)
        => Assert.Equal(expected, Assert.IsType<long>(await Scalar(sql, values)));
}
