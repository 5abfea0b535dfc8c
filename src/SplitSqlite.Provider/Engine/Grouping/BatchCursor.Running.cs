using System.Runtime.ExceptionServices;
using SplitSqlite.Routing;

namespace SplitSqlite.Engine;

/// <content>Where the batch runs: in the group of another, leading one, in a transaction of its own, or in that of its session.</content>
internal sealed partial class BatchCursor
{
    private enum Turn : byte
    {
        // It has had none yet, and done nothing.
        None,

        // It has the writer, in a transaction of its own that has just begun.
        Begun,

        // It was run in a group, and the outcome is known.
        Settled,
    }

    /// <summary>Runs all of it, waiting on this thread.</summary>
    public void Run()
    {
        // Completes before it returns: nothing is awaited where it may block.
        RunAsync(mayBlock: true).GetAwaiter().GetResult();
    }

    /// <summary>The same without a thread while waiting. SQLite's own work is synchronous.</summary>
    public Task RunAsync() => RunAsync(mayBlock: false);

    private async Task RunAsync(bool mayBlock)
    {
        try
        {
            var turn = IsGroupable ? await TakeTurnAsync(mayBlock).ConfigureAwait(false) : Turn.None;
            if (turn != Turn.Settled)
            {
                await RunInTransactionAsync(turn == Turn.Begun, mayBlock).ConfigureAwait(false);
            }
            else
            {
                _wasGrouped = true;
                if (_failure is { } failure)
                {
                    ExceptionDispatchInfo.Throw(failure);
                }
            }

            _ = MoveToResult(0);
        }
        catch (OperationCanceledException exception) when (_isCancelled && exception.CancellationToken != CancelledBy)
        {
            Abandon();
            throw new OperationCanceledException(
                "The execution was cancelled.", exception, CancelledBy.IsCancellationRequested ? CancelledBy : default);
        }
        catch
        {
            Abandon();
            throw;
        }
    }

    // Only where somebody is in the writer already: alone, a transaction of its own costs no more.
    private bool IsGroupable
        => _session.MayShareCommits
            && !_session.Database.Gate.IsFree
            && Array.Exists(_plans, static plan => plan.Route == Route.Writer)
            && Array.TrueForAll(_plans, plan => plan.MayShareCommit || (plan.IsKept && _session.EffectiveRoute(plan) <= Route.Reader));

    // By its own turn, or in the group of another.
    private async ValueTask<Turn> TakeTurnAsync(bool mayBlock)
    {
        _session.Sql = _plans[0].Text;
        var lease = _session.TryAcquire(Route.Writer, _deadline, out var free) ? free
            : mayBlock ? _session.Acquire(Route.Writer, _deadline, this, _cancellation.Token)
            : await _session.AcquireAsync(Route.Writer, _deadline, this, _cancellation.Token).ConfigureAwait(false);
        if (lease is null)
        {
            return Turn.Settled;
        }

        lease.AddUser();
        _session.BeginWork();
        CommitGroup? group = null;
        try
        {
            var outcome = GroupOutcome.Undone;
            if (!_runsAlone)
            {
                group = new CommitGroup(this, lease);
                while ((outcome = group.Run()) == GroupOutcome.Busy)
                {
                    MeetOthers(lease, group.BusyCode);
                    await WaitAsync(mayBlock).ConfigureAwait(false);
                }
            }

            // Undone: alone then, and with the writer in hand.
            while (outcome == GroupOutcome.Undone && !_session.TryBegin(lease, _deadline))
            {
                await WaitAsync(mayBlock).ConfigureAwait(false);
            }

            return outcome switch
            {
                GroupOutcome.Settled => Turn.Settled,
                GroupOutcome.Undone => Turn.Begun,
                _ => Turn.None,
            };
        }
        finally
        {
            try
            {
                group?.Close();
            }
            finally
            {
                try
                {
                    _session.Release(lease);
                }
                finally
                {
                    _session.EndWork();
                    group?.Tell();
                }
            }
        }
    }

    private Task WaitAsync(bool mayBlock)
    {
        if (!mayBlock)
        {
            return Busy.WaitAsync(_deadline, _cancellation.Token);
        }

        Busy.Wait(_deadline, _cancellation.Token);
        return Task.CompletedTask;
    }

    private void MeetOthers(ConnectionLease lease, int code)
    {
        if (_session.IsStopped)
        {
            throw new OperationCanceledException("The execution was cancelled: its data source has been disposed.");
        }

        _session.MeetOthers(lease);
        if (_deadline.HasPassed)
        {
            throw BusyReport.DescribeForeign(_session.Database, _deadline, code);
        }
    }

    private async ValueTask RunInTransactionAsync(bool isBegun, bool mayBlock)
    {
        var isInside = !isBegun && _session.IsInTransaction;
        if (isInside)
        {
            _session.EnterSavepoint();
        }
        else if (!isBegun)
        {
            await BeginAsync(mayBlock).ConfigureAwait(false);
        }

        try
        {
            foreach (var part in _parts)
            {
                if (mayBlock)
                {
                    part.Run();
                }
                else
                {
                    part.CancelledBy = CancelledBy;
                    await part.RunAsync().ConfigureAwait(false);
                }
            }

            if (isInside)
            {
                _session.LeaveSavepoint(undo: false);
            }
            else
            {
                _session.Commit(_deadline);
            }
        }
        catch
        {
            if (isInside)
            {
                _session.LeaveSavepoint(undo: true);
            }
            else if (_session.IsInTransaction)
            {
                _session.Rollback();
            }

            throw;
        }
    }

    private async ValueTask BeginAsync(bool mayBlock)
    {
        var onlyReads = Array.TrueForAll(_plans, plan => _session.EffectiveRoute(plan) <= Route.Reader);
        switch (onlyReads, mayBlock)
        {
            case (true, true):
                _session.BeginSnapshot(_deadline, _cancellation.Token);
                break;
            case (true, false):
                await _session.BeginSnapshotAsync(_deadline, _cancellation.Token).ConfigureAwait(false);
                break;
            case (false, true):
                _session.Begin(_deadline, _cancellation.Token);
                break;
            default:
                await _session.BeginAsync(_deadline, _cancellation.Token).ConfigureAwait(false);
                break;
        }
    }
}
