using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace SplitSqlite.Engine;

/// <summary>The open sessions of one data source, so that its disposal can refuse new work, wait for what runs, and end what does not end by itself.</summary>
/// <remarks>
/// <code>
///   Open ──Close──► Closed: new work is refused, what runs may go on ──Stop──► Stopped: what still runs or waits is interrupted
/// </code>
/// A session belongs to its user's thread. Nothing of it is closed from here: it sees the flags at its next statement, wait or step.
/// </remarks>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "The token source has no timer and no wait handle: there is nothing to dispose of.")]
internal sealed class SessionGroup
{
    // How often a disposal looks whether work is still under way.
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);

    // Protects the list of sessions. A leaf.
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stopping = new();
    private Membership? _first;
    private int _count;
    private volatile bool _isClosed;

    /// <summary>Gets whether new work is refused.</summary>
    public bool IsClosed => _isClosed;

    /// <summary>Gets whether running work has to end.</summary>
    public bool IsStopped => _stopping.IsCancellationRequested;

    /// <summary>Gets the token that ends waits.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Refuses work that begins now.</summary>
    /// <exception cref="ObjectDisposedException">The data source has been disposed.</exception>
    public void ThrowIfClosed() => ObjectDisposedException.ThrowIf(_isClosed, typeof(SplitSqliteDataSource));

    /// <summary>Counts a session in.</summary>
    /// <returns>What counts it out again.</returns>
    /// <exception cref="ObjectDisposedException">The data source has been disposed.</exception>
    public Membership Add(Session session)
    {
        var membership = new Membership(this, session);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isClosed, typeof(SplitSqliteDataSource));
            membership.Next = _first;
            if (_first is not null)
            {
                _first.Previous = membership;
            }

            _first = membership;
            _count++;
        }

        return membership;
    }

    /// <summary>Counts a session out. Does nothing the second time.</summary>
    public void Remove(Membership membership)
    {
        lock (_lock)
        {
            if (membership.Previous is { } previous)
            {
                previous.Next = membership.Next;
            }
            else if (_first == membership)
            {
                _first = membership.Next;
            }
            else
            {
                return;
            }

            if (membership.Next is { } next)
            {
                next.Previous = membership.Previous;
            }

            membership.Next = null;
            membership.Previous = null;
            _count--;
        }
    }

    /// <summary>Refuses new work and waits, on this thread, for what runs; past the patience it is interrupted.</summary>
    /// <param name="patience">How long running work may take to end by itself, and once more to notice that it has to.</param>
    public void ShutDown(TimeSpan patience)
    {
        _isClosed = true;
        if (!Ends(patience))
        {
            _stopping.Cancel();
            _ = Ends(patience);
        }

        bool Ends(TimeSpan within)
        {
            var begun = Stopwatch.GetTimestamp();
            while (IsAtWork())
            {
                if (Stopwatch.GetElapsedTime(begun) >= within)
                {
                    return false;
                }

                Thread.Sleep(Look);
            }

            return true;
        }
    }

    /// <summary>The same without a thread while waiting.</summary>
    /// <inheritdoc cref="ShutDown" path="/param"/>
    public async ValueTask ShutDownAsync(TimeSpan patience)
    {
        _isClosed = true;
        if (!await EndsAsync(patience).ConfigureAwait(false))
        {
            await _stopping.CancelAsync().ConfigureAwait(false);
            _ = await EndsAsync(patience).ConfigureAwait(false);
        }

        async ValueTask<bool> EndsAsync(TimeSpan within)
        {
            var begun = Stopwatch.GetTimestamp();
            while (IsAtWork())
            {
                if (Stopwatch.GetElapsedTime(begun) >= within)
                {
                    return false;
                }

                await Task.Delay(Look).ConfigureAwait(false);
            }

            return true;
        }
    }

    /// <summary>Says whether all sessions that a database has are of this group.</summary>
    public bool HasAllOf(Database database)
    {
        lock (_lock)
        {
            return database.Sessions <= _count;
        }
    }

    private bool IsAtWork()
    {
        lock (_lock)
        {
            for (var member = _first; member is not null; member = member.Next)
            {
                if (member.Session.IsAtWork)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>A session's place in the list. Apart from the session, as most connections are opened without a data source.</summary>
    internal sealed class Membership(SessionGroup group, Session session)
    {
        /// <summary>Gets the group.</summary>
        public SessionGroup Group { get; } = group;

        /// <summary>Gets the session.</summary>
        public Session Session { get; } = session;

        /// <summary>Gets or sets the next. Under the group's lock.</summary>
        public Membership? Next { get; set; }

        /// <summary>Gets or sets the one before. Under the group's lock.</summary>
        public Membership? Previous { get; set; }
    }
}
