using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace SplitSqlite.History;

/// <summary>
/// One session after another, doing at random what sessions do; what it does is drawn from its own seed, who meets whom is the machine's. Half of the workers
/// have a thread of their own and call the sync methods, half are tasks and call the async ones.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "What a step makes ends with the step, the connection with the run.")]
internal sealed partial class Worker
{
    private readonly Round _round;
    private readonly int _number;
    private readonly bool _sync;
    private readonly Random _random;
    private readonly Choice[] _choices;
    private readonly Choice[] _rushing;
    private readonly long[] _seen;
    private readonly List<OpenRows> _rows = [];
    private HistoryFile _file;
    private SplitSqliteConnection? _connection;
    private string _options = string.Empty;
    private bool _mayBeLate;
    private bool _mayBeInterrupted;
    private CancellationTokenSource? _cancellation;
    private Operation _operation = null!;
    private Unit? _open;
    private long _nextHold = Environment.TickCount64 + 1000;

    public Worker(Round round, int number, bool sync, int seed)
    {
        _round = round;
        _number = number;
        _sync = sync;

        // Not HashCode.Combine, which is another one in each process.
        _random = new Random(unchecked((seed * 7919) + (number * 104729)));
        _file = round.Files[0];
        _seen = new long[round.Files.Count];
        _choices = Choices();
        _rushing = Rushing();
    }

    public SessionLog Log { get; } = new();

    public bool IsSync => _sync;

    private SplitSqliteConnection Connection => _connection!;

    private CancellationToken Token => _cancellation?.Token ?? CancellationToken.None;

    private bool IsNested => _rows.Count > 0;

    public void Run()
    {
        var run = RunAsync();
        if (!run.IsCompleted)
        {
            throw new InvalidOperationException("A sync worker has awaited something.");
        }

        run.GetAwaiter().GetResult();
    }

    public async Task RunAsync()
    {
        while (!_round.IsOver)
        {
            await Step();
        }

        await Do(new Choice("close", 0, Close));
    }

    private async Task Step()
    {
        if (_connection is null)
        {
            await Do(new Choice("open", 0, Open));
        }

        if (_connection is null)
        {
            return;
        }

        if (_random.Next(10) == 0)
        {
            _cancellation = new CancellationTokenSource();
            if (_random.Next(8) == 0)
            {
                _cancellation.Cancel();
            }
            else
            {
                _cancellation.CancelAfter(_random.Next(6));
            }
        }

        if (_number == 0 && Environment.TickCount64 > _nextHold)
        {
            // On the last file, so that the others go on.
            _nextHold = Environment.TickCount64 + 5000;
            await Do(new Choice("close", 0, Close));
            await Do(new Choice("open", 0, () => Open(_round.Files[^1])));
            await Do(new Choice("hold the writer for long", 0, HoldForLong));
        }
        else
        {
            await Do(Choose());
        }

        _cancellation?.Dispose();
        _cancellation = null;
        if (_random.Next(4) == 0)
        {
            await Do(new Choice("close", 0, Close));
        }
    }

    private Choice Choose()
    {
        var choices = IsRush ? _rushing : _choices;
        var at = _random.Next(choices.Sum(static choice => choice.Weight));
        foreach (var choice in choices)
        {
            if ((at -= choice.Weight) < 0)
            {
                return choice;
            }
        }

        throw new InvalidOperationException("The weights do not sum up.");
    }

    private async Task Do(Choice choice)
    {
        var operation = _operation = new Operation(_number, _file.Index, choice.Kind) { Connection = _options };
        Log.Operations.Add(operation);
        var mustClose = false;
        try
        {
            await choice.Run();
            operation.Outcome = "done";
        }
        catch (Exception exception)
        {
            _rowId = _changes = null;
            operation.Outcome = Expected(exception) ?? $"failed: {exception.GetType().Name}: {exception.Message}";
            mustClose = Expected(exception) is null;
            if (mustClose)
            {
                Anomaly("unexpected error", exception.ToString());
            }
        }

        _open = null;
        operation.End = Stamp.Next();
        _round.Tally.Count(choice.Kind, operation.Outcome);
        if (mustClose && choice.Kind != "close")
        {
            await Do(new Choice("close", 0, Close));
        }
    }

    // What a caller has asked for himself is no anomaly: a deadline, a cancellation. A BUSY without a deadline is one.
    private string? Expected(Exception exception)
        => exception switch
        {
            SplitSqliteBusyException when _mayBeLate => "late",
            OperationCanceledException when _cancellation is not null => "cancelled",
            SqliteException { SqliteErrorCode: 9 } when _mayBeInterrupted => "interrupted",
            _ => null,
        };

    private void Anomaly(string kind, string what) => _round.Report(new Anomaly(kind, what, _operation));

    private void Expect(bool holds, string kind, Func<string> what)
    {
        if (!holds)
        {
            Anomaly(kind, what());
        }
    }

    private Task Pause(int milliseconds)
    {
        if (_sync)
        {
            Thread.Sleep(milliseconds);
            return Task.CompletedTask;
        }

        return Task.Delay(milliseconds);
    }

    /// <summary>One of the things to do, and how often.</summary>
    private sealed record Choice(string Kind, int Weight, Func<Task> Run);
}
